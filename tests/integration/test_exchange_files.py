"""Files in an exchange: under which login each goes, and how far it has come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.ports import SourceError
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.command import Command, CommandKind, Hold
from desktop.domain.incident import FileRef
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from support.builders import a_batch, a_command
from support.exchange_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def an_attach(body: bytes, account: str) -> tuple[Command, FileRef]:
    ref = FileRef(hashlib.sha256(body).hexdigest(), "a.jpg", "image/jpeg", len(body))
    named = ("digest", "name", "media_type", "size")
    told = {"file": {name: getattr(ref, name) for name in named}}
    command = a_command(kind=CommandKind.ATTACH, body=told)
    return msgspec.structs.replace(command, account=account), ref


@pytest.mark.parametrize("is_given_up", [False, True])
def test_a_file_that_only_another_login_s_command_names_waits_for_that_login(
    bench: Bench, is_given_up: bool
):
    sent: list[str] = []

    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        sent.append(ref.digest)
        return offset + len(piece)

    bench.connector.upload = upload
    files = bench.stores.files
    (theirs, held), (shared, both) = an_attach(b"theirs", "wang"), an_attach(b"both", "wang")
    ours, _ = an_attach(b"both", "li")
    for command in (theirs, shared, ours):
        bench.outbox.append(command, bench.clock.now())
    if is_given_up:
        bench.outbox.offering([theirs.key], bench.clock.now())
        bench.outbox.hold([theirs.key], Hold.ACCOUNT, Text(), bench.clock.now())
        assert bench.outbox.give_up(theirs.key, bench.clock.now())
    files.keep("county", held, b"theirs")
    files.keep("county", both, b"both")
    bench.connector.login = "li"
    given = {"link": LinkEstimator(bench.clock), "files": files}
    bench.exchange(**given)
    assert set(sent) == {both.digest}
    bench.connector.login = "wang"
    bench.exchange(**given)
    assert set(sent) == {both.digest, held.digest}


def test_how_far_a_file_has_come_is_asked_again_under_another_account(bench: Bench):
    offsets: list[int] = []

    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        offsets.append(offset)
        if piece:
            raise SourceError(Problem("timed_out"))
        return 0

    bench.connector.upload = upload
    command, ref = an_attach(b"photo", "")
    bench.outbox.append(command, bench.clock.now())
    bench.stores.files.keep("county", ref, b"photo")
    memory = WorkerState()
    met = []
    for account in ("wang", "li"):
        bench.connector.pulls = [[msgspec.structs.replace(a_batch(), account=account)]]
        bench.exchange(memory=memory, link=LinkEstimator(bench.clock), files=bench.stores.files)
        met.append(len(offsets))
    assert met == [2, 4], "asked how far it has come, then sent a piece; twice"

"""Only words today: no file moves either way until the county's day ends, and all else goes on."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop import bootstrap
from desktop.application.budget.byte_budget import Allowance, ByteBudget
from desktop.application.ports import StoreError
from desktop.application.profile_reader import parse_profile
from desktop.application.sync.engine import Engine
from desktop.connectors.kinds import Manifests
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandState
from desktop.domain.incident import FileRef
from desktop.domain.instant import HOUR
from desktop.domain.source import Problem
from support.builders import FakeClock, a_batch, a_command
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores

PHOTO, THEIRS = b"photo" * 30_000, b"theirs" * 9_000
UNTIL_MIDNIGHT = 16 * HOUR
"""The fake clock stands at 08:00 in the county."""


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class Bench:
    """A real engine by hand, real stores, and a county that counts the bytes of files."""

    def __init__(self, folder: Path) -> None:
        self.inner = FakeClock()
        self.stores = Stores(folder, self.inner)
        self.connector = ScriptedConnector()
        self.moved = 0
        self.connector.upload = self.upload
        self.connector.download = self.download
        self.start()

    def start(self) -> None:
        """Begin a run of the program on the same files."""
        self.clock = CorrectedClock(self.inner)
        self.meter = ByteBudget(self.stores.cache, self.clock, "Asia/Shanghai", Allowance())
        self.engine = Engine(
            [source_of(self.connector)],
            *(self.stores.cache, self.stores.outbox, self.clock, lambda _: None, random.Random(1)),
            meter=self.meter,
            files=self.stores.files,
        )

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        self.moved += len(piece)
        return offset + len(piece)

    def download(self, name: str, offset: int, most: int) -> bytes:
        piece = THEIRS[offset : offset + most]
        self.moved += len(piece)
        return piece

    def queue(self) -> None:
        """A photo to be sent, one that an officer asked for, and a command."""
        ref = FileRef(digest(PHOTO), "桥.jpg", "image/jpeg", len(PHOTO))
        self.stores.files.keep("county", ref, PHOTO)
        self.stores.files.want("county", digest(THEIRS), len(THEIRS))
        self.stores.outbox.append(a_command(), self.clock.now())


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.queue()
    yield made
    made.engine.close()
    made.stores.close()


def test_words_go_and_no_byte_of_a_file_until_midnight(bench: Bench):
    bench.meter.set_only_words(True)
    bench.connector.pulls = [[a_batch()], [a_batch()]]
    bench.engine.exchange_once()
    assert bench.stores.outbox.recent(1)[0].state is CommandState.ACCEPTED
    bench.inner.advance(UNTIL_MIDNIGHT - 1)
    bench.engine.exchange_once()
    assert bench.moved == 0
    bench.inner.advance(1)
    bench.engine.exchange_once()
    assert bench.moved == len(PHOTO) + len(THEIRS)
    assert not bench.meter.usage().only_words


def test_it_holds_over_a_restart_on_the_same_day_and_not_on_the_next(bench: Bench):
    bench.meter.set_only_words(True)
    bench.engine.close()
    bench.start()
    assert bench.meter.usage().only_words
    bench.engine.exchange_once()
    assert bench.moved == 0
    bench.inner.advance(24 * HOUR)
    bench.start()
    bench.engine.exchange_once()
    assert bench.moved == len(PHOTO) + len(THEIRS)


def test_the_same_switch_lets_files_go_again(bench: Bench):
    bench.meter.set_only_words(True)
    bench.engine.exchange_once()
    bench.meter.set_only_words(False)
    bench.engine.exchange_once()
    assert bench.moved == len(PHOTO) + len(THEIRS)
    bench.start()
    assert not bench.meter.usage().only_words


def test_files_stop_between_two_pieces_of_one_exchange(bench: Bench, monkeypatch):
    send = bench.upload

    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        if piece:
            bench.meter.set_only_words(True)
        return send(ref, offset, piece)

    monkeypatch.setattr(bench.connector, "upload", upload)
    bench.stores.files.purge("county")  # What was asked for goes before what is sent.
    bench.engine.exchange_once()
    assert 0 < bench.moved < len(PHOTO)
    moved = bench.moved
    bench.engine.exchange_once()
    assert bench.moved == moved


def test_a_disk_that_takes_nothing_keeps_the_choice_for_this_run(bench: Bench, monkeypatch):
    def full(day: str, on: bool) -> None:
        raise StoreError(Problem("disk_full"))

    monkeypatch.setattr(bench.stores.cache, "set_only_words", full)
    bench.meter.set_only_words(True)
    bench.engine.exchange_once()
    assert bench.moved == 0
    bench.start()
    assert not bench.meter.only_words


def test_the_choice_made_at_the_board_reaches_the_engine(tmp_path: Path, monkeypatch):
    profile = parse_profile(
        '[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n',
        *("desk.toml", Manifests()),
    )
    words, nudged = bootstrap.words_in("en"), []
    monkeypatch.setattr(Engine, "sync_now", lambda _engine: nudged.append(1))
    with closing(bootstrap.Desk(profile, tmp_path, bytes(range(32)), words, [])) as desk:
        heard = []
        desk.board.listeners.subscribe(heard.append)
        desk.board.files.set_only_words(True)
        assert desk.board.usage().only_words
        assert (heard[-1].files, nudged) == (True, [])
        desk.board.files.set_only_words(False)
        assert not desk.board.usage().only_words
        assert nudged, "the files are to go now"

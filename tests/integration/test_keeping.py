"""Files of our commands: which are kept, which are wanted back, and of which loss is told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import SourceError, StoreError
from desktop.application.sync.exchange_context import ExchangeContext
from desktop.application.sync.file_keeping import KEPT_AFTER_MS, look_after_files, send_files_again
from desktop.application.sync.file_transfer import FileTransfer
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.command import Collection, Command, CommandKind, CommandState, Key
from desktop.domain.incident import FileRef
from desktop.domain.instant import DAY, HOUR
from desktop.domain.link import LinkTier
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from support.builders import FakeClock
from support.contexts import a_context
from support.scripted_connector import ScriptedConnector
from support.stores import Stores

PHOTO, SMALL = bytes(range(256)) * 40, b"thumbnail"


def ref(body: bytes, thumbnail: bytes = b"") -> FileRef:
    small = hashlib.sha256(thumbnail).hexdigest() if thumbnail else ""
    return FileRef(hashlib.sha256(body).hexdigest(), "a.jpg", "image/jpeg", len(body), small)


DIGEST, SMALL_DIGEST = ref(PHOTO).digest, ref(SMALL).digest


class Empty(ScriptedConnector):
    """A source that has no file, and says so or refuses to say."""

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code

    def download(self, digest: str, offset: int, most: int) -> bytes:
        raise SourceError(Problem(self.code))


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.files, self.outbox, self.memory = self.stores.files, self.stores.outbox, WorkerState()

    def attach(self, key: str = "k1", source: str = "county", *, sent: bool = True) -> None:
        kept = ref(PHOTO, SMALL)
        self.files.keep(source, ref(SMALL), SMALL, is_thumbnail=True)
        self.files.keep(source, kept, PHOTO)
        if sent:
            for each in (ref(SMALL), kept):
                self.files.mark_sent(source, each.digest, each.size)
        self.command(key, source)

    def command(self, key: str = "k1", source: str = "county") -> None:
        told = {name: getattr(ref(PHOTO, SMALL), name) for name in FileRef.__struct_fields__[:5]}
        target = Key(source, Collection.INCIDENTS, "i1")
        now = self.clock.now()
        body = {"file": told}
        self.outbox.append(Command(key, CommandKind.ATTACH, target, now, "li", body=body), now)

    def answer(self, state: CommandState, key: str = "k1") -> None:
        self.outbox.set_state(key, state, Text(), self.clock.now())

    def look(self, held: frozenset[str] = frozenset()) -> None:
        look_after_files(self.files, self.context(), held=lambda: set(held))

    def again(self) -> int:
        return send_files_again(self.files, self.context())

    def context(self, code: str = "not_found") -> ExchangeContext:
        """An exchange with a source that says so of every file."""
        return a_context(
            *(Empty(code), self.stores.cache, self.outbox, self.clock), memory=self.memory
        )

    def is_kept(self) -> bool:
        """Whether the bytes outlive a purge, which takes all that nobody needs."""
        self.files.purge("county")
        return self.files.read(DIGEST) == PHOTO and self.files.read(SMALL_DIGEST) == SMALL


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


@pytest.mark.parametrize(
    "state", [CommandState.ACCEPTED, CommandState.REJECTED, CommandState.CONFLICT, None]
)
def test_bytes_stay_while_their_command_may_go_out_again(bench: Bench, state: CommandState | None):
    bench.attach()
    if state is not None:
        bench.answer(state)
    bench.look()
    assert bench.is_kept()


def test_bytes_go_a_week_after_the_command_that_is_kept_for_good(bench: Bench):
    bench.attach()
    bench.answer(CommandState.ACCEPTED)
    bench.outbox.retire(["k1"])
    bench.look()
    assert bench.is_kept()
    bench.clock.advance(KEPT_AFTER_MS)
    bench.look()
    assert not bench.is_kept()


def test_bytes_of_a_refused_command_stay_until_its_officer_has_seen_the_refusal(bench: Bench):
    bench.attach()
    bench.answer(CommandState.REJECTED)
    bench.outbox.retire(["k1"])
    bench.clock.advance(30 * KEPT_AFTER_MS)
    bench.look()
    assert bench.is_kept()
    bench.outbox.mark_seen("k1")
    bench.memory.files.look_again()
    bench.look()
    assert not bench.is_kept()


def test_bytes_stay_for_the_other_of_two_commands_that_name_them(bench: Bench):
    bench.attach("k1")
    bench.attach("k2")
    assert bench.outbox.cancel("k1", bench.clock.now())
    bench.look()
    assert bench.is_kept()
    assert bench.outbox.cancel("k2", bench.clock.now())
    bench.memory.files.look_again()
    bench.look()
    assert not bench.is_kept()


def test_files_are_looked_after_once_an_hour(bench: Bench):
    bench.attach()
    bench.look()
    assert bench.outbox.cancel("k1", bench.clock.now())
    bench.clock.advance(3_599_000)
    bench.look()
    assert bench.is_kept()
    bench.clock.advance(2_000)
    bench.look()
    assert not bench.is_kept()


def test_only_files_of_that_source_that_are_here_are_sent_again(bench: Bench):
    bench.attach()
    bench.attach("k2", "z")
    assert bench.again() == 2
    assert [each.ref.digest for each in bench.files.uploads("county")] == [SMALL_DIGEST, DIGEST]
    assert bench.files.uploads("z") == []


@pytest.mark.parametrize("days, uploads", [(19, 0), (21, 2)])
def test_files_that_a_county_may_have_deleted_before_it_took_their_command_are_sent_once_more(
    bench: Bench, days: int, uploads: int
):
    bench.attach()
    bench.clock.advance(days * DAY)
    bench.answer(CommandState.ACCEPTED)
    bench.look()
    queued = bench.files.uploads("county")
    assert len(queued) == uploads
    for each in queued:
        bench.files.mark_sent("county", each.ref.digest, each.ref.size)
    bench.clock.advance(2 * HOUR)
    bench.look()
    assert bench.files.uploads("county") == []


def test_files_of_withdrawn_commands_are_not_sent_again(bench: Bench):
    bench.attach()
    assert bench.outbox.cancel("k1", bench.clock.now())
    assert bench.again() == 0
    assert bench.files.uploads("county") == []


def test_missing_files_are_wanted_back_but_those_of_another_login(bench: Bench):
    bench.command()
    bench.look(held=frozenset({DIGEST}))
    assert bench.files.list_wanted("county") == []
    bench.memory.files.look_again()
    bench.look()
    assert bench.files.list_wanted("county") == [(DIGEST, 0, len(PHOTO))]
    assert bench.memory.files.missing_thumbnails == {SMALL_DIGEST}


@pytest.mark.parametrize("state", [CommandState.REJECTED, CommandState.CONFLICT])
def test_missing_files_of_what_came_back_are_not_paid_for(bench: Bench, state: CommandState):
    bench.command()
    bench.answer(state)
    bench.look()
    assert bench.files.list_wanted("county") == []


@pytest.mark.parametrize(("code", "told"), [("not_found", "file_lost"), ("forbidden", None)])
def test_only_what_the_source_says_it_does_not_have_is_told_as_lost(
    bench: Bench, code: str, told: str | None
):
    bench.command()
    bench.look()
    freight = FileTransfer(bench.files, bench.context(code))
    for digest in (DIGEST, SMALL_DIGEST):
        piece = freight.next(LinkTier.TEXT, originals_now=False, keep_for_hours=False)
        assert piece is not None
        assert piece.digest == digest
        freight.move(piece, 4096)
    assert freight.next(LinkTier.TEXT, originals_now=False, keep_for_hours=False) is None
    problem = bench.files.refusal("county", DIGEST)
    assert (problem and problem.code) == told


def test_files_that_cannot_be_written_break_no_exchange_and_are_looked_after_later(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    bench.attach()

    def full(*_: object) -> None:
        raise StoreError(Problem("disk_full"))

    with monkeypatch.context() as patch:
        patch.setattr(bench.files, "protect", full)
        bench.look()
    assert bench.memory.files.looked_s is None
    bench.look()
    assert bench.memory.files.looked_s is not None


def test_after_the_server_went_back_all_is_asked_and_looked_for_anew(bench: Bench):
    """What was known of uploads under way, refused or not there belongs to its other life."""
    bench.command()
    bench.look()
    bench.attach("k2", sent=False)
    known, other, now_s = bench.memory.files, "7" * 64, bench.clock.monotonic_s()
    for digest in (DIGEST, SMALL_DIGEST, other):
        for note in (known.meet, known.note_refused, known.note_absent):
            note(digest)
    bench.files.mark_sent("county", DIGEST, 600)
    bench.again()
    assert [each.offset for each in bench.files.uploads("county")] == [0, 0]
    assert [known.is_met(digest) for digest in (DIGEST, SMALL_DIGEST, other)] == [
        False,
        False,
        True,
    ]
    assert known.unsent(now_s) == known.not_fetched_now(now_s) == {other}


def test_files_that_are_not_here_when_the_server_went_back_are_wanted_within_the_hour(
    bench: Bench,
):
    bench.look()
    bench.command()
    bench.again()
    bench.look()
    assert bench.files.list_wanted("county") == [(DIGEST, 0, len(PHOTO))]

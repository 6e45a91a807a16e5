"""A clerk writes a report with photos, step by step; after any interruption, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from desktop.application.board import Board
from desktop.application.office.report_photos import KeptPhoto, ReportPhotos, digest_of
from desktop.application.photos.exif import Exif, Facts, read_exif, write_exif
from desktop.domain.command import Collection, CommandKind, CommandRecord, Key
from desktop.domain.geo import Place
from support.builders import FakeClock
from support.photo_files import a_jpeg
from support.sample_board import a_status
from support.stores import Stores

FORM = Key("", Collection.INCIDENTS, "\x1fform")
WORDS = "河堤渗水，已派人"
REPORT = "report-1"
BODY = {"title": WORDS, "level": "ordinary", "category": "river_level", "channel": "report"}
SHIMEN = Place(118.14, 31.88)
NAMES = ("a", "b", "c", "d")


def photo_bytes(name: str, place: Place | None = SHIMEN) -> bytes:
    """Another photo for each name."""
    return write_exif(a_jpeg(90, 60, 9_000 + ord(name[-1])), Exif(Facts(None, place)))


class Writing:
    """One start of the program by a clerk who writes a report."""

    def __init__(self, stores: Stores) -> None:
        self.stores = stores
        self.board = Board(
            cache=self.stores.cache,
            outbox=self.stores.outbox,
            clock=FakeClock(),
            officer="李明",
            statuses=lambda: (a_status(),),
            day_began_at=lambda now: now,
            accepts=lambda _key, _kind: True,
            files=self.stores.files,
        )
        self.photos = ReportPhotos(self.board)
        self.steps: list[Callable[[], object]] = [
            lambda: self.board.commands.keep_draft(FORM, WORDS),
            lambda: self.add("a"),
            lambda: self.add("b"),
            lambda: self.photos.set_place("a", False),
            lambda: self.add("c"),
            lambda: self.photos.remove("c"),
            self.submit,
            lambda: self.add("d"),
        ]

    @classmethod
    def start(cls, folder: Path) -> Writing:
        """Start the program on this folder."""
        return cls(Stores(folder, FakeClock()))

    def add(self, name: str) -> None:
        """Add a photo under a key made of its name."""
        body, small = photo_bytes(name), a_jpeg(9, 9, ord(name))
        digests = digest_of(body), digest_of(small)
        photo = KeptPhoto(name, f"{name}.jpg", "image/jpeg", len(body), *digests, place=SHIMEN)
        self.photos.keep(photo, body, small)

    def submit(self) -> CommandRecord:
        """Submit the report, as its form does."""
        return self.photos.submit(REPORT, self._create)

    def _create(self) -> CommandRecord:
        record = self.board.commands.create("county", BODY, key=REPORT)
        self.board.commands.keep_draft(FORM, "")
        return record

    def hand(self) -> set[str]:
        """The photos of the report in hand."""
        return {photo.key for photo in self.photos.in_hand()}

    def attached(self) -> list[str]:
        """The keys of all attach commands, one for each."""
        records = self.stores.outbox.recent(99)
        return sorted(r.command.key for r in records if r.command.kind is CommandKind.ATTACH)

    def created(self) -> int:
        """How many reports there are."""
        records = self.stores.outbox.recent(99)
        return sum(record.command.kind is CommandKind.CREATE for record in records)

    def find_losses(self, done: int) -> None:
        """Go on after an interruption behind that many steps; fails for whatever is missing."""
        was_created = bool(self.created())
        if was_created:  # What a form does whose command is stored already.
            self.board.commands.keep_draft(FORM, "")
        self.photos.finish()
        assert self.created() or done < 1 or self.board.commands.draft(FORM) == WORDS
        assert was_created or done < 7
        there = {*self.hand(), *self.attached()}
        expected = {"a"} if done >= 2 else set()
        expected |= {"b"} if done >= 3 else set()
        expected |= {"d"} if done >= 8 else set()
        assert expected <= there, f"after {done} steps {expected - there} are gone"
        assert not self.attached() or was_created
        self._look_at_bytes(done)
        if not was_created:
            self.submit()
        assert self.created() == 1
        assert self.board.commands.draft(FORM) == "" or done < 1
        assert set(self.attached()) == there - {"d"}
        assert len(self.attached()) == len(set(self.attached()))
        self.photos.finish()
        assert len(self.attached()) == len(there - {"d"})
        sent = {each.ref.digest for each in self.stores.files.uploads("county")}
        for record in self.stores.outbox.recent(99):
            if record.command.kind is CommandKind.ATTACH:
                file = record.command.body["file"]
                assert {file["digest"], file["thumbnail"]} <= sent
                assert record.seq > min(r.seq for r in self.stores.outbox.recent(99))
        aside = self.board.files.list_aside()
        assert len(aside) == 2 * len(self.hand()), "nothing else is left lying there"

    def _look_at_bytes(self, done: int) -> None:
        for photo in self.photos.in_hand():
            body = self.board.files.read(photo.digest)
            assert body is not None
            assert digest_of(body) == photo.digest
            assert (read_exif(body).facts.place is not None) is photo.with_place
            assert photo.with_place or photo.key == "a"
            assert not (photo.key == "a" and photo.with_place and done >= 4)

    def close(self) -> None:
        """Close all files."""
        self.stores.close()

"""Files on their way: what goes first, what resumes, and what never runs in a circle."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.ports import SourceError, Upload
from desktop.application.sync.file_transfer import FileTransfer, next_chunk
from desktop.application.sync.puzzles import FIRST_PUZZLE_S
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.incident import FileRef
from desktop.domain.link import LinkTier
from desktop.domain.source import Problem
from support.builders import FakeClock, a_batch, an_incident
from support.contexts import a_context
from support.scripted_connector import ScriptedConnector
from support.stores import Stores

PHOTO = bytes(range(256)) * 40
SMALL = b"thumbnail"


def ref(body: bytes, thumbnail: bytes = b"") -> FileRef:
    small = hashlib.sha256(thumbnail).hexdigest() if thumbnail else ""
    return FileRef(hashlib.sha256(body).hexdigest(), "a.jpg", "image/jpeg", len(body), small)


class Server(ScriptedConnector):
    """A source that keeps files by their digest."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, bytes] = {}
        self.pieces: list[tuple[str, int, int]] = []

    def upload(self, ref: FileRef, offset: int, piece: bytes) -> int:
        has = self.kept.setdefault(ref.digest, b"")
        if piece:
            self.pieces.append((ref.digest, offset, len(piece)))
            self.kept[ref.digest] = has[:offset] + piece
        return len(self.kept[ref.digest])

    def download(self, digest: str, offset: int, most: int) -> bytes:
        if digest not in self.kept:
            raise SourceError(Problem("not_found"))
        self.pieces.append((digest, offset, most))
        return self.kept[digest][offset : offset + most]


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.files, self.server, self.memory = self.stores.files, Server(), WorkerState()
        self.freight = FileTransfer(
            self.files,
            a_context(
                *(self.server, self.stores.cache, self.stores.outbox, self.clock),
                memory=self.memory,
            ),
        )

    def run(self, tier: LinkTier = LinkTier.TEXT, *, most: int = 4096, hours: bool = False) -> int:
        """Move pieces until none is left to move; how many."""
        for count in range(100):
            piece = self.freight.next(tier, originals_now=False, keep_for_hours=hours)
            if piece is None:
                return count
            self.freight.move(piece, most)
        raise AssertionError("it runs in a circle")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def test_a_file_goes_up_in_pieces_its_thumbnail_first(bench: Bench):
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.files.keep("county", ref(SMALL), SMALL, is_thumbnail=True)
    bench.run()
    assert next(digest for digest, _, _ in bench.server.pieces) == ref(SMALL).digest
    assert bench.server.kept == {ref(SMALL).digest: SMALL, ref(PHOTO).digest: PHOTO}
    assert bench.files.uploads("county") == []


def test_after_a_file_the_county_does_not_have_another_follows_and_after_a_bad_line_none(
    bench: Bench,
):
    bench.files.want("county", ref(PHOTO).digest, len(PHOTO))
    piece = bench.freight.next(LinkTier.TEXT, originals_now=False, keep_for_hours=False)
    assert bench.freight.move(piece, 4096)
    bench.server.download = _broken
    bench.files.want("county", ref(SMALL).digest, len(SMALL))
    piece = bench.freight.next(LinkTier.TEXT, originals_now=False, keep_for_hours=False)
    assert piece.digest == ref(SMALL).digest
    assert not bench.freight.move(piece, 4096)


def _broken(digest: str, offset: int, most: int) -> bytes:
    raise SourceError(Problem("timed_out"))


def test_an_upload_goes_on_where_the_server_has_it_whatever_was_noted_here(bench: Bench):
    bench.server.kept[ref(PHOTO).digest] = PHOTO[:5000]
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.run()
    assert bench.server.pieces[0][1] == 5000
    assert bench.server.kept[ref(PHOTO).digest] == PHOTO


def test_a_file_asked_for_comes_down_in_pieces_even_on_a_weak_line(bench: Bench):
    bench.server.kept[ref(PHOTO).digest] = PHOTO
    bench.files.want("county", ref(PHOTO).digest, len(PHOTO))
    assert bench.run() == 3
    assert bench.files.read(ref(PHOTO).digest) == PHOTO


@pytest.mark.parametrize(
    ("tier", "came"),
    [
        (LinkTier.TEXT, set()),
        (LinkTier.THUMBNAILS, {SMALL}),
        (LinkTier.ORIGINALS, {SMALL, PHOTO}),
    ],
)
def test_what_comes_unasked_is_as_the_line_is_good(bench: Bench, tier: LinkTier, came: set[bytes]):
    bench.server.kept = {ref(body).digest: body for body in (SMALL, PHOTO)}
    bench.stores.cache.apply(a_batch(an_incident(files=(ref(PHOTO, SMALL),))))
    bench.run(tier)
    here = {body for body in (SMALL, PHOTO) if bench.files.read(ref(body).digest) == body}
    assert here == came


def test_what_was_lost_here_comes_back_after_all_that_goes_out_whatever_the_line(bench: Bench):
    lost, small, asked = b"lost" * 400, b"lost small", b"asked for" * 100
    bench.server.kept = {ref(body).digest: body for body in (lost, small, asked)}
    bench.memory.files.note_missing({ref(lost).digest: "a.jpg"}, {ref(small).digest})
    bench.files.want("county", ref(lost).digest, len(lost))
    bench.files.want("county", ref(asked).digest, len(asked))
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.run()
    order = list(dict.fromkeys(digest for digest, _, _ in bench.server.pieces))
    assert order == [ref(body).digest for body in (asked, PHOTO, lost, small)]
    assert [bench.files.read(ref(body).digest) for body in (lost, small)] == [lost, small]


def test_originals_wait_for_their_hours_where_the_profile_names_some(bench: Bench):
    bench.files.keep("county", ref(PHOTO), PHOTO)
    assert bench.run(hours=True) == 0
    assert bench.run(LinkTier.ORIGINALS, hours=True) > 0


def test_a_file_the_server_does_not_have_is_not_asked_for_for_ever(bench: Bench):
    bench.files.want("county", ref(PHOTO).digest, len(PHOTO))
    assert bench.run() == 1


def test_a_server_that_takes_nothing_in_is_not_sent_the_same_for_ever(bench: Bench):
    bench.server.upload = lambda ref, offset, piece: 0
    bench.files.keep("county", ref(PHOTO), PHOTO)
    assert bench.run() == 1
    assert len(bench.files.uploads("county")) == 1


def test_a_file_that_a_stranger_kept_from_going_on_goes_on_a_while_later(bench: Bench):
    take = bench.server.upload
    bench.server.upload = lambda ref, offset, piece: 0
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.run()
    bench.server.upload = take
    assert bench.run() == 0
    bench.clock.advance(int(FIRST_PUZZLE_S * 1000))
    bench.run()
    assert bench.server.kept[ref(PHOTO).digest] == PHOTO


def test_a_refusal_that_anybody_may_have_given_is_believed_the_third_time(bench: Bench):
    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        raise SourceError(Problem("forbidden", {"status": "403"}), proven=False)

    bench.server.upload = upload
    bench.files.keep("county", ref(PHOTO), PHOTO)
    for wait_s in (FIRST_PUZZLE_S, FIRST_PUZZLE_S * 2):
        assert bench.run() == 1
        assert bench.files.refusal("county", ref(PHOTO).digest) is None
        bench.clock.advance(int(wait_s * 1000))
    bench.run()
    assert bench.files.refusal("county", ref(PHOTO).digest) is not None


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (
            Problem("file_refused", {"name": "a.jpg", "limit": "5 MB"}),
            Problem("file_refused", {"name": "a.jpg", "limit": "5 MB"}),
        ),
        (
            Problem("request_refused", {"status": "422", "reason": "no pictures"}),
            Problem("file_not_taken", {"name": "a.jpg", "reason": "422 no pictures"}),
        ),
    ],
)
def test_a_file_the_source_refuses_is_kept_with_the_reason_and_not_sent_again_in_this_run(
    bench: Bench, problem: Problem, told: Problem
):
    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        raise SourceError(problem)

    bench.server.upload = upload
    bench.files.keep("county", ref(PHOTO), PHOTO)
    assert bench.run() == 1
    assert bench.files.refusal("county", ref(PHOTO).digest) == told
    bench.memory.files.note_new_rows()
    assert bench.run() == 0
    assert [upload.ref for upload in bench.files.uploads("county")] == [ref(PHOTO)]


def test_a_file_that_breaks_the_server_keeps_no_other_waiting(bench: Bench):
    poison, take = ref(SMALL), bench.server.upload

    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        if ref.digest == poison.digest:
            raise SourceError(Problem("server_error"))
        return take(ref, offset, piece)

    bench.server.upload = upload
    bench.files.keep("county", poison, SMALL, is_thumbnail=True)
    bench.files.keep("county", ref(PHOTO), PHOTO)
    moved = []
    for _ in range(7):
        piece = bench.freight.next(LinkTier.TEXT, originals_now=False, keep_for_hours=False)
        moved.append(bench.freight.move(piece, 4096))
    assert moved == [False, True, True, True, False, False, False]
    assert bench.server.kept[ref(PHOTO).digest] == PHOTO
    assert [upload.ref for upload in bench.files.uploads("county")] == [poison]


def test_a_file_sent_a_second_time_goes_on_where_the_server_has_it(bench: Bench):
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.run()
    bench.server.kept[ref(PHOTO).digest] = PHOTO[:5000]
    bench.server.pieces.clear()
    assert bench.files.send_again("county", ref(PHOTO))
    bench.run()
    assert bench.server.pieces[0][1] == 5000
    assert bench.server.kept[ref(PHOTO).digest] == PHOTO


def test_a_file_refused_once_is_sent_when_it_is_attached_anew(bench: Bench):
    take = bench.server.upload

    def upload(ref: FileRef, offset: int, piece: bytes) -> int:
        raise SourceError(Problem("request_refused", {"status": "422"}))

    bench.server.upload = upload
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.run()
    bench.server.upload = take
    bench.files.keep("county", ref(PHOTO), PHOTO)
    bench.run()
    assert bench.server.kept[ref(PHOTO).digest] == PHOTO


def test_a_thumbnail_with_another_content_is_thrown_away(bench: Bench):
    bench.server.kept[ref(SMALL).digest] = b"something else"
    bench.stores.cache.apply(a_batch(an_incident(files=(ref(PHOTO, SMALL),))))
    assert bench.run(LinkTier.THUMBNAILS) == 1
    assert bench.files.read(ref(SMALL).digest) is None


def test_a_file_with_another_content_is_paid_for_once(bench: Bench):
    bench.server.kept[ref(PHOTO).digest] = bytes(len(PHOTO))
    bench.files.want("county", ref(PHOTO).digest, len(PHOTO))
    assert bench.run() == 3
    bench.memory.files.note_new_rows()
    assert bench.run() == 0
    assert bench.files.read(ref(PHOTO).digest) is None


UPLOADS = st.lists(
    st.builds(lambda small: Upload("county", ref(PHOTO), 0, small), st.booleans()), max_size=3
)
WANTED = st.lists(st.just(("d" * 64, 0, 9)), max_size=2)
FETCHABLE = st.lists(st.sampled_from([("a" * 64, 0), ("b" * 64, 9)]), max_size=3)


@given(UPLOADS, WANTED, FETCHABLE, st.sampled_from(list(LinkTier)), st.booleans(), st.booleans())
def test_no_original_comes_unasked_on_a_line_not_good_for_it(
    uploads, wanted, fetchable, tier, now, hours
):
    piece = next_chunk(uploads, wanted, fetchable, tier, originals_now=now, keep_for_hours=hours)
    if piece is None:
        assert not wanted
        assert not any(upload.is_thumbnail for upload in uploads)
    elif piece.upload is None and not wanted and piece.size:
        assert now or tier is LinkTier.ORIGINALS
    elif piece.upload is None and not wanted:
        assert tier is not LinkTier.TEXT

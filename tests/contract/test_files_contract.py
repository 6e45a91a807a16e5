"""What the offline engine may rely on from the store of attached files."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop.application.ports import FileStore, StoreError, Upload
from desktop.domain.incident import FileRef
from desktop.domain.source import Problem
from support.stores import FILE_STORES

BOUND = 1_000_000
SIZES = [1, 256 * 1024, 256 * 1024 + 1, 700_001]


@pytest.fixture(params=FILE_STORES)
def files(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[FileStore]:
    opened = FILE_STORES[request.param](tmp_path, BOUND)
    yield opened
    opened.close()


def a_file(seed: int, size: int = 1_000) -> tuple[FileRef, bytes]:
    body = random.Random(seed).randbytes(size)
    digest = hashlib.sha256(body).hexdigest()
    return FileRef(digest, f"{seed}.jpg", "image/jpeg", size), body


def fetched_whole(files: FileStore, ref: FileRef, body: bytes, step: int) -> list[bool]:
    files.want("county", ref.digest, ref.size)
    return [
        files.add_chunk("county", ref.digest, at, body[at : at + step])
        for at in range(0, len(body), step)
    ]


@pytest.mark.parametrize("size", SIZES)
def test_a_kept_file_comes_back_whole_and_in_parts(files, size):
    ref, body = a_file(1, size)
    files.keep("county", ref, body)
    assert files.read(ref.digest) == body
    for offset, most in ((0, 1), (size - 1, 9), (size // 2, 300_000), (size, 5), (size + 9, 5)):
        assert files.read(ref.digest, offset, most) == body[offset : offset + most]
    assert files.read("0" * 64) is None


def test_a_refusal_is_told_of_its_source_alone_until_the_file_is_kept_anew_or_taken_back(files):
    (first, body), (second, other) = a_file(1), a_file(2)
    problem = Problem("file_refused", {"name": "1.jpg", "limit": "5 MB"})
    for ref, content in ((first, body), (second, other)):
        files.keep("county", ref, content)
        files.refuse("county", ref.digest, problem)
    assert files.refusal("county", first.digest) == problem
    assert files.refusal("other", first.digest) is None
    assert len(files.uploads("county")) == 2
    files.keep("county", first, body)
    files.take_back("county", second.digest)
    assert files.refusal("county", first.digest) is None
    assert files.refusal("county", second.digest) is None


@pytest.mark.parametrize("changes", [{"digest": "0" * 64}, {"size": 7}])
def test_a_file_that_is_not_what_its_name_says_is_refused(files, changes):
    ref, body = a_file(1)
    words: dict[str, Any] = {"digest": ref.digest, "size": ref.size, **changes}
    wrong = FileRef(words["digest"], "a.jpg", "image/jpeg", words["size"])
    with pytest.raises(StoreError) as caught:
        files.keep("county", wrong, body)
    assert caught.value.problem.code == "file_differs"
    assert files.uploads("county") == []
    assert files.read(ref.digest) is None


def test_thumbnails_go_first_then_the_oldest(files):
    refs = [a_file(n) for n in range(4)]
    for n, (ref, body) in enumerate(refs):
        files.keep("county" if n else "z", ref, body, is_thumbnail=n == 2)
    expected = [Upload("county", refs[n][0], 0, is_thumbnail=n == 2) for n in (2, 1, 3)]
    assert files.uploads("county") == expected
    assert [upload.ref for upload in files.uploads("z")] == [refs[0][0]]


def test_an_upload_goes_on_where_the_server_is_and_ends_with_all_of_it(files):
    ref, body = a_file(1)
    files.keep("county", ref, body)
    assert files.progress(ref.digest) == (0, 1_000)
    files.mark_sent("county", ref.digest, 600)
    files.keep("county", ref, body)
    assert [upload.offset for upload in files.uploads("county")] == [600]
    assert files.progress(ref.digest) == (600, 1_000)
    files.mark_sent("county", ref.digest, 200)
    assert files.progress(ref.digest) == (200, 1_000), "the server knows best what it has"
    files.mark_sent("county", ref.digest, 1_000)
    assert (files.uploads("county"), files.progress(ref.digest)) == ([], None)
    assert files.read(ref.digest) == body
    files.mark_sent("county", "0" * 64, 5)


def test_a_file_taken_back_is_not_sent_there_and_still_elsewhere(files):
    ref, body = a_file(1)
    for source in ("county", "z"):
        files.keep(source, ref, body)
    files.take_back("county", ref.digest)
    files.take_back("county", "0" * 64)
    assert files.uploads("county") == []
    assert [upload.ref for upload in files.uploads("z")] == [ref]


def test_a_file_for_two_sources_is_sent_to_each(files):
    ref, body = a_file(1)
    files.keep("a", ref, body)
    files.keep("b", ref, body)
    files.mark_sent("a", ref.digest, 1_000)
    assert files.uploads("a") == []
    assert [upload.ref for upload in files.uploads("b")] == [ref]


@pytest.mark.parametrize("step", [70_000, 300_000])
def test_a_wanted_file_is_whole_when_its_last_piece_has_come(files, step):
    ref, body = a_file(1, 700_001)
    told = fetched_whole(files, ref, body, step)
    assert told == [False] * (len(told) - 1) + [True]
    assert files.read(ref.digest) == body
    assert (files.list_wanted("county"), files.progress(ref.digest)) == ([], None)
    assert files.add_chunk("county", ref.digest, 0, b"again")
    files.want("county", ref.digest, ref.size)
    assert files.list_wanted("county") == [], "it is here already"


def test_what_is_wanted_and_half_here_is_said(files):
    ref, body = a_file(1)
    other, _ = a_file(2)
    for _ in range(2):
        files.want("county", ref.digest, ref.size)
    files.want("county", other.digest, other.size)
    files.want("z", other.digest, other.size)
    files.add_chunk("county", ref.digest, 0, body[:300])
    assert files.list_wanted("county") == [(ref.digest, 300, 1_000), (other.digest, 0, 1_000)]
    assert files.progress(ref.digest) == (300, 1_000)
    assert files.read(ref.digest) is None, "only what is whole is shown"


def test_pieces_that_overlap_or_leave_a_gap_do_no_harm(files):
    ref, body = a_file(1)
    files.want("county", ref.digest, ref.size)
    for start, end in ((0, 300), (400, 500), (100, 200), (200, 400), (0, 400), (400, 999)):
        assert not files.add_chunk("county", ref.digest, start, body[start:end])
    assert files.progress(ref.digest) == (999, 1_000)
    assert files.add_chunk("county", ref.digest, 990, body[990:])
    assert files.read(ref.digest) == body


@pytest.mark.parametrize("body", [b"\0" * 1_000, b"\0" * 1_001], ids=["other", "too long"])
def test_a_whole_file_with_another_content_is_fetched_from_its_start(files, body):
    ref, right = a_file(1)
    files.want("county", ref.digest, ref.size)
    assert not files.add_chunk("county", ref.digest, 0, body)
    assert files.list_wanted("county") == [(ref.digest, 0, 1_000)]
    assert files.read(ref.digest) is None
    assert files.add_chunk("county", ref.digest, 0, right)


def test_a_piece_nobody_asked_for_is_not_kept(files):
    ref, body = a_file(1)
    assert not files.add_chunk("county", ref.digest, 0, body)
    assert files.read(ref.digest) is None


def test_a_size_that_was_wrongly_told_is_put_right_by_asking_again(files):
    ref, body = a_file(1)
    files.want("county", ref.digest, 50)
    files.add_chunk("county", ref.digest, 0, body[:20])
    files.want("county", ref.digest, ref.size)
    assert files.list_wanted("county") == [(ref.digest, 0, 1_000)]
    assert files.add_chunk("county", ref.digest, 0, body)


def test_beyond_the_bound_what_was_used_longest_ago_is_forgotten(files):
    some = [a_file(n, 300_000) for n in range(4)]
    for ref, body in some[:3]:
        fetched_whole(files, ref, body, 300_000)
    files.read(some[0][0].digest)
    fetched_whole(files, *some[3], 300_000)
    here = [files.read(ref.digest) is not None for ref, _ in some]
    assert here == [True, False, True, True]


def test_what_is_still_to_be_sent_is_never_forgotten(files):
    """L: no photograph is lost to another that was looked at."""
    ref, body = a_file(0, 900_000)
    files.keep("county", ref, body)
    for n in range(1, 4):
        fetched_whole(files, *a_file(n, 600_000), 600_000)
    assert files.read(ref.digest) == body
    assert files.read(a_file(1, 600_000)[0].digest) is None
    files.mark_sent("county", ref.digest, ref.size)
    files.protect("county", ())
    assert files.read(a_file(3, 600_000)[0].digest) is None, "read before the other"


@pytest.mark.parametrize("first", ["kept and sent", "fetched back", "protected before it came"])
def test_what_is_protected_is_never_forgotten_until_it_is_let_go(files, first):
    """L: what the county may lose in a restore is still here."""
    ref, body = a_file(0, 300_000)
    if first == "kept and sent":
        files.keep("county", ref, body)
        files.mark_sent("county", ref.digest, ref.size)
    elif first == "fetched back":
        fetched_whole(files, ref, body, 300_000)
        files.protect("county", {ref.digest})
    else:
        files.protect("county", {ref.digest})
        fetched_whole(files, ref, body, 300_000)
    for n in (1, 2):
        fetched_whole(files, *a_file(n, 900_000), 900_000)
    assert files.uploads("county") == []
    assert files.read(ref.digest) == body
    files.protect("county", {"7" * 64})
    fetched_whole(files, *a_file(3, 900_000), 900_000)
    assert files.read(ref.digest) is None


def test_protected_for_two_sources_is_kept_until_both_let_go(files):
    ref, body = a_file(0)
    for source in ("a", "b"):
        files.keep(source, ref, body)
        files.mark_sent(source, ref.digest, ref.size)
        files.protect(source, {ref.digest})
    for source in ("a", "b"):
        assert files.read(ref.digest) == body
        files.purge(source)
        files.protect(source, ())
    assert files.read(ref.digest) is None


def test_what_is_still_to_be_sent_stays_protected_whoever_does_not_name_it(files):
    """A file is kept a moment before its command."""
    ref, body = a_file(0, 300_000)
    files.keep("county", ref, body)
    files.protect("county", ())
    files.mark_sent("county", ref.digest, ref.size)
    for n in (1, 2):
        fetched_whole(files, *a_file(n, 900_000), 900_000)
    assert files.read(ref.digest) == body


def test_a_file_sent_before_is_sent_again_from_its_start_with_what_was_told_of_it(files):
    (whole, body), (half, other), (small, bytes_) = a_file(1), a_file(2), a_file(3)
    for ref, content in ((whole, body), (half, other), (small, bytes_)):
        files.keep("county", ref, content)
    files.mark_sent("county", whole.digest, whole.size)
    files.mark_sent("county", half.digest, 600)
    files.mark_sent("county", small.digest, small.size)
    files.refuse("county", half.digest, Problem("file_lost", {"name": half.name}))
    untold = FileRef(small.digest, small.name, small.media_type, 0)
    assert files.send_again("county", whole)
    assert files.send_again("county", half)
    assert files.send_again("county", untold, is_thumbnail=True)
    expected = [Upload("county", small, 0, is_thumbnail=True)]
    expected += [Upload("county", ref, 0, is_thumbnail=False) for ref in (half, whole)]
    assert files.uploads("county") == expected
    assert files.refusal("county", half.digest) is None


def test_what_is_not_wholly_here_is_not_sent_again(files):
    ref, body = a_file(1)
    assert not files.send_again("county", ref)
    files.want("county", ref.digest, ref.size)
    files.add_chunk("county", ref.digest, 0, body[:300])
    assert not files.send_again("county", ref)
    assert files.uploads("county") == []


def test_a_file_taken_back_is_protected_no_more(files):
    ref, body = a_file(0, 300_000)
    files.keep("county", ref, body)
    files.take_back("county", ref.digest)
    for n in (1, 2):
        fetched_whole(files, *a_file(n, 900_000), 900_000)
    assert files.read(ref.digest) is None


def test_a_file_said_to_be_lost_is_so_no_more_once_it_has_come(files):
    ref, body = a_file(1)
    files.want("county", ref.digest, ref.size)
    files.refuse("county", ref.digest, Problem("file_lost", {"name": ref.name}))
    files.add_chunk("county", ref.digest, 0, body[:300])
    assert files.refusal("county", ref.digest) is not None
    files.add_chunk("county", ref.digest, 300, body[300:])
    assert files.refusal("county", ref.digest) is None


def test_one_file_beyond_the_bound_by_itself_can_be_seen(files):
    ref, body = a_file(1, BOUND + 1)
    assert fetched_whole(files, ref, body, 400_000)[-1]
    assert files.read(ref.digest) == body


def test_many_threads_keep_and_read_at_once(files):
    wrong: list[object] = []

    def work(seed: int) -> None:
        ref, body = a_file(seed, 3_000)
        for _ in range(5):
            files.keep("county", ref, body)
            if files.read(ref.digest) != body:
                wrong.append(seed)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(files.uploads("county")) == 4


def test_a_closed_store_says_so(files):
    files.close()
    files.close()
    with pytest.raises(StoreError) as caught:
        files.uploads("county")
    assert caught.value.problem.code == "store_closed"


def test_a_purge_takes_what_only_that_source_has_and_leaves_what_is_to_be_sent(files):
    shown, both, other, waiting = (a_file(seed) for seed in range(4))
    for source, (ref, body) in (("a", shown), ("a", both), ("b", both), ("b", other)):
        files.keep(source, ref, body)
        files.mark_sent(source, ref.digest, ref.size)
    for source in ("a", "b"):
        files.protect(source, ())
    files.want("a", "7" * 64, 5)
    files.keep("a", *waiting)
    files.purge("a")
    assert files.read(shown[0].digest) is None
    assert files.list_wanted("a") == []
    assert files.read(both[0].digest) == both[1]
    assert files.read(other[0].digest) == other[1]
    assert [upload.ref for upload in files.uploads("a")] == [waiting[0]]
    assert files.read(waiting[0].digest) == waiting[1]
    files.mark_sent("a", waiting[0].digest, waiting[0].size)
    assert files.read(waiting[0].digest) == waiting[1], "its command may still be forgotten"
    files.protect("a", ())
    assert files.read(waiting[0].digest) is None
    files.want("a", shown[0].digest, shown[0].size)
    assert files.list_wanted("a") == [(shown[0].digest, 0, shown[0].size)]

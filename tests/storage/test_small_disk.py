"""A real disk of one megabyte that fills up: errors say so, and what was confirmed stands."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.application.ports import StoreError
from desktop.domain.incident import FileRef
from desktop.domain.localized_text import Text
from desktop.storage.cache.store import open_cache
from desktop.storage.files.store import open_files
from desktop.storage.outbox.store import open_outbox
from support.builders import NOW, FakeClock, a_batch, a_command, an_incident
from support.small_disk import SmallDisk, small_disk

KEY = bytes(range(32))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", 1) as made:
        yield made


@pytest.fixture
def small(disk: SmallDisk) -> Path:
    """A folder on a file system of its own."""
    return disk.folder


def until_it_fails(write: Callable[[int], object]) -> str:
    """Write again and again; what the first failure says."""
    try:
        for turn in range(1, 10_000):
            write(turn)
    except StoreError as error:
        return error.problem.code
    return ""


def test_L_no_confirmed_command_is_lost_when_the_disk_fills_up(small):
    outbox = open_outbox(small, KEY, FakeClock())
    kept = []

    def submit(number: int) -> None:
        kept.append(outbox.append(a_command(key=f"{number}", body={"text": "长" * 900}), NOW))

    assert until_it_fails(submit) == "disk_full"
    assert outbox.recent(10_000)[::-1] == kept
    outbox.close()
    again = open_outbox(small, KEY, FakeClock())
    assert again.recent(10_000)[::-1] == kept
    again.close()


def test_L_commands_are_taken_again_once_there_is_room(small, disk):
    outbox = open_outbox(small, KEY, FakeClock())
    first = outbox.append(a_command(), NOW)
    disk.fill()
    long = {"text": "长" * 900}
    assert until_it_fails(lambda _: outbox.append(a_command(body=long), NOW)) == "disk_full"
    known = outbox.recent(999)
    disk.make_room()
    last = outbox.append(a_command(), NOW)
    assert outbox.recent(999) == [last, *known]
    assert known[-1] == first
    outbox.close()


def test_A_rows_and_token_move_together_when_the_disk_fills_up(small):
    cache = open_cache(small, KEY, FakeClock(), {})

    def take_in(turn: int) -> None:
        rows = (an_incident(id=f"{turn} {n}", summary=Text("水" * 99)) for n in range(9))
        cache.apply(a_batch(*rows, token=str(turn)))

    assert until_it_fails(take_in) == "disk_full"
    token = cache.sync_state("county").token
    assert cache.counts(NOW, 0).incidents == 9 * int(token or 0) > 0
    cache.close()
    again = open_cache(small, KEY, FakeClock(), {})
    assert again.problem is None
    assert again.sync_state("county").token == token
    assert again.counts(NOW, 0).incidents == 9 * int(token or 0)
    again.close()


def test_L_a_photograph_too_big_for_the_disk_is_refused_whole(small):
    files = open_files(small, KEY)
    small_one, big_one = b"a" * 50_000, b"b" * 2_000_000
    refs = [
        FileRef(hashlib.sha256(body).hexdigest(), "a.jpg", "image/jpeg", len(body))
        for body in (small_one, big_one)
    ]
    files.keep("county", refs[0], small_one)
    with pytest.raises(StoreError) as caught:
        files.keep("county", refs[1], big_one)
    assert caught.value.problem.code == "disk_full"
    assert files.read(refs[1].digest) is None
    assert files.read(refs[0].digest) == small_one
    assert [upload.ref for upload in files.uploads("county")] == [refs[0]]
    files.close()


def test_a_new_folder_on_a_full_disk_is_said_in_words(small, disk):
    disk.fill()
    with pytest.raises(StoreError) as caught:
        open_outbox(small, KEY, FakeClock())
    assert caught.value.problem.code == "disk_full"
    disk.make_room()
    open_outbox(small, KEY, FakeClock()).close()

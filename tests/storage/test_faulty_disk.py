"""A full disk, a failing sync, lost power: what was confirmed stands, and the rest is said.

L: no command or typed text lost. D: none twice. A: rows and token move together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from desktop.application.ports import IncidentFilter, StoreError
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.incident import FileRef
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult, RowPatch, Staged
from desktop.protocol.checksum import MODULUS
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.files.store import open_files
from desktop.storage.outbox.store import SqliteOutbox, open_outbox
from desktop.storage.sqlite.database import in_words
from support.builders import NOW, FakeClock, a_batch, a_command, an_asset, an_incident
from support.faulty_disk import FaultyDisk, faulty_disk

KEY = bytes(range(32))
TARGET = Key("county", Collection.INCIDENTS, "I1")
FAULTS = {"full": "disk_full", "sync": "store_unreachable"}


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    with faulty_disk(monkeypatch) as found:
        yield found


def break_it(disk: FaultyDisk, fault: str, after: int) -> None:
    if fault == "full":
        disk.fill_up(after)
    else:
        disk.break_sync(after)


STEPS: list[Callable[[SqliteOutbox], Any]] = [
    lambda outbox: outbox.append(a_command(key="b", body={"text": "长" * 4_000}), NOW),
    lambda outbox: outbox.keep_draft(TARGET, "写到一半" * 2_000, NOW),
    lambda outbox: outbox.offering(["a", "b"], NOW),
    lambda outbox: outbox.set_state("a", CommandState.SENT, Text(), NOW),
    lambda outbox: outbox.answer_all([CommandResult("a", CommandState.ACCEPTED)], NOW),
    lambda outbox: outbox.mark_seen("a"),
    lambda outbox: outbox.offer_again("county", NOW),
    lambda outbox: outbox.answer_all([CommandResult("a", CommandState.ACCEPTED)], NOW),
    lambda outbox: outbox.retire(["a"]),
    lambda outbox: outbox.append(a_command(key="c"), NOW, basis=an_incident()),
]


def content(outbox: SqliteOutbox) -> tuple[Any, ...]:
    return outbox.recent(99), outbox.draft(TARGET), outbox.conflict_rows("c")


def ideal(folder: Path) -> list[tuple[Any, ...]]:
    """What an outbox holds after each step where nothing ever fails."""
    outbox = open_outbox(folder, KEY, FakeClock())
    outbox.append(a_command(key="a"), NOW)
    found = [content(outbox)]
    for step in STEPS:
        step(outbox)
        found.append(content(outbox))
    outbox.close()
    return found


def steps_done(outbox: SqliteOutbox) -> tuple[int, str]:
    """How many steps succeed, and what the first that does not says."""
    for number, step in enumerate(STEPS):
        try:
            step(outbox)
        except StoreError as error:
            return number, error.problem.code
    return len(STEPS), ""


@pytest.mark.parametrize("fault", FAULTS)
def test_L_what_the_outbox_confirmed_stands_whichever_write_or_sync_fails(disk, tmp_path, fault):
    expected = ideal(tmp_path / "ideal")
    for after in range(400):
        folder = tmp_path / f"{after}"
        outbox = open_outbox(folder, KEY, FakeClock())
        outbox.append(a_command(key="a"), NOW)
        break_it(disk, fault, after)
        done, code = steps_done(outbox)
        if not code:
            disk.mend()
            outbox.close()
            break
        assert code == FAULTS[fault]
        assert content(outbox) == expected[done], "nothing half done is seen"
        found = disk.power_lost(folder, tmp_path / f"{after} later")
        disk.mend()
        for step in STEPS[done:]:
            step(outbox)
        assert content(outbox) == expected[-1], "it goes on once the disk does"
        outbox.close()
        again = open_outbox(found, KEY, FakeClock())
        # A commit whose sync failed may have reached the disk nevertheless: whole, or not.
        assert content(again) in expected[done : done + 2]
        again.close()
    else:
        pytest.fail("the steps never came through")
    assert after >= len(STEPS), "each step was broken at least once"


def test_L_what_the_outbox_confirmed_survives_lost_power(disk, tmp_path):
    expected = ideal(tmp_path / "ideal")
    outbox = open_outbox(tmp_path / "box", KEY, FakeClock())
    outbox.append(a_command(key="a"), NOW)
    for number, step in enumerate(STEPS, start=1):
        step(outbox)
        found = disk.power_lost(tmp_path / "box", tmp_path / f"after {number}")
        again = open_outbox(found, KEY, FakeClock())
        assert content(again) == expected[number]
        again.close()
    outbox.close()


def batches() -> list[Any]:
    rows = [an_incident(id=f"{n}", summary=Text("水" * 300)) for n in range(60)]
    patch = RowPatch(Collection.INCIDENTS, 3, 2, {"number": "patched"})
    return [
        a_batch(*rows, row_keys=tuple(range(60)), token="1", epoch="e"),
        a_batch(an_asset(), patches=(patch,), drops=(5,), token="2", reading_at=NOW),
        a_batch(staged=Staged("/s", "t", b"\0" * 20_000)),
        a_batch(*(an_incident(id=f"{n}", version=3) for n in range(20)), token="3"),
    ]


def state(cache: SqliteCache) -> tuple[Any, ...]:
    rows = [cache.rows(collection) for collection in Collection]
    hits = len(cache.incident_numbers(IncidentFilter(text="管道")))
    return rows, cache.sync_state("county"), cache.sums("county"), hits, cache.counts(NOW, 0)


def opened(folder: Path) -> SqliteCache:
    return open_cache(folder, KEY, FakeClock(), {})


@pytest.mark.parametrize("fault", FAULTS)
def test_A_rows_sums_and_token_are_of_one_batch_whichever_write_or_sync_fails(
    disk, tmp_path, fault
):
    cache = opened(tmp_path / "ideal")
    expected = [state(cache)]
    for batch in batches():
        cache.apply(batch)
        expected.append(state(cache))
    cache.close()
    met = 0
    for after in range(0, 400, 9 if fault == "full" else 1):
        cache = opened(tmp_path / f"{after}")
        cache.mark_good("other", NOW, 0)
        break_it(disk, fault, after)
        code, done = "", 0
        for batch in batches():
            try:
                cache.apply(batch)
            except StoreError as error:
                code = error.problem.code
                break
            done += 1
        found = disk.power_lost(tmp_path / f"{after}", tmp_path / f"{after} later")
        broken = disk.failed
        disk.mend()
        assert state(cache) == expected[done]
        for batch in batches()[done:]:
            cache.apply(batch)
        assert state(cache) == expected[-1]
        assert sum(cache.sums("county")) % MODULUS > 0
        cache.close()
        again = opened(found)
        assert again.problem is None
        assert state(again) in expected[: done + 2], "older perhaps, but of one moment"
        # Closed by a reader alone, the log is left to the next start: here that would raise.
        again.mark_good("other", NOW, 0)
        again.close()
        assert code in ("", FAULTS[fault])
        met += bool(code)
        if not broken:
            break
    else:
        pytest.fail("the batches never came through")
    assert met or fault == "sync", "the cache does not wait for the disk; it may meet no sync"


@pytest.mark.parametrize("fault", FAULTS)
def test_L_a_kept_photograph_stands_whichever_write_or_sync_fails(disk, tmp_path, fault):
    body = bytes(range(256)) * 2_000
    ref = FileRef(hashlib.sha256(body).hexdigest(), "a.jpg", "image/jpeg", len(body))
    for after in range(0, 400, 7):
        folder = tmp_path / f"{after}"
        files = open_files(folder, KEY)
        break_it(disk, fault, after)
        try:
            files.keep("county", ref, body)
            code = ""
        except StoreError as error:
            code = error.problem.code
            assert files.read(ref.digest) is None
            assert files.uploads("county") == []
        found = disk.power_lost(folder, tmp_path / f"{after} later")
        disk.mend()
        files.keep("county", ref, body)
        files.close()
        if not code:
            again = open_files(found, KEY)
            assert again.read(ref.digest) == body
            assert [upload.ref for upload in again.uploads("county")] == [ref]
            again.close()
            break
        assert code == FAULTS[fault]
    else:
        pytest.fail("the photograph was never kept")


def test_a_drive_without_shared_memory_is_told_apart_from_one_that_broke(tmp_path: Path) -> None:
    told = apsw.IOError("disk I/O error")
    told.extendedresult = apsw.SQLITE_IOERR_SHMMAP
    with pytest.raises(StoreError) as caught, in_words(tmp_path / "outbox.db"):
        raise told
    assert caught.value.problem.code == "no_shared_memory"
    assert caught.value.problem.details["folder"] == str(tmp_path)

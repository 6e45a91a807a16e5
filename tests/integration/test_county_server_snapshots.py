"""Level 2 snapshots are made once, ahead of who asks, and given out while the next is made."""

from __future__ import annotations

import errno
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.snapshots import builder
from desktop.county_server.snapshots.builder import SnapshotBuilder
from desktop.county_server.snapshots.snapshot_files import KEPT, Snapshot
from desktop.wire.level1 import COLLECTIONS
from support.compact_reader import CompactReader
from support.county_rows import incident

WAIT_S = 60.0
STRONG = 5
NORTH = Account("north", ("north",))
ALL = len(COLLECTIONS)
READER = ANYBODY.reading(ALL)
"""As desks are: those that read fewer collections are given a snapshot when they ask."""


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    found.put("incidents", [incident(f"i{n}", township="north") for n in range(60)])
    yield found
    found.close()


@pytest.fixture
def shelf(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[SnapshotBuilder]:
    monkeypatch.setattr(builder, "SMALL_ROWS", 50)
    monkeypatch.setattr(builder, "DUE_BEHIND", 3)
    found = SnapshotBuilder(database, STRONG)
    yield found
    found.close()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The levels of the snapshots made, one after the other."""
    levels: list[int] = []
    write = builder.write_snapshot

    def count(connection: Any, account: Any, now_ms: int, level: int, out: Any) -> None:
        levels.append(level)
        write(connection, account, now_ms, level, out)

    monkeypatch.setattr(builder, "write_snapshot", count)
    return levels


def rows_of(database: Database, snapshot: Snapshot) -> int:
    reader = CompactReader(database)
    reader.read_snapshot(snapshot.files[0].path.read_bytes())
    return len(reader.rows)


def test_many_who_ask_at_once_get_one_quick_snapshot_and_later_one_strong_one(
    shelf: SnapshotBuilder, database: Database, made: list[int]
) -> None:
    with ThreadPoolExecutor(8) as desks:
        found = set(desks.map(lambda _n: shelf.newest(ANYBODY).id, range(40)))
    assert shelf.wait(WAIT_S)
    assert sorted(made) == [builder.QUICK_LEVEL, STRONG]
    assert len(found) <= 2
    newest = shelf.newest(ANYBODY)
    assert (newest.level, rows_of(database, newest)) == (STRONG, 60)


@pytest.mark.expects_log("no snapshot could be made")
@pytest.mark.parametrize("error", [SystemExit, MemoryError, ValueError])
def test_a_press_that_breaks_goes_on_with_the_next(
    shelf: SnapshotBuilder, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    write, begun = builder.write_snapshot, []

    def deadly(*given: Any) -> None:
        begun.append(given)
        if len(begun) == 1:
            raise error
        write(*given)

    monkeypatch.setattr(builder, "write_snapshot", deadly)
    shelf.begin((ANYBODY, NORTH))
    assert shelf.wait(WAIT_S)
    shelf.begin((ANYBODY,))
    assert shelf.wait(WAIT_S)
    assert {shelf.newest(each.reading(ALL)).level for each in (ANYBODY, NORTH)} == {STRONG}
    assert len(begun) == 3, "none of them was made in haste for who asked"


def test_a_server_that_starts_makes_each_scope_once_before_anybody_asks(
    shelf: SnapshotBuilder, made: list[int]
) -> None:
    shelf.begin((ANYBODY, NORTH, Account("north2", ("north",))))
    assert shelf.wait(WAIT_S)
    assert made == [STRONG, STRONG]
    assert {shelf.newest(each.reading(ALL)).level for each in (ANYBODY, NORTH)} == {STRONG}
    assert made == [STRONG, STRONG]


def test_a_few_changes_later_the_same_is_given_and_after_more_a_newer_is_made(
    shelf: SnapshotBuilder, database: Database, made: list[int]
) -> None:
    shelf.begin((ANYBODY,))
    assert shelf.wait(WAIT_S)
    first = shelf.newest(READER)
    database.put("incidents", [incident("n1")])
    assert shelf.newest(READER) == first
    database.put("incidents", [incident(f"n{n}") for n in range(2, 6)])
    assert shelf.newest(READER) == first
    assert shelf.wait(WAIT_S)
    assert rows_of(database, shelf.newest(READER)) == 65
    assert made == [STRONG, STRONG]


def test_another_epoch_or_one_too_far_behind_is_never_given_out(
    shelf: SnapshotBuilder, database: Database
) -> None:
    before = shelf.newest(ANYBODY)
    epoch = database.begin_epoch()
    assert shelf.newest(ANYBODY).epoch == epoch != before.epoch
    database.put("incidents", [incident(f"m{n}") for n in range(100)])
    assert shelf.newest(ANYBODY).sequence == database.head


def test_the_last_few_of_a_scope_can_still_be_resumed(
    shelf: SnapshotBuilder, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "SMALL_ROWS", 10_000)
    taken = []
    for number in range(KEPT + 2):
        database.put("incidents", [incident(f"k{number}")])
        taken.append(shelf.newest(ANYBODY))
    kept = [each for each in taken if shelf.find("all", each.id)]
    assert kept == taken[-KEPT:]
    assert [each.files[0].path.exists() for each in taken] == [False] * 2 + [True] * KEPT


def test_a_full_disk_leaves_no_half_of_a_snapshot_behind(
    shelf: SnapshotBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []

    def half(_connection: Any, _account: Any, _now: int, _level: int, out: Any) -> None:
        out(b"page")
        written.extend(shelf.folder.iterdir())
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(builder, "write_snapshot", half)
    with pytest.raises(OSError, match="full"):
        shelf.newest(ANYBODY)
    assert written
    assert not any(each.exists() for each in written)


def test_two_who_press_the_same_moment_at_the_same_level_do_not_write_one_file(
    database: Database, shelf: SnapshotBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(builder, "QUICK_LEVEL", STRONG)
    both = threading.Barrier(2)
    write = builder.write_snapshot

    def together(connection: Any, account: Any, now_ms: int, level: int, out: Any) -> None:
        def slowly(piece: bytes) -> None:
            out(piece)
            both.wait(WAIT_S)

        write(connection, account, now_ms, level, slowly)

    monkeypatch.setattr(builder, "write_snapshot", together)
    shelf.begin((ANYBODY,))
    quick = shelf.newest(ANYBODY)
    assert shelf.wait(WAIT_S)
    strong = shelf.find(quick.scope, quick.id)
    assert strong is not None
    assert rows_of(database, quick) == rows_of(database, strong) == 60
    assert len({quick.files[0].path, strong.files[0].path, *shelf.folder.iterdir()}) == 2


def test_closing_ends_a_press_in_the_middle_of_a_snapshot(
    shelf: SnapshotBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, going_on = threading.Event(), threading.Event()

    def endless(_connection: Any, _account: Any, _now: int, _level: int, out: Any) -> None:
        while True:
            out(b"page")
            begun.set()
            going_on.wait(0.001)

    monkeypatch.setattr(builder, "write_snapshot", endless)
    shelf.begin((ANYBODY,))
    assert begun.wait(WAIT_S)
    shelf.close()
    assert not any(each.name == "press" for each in threading.enumerate())

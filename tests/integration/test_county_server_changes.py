"""Snapshot and changes together give a reader exactly what the county holds."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.county_server.db.database import RETENTION_S, Database
from desktop.county_server.feed.changes import read_changes
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.snapshots import snapshot
from desktop.wire.level1 import Asset, Trend
from support.county_rows import MOMENT, alarm, asset, follow, incident, snapshot_of

SMALL = 1
NORTH = Account("north", ("north",))

STEP = st.tuples(
    st.sampled_from(["put", "put", "delete"]),
    st.sampled_from(["incidents", "assets"]),
    st.sampled_from([f"r{number}" for number in range(6)]),
    st.sampled_from(["", "north", "south"]),
    st.integers(0, 5),
)


def live(database: Database, steps: list[tuple[str, str, str, str, int]]) -> None:
    for kind, collection, row_id, township, number in steps:
        if kind == "delete":
            database.delete(collection, [row_id])
        elif collection == "incidents":
            row = incident(row_id, township=township, address=f"{number}")
            database.put(collection, [row])
        else:
            database.put(collection, [asset(row_id, township=township, value=float(number))])


@contextlib.contextmanager
def opened(path: Path | None = None, **more: object) -> Iterator[Database]:
    database = Database(path, **more)  # type: ignore[arg-type]
    try:
        yield database
    finally:
        database.close()


@given(
    st.lists(STEP, max_size=12),
    st.lists(STEP, max_size=25),
    st.integers(1, 3000),
    st.sampled_from([ANYBODY, NORTH]),
)
@settings(max_examples=60, deadline=None)
def test_a_reader_that_follows_in_any_page_size_has_the_full_state(
    before: list[tuple[str, str, str, str, int]],
    after: list[tuple[str, str, str, str, int]],
    max_bytes: int,
    account: Account,
) -> None:
    with opened() as database:
        live(database, before)
        copy, token = snapshot_of(database, account)
        half = len(after) // 2
        live(database, after[:half])
        token = follow(database, copy, token, max_bytes, account)
        live(database, after[half:])
        token = follow(database, copy, token, max_bytes, account)
        full, _ = snapshot_of(database, account)
        assert copy == full
        assert read_changes(database, token, max_bytes, account) is None


def test_a_reader_that_falls_between_two_pages_misses_nothing_put_meanwhile() -> None:
    with opened() as database:
        copy, token = snapshot_of(database)
        database.put("incidents", [incident(f"r{n}") for n in range(3)])
        page = read_changes(database, token, SMALL, ANYBODY)
        assert page is not None
        assert (page.more, len(page.changes)) == (True, 1)
        database.put("incidents", [incident("r0", address="新址")])
        follow(database, copy, token, SMALL)
        assert copy == snapshot_of(database)[0]


def test_the_worst_comes_first_in_a_page_and_deletions_last() -> None:
    with opened() as database:
        database.put("incidents", [incident("gone")])
        _, token = snapshot_of(database)
        database.delete("incidents", ["gone"])
        database.put("incidents", [incident("calm"), incident("bad", level="major")])
        page = read_changes(database, token, 10_000, ANYBODY)
        assert page is not None
        assert [change.id for change in page.changes] == ["bad", "calm", "gone"]


def test_equal_rows_change_nothing_and_versions_only_grow() -> None:
    with opened() as database:
        database.put("assets", [asset("a", version=7)])
        head = database.head
        assert database.put("assets", [asset("a", version=3)]) == 0
        assert database.head == head
        database.put("assets", [asset("a", version=3, state="failed")])
        (row,) = database.rows("assets")
        assert isinstance(row, Asset)
        assert row.version == 8


def test_a_quiet_put_reaches_the_next_snapshot_but_no_reader() -> None:
    trend = Trend("a", "asset", MOMENT, 600, (1.0, None))
    with opened() as database:
        database.put("assets", [asset("a")])
        database.put("trends", [trend])
        _, token = snapshot_of(database)
        longer = msgspec.structs.replace(trend, values=(1.0, None, 2.0))
        database.put("trends", [longer], quiet=True)
        assert read_changes(database, token, 10_000, ANYBODY) is None
        after, later = snapshot_of(database)
        assert after[("trends", "a")]["values"] == [1.0, None, 2.0]
        assert later != token


def test_a_trend_is_seen_by_whoever_sees_its_owner() -> None:
    with opened() as database:
        database.put("assets", [asset("a", township="south")])
        database.put("trends", [Trend("a", "asset", MOMENT, 600, (1.0,))])
        copy, token = snapshot_of(database, NORTH)
        assert copy == {}
        database.put("assets", [asset("a", township="north")])
        follow(database, copy, token, 10_000, NORTH)
        assert set(copy) == {("assets", "a"), ("trends", "a")}


def test_a_row_that_leaves_an_accounts_townships_is_deleted_for_it() -> None:
    with opened() as database:
        database.put("assets", [asset("a", township="north"), asset("b", township="south")])
        copy, token = snapshot_of(database, NORTH)
        assert set(copy) == {("assets", "a")}
        database.put(
            "assets", [asset("a", township="south"), asset("b", state="failed", township="south")]
        )
        page = read_changes(database, token, 10_000, NORTH)
        assert page is not None
        assert [(change.id, change.row) for change in page.changes] == [("a", msgspec.UNSET)]


def status_of(database: Database, token: str, account: Account = ANYBODY) -> int:
    with pytest.raises(ApiError) as caught:
        read_changes(database, token, 10_000, account)
    return caught.value.status


def test_tokens_of_another_life_are_conflicts_and_strange_ones_bad_requests() -> None:
    with opened() as database:
        database.put("alarms", [alarm("a")])
        _, token = snapshot_of(database)
        epoch, sequence, scope = token.split(".")
        assert status_of(database, f"{epoch}.{int(sequence) + 1}.{scope}") == 409
        assert status_of(database, "yesterday") == 400
        assert status_of(database, token, NORTH) == 410
        database.begin_epoch()
        assert status_of(database, token) == 409


def test_a_token_older_than_the_retention_is_gone() -> None:
    time_s = [1_000_000.0]
    with opened(time_s=lambda: time_s[0]) as database:
        database.put("alarms", [alarm("a")])
        _, token = snapshot_of(database)
        time_s[0] += 3600
        database.delete("alarms", ["a"])
        database.forget()
        assert read_changes(database, token, 10_000, ANYBODY) is not None
        time_s[0] += RETENTION_S + 60
        database.forget()
        assert status_of(database, token) == 410


def test_a_restart_keeps_rows_epoch_and_tokens(tmp_path: Path) -> None:
    path = tmp_path / "county.db"
    with opened(path) as database:
        database.put("incidents", [incident("a")])
        epoch = database.epoch
        copy, token = snapshot_of(database)
    with opened(path) as database:
        assert database.epoch == epoch
        assert snapshot_of(database) == (copy, token)
        assert read_changes(database, token, 10_000, ANYBODY) is None


def test_a_batch_that_fails_changes_nothing_and_tells_nobody() -> None:
    heard: list[int] = []
    with opened() as database:
        database.subscribe(heard.append)
        with pytest.raises(TypeError):
            database.put("alarms", [alarm("a"), asset("b")])
        assert database.count("alarms") == 0
        assert heard == []
        database.put("alarms", [alarm("a")])
        assert heard == [database.head]


def test_a_snapshot_begins_with_the_twenty_most_critical_incidents() -> None:
    with opened() as database:
        rows = [incident(f"n{n}") for n in range(30)]
        rows += [incident(f"m{n}", level="major") for n in range(3)]
        rows += [incident("closed", level="major", stage="closed")]
        database.put("incidents", rows)
        database.put("assets", [asset("a")])
        copy, _ = snapshot_of(database)
        order = [row_id for _, row_id in copy]
        assert order[:3] == ["m0", "m1", "m2"]
        assert order[20:].index("a") > 0
        assert order[-1] == "closed"


def test_a_full_disk_leaves_no_half_of_a_snapshot_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []

    def half(connection: sqlite3.Connection, _account: Account) -> Iterator[bytes]:
        yield b"head"
        written.extend(shelf.folder.iterdir())
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(snapshot, "snapshot_lines", half)
    database = Database()
    shelf = snapshot.SnapshotShelf(database)
    with pytest.raises(OSError, match="full"):
        shelf.newest(ANYBODY)
    assert len(written) == 2
    assert not any(each.exists() for each in written)
    shelf.close()
    database.close()

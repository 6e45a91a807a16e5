"""A county's file that was put back by hand is known by the tokens its readers hold."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.county_server.db.checksums import read_buckets, read_sums
from desktop.county_server.db.database import MARK_EVERY_S, RETENTION_S, Database
from desktop.county_server.feed.changes import read_changes
from desktop.county_server.feed.patches import read_bucket_patch, read_patch
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, read_token
from desktop.county_server.snapshots.builder import SnapshotBuilder
from desktop.county_server.snapshots.snapshot import SnapshotShelf
from desktop.wire.level2 import decode_patch
from support.compact_reader import PLAIN
from support.county_rows import incident, snapshot_of

NOW_S = 1_000_000.0


def opened(path: Path, time_s: Callable[[], float] = lambda: NOW_S) -> Database:
    return Database(path, time_s=time_s)


def put(database: Database, *names: str) -> None:
    """One change in a transaction of its own for each."""
    for name in names:
        database.put("incidents", [incident(name)])


def copy_of(path: Path, to: Path) -> None:
    """The file as a copy that knows nothing of the database takes it."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copyfile(path, to)


def put_back(copy: Path, path: Path) -> None:
    for beside in path.parent.glob(path.name + "-*"):
        beside.unlink()
    shutil.copyfile(copy, path)


def answer(database: Database, token: str) -> int:
    """The status that `/v1/changes` would have."""
    try:
        return 204 if read_changes(database, token, 10_000, ANYBODY) is None else 200
    except ApiError as error:
        return error.status


@pytest.mark.parametrize("taken", ["while it was down", "while it ran"])
def test_a_file_put_back_within_the_minute_that_grew_past_a_token_is_known_by_it(
    tmp_path: Path, taken: str
) -> None:
    path, copy = tmp_path / "county.db", tmp_path / "copy"
    database = opened(path)
    put(database, "a", "b")
    _, kept = snapshot_of(database)
    if taken == "while it was down":
        database.close()
        shutil.copyfile(path, copy)
        database = opened(path)
    else:
        copy_of(path, copy)
    put(database, "c", "d")
    _, lost = snapshot_of(database)
    database.close()
    put_back(copy, path)
    database = opened(path)
    assert answer(database, lost) == 409
    put(database, "e", "f", "g")
    assert database.head > int(lost.split(".")[1])
    assert answer(database, lost) == 409
    assert answer(database, kept) == 200
    _, fresh = snapshot_of(database)
    assert answer(database, fresh) == 204
    database.close()


def test_a_machine_set_back_with_the_server_running_is_known_a_minute_later(
    tmp_path: Path,
) -> None:
    """Its memory goes back too, so nothing is opened anew."""
    now_s = [NOW_S]
    database = opened(tmp_path / "county.db", lambda: now_s[0])
    put(database, "a")
    _, before = snapshot_of(database)
    put(database, "b")
    _, same = snapshot_of(database)
    now_s[0] += MARK_EVERY_S
    put(database, "c")
    _, after = snapshot_of(database)
    marks = [each.split(".")[0] for each in (before, same, after)]
    assert marks[0] == marks[1] != marks[2]
    assert [answer(database, each) for each in (before, same, after)] == [200, 200, 204]
    database.close()


def test_a_change_that_failed_begins_no_mark(tmp_path: Path) -> None:
    database = opened(tmp_path / "county.db")

    def fail() -> None:
        with database.transaction() as batch:
            batch.put("incidents", [incident("a")])
            raise sqlite3.OperationalError

    with pytest.raises(sqlite3.OperationalError):
        fail()
    put(database, "b")
    epoch = database.epoch
    _, token = snapshot_of(database)
    assert not token.startswith(epoch)
    database.close()


@pytest.mark.parametrize("level", [1, 2])
def test_a_page_read_before_the_file_was_put_back_does_not_go_on_after_it(
    tmp_path: Path, level: int
) -> None:
    """What had changed past the copy was left out of the page, and is older there."""
    path, copy = tmp_path / "county.db", tmp_path / "copy"
    database = opened(path)
    _, start = snapshot_of(database)
    put(database, "a", "b", "c", "d")
    copy_of(path, copy)
    put(database, "e")
    database.put("incidents", [incident("c", address="新址")])
    if level == 1:
        page = read_changes(database, start, 1, ANYBODY)
        assert page is not None
        token = page.token
    else:
        packed = read_patch(database, start, 1, ANYBODY, PLAIN)
        assert packed is not None
        token = decode_patch(packed.data, PLAIN).token
    read = read_token(token)
    assert read is not None
    assert (read.sequence, read.base, read.seen) == (1, 0, database.head)
    assert answer(database, token) == 200
    database.close()
    put_back(copy, path)
    database = opened(path)
    put(database, "f", "g", "h")
    assert answer(database, token) == 409
    database.close()


def test_every_token_of_the_county_names_the_mark_it_was_read_under(tmp_path: Path) -> None:
    database = opened(tmp_path / "county.db")
    put(database, "a", "b")
    _, snapshot = snapshot_of(database)
    told = read_changes(database, f"{database.epoch}.0.all", 10_000, ANYBODY)
    assert told is not None
    others = (
        told.token,
        read_sums(database, ANYBODY).token,
        read_buckets(database, ANYBODY, (1,)).token,
        read_bucket_patch(database, ANYBODY, (1,)).token,
    )
    assert set(others) == {snapshot}
    database.close()


def test_a_snapshot_of_another_history_has_another_name_for_caches(tmp_path: Path) -> None:
    path, copy = tmp_path / "county.db", tmp_path / "copy"
    database = opened(path)
    put(database, "a")
    copy_of(path, copy)
    names = []
    for again in (False, True):
        if again:
            put_back(copy, path)
            database = opened(path)
        put(database, "b")
        shelf, press = SnapshotShelf(database), SnapshotBuilder(database, 1)
        names.append((shelf.newest(ANYBODY).url, press.newest(ANYBODY).url))
        shelf.close()
        press.close()
        database.close()
    assert names[0][0] != names[1][0]
    assert names[0][1] != names[1][1]


def test_marks_are_kept_as_long_as_tokens_and_no_longer(tmp_path: Path) -> None:
    now_s = [NOW_S]
    database = opened(tmp_path / "county.db", lambda: now_s[0])
    tokens = []
    for day in range(40):
        now_s[0] = NOW_S + day * 86_400
        put(database, f"a{day}")
        tokens.append(snapshot_of(database)[1])
    database.forget()
    kept = RETENTION_S // 86_400
    assert [answer(database, each) for each in tokens[-kept:-1]] == [200] * (kept - 1)
    assert {answer(database, each) for each in tokens[: -kept - 1]} == {410}
    with database.reading() as connection:
        (count,) = connection.execute("SELECT count(*) FROM lineage").fetchone()
    assert count == kept + 1, "and the one that the oldest token is under"
    stranger = tokens[-2].replace(tokens[-2].split(".")[0], "zzzzz")
    assert answer(database, stranger) == 409
    database.close()


def test_a_token_is_no_longer_than_an_idle_poll_can_bear(tmp_path: Path) -> None:
    database = opened(tmp_path / "county.db")
    put(database, *map(str, range(120)))
    _, token = snapshot_of(database)
    assert len(token) <= len("ab12c.120.all")
    database.close()

"""A county's file: older ones open, backups come back as another life, old tokens go."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import msgspec
import pytest

from desktop.county_server.db.database import RESTORING, Database
from desktop.county_server.db.schema import MIGRATIONS
from desktop.county_server.feed.changes import read_changes
from desktop.county_server.feed.patches import read_patch
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire.level2 import decode_patch
from support.compact_reader import PLAIN, CompactReader
from support.county_rows import alarm, incident, snapshot_of
from support.openings import open_session

NORTH = Account("north", ("north",))
FIRST_SCHEMA = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE rows(
    key INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL,
    version INTEGER NOT NULL, open INTEGER NOT NULL, rank INTEGER NOT NULL,
    worth INTEGER NOT NULL, townships TEXT NOT NULL, earlier TEXT NOT NULL DEFAULT '', body BLOB,
    UNIQUE(collection, id)
);
CREATE INDEX rows_by_seq ON rows(seq);
CREATE INDEX rows_by_worth
    ON rows(collection, open DESC, rank, worth, key) WHERE body IS NOT NULL;
CREATE TABLE marks(at INTEGER PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE clients(client TEXT PRIMARY KEY, fence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE commands(
    key TEXT PRIMARY KEY, account TEXT NOT NULL, digest BLOB NOT NULL, at INTEGER NOT NULL,
    result BLOB NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES('epoch', 'old'),('head', 9),('floor', 0),('fence', 4);
"""


def first_file(path: Path) -> None:
    """A file as the first version of the server wrote it."""
    connection = sqlite3.connect(path)
    connection.executescript(FIRST_SCHEMA)
    for seq, (row_id, township) in enumerate((("a", "north"), ("b", "south"), ("gone", "")), 7):
        row = {"id": row_id, "title": "路灯不亮", "recorded_at": "2026-05-01T06:03:30Z",
               "township": township, "version": seq}  # fmt: skip
        body = None if row_id == "gone" else json.dumps(row).encode()
        connection.execute(
            "INSERT INTO rows(collection, id, seq, version, open, rank, worth, townships, body)"
            " VALUES('incidents', ?, ?, ?, 1, 5, 0, ?, ?)",
            (row_id, seq, seq, township, body),
        )
    connection.execute("INSERT INTO commands VALUES('k', '', x'00', 1, '{}')")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("account", [ANYBODY, NORTH])
def test_a_file_of_the_first_version_opens_with_its_epoch_its_rows_and_true_sums(
    tmp_path: Path, account: Account
) -> None:
    path = tmp_path / "county.db"
    first_file(path)
    for _ in range(2):
        database = Database(path)
        assert database.epoch == "old"
        copy, _token = snapshot_of(database, account)
        assert len(copy) == (1 if account.townships else 2)
        reader = CompactReader(database, account)
        reader.take_snapshot()
        database.put("incidents", [incident("a", township="north", address="新址")])
        reader.follow(10_000)
        database.close()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM commands").fetchone() == (1,)
    connection.close()


def test_of_an_old_file_a_reader_who_was_there_before_gets_whole_rows(tmp_path: Path) -> None:
    path = tmp_path / "county.db"
    first_file(path)
    database = Database(path)
    found = read_patch(database, "old.6.all", 10_000, ANYBODY, PLAIN)
    assert found is not None
    patch = decode_patch(found.data, PLAIN)
    assert {each.row.id for each in patch.puts["incidents"]} == {"a", "b"}
    database.close()


@pytest.mark.parametrize("deleted_by_level", [1, 2])
def test_of_an_old_file_a_reader_who_was_there_before_hears_of_deletions(
    tmp_path: Path, deleted_by_level: int
) -> None:
    path = tmp_path / "county.db"
    first_file(path)
    database = Database(path)
    database.delete("incidents", ["a"])
    if deleted_by_level == 1:
        told = read_changes(database, "old.6.all", 10_000, ANYBODY)
        assert told is not None
        assert "a" in {each.id for each in told.changes if each.row is msgspec.UNSET}
    else:
        found = read_patch(database, "old.6.all", 10_000, ANYBODY, PLAIN)
        assert found is not None
        assert 1 in decode_patch(found.data, PLAIN).drops
    database.close()


def test_a_file_of_a_newer_server_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "county.db"
    Database(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    with pytest.raises(sqlite3.DatabaseError, match="newer server"):
        Database(path)


@pytest.fixture
def database():
    found = Database()
    yield found
    found.close()


def test_a_restored_backup_is_another_life_with_the_rows_of_then(
    database: Database, tmp_path: Path
) -> None:
    database.put("incidents", [incident("a"), incident("b")])
    then, token = snapshot_of(database)
    database.backup(tmp_path / "backup.db")
    database.put("incidents", [incident("a", address="新址"), incident("c")])
    database.delete("incidents", ["b"])
    fence, head, epoch = open_session(database, "desk-1"), database.head, database.epoch
    heard: list[int] = []
    database.subscribe(heard.append)
    assert database.restore(tmp_path / "backup.db") != epoch
    assert snapshot_of(database)[0] == then
    assert database.head > head
    assert heard == [database.head]
    assert open_session(database, "desk-1") > fence
    with pytest.raises(ApiError) as caught:
        read_changes(database, token, 10_000, ANYBODY)
    assert caught.value.status == 409
    reader = CompactReader(database)
    reader.take_snapshot()
    database.put("incidents", [incident("d")])
    reader.follow(10_000)


def test_a_server_s_name_is_its_own_and_outlives_its_restores_and_its_restarts(
    tmp_path: Path, database: Database
) -> None:
    path = tmp_path / "county.db"
    county = Database(path)
    name = county.server
    assert len(name) == 16
    assert name != database.server
    county.backup(tmp_path / "backup.db")
    county.clear()
    county.restore(tmp_path / "backup.db")
    county.begin_epoch()
    county.close()
    again = Database(path)
    assert again.server == name
    again.close()
    copy = Database(tmp_path / "backup.db")
    assert copy.server == name
    copy.close()


def test_a_backup_from_before_servers_had_names_leaves_the_name_as_it_is(
    tmp_path: Path, database: Database
) -> None:
    name = database.server
    first_file(tmp_path / "old.db")
    database.restore(tmp_path / "old.db")
    assert (database.server, database.count("incidents")) == (name, 2)


def test_a_crash_right_after_a_restore_leaves_no_rows_of_then_under_the_epoch_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PowerFailure(Exception):
        pass

    def fail(self: Database) -> None:
        raise PowerFailure

    database = Database(tmp_path / "county.db")
    database.put("incidents", [incident("a")])
    database.backup(tmp_path / "backup.db")
    database.put("incidents", [incident("b")])
    epoch, fence = database.epoch, open_session(database, "desk-1")
    with monkeypatch.context() as patch:
        patch.setattr(Database, "transaction", fail)
        with pytest.raises(PowerFailure):
            database.restore(tmp_path / "backup.db")
    database.close()
    again = Database(tmp_path / "county.db")
    assert again.count("incidents") == 1
    assert again.epoch != epoch
    assert open_session(again, "desk-1") > fence
    again.close()
    left = {each.name for each in tmp_path.iterdir()}
    assert left == {"backup.db", "county.db", "county.db.durable", "county.db.lock"}


def test_what_a_crash_in_a_restore_left_beside_the_county_goes_at_the_next_start(
    tmp_path: Path,
) -> None:
    left = tmp_path / f"county.db{RESTORING}x"
    other = tmp_path / f"other.db{RESTORING}x"
    for folder in (left, other):
        folder.mkdir()
        (folder / "county.db").write_bytes(b"half")
    Database(tmp_path / "county.db").close()
    assert (left.exists(), other.exists()) == (False, True)


def test_a_backup_of_a_newer_server_changes_nothing(tmp_path: Path, database: Database) -> None:
    database.put("incidents", [incident("a")])
    database.backup(tmp_path / "backup.db")
    database.put("incidents", [incident("b")])
    connection = sqlite3.connect(tmp_path / "backup.db")
    connection.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    connection.close()
    epoch = database.epoch
    with pytest.raises(sqlite3.DatabaseError, match="newer server"):
        database.restore(tmp_path / "backup.db")
    assert (database.count("incidents"), database.epoch) == (2, epoch)


def test_a_backup_opens_as_a_county_of_its_own_and_is_never_written_over(
    database: Database, tmp_path: Path
) -> None:
    database.put("alarms", [alarm("a")])
    path = tmp_path / "backup.db"
    database.backup(path)
    with pytest.raises(FileExistsError):
        database.backup(path)
    assert [each.name for each in tmp_path.iterdir()] == ["backup.db"]
    copy = Database(path)
    assert copy.count("alarms") == 1
    copy.close()


def test_forgetting_at_once_makes_every_token_before_the_last_deletion_too_old(
    database: Database,
) -> None:
    database.put("alarms", [alarm("a"), alarm("b")])
    _, token = snapshot_of(database)
    database.delete("alarms", ["a"])
    _, fresh = snapshot_of(database)
    database.forget(0)
    with pytest.raises(ApiError) as caught:
        read_changes(database, token, 10_000, ANYBODY)
    assert caught.value.status == 410
    assert read_changes(database, fresh, 10_000, ANYBODY) is None

"""What an outbox reads a second time: nothing that has not changed, and nothing out of date."""

from __future__ import annotations

from pathlib import Path
from random import Random

import apsw
import pytest

from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult
from desktop.storage.outbox import recollection
from desktop.storage.outbox import rows as entries
from desktop.storage.outbox.recollection import MOST, Recollection
from desktop.storage.outbox.store import open_outbox
from desktop.storage.sqlite.database import connect
from support.builders import NOW, FakeClock, a_command

KEY = bytes(range(32))


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which questions went to the database."""
    asked: list[str] = []
    find = entries.numbers

    def counted(db: apsw.Connection, rest: str, *values: object) -> list[int]:
        asked.append(rest)
        return find(db, rest, *values)

    monkeypatch.setattr(entries, "numbers", counted)
    return asked


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The keys of the commands that were read from the file, by reading."""
    found: list[list[str]] = []
    records = entries.records

    def counted(db: apsw.Connection, rest: str, *values: object) -> list[CommandRecord]:
        got = records(db, rest, *values)
        found.append([record.command.key[0] for record in got])
        return got

    monkeypatch.setattr(entries, "records", counted)
    return found


def test_what_waits_is_read_again_only_when_a_command_has_changed(tmp_path, readings):
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    outbox.append(a_command(key="a" * 32), NOW)
    first = outbox.list_unfinished("county")
    first.clear()  # A caller's own list.
    assert [r.command.key for r in outbox.list_unfinished("county")] == ["a" * 32]
    assert len(readings) == 1
    outbox.append(a_command(key="b" * 32), NOW)
    assert [r.command.key[0] for r in outbox.list_unfinished("county")] == ["a", "b"]
    assert outbox.list_unfinished("elsewhere") == []
    assert len(readings) == 3
    outbox.close()


@pytest.mark.parametrize("limit", [10, 10_000], ids=["the latest", "all"])
def test_of_all_commands_only_those_written_since_are_read_again(tmp_path, read, limit: int):
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    for letter in "abc":
        outbox.append(a_command(key=letter * 32), NOW)
    assert len(outbox.recent(limit)) == 3
    outbox.mark_seen("b" * 32)
    outbox.append(a_command(key="d" * 32), NOW)
    read.clear()
    told = [(r.command.key[0], r.seen) for r in outbox.recent(limit)]
    assert told == [("d", False), ("c", False), ("b", True), ("a", False)]
    assert read == [["b", "d"]]
    outbox.close()


@pytest.mark.parametrize("most", [0, 1, 32], ids=["found anew", "some found anew", "listed"])
def test_a_list_kept_in_order_is_what_the_database_finds(tmp_path, monkeypatch, most: int):
    monkeypatch.setattr(recollection, "MOST_WRITTEN", most)
    outbox, dice = open_outbox(tmp_path, KEY, FakeClock()), Random(7)
    for step in range(120):
        key = f"{dice.randrange(30)}"
        match dice.randrange(4):
            case 0:
                outbox.append(a_command(key=key), NOW + step)
            case 1 if outbox.record(key) is not None:
                state = dice.choice(
                    [CommandState.REJECTED, CommandState.CONFLICT, CommandState.SENT]
                )
                outbox.set_state(key, state, Text(), NOW + step // 7)
            case 2:
                outbox.mark_seen(key)
            case 3:
                taken_back = CommandResult(key, CommandState.ACCEPTED)
                with pytest.raises(AttributeError):
                    outbox.answer_all([taken_back, None], NOW + step)
        other = open_outbox(tmp_path, KEY, FakeClock())
        assert outbox.attention() == other.attention()
        assert outbox.recent(10_000) == other.recent(10_000) == other.recent(1000)
        assert outbox.recent(10_000)[:3] == other.recent(3) == outbox.recent(3)
        other.close()
    assert outbox.attention()
    outbox.close()


def test_once_all_are_listed_the_latest_are_taken_from_that_list(tmp_path, readings):
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    for letter in "abc":
        outbox.append(a_command(key=letter * 32), NOW)
    assert len(outbox.recent(10_000)) == 3
    readings.clear()
    outbox.append(a_command(key="d" * 32), NOW)
    assert [r.command.key[0] for r in outbox.recent(2)] == ["d", "c"]
    assert readings == []
    outbox.close()


def test_a_command_that_another_connection_changed_is_read_again(tmp_path):
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    outbox.append(a_command(key="a" * 32), NOW)
    assert not outbox.recent(10)[0].seen
    other = connect(tmp_path / "outbox.db", KEY, durable=True)
    other.execute("UPDATE command SET seen = 1")
    assert outbox.recent(10)[0].seen
    other.close()
    outbox.close()


def test_no_more_commands_are_kept_than_years_leave_behind(tmp_path, read, monkeypatch):
    monkeypatch.setattr(recollection, "MOST_RECORDS", 2)
    outbox = open_outbox(tmp_path, KEY, FakeClock())
    for letter in "abc":
        outbox.append(a_command(key=letter * 32), NOW)
        assert outbox.record(letter * 32) is not None
    read.clear()
    assert [r.command.key[0] for r in outbox.recent(10)] == ["c", "b", "a"]
    assert read == [["a", "b", "c"]]
    outbox.close()


def test_what_another_connection_wrote_is_seen(tmp_path: Path):
    mine, other = (apsw.Connection(str(tmp_path / "x.db")) for _ in range(2))
    mine.execute("CREATE TABLE t(a)")
    known = Recollection()

    def rows() -> list[tuple[int]]:
        return known.of(mine, "all", lambda: mine.execute("SELECT a FROM t").fetchall())

    assert rows() == []
    other.execute("INSERT INTO t VALUES (1)")
    assert rows() == [(1,)]
    mine.close()
    other.close()


def test_no_more_answers_are_kept_than_one_exchange_asks_for():
    db, known = apsw.Connection(":memory:"), Recollection()
    read: list[int] = []

    def ask(number: int) -> None:
        known.of(db, number, lambda: [read.append(number)])

    for number in (*range(MOST + 1), MOST, 0):
        ask(number)
    assert read == [*range(MOST + 1), 0], "the first was let go, the last was not"
    db.close()

"""What single commands make of the county's rows, where the county's own tables decide."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from desktop.county_server.commands import executor
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.database import TIDY_EVERY_S, Database
from desktop.county_server.rules import incident_rules
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire import level2
from desktop.wire.level1 import (
    MAX_TEXT,
    Alarm,
    Command,
    CommandResult,
    Commands,
    Deadline,
    Incident,
    Phrase,
    Township,
)
from support.county_rows import MOMENT, alarm, incident
from support.openings import open_session

RULES = Rules(categories=frozenset({"litter"}), file_limit=10)
NORTH = Account("north", ("north",))
BOTH = Account("both", ("north", "south"))


@pytest.fixture
def clock() -> list[float]:
    return [MOMENT.timestamp()]


@pytest.fixture
def database(clock: list[float]) -> Iterator[Database]:
    found = Database(time_s=lambda: clock[0])
    found.put("townships", [Township("north", "北镇"), Township("south", "南镇")])
    due = (Deadline("first_phone", MOMENT), Deadline("handle", MOMENT + timedelta(days=1)))
    found.put("incidents", [incident("i1", version=1, deadlines=due)])
    found.put("alarms", [alarm("a1")])
    yield found
    found.close()


class Clicks:
    """Gives commands one after the other, each with a key of its own."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.seq = 0

    def make(self, kind: str, target: str, **fields: Any) -> Command:
        self.seq += 1
        values: dict[str, Any] = {
            "key": f"{self.seq:032x}",
            "seq": self.seq,
            "kind": kind,
            "target": target,
            "collection": "incidents",
            "at": MOMENT,
            "by": "07",
        }
        return Command(**(values | fields))

    def send(self, command: Command, account: Account = ANYBODY) -> CommandResult:
        fence = open_session(self.database, "desk", account)
        asked = Commands(self.database.epoch, fence, "desk", (command,))
        (result,) = do_commands(self.database, asked, account, RULES).results
        return result

    def give(self, kind: str, target: str = "i1", **body: Any) -> CommandResult:
        base = None
        if target == "i1":
            base = the_incident(self.database).version
        return self.send(self.make(kind, target, body=body, base=base))

    def create(self, account: Account = ANYBODY, **body: Any) -> CommandResult:
        command = self.make("create", "", body={"title": "路面塌陷"} | body)
        self.target = f"new-{command.key}"
        return self.send(msgspec.structs.replace(command, target=self.target), account)

    def alarm(self, kind: str, **body: Any) -> CommandResult:
        return self.send(self.make(kind, "a1", collection="alarms", body=body))


@pytest.fixture
def clicks(database: Database) -> Clicks:
    return Clicks(database)


def the_incident(database: Database, row_id: str = "i1") -> Incident:
    (row,) = database.rows("incidents", [row_id])
    assert isinstance(row, Incident)
    return row


def the_alarm(database: Database) -> Alarm:
    (row,) = database.rows("alarms", ["a1"])
    assert isinstance(row, Alarm)
    return row


def said_zh(result: CommandResult) -> str:
    assert isinstance(result.reason, Phrase)
    assert result.reason.en
    return result.reason.zh


def test_a_new_incident_is_the_accounts_own_townships_when_it_has_one(clicks: Clicks):
    assert clicks.create(NORTH).status == "accepted"
    assert the_incident(clicks.database, clicks.target).township == "north"
    assert said_zh(clicks.create(BOTH)) == "请填写事件所在的乡镇后重新上报"
    assert clicks.create(BOTH, township="north").status == "accepted"
    assert the_incident(clicks.database, clicks.target).township == "north"


@pytest.mark.parametrize(
    ("body", "zh"),
    [
        ({"township": "nowhere"}, "县平台没有该乡镇：nowhere"),
        ({"township": "south"}, "无权在该乡镇上报事件"),
        ({"category": "unheard"}, "县平台没有该类别：unheard"),
        ({"place": [104.0, 91.0]}, "位置填写有误"),
    ],
)
def test_a_new_incident_fits_the_countys_own_tables(clicks: Clicks, body: dict[str, Any], zh: str):
    result = clicks.create(NORTH, **body)
    assert (result.status, said_zh(result)) == ("rejected", zh)
    assert clicks.create(NORTH, category="litter").status == "accepted"


def test_numbers_count_up_through_the_year_of_the_county(clicks: Clicks, clock: list[float]):
    numbers = []
    for days in (0, 1, 300):
        clock[0] = MOMENT.timestamp() + days * 86_400
        clicks.create()
        numbers.append(the_incident(clicks.database, clicks.target).number)
    assert numbers == ["JB-2026-000001", "JB-2026-000002", "JB-2027-000001"]


def test_a_rejected_report_uses_no_number_up(clicks: Clicks):
    clicks.create(township="nowhere")
    clicks.create()
    assert the_incident(clicks.database, clicks.target).number == "JB-2026-000001"


def test_feedback_stops_the_handling_clock_and_a_failed_verification_starts_it_anew(
    clicks: Clicks, database: Database
):
    clicks.give("dispatch", unit="市政科")
    clicks.give("feedback", text="已修复")
    assert [each.done_at for each in the_incident(database).deadlines] == [None, MOMENT]
    verify = clicks.make("verify", "i1", body={"passed": False}, base=3, by="08")
    assert clicks.send(verify).status == "accepted"
    assert [each.done_at for each in the_incident(database).deadlines] == [None, None]


def test_a_case_without_a_handling_deadline_cannot_be_extended(clicks: Clicks, database: Database):
    clicks.give("dispatch", unit="市政科")
    clicks.give("feedback", text="已修复")
    due = int((MOMENT + timedelta(days=3)).timestamp() * 1000)
    assert said_zh(clicks.give("extend", due_at=due, text="一")) == "该事件没有处置时限可延"


def test_the_longest_reason_is_kept_whole(clicks: Clicks, database: Database):
    reason = "长" * MAX_TEXT
    assert clicks.give("escalate", level="major", text=reason).status == "accepted"
    assert the_incident(database).timeline[-1].text == Phrase(reason)
    assert msgspec.json.decode(msgspec.json.encode(the_incident(database)), type=Incident)


def test_a_verification_without_a_name_is_rejected(clicks: Clicks):
    clicks.give("dispatch", unit="市政科")
    clicks.give("feedback", text="已修复")
    nameless = clicks.make("verify", "i1", body={"passed": True}, base=3, by=" ")
    assert said_zh(clicks.send(nameless)) == "核查须署名"


def test_an_incident_of_a_level_nobody_knows_can_be_graded(clicks: Clicks, database: Database):
    database.put("incidents", [incident("i1", level="colossal")])
    assert clicks.give("escalate", level="ordinary", text="核定").status == "accepted"


def test_a_condition_that_cleared_on_the_shelf_is_told_when_the_shelf_ends(
    clicks: Clicks, database: Database, clock: list[float]
):
    clicks.alarm("shelve", minutes=10, text="检修")
    cleared = msgspec.structs.replace(the_alarm(database), cleared_at=MOMENT)
    database.put("alarms", [cleared])
    clock[0] += 10 * 60
    database.tidy()
    assert the_alarm(database).state == "returned_unacknowledged"
    clicks.alarm("shelve", minutes=30, text="检修")
    clicks.alarm("unshelve")
    assert the_alarm(database).state == "normal"


def test_the_end_of_a_shelf_is_a_change_that_readers_are_told(
    clicks: Clicks, database: Database, clock: list[float]
):
    clicks.alarm("shelve", minutes=10, text="检修")
    heads: list[int] = []
    database.subscribe(heads.append)
    clock[0] += TIDY_EVERY_S
    database.tidy()
    assert heads == []
    clock[0] += 10 * 60
    database.tidy()
    assert heads == [database.head]


@pytest.mark.parametrize("state", ["suppressed", "out_of_service"])
def test_what_is_silent_by_design_is_not_an_operators_to_shelve(
    clicks: Clicks, database: Database, state: str
):
    database.put("alarms", [alarm("a1", state=state)])
    assert clicks.alarm("shelve", minutes=10, text="检修").status == "rejected"


def test_a_shelf_asked_for_long_ago_is_not_begun_after_its_end(
    clicks: Clicks, database: Database, clock: list[float]
):
    clock[0] += 3600
    assert said_zh(clicks.alarm("shelve", minutes=10, text="检修")) == "搁置时间已过"
    assert the_alarm(database).state == "unacknowledged"


def test_a_file_over_the_limit_is_told_the_limit(clicks: Clicks):
    file = {"digest": "a" * 64, "name": "a.jpg", "size": 11}
    assert "10 字节" in said_zh(clicks.give("attach", file=file))


def test_a_full_case_takes_no_more_notes_and_is_still_brought_on(
    clicks: Clicks, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(executor, "MOST_ROW_BYTES", 1_000)
    assert clicks.give("note", text="字" * 500).status == "accepted"
    full = clicks.give("note", text="又一条")
    assert (full.status, full.reason) == (
        "rejected",
        Phrase("该事件的记录已满，请另立新件", "This case's record is full: open another"),
    )
    assert clicks.give("acknowledge").status == "accepted"
    assert len(the_incident(database).timeline) == 2


def test_a_command_is_known_again_by_whichever_level_it_comes(clicks: Clicks):
    command = clicks.make("note", "i1", body={"text": "一"}, at=MOMENT.astimezone())
    first = clicks.send(command)
    asked = Commands("e", 1, "desk", (command,))
    frames = level2.Frames()
    (again,) = level2.decode_commands(level2.encode_commands(asked, frames), frames).commands
    assert clicks.send(again) == first


def test_commands_answered_before_the_ledger_knew_numbers_are_still_known(tmp_path: Path):
    path = tmp_path / "county.db"
    database = Database(path)
    database.put("incidents", [incident("i1", version=1)])
    clicks = Clicks(database)
    note = clicks.make("note", "i1", body={"text": "一"})
    clicks.send(note)
    database.close()
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE old AS SELECT key, account, digest, at, result FROM commands;"
        "DROP TABLE commands; DROP TABLE makers; DROP TABLE named;"
        "ALTER TABLE old RENAME TO commands;"
        "DELETE FROM meta WHERE name IN ('done', 'durable')"
    )
    connection.close()
    database = Database(path)
    again = Clicks(database)
    assert again.send(note).status == "accepted"
    assert not again.send(note).durable
    assert len(the_incident(database).timeline) == 1
    database.mark_durable()
    assert again.send(note).durable
    database.close()


def test_a_history_that_is_full_takes_no_note_but_the_case_can_be_closed(
    clicks: Clicks, database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(incident_rules, "ENTRIES", 8)
    monkeypatch.setattr(incident_rules, "KEPT_FOR_STEPS", 4)
    results = [clicks.give("note", text=f"第 {number} 条") for number in range(5)]
    told = len(the_incident(database).timeline)
    assert told == 4
    assert results[-1].status == "rejected"
    assert said_zh(results[-1]) == "该事件的经过或附件已满"
    assert clicks.give("void", text="误报").status == "accepted"
    assert len(the_incident(database).timeline) == told + 1

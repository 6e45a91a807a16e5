"""When the county takes a command to have been given, and how it says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from desktop.county_server.commands.executor import do_commands
from desktop.county_server.commands.timing import judge
from desktop.county_server.db.database import Database
from desktop.county_server.rules.rejection import Refused
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import (
    MAX_TEXT,
    Command,
    CommandResult,
    Commands,
    Deadline,
    Incident,
    Phrase,
)
from support.county_rows import MOMENT, alarm, incident
from support.openings import open_session

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FILED = MOMENT - timedelta(days=3)
DUE = MOMENT + HOUR
SLOW = timedelta(days=2)
SLOW_MS = 2 * 86_400_000


@pytest.fixture
def clock() -> list[datetime]:
    return [FILED]


@pytest.fixture
def database(clock: list[datetime]) -> Iterator[Database]:
    def time_s() -> float:
        return clock[0].timestamp()

    found = Database(time_s=time_s)
    due = (Deadline("handle", DUE),)
    case = incident("i1", version=1, stage="dispatched", deadlines=due, recorded_at=FILED)
    found.put("incidents", [incident("i0", recorded_at=FILED)])
    clock[0] = FILED + HOUR
    found.put("incidents", [case])
    found.put("alarms", [alarm("a1", raised_at=FILED)])
    clock[0] = MOMENT
    yield found
    found.close()


class Desk:
    """One desk's clicks, sent as they come."""

    def __init__(self, database: Database) -> None:
        self.database, self.seq = database, 0

    def send(self, kind: str, offset_ms: int = 0, **fields: Any) -> CommandResult:
        self.seq += 1
        values: dict[str, Any] = {"target": "i1", "collection": "incidents", "by": "07"}
        if "base" not in fields and values["target"] == "i1":
            values["base"] = the_case(self.database).version
        command = Command(f"{self.seq:032x}", self.seq, kind, **(values | fields))
        fence = open_session(self.database, "desk")
        asked = Commands(self.database.epoch, fence, "desk", (command,), offset_ms)
        (result,) = do_commands(self.database, asked, ANYBODY).results
        return result


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def the_case(database: Database) -> Incident:
    (row,) = database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    return row


def last_words(database: Database) -> tuple[str, str]:
    text = the_case(database).timeline[-1].text
    assert isinstance(text, Phrase)
    return text.zh, text.en


def feed_back(desk: Desk, at: datetime, offset_ms: int = 0, **fields: Any) -> CommandResult:
    return desk.send("feedback", offset_ms, at=at, body={"text": "已修复"}, **fields)


def test_what_was_done_in_time_and_received_late_says_both_times(
    desk: Desk, clock: list[datetime]
) -> None:
    clock[0] = DUE + 2 * HOUR
    assert feed_back(desk, DUE - MINUTE).status == "accepted"
    case = the_case(desk.database)
    assert case.deadlines[0].done_at == DUE - MINUTE
    assert (case.timeline[-1].happened_at, case.timeline[-1].recorded_at) == (
        DUE - MINUTE,
        DUE + 2 * HOUR,
    )
    zh, en = last_words(desk.database)
    assert (
        zh
        == "已修复（时限 2026-05-01 15:03，县平台 2026-05-01 17:03 收到，以办理时间为准计为按时）"
    )
    assert (
        en
        == "已修复 (due 2026-05-01 15:03, received 2026-05-01 17:03: in time by when it was done)"
    )


def test_what_was_done_and_received_in_time_is_not_marked(desk: Desk) -> None:
    result = feed_back(desk, MOMENT - MINUTE)
    assert (result.status, result.reason) == ("accepted", "")
    assert last_words(desk.database) == ("已修复", "")


def test_what_was_done_late_is_late_and_not_marked(desk: Desk, clock: list[datetime]) -> None:
    clock[0] = DUE + 2 * HOUR
    feed_back(desk, DUE + HOUR)
    assert the_case(desk.database).deadlines[0].done_at == DUE + HOUR
    assert last_words(desk.database) == ("已修复", "")


def test_a_clock_two_days_slow_is_corrected_and_named_in_both_languages(
    desk: Desk, clock: list[datetime]
) -> None:
    clock[0] = DUE + HOUR
    result = feed_back(desk, DUE + HOUR - SLOW, SLOW_MS, clock=DUE + HOUR - SLOW)
    assert the_case(desk.database).deadlines[0].done_at == DUE + HOUR
    zh, en = last_words(desk.database)
    assert "席位时钟示 2026-04-29 16:03，已按县平台时间校正" in zh
    assert "the desk's clock read 2026-04-29 16:03: corrected by the county's" in en
    assert isinstance(result.reason, Phrase)
    assert result.reason.zh in zh
    assert result.reason.en in en


def test_the_log_keeps_what_the_desk_said_and_what_the_county_made_of_it(
    desk: Desk, database: Database
) -> None:
    slow = MOMENT - SLOW
    feed_back(desk, slow, SLOW_MS, clock=slow)
    with database.reading() as connection:
        asked, given, offset_ms, received_s = connection.execute(
            "SELECT asked, given, offset_ms, at FROM commands"
        ).fetchone()
    command = msgspec.json.decode(asked, type=Command)
    assert (command.at, command.clock, offset_ms) == (slow, slow, SLOW_MS)
    assert (given, received_s) == (MOMENT.timestamp() * 1000, int(MOMENT.timestamp()))


def test_nothing_is_done_before_the_version_it_is_done_to(
    desk: Desk, clock: list[datetime]
) -> None:
    clock[0] = MOMENT + HOUR / 2
    desk.send("note", at=clock[0], body={"text": "改派"})
    clock[0] = DUE + HOUR
    feed_back(desk, MOMENT)
    assert the_case(desk.database).deadlines[0].done_at == MOMENT + HOUR / 2
    assert "早于所办事项" in last_words(desk.database)[0]


def test_a_row_that_another_system_wrote_bounds_it_too(
    desk: Desk, clock: list[datetime], database: Database
) -> None:
    clock[0] = DUE + HOUR
    database.put("incidents", [msgspec.structs.replace(the_case(database), summary="新情况")])
    clock[0] = DUE + 2 * HOUR
    feed_back(desk, DUE - HOUR)
    found = the_case(database).deadlines[0].done_at
    assert found is not None
    assert DUE + HOUR - MINUTE <= found <= DUE + HOUR


def test_a_desk_that_saw_the_older_version_is_not_held_to_its_own_later_click(
    desk: Desk, clock: list[datetime]
) -> None:
    version = the_case(desk.database).version
    clock[0] = DUE + HOUR
    desk.send("note", at=MOMENT, body={"text": "一"}, base=version)
    feed_back(desk, MOMENT + MINUTE, base=version)
    assert the_case(desk.database).deadlines[0].done_at == MOMENT + MINUTE


def test_an_extension_asked_in_time_and_received_late_is_marked(
    desk: Desk, clock: list[datetime]
) -> None:
    clock[0] = DUE + HOUR
    due_at = int((DUE + 9 * HOUR).timestamp() * 1000)
    desk.send("extend", at=MOMENT, body={"due_at": due_at, "text": "待料"})
    assert the_case(desk.database).deadlines[0].due_at == DUE + 9 * HOUR
    assert "2026-05-01 16:03 收到" in last_words(desk.database)[0]


def test_a_new_deadline_that_is_over_is_refused(desk: Desk, clock: list[datetime]) -> None:
    clock[0] = DUE + 9 * HOUR
    due_at = int((DUE + HOUR).timestamp() * 1000)
    result = desk.send("extend", at=clock[0], body={"due_at": due_at, "text": "待料"})
    assert (result.status, result.reason) == (
        "rejected",
        Phrase("新时限已过", "The new deadline would already be over"),
    )


@pytest.mark.parametrize(("hours", "status"), [(-1, "rejected"), (1, "accepted")])
def test_a_deferral_is_counted_from_the_corrected_time(desk: Desk, hours: int, status: str) -> None:
    until = int((MOMENT + hours * HOUR).timestamp() * 1000)
    body = {"until": until, "text": "等汛期过"}
    slow = MOMENT - SLOW
    assert desk.send("defer", SLOW_MS, at=slow, clock=slow, body=body).status == status


def test_what_is_said_to_have_happened_in_the_future_is_refused(desk: Desk) -> None:
    def report(happened_at: datetime) -> CommandResult:
        body = {"title": "塌方", "occurred_at": int(happened_at.timestamp() * 1000)}
        key = f"new-{desk.seq + 1:032x}"
        return desk.send("create", at=MOMENT, target=key, base=None, body=body)

    late = report(MOMENT + HOUR)
    assert isinstance(late.reason, Phrase)
    assert late.reason.zh == "发生时间 2026-05-01 15:03 晚于县平台时间 2026-05-01 14:03"
    assert report(MOMENT).status == "accepted"


def test_an_alarm_seen_by_a_wrong_clock_is_answered_with_the_correction(
    desk: Desk, database: Database
) -> None:
    slow = MOMENT - SLOW
    result = desk.send(
        "acknowledge", SLOW_MS, target="a1", collection="alarms", at=slow, clock=slow
    )
    (row,) = database.rows("alarms", ["a1"])
    assert row.acknowledged_at == MOMENT  # type: ignore[attr-defined]
    assert isinstance(result.reason, Phrase)
    assert "已按县平台时间校正" in result.reason.zh


def test_words_that_find_no_room_in_the_text_stand_after_it(desk: Desk, database: Database) -> None:
    text, slow = "长" * MAX_TEXT, MOMENT - SLOW
    desk.send("note", SLOW_MS, at=slow, clock=slow, body={"text": text})
    said, mark = (each.text for each in the_case(database).timeline)
    assert isinstance(said, Phrase)
    assert isinstance(mark, Phrase)
    assert said.zh == text
    assert mark.zh.startswith("席位时钟示")


def command(at: datetime, clock: datetime | None = None) -> Command:
    return Command("1" * 32, 1, "note", "i1", "incidents", at, "07", clock=clock)


def test_a_clock_set_between_click_and_sending_does_not_count_against_the_officer() -> None:
    set_since = judge(command(MOMENT - HOUR, MOMENT - HOUR), SLOW_MS, MOMENT, FILED)
    assert (set_since.given_at, set_since.is_bounded) == (MOMENT - HOUR, False)
    put_right = judge(command(MOMENT - HOUR, datetime(2016, 1, 1, tzinfo=UTC)), 0, MOMENT, FILED)
    assert (put_right.given_at, put_right.is_bounded) == (MOMENT - HOUR, False)


def test_of_two_moments_that_can_be_the_later_counts_and_the_other_is_told() -> None:
    fast = judge(command(MOMENT - HOUR, MOMENT - HOUR), -2 * 3_600_000, MOMENT, FILED)
    said = fast.words(None, None)
    assert fast.given_at == MOMENT - HOUR
    assert said is not None
    assert said.zh == "席位时钟有误，也可能是 2026-05-01 11:03，按较晚者计"
    assert "it may have been 2026-05-01 11:03" in said.en


def test_a_minute_is_no_difference_and_no_future() -> None:
    ahead = judge(command(MOMENT + MINUTE), 0, MOMENT, FILED)
    assert (ahead.given_at, ahead.words(None, None)) == (MOMENT, None)
    before = judge(command(FILED - MINUTE), 0, MOMENT, FILED)
    assert (before.given_at, before.words(None, None)) == (FILED, None)
    with pytest.raises(Refused) as caught:
        judge(command(MOMENT + MINUTE + MINUTE / 60), 0, MOMENT, FILED)
    assert "校准本机时钟" in caught.value.reason.zh
    assert "set this computer's clock" in caught.value.reason.en


def test_an_item_dated_ahead_of_the_county_bounds_nothing_beyond_the_state() -> None:
    assert judge(command(MOMENT - HOUR), 0, MOMENT, MOMENT + SLOW).given_at == MOMENT

"""What every county makes of a desk whose clock is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from desktop.wire.level1 import Alarm, Command, CommandResult, Deadline, Incident, Phrase
from support.contract_counties import SUBJECTS, ContractCounty
from support.contract_desk import Desk
from support.county_rows import MOMENT, alarm, incident

DAYS_2 = timedelta(days=2)
OFFSET_MS = int(DAYS_2.total_seconds() * 1000)


@pytest.fixture(params=sorted(SUBJECTS))
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    county: ContractCounty = SUBJECTS[request.param]()
    county.put("incidents", incident("i1", version=1))
    county.put("alarms", alarm("a1", version=1))
    yield Desk(county)
    county.close()


def the_incident(county: ContractCounty, row_id: str = "i1") -> Incident:
    row = county.row("incidents", row_id)
    assert isinstance(row, Incident)
    return row


def refused(result: CommandResult) -> bool:
    """Whether it was refused, with a reason in both languages."""
    reason = result.reason
    return result.status == "rejected" and isinstance(reason, Phrase) and bool(reason.zh)


def a_late_case(desk: Desk) -> None:
    """A dispatched case whose handling was due an hour ago."""
    due = (Deadline("handle", MOMENT - timedelta(hours=1)),)
    before = MOMENT - timedelta(days=5)
    row = msgspec.structs.replace(
        incident("i1"), stage="dispatched", deadlines=due, recorded_at=before
    )
    desk.county.put("incidents", row)


def by_a_slow_clock(desk: Desk, kind: str = "feedback", **fields: Any) -> Command:
    """A click of a desk two days slow that no server had told the time."""
    row = the_incident(desk.county)
    slow = MOMENT - DAYS_2
    return desk.click(
        kind, body={"text": "已修复"}, base=row.version, at=slow, clock=slow, **fields
    )


def test_a_slow_clock_brings_no_late_handling_in_time(desk: Desk):
    a_late_case(desk)
    (result,) = desk.send(by_a_slow_clock(desk), offset_ms=OFFSET_MS)
    assert result.status == "accepted"
    (deadline,) = the_incident(desk.county).deadlines
    assert deadline.done_at == MOMENT
    assert the_incident(desk.county).timeline[-1].happened_at == MOMENT


def test_a_shelf_of_a_fast_desk_begins_when_it_was_given(desk: Desk):
    ahead, minutes = MOMENT + DAYS_2, {"minutes": 60, "text": "检修"}
    asked = desk.click("shelve", "a1", minutes, collection="alarms", at=ahead, clock=ahead)
    desk.send(asked, offset_ms=-OFFSET_MS)
    row = desk.county.row("alarms", "a1")
    assert isinstance(row, Alarm)
    assert row.shelved_until == MOMENT + timedelta(hours=1)


def test_a_fast_clock_cannot_give_commands_ahead_of_the_county(desk: Desk):
    ahead = MOMENT + DAYS_2
    for fields in ({}, {"clock": ahead}):
        assert refused(desk.give("note", body={"text": "好"}, at=ahead, **fields))
    note = desk.click("note", body={"text": "好"}, at=ahead, clock=ahead)
    (result,) = desk.send(note, offset_ms=-OFFSET_MS)
    assert result.status == "accepted"
    assert the_incident(desk.county).timeline[-1].happened_at == MOMENT


def test_a_clock_far_beyond_the_calendar_is_no_mistake_of_the_server(desk: Desk):
    never = datetime(9999, 12, 31, 23, tzinfo=UTC)
    note = desk.click("note", body={"text": "好"}, at=never, clock=never)
    (result,) = desk.send(note, offset_ms=2**53)
    assert refused(result)


def test_a_retry_that_tells_another_offset_is_the_same_command(desk: Desk):
    a_late_case(desk)
    handled = by_a_slow_clock(desk)
    first = desk.send(handled, offset_ms=OFFSET_MS)
    before = the_incident(desk.county)
    late = msgspec.structs.replace(handled, clock=None)
    assert desk.send(late) == desk.send(handled, offset_ms=5) == first
    assert the_incident(desk.county) == before


def test_nothing_is_done_before_what_it_is_done_to(desk: Desk):
    long_ago = datetime(2016, 1, 1, tzinfo=UTC)
    assert desk.give("note", body={"text": "好"}, at=long_ago).status == "accepted"
    assert the_incident(desk.county).timeline[-1].happened_at == incident("i1").recorded_at


def test_what_follows_a_report_made_without_a_line_keeps_its_own_time(desk: Desk):
    morning = MOMENT - timedelta(hours=5)
    report = msgspec.structs.replace(desk.create(), at=morning)
    at = morning + timedelta(minutes=5)
    note = desk.click("note", report.target, {"text": "路面仍在下沉"}, at=at)
    assert [each.status for each in desk.send(report, note)] == ["accepted"] * 2
    found = the_incident(desk.county, report.target)
    assert [each.happened_at for each in found.timeline] == [morning, at]
    assert found.recorded_at == MOMENT

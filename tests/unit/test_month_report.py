"""The monthly report counts what is kept, and says what is not."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
import pytest

from desktop.application.export.month_facts import (
    History,
    MonthFacts,
    SourceEvent,
    judge_alarms,
    judge_commands,
    judge_incidents,
    judge_sources,
    period_of,
)
from desktop.application.export.month_report import report_csv, write_report
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.incident import Deadline, DeadlineKind, Stage
from desktop.domain.instant import DAY, HOUR, MINUTE
from desktop.domain.localized_text import Text
from support.builders import NOW, a_command, an_alarm, an_incident
from support.sample_board import a_status
from support.spoken import words

ZONE = ZoneInfo("Asia/Shanghai")
NOVEMBER = period_of("2026-11", ZONE, NOW + 90 * DAY)
BEGIN, END = NOVEMBER.begin, NOVEMBER.end


def test_a_month_is_the_countys_and_ends_with_the_present():
    assert END - BEGIN == 30 * DAY
    assert (NOVEMBER.days[0], NOVEMBER.days[-1]) == ("2026-11-01", "2026-11-30")
    assert period_of("2026-11", ZONE, BEGIN + DAY).end == BEGIN + DAY
    for name in ("2026-13", "11/2026", "2026-12"):
        with pytest.raises(ValueError, match=r"month|data"):
            period_of(name, ZONE, BEGIN + DAY)


def test_outages_are_cut_to_what_the_log_tells_of_the_month():
    one, other = a_status(id="one"), a_status(id="other")
    history = History(
        BEGIN + 10 * DAY,
        (
            SourceEvent("one", BEGIN - DAY, "timeout"),
            SourceEvent("one", BEGIN + 11 * DAY, ""),
            SourceEvent("one", BEGIN + 12 * DAY, "refused"),
            SourceEvent("one", BEGIN + 12 * DAY + HOUR, "timeout"),
            SourceEvent("one", BEGIN + 12 * DAY + 2 * HOUR, ""),
            SourceEvent("other", END - HOUR, "timeout"),
        ),
    )
    first, second = judge_sources((one, other), history, NOVEMBER)
    assert (first.status.id, first.outages, first.failed_ms) == ("other", 1, HOUR)
    assert (second.outages, second.failed_ms) == (2, DAY + 2 * HOUR)
    assert (second.longest_ms, second.watched_ms) == (DAY, 20 * DAY)
    assert second.reached == pytest.approx(1 - (26 / 24) / 20)
    assert judge_sources((one,), History(None, ()), NOVEMBER)[0].reached is None


def test_deadlines_are_met_late_or_still_open():
    def due(kind: DeadlineKind, at: int, done: int | None) -> Deadline:
        return Deadline(kind, at, done_at=done)

    handle = DeadlineKind.HANDLE
    incident = an_incident(
        recorded_at=BEGIN, acknowledged_at=BEGIN + 4 * MINUTE, stage=Stage.CLOSED,
        deadlines=(
            due(handle, BEGIN + 5, BEGIN + 5), due(handle, BEGIN + 5, BEGIN + 6),
            due(handle, END - 1, None), due(handle, END, BEGIN), due(handle, BEGIN - 1, None),
        ),
    )  # fmt: skip
    facts = judge_incidents([incident, an_incident(recorded_at=END, deadlines=())], NOVEMBER)
    assert (facts.recorded, facts.closed, facts.to_acknowledge_ms) == (1, 1, 4 * MINUTE)
    (told,) = facts.deadlines
    assert (told.kind, told.met, told.late, told.open) == (handle, 1, 1, 1)
    assert told.share == pytest.approx(1 / 3)


def test_alarms_are_judged_by_their_worst_ten_minutes():
    at = [BEGIN, BEGIN + 9 * MINUTE, BEGIN + 10 * MINUTE, BEGIN + 11 * MINUTE, END]
    alarms = [an_alarm(raised_at=each, cleared_at=each + 1) for each in at]
    seen = an_alarm(raised_at=END - 2 * DAY, cleared_at=None, acknowledged_at=END - 2 * DAY + 60)
    facts = judge_alarms([*alarms, seen], NOVEMBER)
    assert (facts.raised, facts.peak, facts.acknowledged) == (5, 3, 1)
    assert (facts.to_acknowledge_ms, facts.standing) == (60, 1)


def some_facts(title: Text) -> MonthFacts:
    status = a_status(title=title)
    record = CommandRecord(1, a_command(at=BEGIN), CommandState.ACCEPTED, BEGIN + HOUR)
    history = History(BEGIN, ())
    return MonthFacts(
        NOVEMBER, BEGIN, judge_sources([status], history, NOVEMBER),
        judge_incidents([], NOVEMBER), judge_alarms([], NOVEMBER),
        judge_commands([record, msgspec.structs.replace(record, changed_at=END)], NOVEMBER),
        {"2026-11-02": (1_500, 20_000)},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh_CN", ("运行月报 · 2026-11", "来源排名", "覆盖这段时间的 100.0 %", "这里不知道")),
        ("en", ("operations report · 2026-11", "League of", "100.0 % of this", "not known here")),
    ],
)
def test_the_report_is_told_in_both_languages_and_drives_no_spreadsheet(language, said):
    facts = some_facts(Text("=cmd|县", "=cmd|county"))
    text = report_csv(write_report(facts, "云麓县", words(language)))
    for each in said:
        assert each in text
    assert "'=cmd|" in text
    assert '"=""2026-11-02""",1.5,20.0' in text

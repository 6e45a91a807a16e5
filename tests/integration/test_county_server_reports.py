"""Report tables at the county: judged by their edition, one for each form, township and period."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire.level1 import (
    Command,
    CommandResult,
    Commands,
    Form,
    FormField,
    Phrase,
    ReportTable,
    TimelineEntry,
    Township,
)
from support.county_rows import MOMENT
from support.openings import open_session

DAY = "2026-05-01"
MOVED = FormField("moved", Phrase("转移", "Moved"), required=True)
ROADS = FormField("roads", "中断道路")
NOTE = FormField("note", "其他", type="text")
SOUTH = Account("south", ("south",))


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database(time_s=lambda: MOMENT.timestamp() + 60)
    found.put("townships", [Township("north", "北乡"), Township("south", "南乡")])
    found.put(
        "forms",
        [
            Form("daily/1", "daily", 1, "日报", fields=(MOVED, ROADS), version=1),
            Form("daily/2", "daily", 2, "日报", fields=(MOVED, NOTE), version=1),
            Form("disaster/1", "disaster", 1, "灾情", "disaster", "event", (MOVED,), 1),
        ],
    )
    yield found
    found.close()


def report(
    number: int = 1, township: str = "south", edition: int = 1, form: str = "daily",
    period: str = DAY, target: str = "", base: int | None = 0, **values: str,
) -> Command:  # fmt: skip
    told = [{"field": name, "value": value} for name, value in values.items()]
    body = {
        "form": form, "edition": edition, "township": township, "period": period, "values": told,
    }  # fmt: skip
    return Command(
        key=f"{number:032x}", seq=number, kind="report",
        target=target or f"{form}/{township}/{period}", collection="reports",
        at=MOMENT, by="李", base=base, body=body,
    )  # fmt: skip


def give(
    database: Database, *commands: Command, account: Account = ANYBODY, client: str = "desk-1"
) -> list[CommandResult]:
    fence = open_session(database, client, account)
    asked = Commands(database.epoch, fence, client, commands)
    return list(do_commands(database, asked, account).results)


def row(database: Database, period: str = DAY) -> ReportTable:
    (found,) = database.rows("reports", [f"daily/south/{period}"])
    assert isinstance(found, ReportTable)
    return found


def values(found: ReportTable) -> dict[str, str]:
    return {each.field: each.value for each in found.values}


def said(found: ReportTable) -> list[str]:
    return [entry.text.zh for entry in found.timeline if isinstance(entry.text, Phrase)]


def test_a_report_becomes_a_row_with_its_edition_and_values(database: Database) -> None:
    (result,) = give(database, report(moved="36", roads="２"), account=SOUTH)
    assert (result.status, result.version) == ("accepted", 1)
    found = row(database)
    assert (found.form, found.edition, found.township, found.period) == ("daily", 1, "south", DAY)
    assert values(found) == {"moved": "36", "roads": "2"}
    assert (found.by, found.reported_at, found.recorded_at > MOMENT) == ("李", MOMENT, True)
    assert said(found) == ["上报"]


def test_the_same_command_again_is_one_report(database: Database) -> None:
    first = give(database, report(moved="36"))
    assert give(database, report(moved="36")) == first
    assert said(row(database)) == ["上报"]


def test_a_second_report_corrects_the_version_its_officer_saw(database: Database) -> None:
    give(database, report(moved="36", roads="1"))
    (result,) = give(database, report(2, base=1, moved="41"), client="desk-2")
    assert (result.status, result.version) == ("accepted", 2)
    assert values(row(database)) == {"moved": "41"}
    assert said(row(database)) == ["上报", "更正：转移 36 → 41；中断道路 1 → —"]


@pytest.mark.parametrize("base", [None, 0])
def test_a_second_report_that_saw_no_first_one_is_in_conflict(
    database: Database, base: int | None
) -> None:
    give(database, report(moved="36"))
    (result,) = give(database, report(2, base=base, moved="41"), client="desk-2")
    assert (result.status, result.version) == ("conflict", 1)
    assert isinstance(result.row, msgspec.Raw)
    assert msgspec.json.decode(result.row, type=ReportTable) == row(database)
    assert values(row(database)) == {"moved": "36"}


def test_two_reports_queued_at_one_desk_are_a_report_and_its_correction(
    database: Database,
) -> None:
    first, second = report(moved="36"), report(2, moved="41")
    assert [r.status for r in give(database, first, second)] == ["accepted", "accepted"]
    assert values(row(database)) == {"moved": "41"}


def test_a_report_by_an_older_edition_is_taken_and_keeps_it(database: Database) -> None:
    give(database, report(edition=2, moved="1", note="一切正常"))
    (result,) = give(database, report(2, base=1, edition=1, moved="2", roads="3"))
    assert result.status == "accepted"
    assert (row(database).edition, values(row(database))) == (1, {"moved": "2", "roads": "3"})


@pytest.mark.parametrize(
    "told, why",
    [
        (report(roads="1"), "转移：没有填"),
        (report(moved="很多"), "转移：填写有误"),
        (report(moved="1", note="x"), "note：该版没有这一栏"),
        (report(edition=3, moved="1"), "县平台没有该报表：daily 第 3 版"),
        (report(form="weekly", moved="1"), "县平台没有该报表：weekly 第 1 版"),
        (report(period="2026-05-02", moved="1"), "报告期 2026-05-02 还没有到"),
        (report(period="0501", moved="1"), "报告期填写有误：0501"),
        (report(form="disaster", period="a/b", moved="1"), "报告期填写有误：a/b"),
        (report(target="daily/north/2026-05-01", moved="1"), "报表的编号与内容不符"),
        (report(township="west", moved="1"), "县平台没有该乡镇：west"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    database: Database, told: Command, why: str
) -> None:
    (result,) = give(database, told)
    assert result.status == "rejected"
    assert isinstance(result.reason, Phrase)
    assert result.reason.zh == why
    assert database.rows("reports") == []


def test_the_day_is_the_countys_own(database: Database) -> None:
    """At 16:30 in UTC it is past midnight in China."""
    late = MOMENT.replace(hour=16, minute=30)
    other = Database(time_s=late.timestamp)
    try:
        other.put("forms", database.rows("forms"))
        told = msgspec.structs.replace(report(period="2026-05-02", moved="1"), at=late)
        assert give(other, told)[0].status == "accepted"
    finally:
        other.close()


def test_an_account_reports_for_its_own_townships_and_sees_no_others(
    database: Database,
) -> None:
    other = report(township="north", moved="1")
    (result,) = give(database, other, account=SOUTH)
    assert result.status == "rejected"
    give(database, report(3, township="north", moved="7"))
    trick = report(4, target=f"daily/north/{DAY}", base=1, moved="1")
    (result,) = give(database, trick, account=SOUTH)
    assert (result.status, result.row) == ("rejected", msgspec.UNSET)


def test_only_reports_are_reported(database: Database) -> None:
    told = msgspec.structs.replace(report(moved="1"), collection="incidents")
    assert give(database, told)[0].status == "rejected"
    note: dict[str, Any] = {"kind": "note", "body": {"text": "x"}, "base": None}
    give(database, report(2, moved="1"))
    told = msgspec.structs.replace(report(3), **note)
    assert give(database, told)[0].status == "rejected"


def test_a_field_given_twice_is_refused(database: Database) -> None:
    told = report(moved="1")
    values = [*told.body["values"], {"field": "moved", "value": "2"}]
    told = msgspec.structs.replace(told, body={**told.body, "values": values})
    (result,) = give(database, told)
    assert (result.status, database.rows("reports")) == ("rejected", [])


def test_a_report_corrected_beyond_what_readers_take_is_full(database: Database) -> None:
    give(database, report(moved="1"))
    said = TimelineEntry("report", Phrase("长" * 19_000), MOMENT, MOMENT)
    database.put("reports", [msgspec.structs.replace(row(database), timeline=(said,) * 40)])
    (result,) = give(database, report(2, base=row(database).version, moved="2"))
    assert result.status == "rejected"
    assert values(row(database)) == {"moved": "1"}


def test_a_disaster_table_is_one_for_each_event(database: Database) -> None:
    for number, event in enumerate(("SJ-1", "SJ-2"), 1):
        told = report(number, form="disaster", period=event, moved="5")
        assert give(database, told)[0].status == "accepted"
    assert len(database.rows("reports")) == 2

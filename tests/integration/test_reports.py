"""Report tables at the desk: prefilled, kept while typed, submitted, listed while pending."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.application.reads.report_drafts import ReportDraft
from desktop.domain.asset import AssetState
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.incident import Stage
from desktop.domain.instant import DAY, HOUR
from desktop.domain.localized_text import Text
from desktop.domain.report import Form, FormChoice, FormField, Report
from desktop.protocol.fields import InvalidField
from desktop.protocol.report_forms import FieldType, FormKind, Period
from support.board_bench import BoardBench
from support.builders import NOW, a_report, a_township, a_warning, an_asset, an_incident

TODAY, YESTERDAY = "2026-11-23", "2026-11-22"


def a_field(id: str, *prefill: str, type: str = "count", required: bool = False) -> FormField:
    return FormField(
        id, Text(id), FieldType(type), required=required, prefill=prefill, section=Text("人员")
    )


DAILY = Form(
    "county", "daily/1", "daily", 1, Text("日报"), FormKind.DAILY, Period.DAY,
    (
        a_field("people", "last", required=True),
        a_field("moved", "report:disaster.moved", "last", "zero"),
        a_field("open", "incidents"),
        a_field("slides", "incidents:landslide,rockfall"),
        a_field("today", "recorded"),
        a_field("roads", "assets:road,bridge"),
        a_field("warnings", "warnings"),
        a_field("cut", "assets:road", type="yes_no"),
        a_field("leader", "last", type="text"),
        a_field("note", type="text"),
    ),
    1,
)  # fmt: skip
DISASTER = Form(
    "county", "disaster/1", "disaster", 1, Text("灾情报表"), FormKind.DISASTER, Period.EVENT,
    (
        a_field("moved", "zero", required=True),
        FormField(
            "hazard", Text("灾种"), FieldType.CHOICE, prefill=("category:landslide.geology",),
            choices=(FormChoice("geology", Text("地质灾害")),),
        ),
        a_field("stage", "is:初报", type="text"),
    ),
    1,
)  # fmt: skip


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[BoardBench]:
    made = BoardBench(tmp_path)
    made.put(DAILY, DISASTER, a_township(), a_township(id="T02", name=Text("白水乡")))
    yield made
    made.stores.close()


def told(
    period: str = YESTERDAY, form: str = "daily", township: str = "T01", at: int = NOW - 15 * HOUR,
    version: int = 1, **values: str,
) -> Report:  # fmt: skip
    return a_report(
        values, form=form, township=township, period=period, reported_at=at, version=version
    )


def start(bench: BoardBench, form: Form = DAILY, period: str = TODAY) -> ReportDraft:
    return bench.board.reports.start(form, "T01", period)


def shown(draft: ReportDraft) -> dict[str, tuple[str, str]]:
    return {each.field.id: (each.value, each.origin.value) for each in draft.fields}


def test_the_newest_edition_of_each_form_is_offered_daily_first(bench: BoardBench) -> None:
    second = msgspec.structs.replace(DAILY, id="daily/2", edition=2)
    bench.put(second)
    assert bench.board.reports.forms() == (second, DISASTER)
    assert bench.board.reports.edition("county", "daily", 1) == DAILY


def test_fields_come_from_the_last_report_and_from_what_is_known(bench: BoardBench) -> None:
    bench.put(
        told(people="900", moved="4", leader="周建国"),
        told("2026-11-20", people="880"),
        told(township="T02", people="1"),
        an_incident(id="I1", township="T01", category="landslide", recorded_at=NOW),
        an_incident(id="I2", township="T01", category="litter", recorded_at=NOW - 3 * DAY),
        an_incident(id="I3", township="T01", stage=Stage.CLOSED, recorded_at=NOW),
        an_incident(id="I4", township="T02", category="rockfall"),
        an_asset(id="A1", township="T01", kind="road", state=AssetState.FAILED),
        an_asset(id="A2", township="T01", kind="bridge", state=AssetState.NORMAL),
        an_asset(id="A3", township="T02", kind="road", state=AssetState.FAILED),
        a_warning(townships=("T01",), ends_at=NOW + HOUR),
    )
    draft = start(bench)
    assert shown(draft) == {
        "people": ("900", "last"),
        "moved": ("4", "last"),
        "open": ("2", "known"),
        "slides": ("1", "known"),
        "today": ("2", "known"),
        "roads": ("1", "known"),
        "warnings": ("1", "known"),
        "cut": ("yes", "known"),
        "leader": ("周建国", "last"),
        "note": ("", "nothing"),
    }
    assert draft.share == 0.9
    people = draft.fields[0]
    assert (people.period, people.last) == (YESTERDAY, "900")


def test_what_another_form_told_today_comes_before_yesterday(bench: BoardBench) -> None:
    bench.put(
        told(moved="4"),
        told("I1", "disaster", at=NOW, moved="30"),
        told("I2", "disaster", at=NOW, moved="12"),
        told("I3", "disaster", at=NOW - 2 * DAY, moved="100"),
    )
    assert shown(start(bench))["moved"] == ("42", "known")


@pytest.mark.parametrize(
    "event, hazard",
    [("I1", ("geology", "known")), ("I2", ("", "nothing")), ("雨", ("", "nothing"))],
)
def test_an_events_category_is_a_choice_where_the_form_says_which(
    bench: BoardBench, event: str, hazard: tuple[str, str]
) -> None:
    bench.put(an_incident(id="I1", category="landslide"), an_incident(id="I2", category="noise"))
    found = shown(start(bench, DISASTER, event))
    assert found["hazard"] == hazard
    assert found["stage"] == ("初报", "usual")


def test_a_first_report_has_zero_where_the_form_says_so_and_nothing_elsewhere(
    bench: BoardBench,
) -> None:
    first = shown(start(bench))
    assert first["moved"] == ("0", "zero")
    assert first["people"] == ("", "nothing")


def test_a_last_value_that_this_edition_does_not_take_is_left_out(bench: BoardBench) -> None:
    bench.put(told(people="许多", leader="周"))
    assert shown(start(bench))["people"] == ("", "nothing")


def test_what_is_typed_is_kept_and_the_rest_filled_anew(bench: BoardBench) -> None:
    bench.put(told(people="900"))
    draft = start(bench).with_value("note", "一切").with_value("people", "")
    bench.board.reports.keep(draft)
    bench.put(an_incident(id="I1", township="T01"))
    again = start(bench)
    assert shown(again)["note"] == ("一切", "typed")
    assert shown(again)["people"] == ("", "typed"), "emptied on purpose"
    assert shown(again)["open"] == ("1", "known")
    assert again.key == draft.key
    bench.board.reports.discard(again)
    assert shown(start(bench))["note"] == ("", "nothing")


def test_a_draft_that_outlived_its_command_is_dropped(bench: BoardBench) -> None:
    draft = start(bench).with_value("people", "9")
    bench.board.reports.submit(draft)
    bench.board.reports.keep(draft)
    assert start(bench).key != draft.key


def test_a_report_is_pending_in_the_list_until_the_county_tells_it(bench: BoardBench) -> None:
    record = bench.board.reports.submit(start(bench).with_value("people", "９１０"))
    assert record.command.target == Key("county", Collection.REPORTS, f"daily/T01/{TODAY}")
    assert record.command.body["values"]["people"] == "910"
    assert (record.command.base, record.command.body["edition"]) == (0, 1)
    (line,) = bench.board.reports.list_given("daily", period=TODAY)
    assert (line.pending, line.form) == (CommandState.STORED, DAILY)
    assert line.report.by_field()["people"] == "910"
    assert [t.id for t in bench.board.reports.missing("daily", TODAY)] == ["T02"]
    bench.outbox.set_state(record.command.key, CommandState.REJECTED, Text("不行"), NOW)
    assert bench.board.reports.list_given("daily", period=TODAY) == ()


def test_a_reported_period_is_opened_as_its_correction(bench: BoardBench) -> None:
    bench.put(told(TODAY, people="900", version=3))
    draft = start(bench)
    assert draft.base == 3
    assert shown(draft)["people"] == ("900", "given")
    assert shown(draft)["moved"] == ("", "nothing"), "what was left empty stays so"
    record = bench.board.reports.submit(draft.with_value("people", "901"))
    assert record.command.base == 3
    (line,) = bench.board.reports.list_given("daily")
    assert line.report.by_field() == {"people": "901"}


def test_a_report_that_came_meanwhile_is_not_written_over_unseen(bench: BoardBench) -> None:
    draft = start(bench).with_value("people", "1")
    bench.put(told(TODAY, people="900", version=3))
    assert bench.board.reports.submit(draft).command.base == 0, "the county sees a conflict"


@pytest.mark.parametrize(
    "field, typed, reason", [("people", "", "missing"), ("open", "x", "wrong")]
)
def test_faults_are_told_by_field_and_nothing_is_stored(
    bench: BoardBench, field: str, typed: str, reason: str
) -> None:
    draft = start(bench).with_value("people", "1").with_value(field, typed)
    assert draft.problems() == {field: reason}
    with pytest.raises(InvalidField) as refused:
        bench.board.reports.submit(draft)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert bench.board.outbox() == []


def test_a_period_of_another_kind_is_refused(bench: BoardBench) -> None:
    with pytest.raises(InvalidField):
        start(bench, period="2026-11")
    with pytest.raises(InvalidField):
        start(bench, DISASTER, "a/b")


def test_today_is_the_countys_day(bench: BoardBench) -> None:
    assert bench.board.reports.today() == TODAY
    bench.clock.advance(16 * HOUR)
    assert bench.board.reports.today() == "2026-11-24", "it is past midnight in China"


def test_events_are_the_townships_open_incidents(bench: BoardBench) -> None:
    bench.put(an_incident(id="I1", township="T01"), an_incident(id="I2", township="T02"))
    assert [row.key.id for row in bench.board.reports.events("T01")] == ["I1"]

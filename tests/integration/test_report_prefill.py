"""How much of a township's report is filled in before anybody types, after a day in the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter
from desktop.application.reads.report_drafts import Origin, ReportDraft
from desktop.demo.county import DemoCounty
from desktop.domain.clock import CorrectedClock
from desktop.domain.instant import DAY, from_datetime
from desktop.protocol.report_forms import COUNTY_TIME
from support.builders import FakeClock
from support.stores import Stores
from support.two_ends import a_desk, pull

MORNING = datetime(2026, 11, 26, 9, 0, tzinfo=COUNTY_TIME)
NEXT_DAY = MORNING + timedelta(days=1, hours=2)
AIM = 0.8
"""The share of fields that nobody need type."""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A desk that has read the demo county the day after its beginning."""
    folder = tmp_path_factory.mktemp("demo")
    live_a_day(folder / "county.db")
    clock = FakeClock(from_datetime(NEXT_DAY))
    stores = Stores(folder, clock)
    with closing(DemoCounty(folder / "county.db", now=NEXT_DAY)) as county:
        desk = a_desk(county.start())
        pull(desk, stores.cache)
        desk.close()
    yield Board(
        cache=stores.cache,
        outbox=stores.outbox,
        clock=CorrectedClock(clock),
        officer="李",
        statuses=lambda: (),
        day_began_at=lambda now: now - now % DAY,
        accepts=lambda target, kind: True,
    )
    stores.close()


def live_a_day(database: Path) -> None:
    """Let incidents come, assets fail and townships report, from one morning to the next."""
    with closing(DemoCounty(database, now=MORNING, incidents=600)) as county:
        for hour in range(24):
            now = MORNING + timedelta(hours=hour)
            county.course.advance(60, now)
            county.reports.go_on(now)


def drafts(board: Board, form: str, period: str = "") -> list[ReportDraft]:
    """Every township's report of that period; without one, about its worst open hazard."""
    (chosen,) = (each for each in board.reports.forms() if each.form == form)
    return [
        board.reports.start(chosen, township.id, period or worst_hazard(board, township.id))
        for township in board.townships()
    ]


def worst_hazard(board: Board, township: str) -> str:
    hazards = ("landslide", "rockfall", "road_hazard", "river_level", "waterlogging")
    found = (board.incident(row.key) for row in board.reports.events(township))
    told = [each.incident.id for each in found if each and each.incident.category in hazards]
    return told[0] if told else "storm"


def test_a_daily_report_is_filled_in_but_for_a_fifth_at_most(board: Board) -> None:
    found = drafts(board, "daily", board.reports.today())
    assert len(found) == 18
    assert {each.period for draft in found for each in draft.fields} == {"", "2026-11-26"}
    for draft in found:
        assert draft.share >= AIM, draft.township
        origins = [each.origin for each in draft.fields]
        surely = origins.count(Origin.LAST) + origins.count(Origin.KNOWN)
        assert surely >= len(origins) / 2, "and mostly from what is known, not from zeros"
        assert list(draft.problems()) == []


def test_a_first_disaster_table_is_filled_in_but_for_what_only_the_township_knows(
    board: Board,
) -> None:
    found = drafts(board, "disaster")
    assert any(draft.period != "storm" for draft in found)
    for draft in found:
        assert draft.share >= AIM, draft.township
        unnamed = {"hazard"} if draft.period == "storm" else set()
        assert set(draft.problems()) == {"affected"} | unnamed


def test_what_was_known_is_what_the_desk_shows(board: Board) -> None:
    """The count of open incidents stands beside a list that says the same."""
    for draft in drafts(board, "daily", board.reports.today()):
        value = next(each.value for each in draft.fields if each.field.id == "open")
        wanted = IncidentFilter(township=draft.township)
        assert int(value) == len(board.incident_numbers(wanted))

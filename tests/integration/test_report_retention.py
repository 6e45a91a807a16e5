"""Reports end at the county after 400 days, and at desks with them; the last ones stay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.county_server.db import report_retention, witnesses
from desktop.county_server.db.checksums import hexadecimal, scope_sum
from desktop.county_server.db.database import Database
from desktop.county_server.scope import ANYBODY
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection
from desktop.domain.instant import DAY
from desktop.protocol.report_forms import form_row_id, report_id
from desktop.wire.level1 import FieldValue, Form, FormField, ReportTable, Township
from support.builders import FakeClock
from support.county_rows import snapshot_of, sum_of
from support.whole_desk import Desk

KEPT_DAYS = report_retention.REPORTS_KEPT_S // 86_400
MOVED = FormField("moved", "转移", prefill=("last",))


class County:
    """A county that lives through years of reports."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.database = Database(time_s=lambda: self.clock.at / 1000)
        self.database.put("townships", [Township("north", "北乡"), Township("south", "南乡")])
        self.put_forms(1)

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.at / 1000, UTC)

    def put_forms(self, *editions: int) -> None:
        """Give out editions of the daily form, and the one of the disaster form."""
        daily = [
            Form(form_row_id("daily", n), "daily", n, "日报", fields=(MOVED,), version=1)
            for n in editions
        ]
        events = Form("disaster/1", "disaster", 1, "灾情", "disaster", "event", (MOVED,), 1)
        self.database.put("forms", [*daily, events])

    def put(self, township: str, form: str = "daily", period: str = "", edition: int = 1) -> str:
        """Take a report of now."""
        told = period or self.now.date().isoformat()
        row = ReportTable(
            *(report_id(form, township, told), form, edition, township, told),
            *(self.now, self.now, "李", (FieldValue("moved", "3"),)),
        )
        self.database.put("reports", [row])
        return row.id

    def ids(self, collection: str) -> set[str]:
        return {row.id for row in self.database.rows(collection)}  # type: ignore[attr-defined]

    def wait(self, days: int) -> None:
        self.clock.advance(days * DAY)

    def check_sums(self) -> None:
        """Compare the sum that is kept with the rows that are there."""
        copy, _ = snapshot_of(self.database)
        with self.database.reading() as connection:
            assert hexadecimal(scope_sum(connection, ANYBODY)) == sum_of(copy)


@pytest.fixture(autouse=True)
def _one_witness(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one day with something of its own be enough: a test lives through few."""
    monkeypatch.setattr(witnesses, "WITNESSES", 1)


@pytest.fixture
def county() -> Iterator[County]:
    made = County()
    yield made
    made.database.close()


def dailies(rows: Iterable[str], township: str) -> list[str]:
    return sorted(row for row in rows if row.startswith(f"daily/{township}/"))


def test_desks_lose_old_reports_with_the_county_and_fill_in_by_the_last_one(
    county: County, tmp_path: Path
) -> None:
    for _ in range(3):
        county.put("north")
        county.put("south")
        county.wait(1)
    flood = county.put("south", "disaster", "flood")
    county.wait(1)
    slide = county.put("south", "disaster", "slide")
    with (
        CountyServer(county.database) as server,
        closing(Desk(tmp_path / "desk", server.base_url, clock=county.clock)) as desk,
    ):
        assert desk.exchange() is None
        assert len(desk.stores.cache.rows(Collection.REPORTS)) == 8
        county.wait(KEPT_DAYS + 1)
        newest = county.put("south")
        north = dailies(county.ids("reports"), "north")
        county.database.forget()
        assert county.ids("reports") == {newest, north[-1], slide}, flood
        county.check_sums()
        assert desk.exchange() is None
        state = desk.stores.cache.sync_state("county")
        assert not state.diverged
        assert not state.quarantined_deletes
        here = {row.id for row in desk.stores.cache.rows(Collection.REPORTS)}  # type: ignore[attr-defined]
        assert here == county.ids("reports")
        (form,) = (each for each in desk.board.reports.forms() if each.form == "daily")
        draft = desk.board.reports.start(form, "north", county.now.date().isoformat())
        (field,) = draft.fields
        assert (field.value, field.period) == ("3", north[-1].rpartition("/")[2])


def test_nothing_ends_before_its_time(county: County) -> None:
    for _ in range(5):
        county.put("north")
        county.wait(1)
    county.wait(KEPT_DAYS - 5)
    county.put("south")
    county.database.forget()
    assert len(dailies(county.ids("reports"), "north")) == 5
    county.wait(2)
    county.put("south")
    county.database.forget()
    assert len(dailies(county.ids("reports"), "north")) == 3


def test_a_clock_that_starts_a_year_ahead_deletes_nothing(county: County) -> None:
    for _ in range(60):
        county.put("north")
        county.wait(1)
    county.put_forms(1, 2)
    county.put("north", edition=2)
    county.put("south", edition=2)
    county.database.forget()
    reports, forms = county.ids("reports"), county.ids("forms")
    county.wait(365)
    county.database.forget()
    assert county.ids("reports") == reports
    county.database.delete("reports", dailies(reports, "north")[:60])
    county.wait(KEPT_DAYS)
    county.database.forget()
    assert county.ids("forms") == forms


def test_a_clock_that_stays_a_year_ahead_deletes_nothing_by_its_own_first_reports(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnesses, "WITNESSES", 3)
    for _ in range(5):
        county.put("north")
        county.wait(1)
    reports = county.ids("reports")
    county.wait(KEPT_DAYS + 100)
    for _ in range(2):
        county.put("south")
        county.wait(1)
        county.database.forget()
    assert county.ids("reports") >= reports
    county.put("south")
    county.database.forget()
    assert not county.ids("reports") >= reports


def test_a_report_received_under_a_clock_years_behind_stays_once_it_is_righted(
    county: County,
) -> None:
    county.put("north")
    county.wait(-1500)
    early = county.put("north")
    county.put("north", period="2024-03-02")
    county.wait(1501)
    county.put("north")
    county.database.forget()
    assert early in county.ids("reports")
    county.wait(KEPT_DAYS + 1)
    county.put("north")
    county.database.forget()
    assert early not in county.ids("reports")


def test_how_long_it_stays_is_told_by_when_the_county_received_it(county: County) -> None:
    county.wait(KEPT_DAYS)
    late = ReportTable(
        *("daily/north/2025-01-01", "daily", 1, "north", "2025-01-01"),
        *(county.now - timedelta(days=3 * 365), county.now),
    )
    county.database.put("reports", [late])
    county.put("north")
    county.database.forget()
    assert late.id in county.ids("reports")


def test_years_of_reports_end_in_several_goes(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_retention, "MOST_AT_ONCE", 3)
    for _ in range(8):
        county.put("north")
        county.wait(1)
    county.wait(KEPT_DAYS)
    county.put("south")
    left = []
    for _ in range(4):
        county.database.forget()
        left.append(len(dailies(county.ids("reports"), "north")))
    assert left == [5, 2, 1, 1]
    county.check_sums()


def test_an_edition_ends_once_a_newer_one_is_old_and_no_report_is_by_it(county: County) -> None:
    county.put("north")
    county.put_forms(1, 2)
    county.database.forget()
    county.wait(KEPT_DAYS - 1)
    county.database.forget()
    assert county.ids("forms") == {"daily/1", "daily/2", "disaster/1"}, "it may still be on its way"
    county.wait(2)
    county.database.forget()
    assert county.ids("forms") == {"daily/1", "daily/2", "disaster/1"}, "the last report is by it"
    county.put("north", edition=2)
    county.database.forget()
    assert county.ids("forms") == {"daily/2", "disaster/1"}
    county.check_sums()
    county.put_forms(1, 2)
    county.database.forget()
    assert "daily/1" in county.ids("forms"), "the operator gave it out anew"


@pytest.mark.parametrize("between", [(1,), (2,)], ids=["the newest again", "gone for a while"])
def test_an_edition_superseded_again_stays_as_long_as_one_superseded_for_the_first_time(
    county: County, between: tuple[int, ...]
) -> None:
    county.put_forms(1, 2)
    county.database.forget()
    county.database.delete("forms", {"daily/1", "daily/2"} - {f"daily/{n}" for n in between})
    county.wait(KEPT_DAYS)
    county.database.forget()
    county.put_forms(1, 2)
    county.wait(2)
    county.put("north", edition=2)
    county.database.forget()
    assert "daily/1" in county.ids("forms")
    county.wait(KEPT_DAYS + 1)
    county.put("north", edition=2)
    county.database.forget()
    assert "daily/1" not in county.ids("forms")

"""What the office's bench is measured with: its day, the naive peers, and what it counts."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from desktop.county_server.http.account_file import read_accounts
from desktop.county_server.scope import account_of
from desktop.demo.county import DemoCounty
from desktop.domain.command import Command, CommandKind, CommandRecord, CommandState
from desktop.wire.level1 import Incident
from support.builders import NOW, a_command

HERE = Path(__file__).parent
Import = Callable[[str], ModuleType]
THEN = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)
TEXTS = {"feedback": "已到场清理，一小时恢复，无伤亡。", "note": "已电话核实"}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Import:
    """Imports a module of the benches by its name."""
    monkeypatch.syspath_prepend(str(HERE))
    return importlib.import_module


@pytest.fixture
def county() -> Iterator[DemoCounty]:
    with closing(DemoCounty(incidents=400, speed=0, now=THEN)) as county:
        yield county


def test_a_day_changes_thirty_cases_of_the_township_and_asks_ten_of_the_office(
    bench: Import, county: DemoCounty
) -> None:
    work = bench("office_work")
    rows: list[Incident] = list(work.write_changes(county, THEN))
    assert len({row.id for row in rows}) == 30
    assert {row.township for row in rows} == {"liulin"}
    asked = [row for row in rows if row.lead_unit == work.OFFICE]
    assert Counter(row.stage for row in asked) == {"dispatched": 10}
    assert asked == rows[:10]
    before = {row.id for row in county.database.rows("incidents")}  # type: ignore[attr-defined]
    assert sum(row.id in before for row in rows) == 10
    assert county.database.put("incidents", rows) == 30


def test_the_countys_accounts_let_in_the_office_for_its_township_and_nobody_else(
    bench: Import, tmp_path: Path
) -> None:
    office = bench("office")
    accounts = read_accounts(office.write_accounts(tmp_path))
    found = account_of(f"Bearer {office.read_login('county')}", accounts)
    assert found is not None
    assert found.townships == (office.TOWNSHIP,)
    assert account_of("Bearer somebody-elses-token", accounts) is None


def test_a_careless_peer_pays_for_whole_rows_and_for_its_own_forms_a_careful_one_for_neither(
    bench: Import, county: DemoCounty
) -> None:
    peer, work = bench("office_peer").Peer, bench("office_work")
    rows: list[Incident] = list(work.write_changes(county, THEN))
    costs = []
    for careless in (False, True):
        with peer(careless=careless) as one:
            one.read_change(rows, rows[0])
            read = one.carried
            one.give("/api/x", {"text": work.SHORT}, rows[0], rows)
            given = one.carried
            one.send_photo(rows[0], "a.jpg", work.photo(1))
            costs.append((read, given - read, one.carried - given))
    careful, careless = costs
    assert careful[0] < careless[0]
    assert careful[1] < 2_500
    assert careless[1] > careful[1] + 2_500
    assert work.PHOTO_BYTES < careful[2] < work.PHOTO_BYTES + 3_000


def _records(*commands: Command) -> list[CommandRecord]:
    return [
        CommandRecord(number, command, CommandState.STORED, NOW)
        for number, command in enumerate(commands, 1)
    ]


def test_frames_are_counted_once_for_each_kind_and_length(bench: Import) -> None:
    told = [
        a_command(kind=CommandKind(kind), body={"text": text * times})
        for kind, text in TEXTS.items()
        for times in (1, 8 if kind == "feedback" else 1)
    ]
    figures = bench("office_frames").count_frames(_records(*told, a_command()))
    counted = {figure.name.removeprefix("township-frames-"): figure.value for figure in figures}
    assert list(counted) == ["acknowledge", "feedback-16", "feedback-128", "note"]
    assert counted["acknowledge"] == counted["feedback-16"] == counted["note"] == 1
    assert counted["feedback-128"] > 1

"""New settings of the county: a wall begins anew by itself, a person is asked and comes back."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path
from unittest.mock import MagicMock

import msgspec
import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.commands.desk_window import make_opening
from desktop.domain.alarm import Alarm, AlarmPriority
from desktop.domain.command import CommandKind
from desktop.domain.incident import Incident, Stage
from desktop.domain.instant import DAY
from desktop.domain.levels import EventLevel
from desktop.domain.source import Problem
from desktop.gui.app import Session
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms.field_widgets import LineEntry, TextEntry
from desktop.gui.panes.detail.pane import DetailPane
from desktop.gui.panes.incidents.chips import Limits
from desktop.gui.panes.incidents.pane import IncidentPane
from desktop.gui.return_place import find_place, return_to
from desktop.gui.township.assignments_page import AssignmentsPage
from desktop.gui.wall import renewal
from desktop.gui.wall.renewal import QUIET_LOOKS, Renewal
from desktop.gui.wall.state import WallState, read_wall
from support.builders import NOW, FakeClock, a_deadline, a_township, an_alarm, an_incident
from support.open_desk import (
    an_opening,
    calm,
    incident_key,
    open_desk,
    open_office,
    settle,
)
from support.sample_board import empty_county, sample_county

CAME = Problem("county_settings_came", {"number": "3"})
GRAVE = an_incident(level=EventLevel.MAJOR, acknowledged_at=NOW, acknowledged_by="张三")
CALLS = an_incident(level=EventLevel.MAJOR)
SOONER = [
    an_incident(
        id=f"{n}", number=f"{n}", level=EventLevel.LARGER, deadlines=(a_deadline(due_at=NOW + 1),)
    )
    for n in range(30)
]
"""More than are shown, and before all others in the list."""


def state_of(*rows: Incident | Alarm) -> WallState:
    county = empty_county(FakeClock())
    county.tell(*rows)
    return read_wall(county.board)


@pytest.mark.parametrize("row", [CALLS, GRAVE])
def test_no_number_of_lesser_incidents_makes_a_grave_one_quiet(row: Incident) -> None:
    state = state_of(*SOONER, msgspec.structs.replace(row, id="late", number="late"))
    assert state.is_grave
    assert bool(state.matters) is (row is CALLS)
    top = state.top_incident()
    assert (top.key.id if top is not None else None) == ("late" if row is CALLS else None)


def test_an_alarm_that_follows_from_a_lesser_one_is_not_quiet() -> None:
    cause = an_alarm(id="cause", asset="other", priority=AlarmPriority.LOW)
    state = state_of(cause, an_alarm(id="high", cause="cause", priority=AlarmPriority.HIGH))
    assert {key.id for key in state.matters} == {"high"}
    top = state.top_alarm()
    assert top is not None
    assert top.alarm.id == "high"


def looks_until(renews: Renewal, begun: list[bool], most: int = 10) -> int:
    """How often it has looked when the wall begins anew; 0 when it does not."""
    for number in range(1, most + 1):
        renews.look()
        if begun:
            return number
    return 0


@pytest.mark.parametrize(
    ("row", "days", "looks"),
    [
        (an_incident(), 0, QUIET_LOOKS),
        (GRAVE, 0, 0),
        (GRAVE, 1, QUIET_LOOKS),
        (CALLS, 1, 0),
        (an_alarm(priority=AlarmPriority.HIGH), 1, 0),
    ],
)
def test_a_wall_takes_new_settings_in_a_quiet_minute_and_else_waits(
    qtbot: QtBot, row: Incident | Alarm, days: int, looks: int
) -> None:
    clock, begun, parent = FakeClock(), list[bool](), QObject()
    state = state_of(row)
    renews = Renewal(lambda: state, clock.now, lambda: begun.append(True), parent)
    renews.hear(Problem("update_offered", {"program": "9.0.0"}))
    assert not renews.is_waiting
    renews.hear(CAME)
    clock.advance(days * DAY)
    assert looks_until(renews, begun) == looks
    assert renews.is_waiting is (not looks)
    renews.close()


def test_what_calls_meanwhile_begins_the_quiet_minute_anew(qtbot: QtBot) -> None:
    begun, parent = list[bool](), QObject()
    states = [state_of(an_incident())] * 2 + [state_of(CALLS)] + [state_of(an_incident())] * 3
    renews = Renewal(lambda: states.pop(0), FakeClock().now, lambda: begun.append(True), parent)
    renews.hear(CAME)
    assert looks_until(renews, begun) == 6


def test_a_wall_that_would_not_come_up_again_waits_until_it_would(qtbot: QtBot) -> None:
    begun, parent, is_there = list[bool](), QObject(), [False] * 4 + [True]
    state, again = state_of(an_incident()), lambda: begun.append(True)
    renews = Renewal(lambda: state, FakeClock().now, again, parent, lambda: is_there.pop(0))
    renews.hear(CAME)
    assert looks_until(renews, begun) == QUIET_LOOKS + 4


def test_what_was_given_by_a_pipe_or_is_gone_opens_no_wall_again(tmp_path: Path) -> None:
    file, pipe = tmp_path / "passphrase", tmp_path / "pipe"
    file.write_text("long enough")
    os.mkfifo(pipe)
    said = []
    for given in (None, file, pipe, tmp_path / "gone"):
        options = Namespace(
            command="wall", theme=None, key="auto", bundle=None, passphrase_file=given
        )
        desk = MagicMock(folder=tmp_path, profile=MagicMock(place="yunlu", counties=()))
        said.append(make_opening(desk, options, file, None, demo=False).can_return())
    assert said == [True, True, False, False]


@pytest.mark.parametrize("posture", ["wall", "desk"])
def test_only_a_wall_begins_anew_by_itself(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, posture: str
) -> None:
    monkeypatch.setattr(renewal, "LOOK_MS", 0)
    begun: list[bool] = []
    county = empty_county(FakeClock())
    opening = an_opening(
        county,
        tmp_path,
        posture=posture,
        bulletins=lambda: None,
        restart=lambda: begun.append(True),
    )
    session = Session(opening)
    session.window.show()
    settle(qtbot, session)
    session.found.emit(CAME)
    if posture == "wall":
        qtbot.waitUntil(lambda: not session.window.isVisible())
    settle(qtbot, session)
    assert begun == [True] * (posture == "wall")
    session.close()
    session.deleteLater()


def test_an_officer_who_begins_anew_is_back_at_the_incident_and_its_half_filled_form(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county, begun = sample_county(FakeClock(), 5), list[bool]()
    with open_desk(qtbot, county, tmp_path, restart=lambda: begun.append(True)) as desk:
        assert not desk.notices.restart.isVisible()
        desk.show_key(incident_key(2))
        calm(qtbot, desk)
        desk.run_action("new_incident")
        qtbot.waitUntil(lambda: desk.form_sheet.isVisible() and not desk.form_sheet.form.is_reading)
        title = desk.form_sheet.form.entries["title"]
        assert isinstance(title, LineEntry)
        title.line.insert("半句")
        desk.notices.say(CAME)
        assert desk.notices.restart.text() == "现在重新打开"
        desk.notices.restart.click()
        assert begun == [True]
        assert not desk.isVisible()
    with open_desk(qtbot, county, tmp_path, restart=lambda: begun.append(True)) as desk:
        assert desk.panes.opened == incident_key(2)
        qtbot.waitUntil(lambda: desk.form_sheet.isVisible() and not desk.form_sheet.form.is_reading)
        assert desk.form_sheet.form.entries["title"].value() == "半句"
    with open_desk(qtbot, county, tmp_path) as desk:
        assert not desk.form_sheet.isVisible(), "once"


def test_the_line_of_new_settings_gives_way_to_newer_ones_and_goes_with_them(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        other = Problem("update_offered", {"program": "9.0.0"})
        for problem in (CAME, other, Problem(CAME.code, {"number": "4"})):
            desk.notices.say(problem)
        assert "9.0.0" in desk.notices.words.text()
        desk.notices.dismiss()
        assert "4" in desk.notices.words.text()
        desk.notices.withdraw()
        assert not desk.notices.isVisible()


def test_an_officer_who_begins_anew_in_a_form_of_an_incident_is_back_in_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path, restart=lambda: None) as desk:
        desk.show_key(incident_key(1))
        calm(qtbot, desk)
        detail = desk.panes["detail"]
        assert isinstance(detail, DetailPane)
        detail.begin(CommandKind.ESCALATE)
        qtbot.waitUntil(detail.form.isVisible)
        desk.notices.say(CAME)
        desk.notices.restart.click()
    with open_desk(qtbot, county, tmp_path) as desk:
        detail = desk.panes["detail"]
        assert isinstance(detail, DetailPane)
        qtbot.waitUntil(detail.form.isVisible)
        assert detail.form.task is not None
        assert (detail.form.task.kind, detail.key) == (CommandKind.ESCALATE, incident_key(1))


def test_an_officer_who_begins_anew_has_the_list_limited_as_before(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    chosen = Limits("grave", a_township().id, "石门乡", "塌方")
    with open_desk(qtbot, county, tmp_path, restart=lambda: None) as desk:
        incidents = desk.panes["incidents"]
        assert isinstance(incidents, IncidentPane)
        incidents.limit(chosen)
        desk.notices.say(CAME)
        desk.notices.restart.click()
    with open_desk(qtbot, county, tmp_path) as desk:
        incidents = desk.panes["incidents"]
        assert isinstance(incidents, IncidentPane)
        assert incidents.find_limits() == chosen
        assert not incidents.chips.township.isHidden()
        assert incidents.model.wanted.text == "塌方"
        assert incidents.model.wanted.township == a_township().id
    with open_desk(qtbot, county, tmp_path) as desk:
        incidents = desk.panes["incidents"]
        assert isinstance(incidents, IncidentPane)
        assert incidents.find_limits() == Limits(), "once"


def test_a_clerk_who_begins_anew_is_back_at_the_same_page(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_office(qtbot, county, tmp_path, "T01", restart=lambda: None) as office:
        first = next(name for name, each in office.buttons.items() if each.isChecked())
        office.show_task(other := next(name for name in office.buttons if name != first))
        office.notices.say(CAME)
        office.notices.restart.click()
    with open_office(qtbot, county, tmp_path, "T01") as office:
        assert office.buttons[other].isChecked()


def test_a_clerk_who_begins_anew_in_a_form_is_back_in_it(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 0)
    case = an_incident(id=incident_key().id, lead_unit=a_township().name, stage=Stage.HANDLING)
    county.tell(a_township(), case)
    with open_office(qtbot, county, tmp_path, "T01", restart=lambda: None) as office:
        page = office.pages["assignments"]
        assert isinstance(page, AssignmentsPage)
        page.begin(incident_key(), CommandKind.FEEDBACK)
        form = office.sheets.form.form
        qtbot.waitUntil(lambda: form.isVisible() and not form.is_reading)
        text = form.entries["text"]
        assert isinstance(text, TextEntry)
        text.text.insertPlainText("半句")
        office.notices.say(CAME)
        office.notices.restart.click()
    with open_office(qtbot, county, tmp_path, "T01") as office:
        form = office.sheets.form.form
        qtbot.waitUntil(lambda: form.isVisible() and not form.is_reading)
        assert form.entries["text"].value() == "半句"


def test_a_clerk_among_the_countys_panes_is_taken_back_there(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, sample_county(FakeClock(), 5), tmp_path, "T01") as office:
        office.show_case(incident_key(2))
        told = find_place(office)
        assert isinstance(office.county, DeskWindow)
        office.county.show_key(incident_key(3))
        office.show_task("report")
        assert not office.county_button.isChecked()
        return_to(office, told)
        assert office.county_button.isChecked()
        assert office.county.panes.opened == incident_key(2)

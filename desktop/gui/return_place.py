"""Where a person was as the program began anew, so that it opens there again."""

from __future__ import annotations

from functools import partial

import msgspec
from PySide6.QtWidgets import QWidget

from desktop.domain.command import CommandKind, Key
from desktop.gui.desk.window import DeskWindow
from desktop.gui.panes.detail.pane import DetailPane
from desktop.gui.panes.incidents.chips import Limits
from desktop.gui.panes.incidents.pane import IncidentPane
from desktop.gui.township.assignments_page import AssignmentsPage
from desktop.gui.township.tasks import ASSIGNMENTS
from desktop.gui.township.window import TownshipWindow

COUNTY = "county"
"""Stands for the county's own panes among the pages of an office."""


class ReturnPlace(msgspec.Struct, frozen=True):
    """What was open; what was typed is kept by the forms themselves."""

    incident: Key | None = None
    """What a desk's detail showed, or what an office was filling in a command for."""
    form: CommandKind | None = None
    """The command that was being filled in."""
    task: str = ""
    """The page that an office showed, or its county's own panes."""
    limits: Limits = Limits()
    """Of the list of incidents."""


def find_place(window: QWidget) -> str:
    """Return where a person is, as a text to remember; empty where that is nowhere."""
    place = ReturnPlace()
    if isinstance(window, DeskWindow):
        place = _find_at_desk(window)
    elif isinstance(window, TownshipWindow):
        place = _find_in_office(window)
    return "" if place == ReturnPlace() else msgspec.json.encode(place).decode()


def return_to(window: QWidget, told: str) -> None:
    """Show again what `find_place` returned; nothing of what another program remembered."""
    try:
        place = msgspec.json.decode(told, type=ReturnPlace)
    except msgspec.DecodeError:
        return
    if isinstance(window, DeskWindow):
        _return_to_desk(window, place)
    elif isinstance(window, TownshipWindow):
        _return_to_office(window, place)


def _find_at_desk(window: DeskWindow) -> ReturnPlace:
    found = window.panes["incidents"]
    limits = found.find_limits() if isinstance(found, IncidentPane) else Limits()
    return ReturnPlace(window.panes.opened, _find_form(window), limits=limits)


def _find_in_office(window: TownshipWindow) -> ReturnPlace:
    filled = window.sheets.form.form.task
    if filled is not None and not filled.replaces:
        return ReturnPlace(filled.target, filled.kind, ASSIGNMENTS)
    if window.county_button.isChecked() and isinstance(window.county, DeskWindow):
        return msgspec.structs.replace(_find_at_desk(window.county), task=COUNTY)
    pages = (name for name, button in window.buttons.items() if button.isChecked())
    return ReturnPlace(task=next(pages, ""))


def _return_to_desk(window: DeskWindow, place: ReturnPlace) -> None:
    found = window.panes["incidents"]
    if isinstance(found, IncidentPane):
        found.limit(place.limits)
    if place.incident is not None:
        window.show_key(place.incident)
    if place.form is not None:
        window.when_whole(partial(_begin, window, place.form))


def _return_to_office(window: TownshipWindow, place: ReturnPlace) -> None:
    if place.task == COUNTY:
        window.show_county()
        if isinstance(window.county, DeskWindow):
            _return_to_desk(window.county, place)
        return
    if place.task in window.buttons:
        window.show_task(place.task)
    page = window.pages.get(ASSIGNMENTS)
    if place.incident is not None and place.form is not None and isinstance(page, AssignmentsPage):
        page.begin(place.incident, place.form)


def _begin(window: DeskWindow, form: CommandKind) -> None:
    detail = window.panes["detail"]
    assert isinstance(detail, DetailPane)
    if form is CommandKind.CREATE:
        detail.begin_incident()
    else:
        detail.begin(form)


def _find_form(window: DeskWindow) -> CommandKind | None:
    """Return the command that a form is open for; a note opens by itself where one was begun."""
    detail = window.panes["detail"]
    if not window.whole or not isinstance(detail, DetailPane):
        return None
    laid = window.form_sheet.form.task
    if laid is not None and laid.kind is CommandKind.CREATE and not laid.replaces:
        return CommandKind.CREATE
    filled = detail.form.task
    return None if filled is None else filled.kind

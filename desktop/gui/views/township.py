"""The screens of the township office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from desktop.application.ports import IncidentFilter
from desktop.domain.command import CommandKind
from desktop.gui.views.view import HEARD, NOTE, View, type_groups


def office_views(window: Any, cut_off: Callable[[bool], None]) -> Iterator[View]:
    """Yield each page of the office, the forms of its first assignment, and the county.

    `cut_off` takes the network away and gives it back: what is read aloud must not have gone out.
    """
    yield "assignments", lambda: None
    if cards := window.pages["assignments"].cards:
        request = cards[0].buttons[CommandKind.FEEDBACK]
        yield "feedback", request.click
        yield "", window.sheets.form.put_away
    yield "report", partial(window.show_task, "report")
    kinds = window.pages["report"].kinds
    for form in kinds.forms:
        yield f"table-{form}", partial(kinds.choose, form)
    yield "sending", partial(window.show_task, "sending")
    yield from _sheet_views(window)
    yield from _no_network_views(window, cut_off)
    yield "look-up", partial(window.show_task, "look_up")
    search = window.pages["look_up"].search
    yield "found", lambda: search.setText("泵")
    yield "phones", lambda: search.setText("防汛")
    choose = window.pages["look_up"].kinds.choose
    yield "plan", partial(choose, "plans")
    yield "", partial(choose, "all")
    yield "nothing-found", lambda: search.setText("没有这样的东西")
    yield "county", window.show_county


def _sheet_views(window: Any) -> Iterator[View]:
    """Yield the sheets that lie over the office."""
    sheets = window.sheets
    laid = {"outbox": sheets.outbox, "sources": sheets.sources}
    if window.screen_context.doctor is not None:
        laid["doctor"] = sheets.doctor
    for name, sheet in laid.items():
        yield name, sheet.lay
        yield "", sheet.put_away
    if window.screen_context.settings is not None:
        yield "settings", sheets.settings.toggle
        yield "", sheets.settings.toggle
    yield "closing", partial(sheets.closing.ask, 2)
    yield "", sheets.closing.put_away
    yield "stick", window.show_carrying
    if window.carriers.stick is not None:
        yield "", window.carriers.stick.put_away


def _no_network_views(window: Any, cut_off: Callable[[bool], None]) -> Iterator[View]:
    """Yield the ways without a network: a report read aloud to its receipt, as texts, as codes."""
    cut_off(True)
    board = window.screen_context.board
    for row in board.incident_rows(board.incident_numbers(IncidentFilter(), 2)):
        board.commands.note(row.key, NOTE)
    yield "aloud", window.show_no_network
    sheet = window.carriers.no_network
    reading, down = sheet.aloud.reading, sheet.aloud.down
    yield "aloud-first", sheet.aloud.buttons[0].click
    yield "aloud-group", reading.go_on
    for _ in reading.sheet.lines[1:]:
        reading.go_on()
    yield "aloud-word", reading.go_on
    yield "aloud-last", reading.go_on
    yield "", reading.go_on
    yield "aloud-receipt", partial(type_groups, down, HEARD)
    yield "", sheet.aloud.back.click
    yield "texts", partial(sheet.ways.choose, "texts")
    yield "text", sheet.texts.buttons[0].click
    yield "codes", partial(sheet.ways.choose, "codes")
    yield "code", sheet.codes.make.click
    yield "", sheet.put_away
    cut_off(False)

"""The screens of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from desktop.domain.command import CommandState
from desktop.gui.carrying.call_sheet import CallSheet
from desktop.gui.settings.sheet import SettingsSheet
from desktop.gui.views.view import HEARD, MISHEARD, NOTE, View, type_groups

BEHIND = ("map", "infrastructure", "queues", "warnings", "detail")
"""The panes that a small window has behind one another; the last is in front at first."""
LAID = ("outbox", "sources", "link", "go_alarms", "palette", "keys")

Runs = Mapping[str, Callable[[], None]]


def desk_views(window: Any) -> Iterator[View]:
    """Yield each screen of the desk, and how the keyboard gets there."""
    runs: Runs = {action.name: action.run for action in window.actions_table}
    yield "desk", lambda: None
    if window.arrangement.is_small:
        for name in BEHIND:
            yield name, runs[f"go_{name}"]
    yield "detail", runs["next"]

    def write() -> None:
        runs["note"]()
        window.panes["detail"].note.text.setPlainText(NOTE)

    yield "note", write
    yield "cell", lambda: window.panes["infrastructure"].open_cell(None, "pump_station")
    runs["go_warnings"]()
    yield "warning", window.panes["warnings"].open_current
    yield "", runs["back"]
    for name in LAID:
        yield name.removeprefix("go_"), runs[name]
        yield "", runs["back"]
    yield from _settings_views(window, runs)
    yield from _trouble_views(window, runs)
    yield "new-incident", runs["new_incident"]
    yield "", runs["back"]
    yield "closing", partial(window.closing_sheet.ask, 2)
    yield "", runs["back"]
    yield from _hand_views(window, runs)
    search = window.panes["incidents"].search
    yield "search", lambda: search.setText("停电")
    yield "nothing-found", lambda: search.setText("没有这样的事件")
    yield "", search.clear
    yield "", runs["next"]
    yield "acknowledged", runs["acknowledge"]
    yield "", runs["undo"]


def _trouble_views(window: Any, runs: Runs) -> Iterator[View]:
    """Yield what is asked about commands that came back or are held, if there are any."""
    first = {record.state: record for record in reversed(window.screen_context.board.outbox(20))}
    if came_back := first.get(CommandState.CONFLICT):
        yield "conflict", partial(window.conflict_sheet.ask, came_back.command.key)
        yield "", runs["back"]
    if held := first.get(CommandState.HELD):
        sheet = window.outbox_sheet
        yield "", runs["outbox"]

        def give_up() -> None:
            keys = [record.command.key for record in sheet.records]
            sheet.table.selectRow(keys.index(held.command.key))
            sheet.hold.give_up_button.click()

        yield "held", give_up
        yield "", runs["back"]


def _settings_views(window: Any, runs: Runs) -> Iterator[View]:
    """Yield a page of entries and the form of a source, where there are settings."""
    if window.screen_context.settings is None:
        return
    yield "", runs["settings"]
    panel = window.findChild(SettingsSheet).panel
    yield "settings", partial(panel.open, "desk")
    yield "", partial(panel.open, "sources")
    yield "settings-source", panel.sources.add
    yield "", runs["back"]


def _hand_views(window: Any, runs: Runs) -> Iterator[View]:
    """Yield what comes without a network: a report by telephone, half taken down, and codes."""
    yield "", runs["call"]
    down = window.findChild(CallSheet).take_down
    if down is None:  # No county of this desk takes calls: the sheet says so.
        yield "call-none", lambda: None
    else:
        yield "call", partial(type_groups, down, [*HEARD, MISHEARD])
        yield "", down.clear
        yield "", partial(type_groups, down, HEARD)
        yield "call-word", down.end_groups
        yield "", down.clear
    yield "", runs["back"]
    yield "relay", runs["relay"]
    yield "", runs["back"]

"""What a desk has beside its work: upkeep, the doctor, every page of the settings, help, tour."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from desktop.application.settings.entries import PAGES
from desktop.gui.doctor.sheet import DoctorSheet
from desktop.gui.help.window import HelpWindow
from desktop.gui.settings.sheet import SettingsSheet
from desktop.gui.views.view import View

UPKEEP = ("backup", "log", "report")


def sheet_views(window: Any) -> Iterator[View]:
    """Yield what else an officer of the desk can open, as far as the window was given it."""
    runs = {action.name: action.run for action in window.actions_table}
    screen = window.screen_context
    ways = {"licences": True, "as_table": True} | dict.fromkeys(UPKEEP, screen.upkeep)
    for name in (name for name, way in ways.items() if way):
        yield name, runs[name]
        yield "", runs["back"]
    if screen.doctor is not None:
        yield "doctor", runs["doctor"]
        yield "doctor-bundle", lambda: window.findChild(DoctorSheet).show_bundle()
        yield "", runs["back"]
    if screen.settings is not None:
        yield "", runs["settings"]
        panel = window.findChild(SettingsSheet).panel
        for name, _title in PAGES:
            yield f"settings-{name}", partial(panel.open, name)
        yield "", runs["back"]

    yield "", runs["help"]
    yield "help", lambda: window.findChildren(HelpWindow)[0]
    yield "", lambda: [each.close() for each in window.findChildren(HelpWindow)]
    yield "tour", runs["tour"]

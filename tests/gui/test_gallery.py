"""The gallery shows every pane of the registry, every form and every widget that screens share."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bench.gallery import Gallery
from desktop.gui import charts, widgets
from desktop.gui.panes.registry import pane_specs
from desktop.protocol.commands import CommandKind
from support.builders import FakeClock
from support.sample_board import sample_county
from support.stage import a_stage, settle, shown

BASES = {"Sheet", "RowList"}
"""What is seen as what is made of it: the sheets of alarms and warnings, the lists of panes."""
UNSEEN = {"_Notification", "_Row"}
"""What is said to a reader of the screen and never seen."""


@pytest.fixture
def gallery(qtbot: QtBot) -> Iterator[Gallery]:
    county = sample_county(FakeClock(), 20)
    with (
        a_stage(county) as screen,
        shown(Gallery(screen, county), screen, 1180, 760) as gallery,
    ):
        for place in range(gallery.names.count()):
            gallery.names.setCurrentRow(place)
            settle(screen)
        yield gallery


def test_every_pane_form_and_widget_is_in_it_and_can_be_seen(gallery: Gallery) -> None:
    panes = {f"pane {spec.name}" for spec in pane_specs()}
    forms = {
        f"form {kind}" for kind in CommandKind if kind.row.fields and kind is not CommandKind.ATTACH
    }
    assert panes | forms <= set(gallery.shown)
    for name, widget in gallery.shown.items():
        gallery.show_exhibit(name)
        assert widget.isVisible(), name
        assert (widget.width() > 300, widget.height() > 20) == (True, True), name
    made = {each.__name__ for child in gallery.findChildren(QWidget) for each in type(child).mro()}
    assert shared_widgets() - BASES - UNSEEN - made == set()


def shared_widgets() -> set[str]:
    """Names of the widgets that any screen may use."""
    modules = [
        importlib.import_module(f"{package.__name__}.{each.name}")
        for package in (widgets, charts)
        for each in pkgutil.iter_modules(package.__path__)
    ]
    return {
        name
        for module in modules
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, QWidget) and kind.__module__ == module.__name__
    }

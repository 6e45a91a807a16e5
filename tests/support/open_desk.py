"""Opens the real window on a sample county and closes it again."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from PySide6.QtCore import QCoreApplication, QEvent, QRegularExpression
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.command import Collection, Key
from desktop.domain.localized_text import Text
from desktop.gui.app import Session
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.opening import Opening
from desktop.gui.qt_application import application
from desktop.gui.slices import Slices
from desktop.gui.task_runner import TaskRunner
from desktop.gui.township.window import TownshipWindow
from support.sample_board import SampleCounty
from support.spoken import words

RESOURCES = Path(__file__).parents[2] / "resources"


def an_opening(county: SampleCounty, folder: Path, **changes: Any) -> Opening:
    """A Chinese, light desk whose sources are never asked."""
    opening = {
        "board": county.board,
        "words": words(),
        "resources": RESOURCES,
        "title": Text("云溪县", "Yunxi County"),
        "layout_file": folder / "layout.ini",
        "posture": "desk",
        "language": "zh_CN",
        "theme": "light",
        "demo": True,
        "start": lambda: None,
        "close": lambda: None,
        **changes,
    }
    return Opening(**opening)


@contextmanager
def open_desk(
    qtbot: QtBot,
    county: SampleCounty,
    folder: Path,
    *,
    early: Callable[[DeskWindow], None] = lambda _window: None,
    **changes: Any,
) -> Iterator[DeskWindow]:
    """The desk, whole and settled; closed at the end as the product closes it.

    `early` acts on it before anything is shown.
    """
    with open_window(qtbot, an_opening(county, folder, **changes), early) as window:
        assert isinstance(window, DeskWindow)
        yield window


@contextmanager
def open_office(
    qtbot: QtBot, county: SampleCounty, folder: Path, township: str = "", **changes: Any
) -> Iterator[TownshipWindow]:
    """The township office, whole and settled; closed at the end as the product closes it."""
    opening = an_opening(county, folder, posture="township", township=township, **changes)
    with open_window(qtbot, opening) as window:
        assert isinstance(window, TownshipWindow)
        yield window


@contextmanager
def open_window(
    qtbot: QtBot, opening: Opening, early: Callable[[Any], None] = lambda _window: None
) -> Iterator[QWidget]:
    """The window of any posture, whole and settled."""
    application([])
    session = Session(opening)
    window = session.window
    try:
        window.resize(1366, 768)
        early(window)
        # A program has one desk and looks through it no more; the tests have hundreds.
        with patch.object(gc, "freeze"):
            with qtbot.waitActive(window):
                window.show()
            settle(qtbot, session)
        yield window
    finally:
        session.close()
        session.deleteLater()


def settle(qtbot: QtBot, session: Session) -> None:
    """Wait until the window is whole and no answer is on its way."""
    qtbot.waitUntil(lambda: session.quiet, timeout=10_000)


def calm(qtbot: QtBot, window: DeskWindow | TownshipWindow) -> None:
    """Wait until a change that was just told has been taken in everywhere, and laid out."""
    screen = window.screen_context
    qtbot.waitUntil(
        lambda: (
            not screen.feed.waiting
            and not any(lane.pending for lane in (screen.reader, screen.writer, screen.pictures))
            and not any(lane.pending for lane in window.findChildren(TaskRunner))
            and not any(slices.is_running for slices in window.findChildren(Slices))
        ),
        timeout=10_000,
    )
    # What was built last may be part of no layout before the next turn of the event loop.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)


def source_button(window: DeskWindow, source: str) -> QPushButton:
    """The strip's button for this source."""
    found = window.status.findChild(QPushButton, f"source {source}")
    assert found is not None
    return found


def source_buttons(window: DeskWindow) -> list[QPushButton]:
    """The strip's buttons for all its sources."""
    return window.status.findChildren(QPushButton, QRegularExpression("^source "))


def offered(line: QLineEdit) -> list[str]:
    """What a field offers for what is typed in it."""
    entry = line.parentWidget()
    assert isinstance(entry, LookupEntry)
    return entry.list.names


def incident_key(number: int = 1) -> Key:
    """The key of one incident of the sample county."""
    return Key("county", Collection.INCIDENTS, f"I{number:06}")


def renamed(county: SampleCounty, title: Text, number: int = 1) -> None:
    """Give an incident another title, as a newer version would."""
    incident = county.cache.incident(incident_key(number))
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, title=title, version=incident.version + 1))

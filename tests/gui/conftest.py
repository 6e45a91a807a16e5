"""What holds for every test of the screens."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtGui import QCursor
from pytestqt.qtbot import QtBot

from desktop.gui import app
from desktop.gui.opening import Opening
from support.paired_office import NUMBER, FarCounty, PairedOffice
from support.prompt import wait_until
from support.sample_board import close_counties

FAR_AWAY = (5_000, 5_000)
"""Where the pointer is over nothing: what is under it keeps its rows, and shows tooltips."""


@pytest.fixture(autouse=True)
def counties_closed(nothing_left_running: None) -> Iterator[None]:
    """Close the test's counties after its last look at them, before the count of what is left."""
    yield
    close_counties()


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """The screens' hand, which waits no longer than it must and begins away from every window."""
    QCursor.setPos(*FAR_AWAY)
    monkeypatch.setattr(qtbot, "waitUntil", wait_until)
    return qtbot


@pytest.fixture
def far(tmp_path: Path) -> Iterator[FarCounty]:
    """A county that no network leads to."""
    with closing(FarCounty(tmp_path)) as made:
        yield made


@pytest.fixture
def office(far: FarCounty) -> Iterator[PairedOffice]:
    """An office of that county, paired with it."""
    with closing(PairedOffice(far, office=NUMBER)) as made:
        far.pair(made.desk, made.courier)
        yield made


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Opening]:
    """What the command opens windows with, none of them shown."""
    found: list[Opening] = []

    def record(opening: Opening, _argv: list[str]) -> int:
        found.append(opening)
        opening.close()
        return 0

    monkeypatch.setattr(app, "run", record)
    return found

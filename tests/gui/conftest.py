"""What holds for every test of the screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from support.prompt import wait_until
from support.sample_board import close_counties


@pytest.fixture(autouse=True)
def counties_closed(nothing_left_running: None) -> Iterator[None]:
    """Close the test's counties after its last look at them, before the count of what is left."""
    yield
    close_counties()


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """The screens' hand, which waits no longer than it must."""
    monkeypatch.setattr(qtbot, "waitUntil", wait_until)
    return qtbot

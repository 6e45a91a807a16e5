"""What the officer makes of the docks' sizes stays, in proportion, until the layout is reset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from desktop.gui.desk.layout import is_small
from desktop.gui.desk.shares import read_shares
from desktop.gui.desk.window import DeskWindow
from support.builders import FakeClock
from support.dragging import drag_right_edge, drag_upper_edge
from support.open_desk import calm, open_desk
from support.sample_board import sample_county

LARGE, LARGER, SMALL = QSize(1600, 1000), QSize(2000, 1250), QSize(960, 540)
DEFAULT = [520, 304, 618]
"""What `extents` are in a large window of which nothing has been moved."""


def extents(desk: DeskWindow) -> list[int]:
    """What is dragged here: the list's width, the foot's height and the width of its first."""
    docks = desk.arrangement.docks
    return [
        docks["incidents"].width(),
        docks["queues"].height(),
        docks["infrastructure"].width(),
    ]


def widths(desk: DeskWindow) -> dict[str, int]:
    return {name: dock.width() for name, dock in desk.arrangement.docks.items()}


def drag_all(qtbot: QtBot, desk: DeskWindow) -> None:
    drag_right_edge(qtbot, desk, "incidents", 120)
    drag_upper_edge(qtbot, desk, "queues", 60)
    drag_right_edge(qtbot, desk, "infrastructure", -80)


def resize(qtbot: QtBot, desk: DeskWindow, size: QSize) -> None:
    desk.resize(size)
    calm(qtbot, desk)
    qtbot.waitUntil(lambda: desk.arrangement.is_small == is_small(size))


def scaled(before: list[int], by: float) -> Callable[[list[int]], bool]:
    return lambda now: all(abs(n - b * by) <= 2 for n, b in zip(now, before, strict=True))


def test_what_was_dragged_stays_in_proportion_through_resizes(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        resize(qtbot, desk, LARGE)
        qtbot.waitUntil(lambda: extents(desk) == DEFAULT)
        drag_all(qtbot, desk)
        dragged = extents(desk)
        assert [n - b for n, b in zip(dragged, DEFAULT, strict=True)] == [120, 60, -80]
        for size in (LARGER, LARGE, SMALL, LARGER, LARGE):
            resize(qtbot, desk, size)
            if size != SMALL:
                by = size.width() / LARGE.width()
                qtbot.waitUntil(lambda by=by: scaled(dragged, by)(extents(desk)))
        assert extents(desk) == dragged


def test_what_was_dragged_stays_through_restarts_on_a_window_of_any_size(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        resize(qtbot, desk, LARGE)
        drag_all(qtbot, desk)
        dragged = extents(desk)
    with open_desk(qtbot, county, tmp_path, early=lambda desk: desk.resize(LARGE)) as desk:
        qtbot.waitUntil(lambda: extents(desk) == dragged)
    with open_desk(qtbot, county, tmp_path, early=lambda desk: desk.resize(LARGER)) as desk:
        qtbot.waitUntil(lambda: scaled(dragged, 1.25)(extents(desk)))


@pytest.mark.parametrize("action", ["language", "theme"])
def test_what_was_dragged_stays_through_a_change_of_language_or_theme_and_back(
    qtbot: QtBot, tmp_path: Path, action: str
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        # In English the detail needs more than the room it has here.
        drag_right_edge(qtbot, desk, "incidents", -60)
        dragged = widths(desk)
        for _ in range(2):
            desk.run_action(action)
            calm(qtbot, desk)
        qtbot.waitUntil(lambda: widths(desk) == dragged)


def test_a_reset_forgets_what_was_dragged(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        resize(qtbot, desk, LARGE)
        qtbot.waitUntil(lambda: extents(desk) == DEFAULT)
        drag_all(qtbot, desk)
        desk.run_action("reset_layout")
        assert desk.arrangement.by_default
        qtbot.waitUntil(lambda: extents(desk) == DEFAULT)
    with open_desk(qtbot, county, tmp_path, early=lambda desk: desk.resize(LARGE)) as desk:
        assert desk.arrangement.by_default
        qtbot.waitUntil(lambda: extents(desk) == DEFAULT)


def test_a_restart_alone_moves_nothing_by_hand(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        resize(qtbot, desk, LARGE)
        qtbot.waitUntil(lambda: extents(desk) == DEFAULT)
        resize(qtbot, desk, SMALL)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert desk.arrangement.by_default
        resize(qtbot, desk, LARGE)
        qtbot.waitUntil(lambda: extents(desk) == DEFAULT)
        assert desk.arrangement.by_default


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"a": 1}', '{"a": [1]}', '{"a": ["x", 1]}', '{"a": [NaN, 0.2]}',
     '{"a": [0.2, Infinity]}', '{"a": [-0.1, 0.2]}', '{"a": [1e300, 0.2]}', None],
)  # fmt: skip
def test_shares_of_a_damaged_file_are_none(text: str | None) -> None:
    assert read_shares(text) is None
    assert read_shares('{"a": [0.25, 1]}') == {"a": (0.25, 1.0)}

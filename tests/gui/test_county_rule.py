"""A level that is our own reading of a message says so wherever it is shown, not in files only."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.instant import DAY
from desktop.domain.levels import WarningLevel
from desktop.domain.warning import alertness
from desktop.gui.context import UiContext
from desktop.gui.panes.map.pane import MapPane
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.pane import WarningsPane
from desktop.gui.panes.warnings.sheet import WarningSheet
from desktop.gui.wall import canvas
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.window import WallWindow
from support.builders import NOW, FakeClock, a_township, a_warning
from support.open_desk import calm, open_desk
from support.sample_board import SampleCounty, a_status, empty_county
from support.stage import a_stage, settle, shown

OURS = a_warning(level_is_ours=True)
THEIRS = a_warning(id="theirs")
WORDS = pytest.mark.parametrize(("language", "word"), [("en", "by county rule"), ("zh_CN", "县定")])


def county_with(*warnings: object) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, expected_period_ms=DAY))
    county.tell(a_township(), *warnings)
    return county


@contextmanager
def a_wall(language: str, *warnings: object) -> Iterator[tuple[WallWindow, UiContext]]:
    with (
        a_stage(county_with(*warnings), theme="wall", language=language) as screen,
        shown(WallWindow(screen, "X"), screen, 1920, 1080) as wall,
    ):
        yield wall, screen


def test_a_gravest_level_is_ours_only_while_no_issuer_said_it() -> None:
    yellow = a_warning(id="y", level=WarningLevel.YELLOW)
    assert alertness((OURS, yellow)).level_is_ours
    assert not alertness((OURS, THEIRS)).level_is_ours
    assert not alertness((a_warning(id="y", level_is_ours=True, status="exercise"),)).level_is_ours
    assert not alertness(()).level_is_ours


@WORDS
def test_the_strip_says_it_behind_the_gravest_level(
    qtbot: QtBot, tmp_path: Path, language: str, word: str
) -> None:
    county = county_with(OURS)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        qtbot.waitUntil(lambda: word in desk.status.warnings.text())
        county.tell(THEIRS)
        qtbot.waitUntil(lambda: "2" in desk.status.warnings.text())
        assert word not in desk.status.warnings.text()


@WORDS
def test_the_head_of_the_list_and_its_row_say_it(qtbot: QtBot, language: str, word: str) -> None:
    with (
        a_stage(county_with(OURS), language=language) as screen,
        shown(WarningsPane(screen), screen) as pane,
    ):
        assert pane.head.summary.text().endswith(f" · {word}")
        assert f" · {word} · " in pane.table.sentence(pane.table.rows[0])


@WORDS
def test_its_sheet_says_it(qtbot: QtBot, tmp_path: Path, language: str, word: str) -> None:
    with open_desk(qtbot, county_with(OURS), tmp_path, language=language) as desk:
        pane = desk.panes["warnings"]
        assert isinstance(pane, WarningsPane)
        pane.list.setFocus()
        qtbot.keyClick(pane.list, Qt.Key.Key_Up)
        qtbot.keyClick(pane.list, Qt.Key.Key_Return)
        calm(qtbot, desk)
        sheet = desk.findChild(WarningSheet)
        assert any(word in label.text() for label in sheet.findChildren(QLabel))


@WORDS
def test_its_label_on_the_desks_map_begins_with_it(qtbot: QtBot, language: str, word: str) -> None:
    with (
        a_stage(county_with(OURS), language=language) as screen,
        shown(MapPane(screen), screen) as pane,
    ):
        settle(screen)
        pane.viewport.grab()
        said = [label.text for label in pane.viewport.picture.labels]
        assert any(text.startswith(f"[{word}] ") for text in said), said


@pytest.mark.parametrize(
    ("status", "is_ours", "begins"),
    [("exercise", True, "[Exercise] [by county rule] Orange"), ("actual", False, "Orange")],
)
def test_a_label_begins_with_what_must_not_be_cut_away(
    qtbot: QtBot, status: str, is_ours: bool, begins: str
) -> None:
    county = county_with(a_warning(status=status, level_is_ours=is_ours))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        pane.viewport.grab()
        said = [label.text for label in pane.viewport.picture.labels]
        assert any(text.startswith(begins) for text in said), said


@WORDS
def test_the_walls_headline_and_mark_say_it(qtbot: QtBot, language: str, word: str) -> None:
    with a_wall(language, OURS) as (wall, _):
        assert f" · {word} · " in wall.headline.said.below
        assert wall.top.mark()[1].endswith(f" · {word}")
    with a_wall(language, THEIRS) as (wall, _):
        assert word not in wall.headline.said.below
        assert word not in wall.top.mark()[1]


@WORDS
def test_the_walls_map_and_its_rows_say_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    written: list[str] = []
    with a_wall(language, OURS) as (wall, screen):
        wall.grab()
        overview = wall.scenes[0]
        assert isinstance(overview, OverviewScene)
        assert any(label.text.startswith(f"[{word}] ") for label in overview.map.labels)
        wall.go_to(1, screen.board.now())
        assert isinstance(wall.shown[0], MapScene)
        monkeypatch.setattr(canvas, "in_one_line", lambda text: written.append(text) or text)
        wall.grab()
    assert any(text.startswith(f" · {word} · ") for text in written), written


@pytest.mark.parametrize(
    ("language", "word", "counted"),
    [("en", "by county rule", " (1 by county rule)"), ("zh_CN", "县定", "（县定 1）")],
)
def test_of_what_a_full_wall_only_counts_it_says_how_many(
    qtbot: QtBot, language: str, word: str, counted: str
) -> None:
    with a_stage(county_with(), language=language) as screen:
        said = warning_text.more((OURS, THEIRS, a_warning(id="third")), screen.words)
        level = warning_text.level(OURS, screen.words)
        assert f"{level} 3{counted}" in said
        assert word not in warning_text.more((THEIRS,), screen.words)

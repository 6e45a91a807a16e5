"""Whatever is written, and every field's edge, is told from its ground in the pixels drawn."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.gui.qt_application import application
from desktop.gui.theme import Theme
from desktop.gui.widgets.focus import RING_PX, FocusFrame
from support import eyes
from support.every_screen import (
    SMALL,
    SMALL_AT_200,
    Screens,
    every_first_window,
    every_scene_of_the_wall,
    every_screen_of_an_office,
    every_screen_of_the_desk,
)
from support.painted import Painted

LOOKS = [("zh_CN", "light"), ("en", "dark"), ("en", "light"), ("zh_CN", "dark")]


def faults_of(screens: Screens) -> dict[str, list[str]]:
    """Return what cannot be told from its ground, by screen; there must be screens."""
    judged = {name: list(eyes.judge(widget)) for name, widget in screens}
    assert judged
    return {name: found for name, found in judged.items() if found}


@pytest.mark.parametrize(("ink", "is_found"), [("#767676", False), ("#777777", True)])
def test_a_hair_below_what_is_asked_for_is_found(qtbot: QtBot, ink: str, is_found: bool) -> None:
    application([])
    Theme().apply()
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    field = QLineEdit("typed")
    for part in (QPushButton("Sent 未送出"), field):
        part.setStyleSheet(f"color: {ink}; background: #FFFFFF; border: 1px solid {ink};")
        column.addWidget(part)
    window.resize(300, 100)
    window.show()
    found = list(eyes.judge(window))
    assert any("Sent" in each for each in found) == is_found
    assert any(each.startswith("hovered") for each in found) == is_found
    field.setStyleSheet(f"border: 1px solid {QColor('#999999').name()};")
    assert any(each.startswith("edge of QLineEdit") for each in eyes.judge(window))


@pytest.mark.parametrize(("ink", "is_found"), [("#1E2428", False), ("#8A8F92", True)])
def test_a_line_that_scrolling_cuts_is_not_on_the_ring_around_the_area(
    qtbot: QtBot, ink: str, is_found: bool
) -> None:
    application([])
    theme = Theme()
    theme.apply()
    window = QWidget()
    qtbot.addWidget(window)
    area = QTextBrowser(window)
    area.setPlainText("\n".join(f"line {n}" for n in range(30)))
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setStyleSheet(f"color: {ink}; background: #FFFFFF;")
    FocusFrame(area, theme)
    window.resize(120, 120)
    with qtbot.waitActive(window):
        window.show()
    area.setFocus()
    cut = 0
    for height in range(80, 100):
        area.resize(120, height)
        painted = Painted(window)
        edge = height - RING_PX
        last = [each for each in painted.seen if each.rect.center().y() <= edge][-1]
        cut += last.rect.bottom() > edge
        found = eyes.faint_ink(painted, eyes.large_picture(window))
        assert found == [] if not is_found else found[-1].startswith(repr(last.text)), height
    assert cut, "at some height the last line is not whole"


def test_what_an_officer_types_and_reads_most_is_told_from_its_ground(
    qtbot: QtBot, tmp_path: Path
) -> None:
    only = ("note", "log", "settings-link")
    screens = every_screen_of_the_desk(qtbot, tmp_path, "zh_CN", "light", only=only)
    assert faults_of(screens) == {}


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("language", "theme"), LOOKS)
def test_all_of_every_screen_is_told_from_its_ground(
    qtbot: QtBot, tmp_path: Path, language: str, theme: str
) -> None:
    look = qtbot, tmp_path, language, theme
    assert faults_of(every_screen_of_the_desk(*look)) == {}
    for size in (SMALL, SMALL_AT_200):
        assert faults_of(every_screen_of_an_office(*look, size=size)) == {}
    assert faults_of(every_first_window(*look)) == {}
    if theme == "dark":
        assert faults_of(every_scene_of_the_wall(language)) == {}

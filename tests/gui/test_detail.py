"""The detail pane stays readable whatever it shows, and follows the theme."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.changes import STATES
from desktop.domain.command import CommandState
from desktop.domain.instant import DAY
from desktop.domain.localized_text import Text
from desktop.gui.panes.detail.parts import LevelLine
from support.builders import NOW, FakeClock
from support.open_desk import calm, incident_key, open_desk, renamed
from support.sample_board import sample_county


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("said", ["Called the duty room at the bridge. " * 4, "x" * 400])
def test_the_detail_never_moves_sideways_and_shows_every_line_from_its_left_edge(
    qtbot: QtBot, tmp_path: Path, said: str, language: str
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 20)
    renamed(county, Text(f"Rockfall on the county road {said}"))
    # From another day, so that every time is said with its date.
    clock.advance(DAY)
    with open_desk(qtbot, county, tmp_path, language=language, theme="dark") as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText(said)
        desk.panes["detail"].note.send()
        qtbot.waitUntil(lambda: len(county.board.outbox()) == 1)
        key = county.board.outbox()[0].command.key
        county.outbox.set_state(key, CommandState.REJECTED, Text(said), NOW)
        county.board.listeners.announce(STATES)
        calm(qtbot, desk)
        area = desk.panes["detail"].area
        body = area.widget()
        assert body.width() <= area.viewport().width()
        area.horizontalScrollBar().setValue(500)
        assert body.x() == 0
        for label in body.findChildren(QLabel):
            inside = label.mapTo(body, label.rect().topRight()).x()
            assert inside < body.width(), label.text()
            assert label.wordWrap() or label.sizeHint().width() <= label.width(), label.text()


def test_the_level_line_takes_the_colours_of_a_theme_switched_to(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        line = desk.panes["detail"].findChild(LevelLine)
        for name in ("dark", "light"):
            desk.screen_context.theme.set_name(name)
            role = line.foregroundRole()
            wanted = desk.screen_context.theme.color("orange_text")
            assert line.palette().color(role) == wanted


def test_a_pressed_while_an_incident_picked_on_the_map_loads_acknowledges_it_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key(2))
        QTest.keyClick(desk, Qt.Key.Key_A)
        desk.show_key(incident_key(1))
        QTest.keyClick(desk, Qt.Key.Key_A)
        QTest.keyClick(desk, Qt.Key.Key_A)
        calm(qtbot, desk)
        assert [r.command.target for r in county.board.outbox()] == [incident_key(1)]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_incident_of_which_only_the_lists_fields_have_come_says_so(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    part = msgspec.structs.replace(
        incident, version=9, whole=False, summary=Text(), timeline=(), files=(), co_units=()
    )
    said = {"zh_CN": "正在下载", "en": "being downloaded"}[language]
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        assert not any(said in label.text() for label in desk.panes["detail"].findChildren(QLabel))
        county.tell(part)
        qtbot.waitUntil(
            lambda: any(said in label.text() for label in desk.panes["detail"].findChildren(QLabel))
        )
        county.tell(msgspec.structs.replace(incident, version=10))
        calm(qtbot, desk)
        assert not any(said in label.text() for label in desk.panes["detail"].findChildren(QLabel))

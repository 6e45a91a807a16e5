"""A name is looked up while one types, and what is highlighted is what is taken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.incident import Stage
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms.choices import Choice, matching
from desktop.gui.forms.field_widgets import Entry
from desktop.gui.forms.lookup import LookupEntry
from support.builders import FakeClock
from support.open_desk import calm, incident_key, offered, open_desk
from support.sample_board import SampleCounty, sample_county

CTRL = Qt.KeyboardModifier.ControlModifier


@contextmanager
def dispatching(
    qtbot: QtBot, folder: Path, language: str = "zh_CN"
) -> Iterator[tuple[DeskWindow, SampleCounty, LookupEntry]]:
    """The form of a dispatch, once its units are known."""
    county = sample_county(FakeClock(), 60)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, stage=Stage.FILED, version=incident.version + 1))
    with open_desk(qtbot, county, folder, language=language) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        desk.run_action("dispatch")
        calm(qtbot, desk)
        unit = desk.panes["detail"].form.entries["unit"]
        assert isinstance(unit, LookupEntry)
        yield desk, county, unit


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab])
def test_the_first_match_is_highlighted_and_taken_with_its_full_name(
    qtbot: QtBot, tmp_path: Path, key: Qt.Key
) -> None:
    with dispatching(qtbot, tmp_path) as (desk, county, unit):
        QTest.keyClicks(unit.line, "xsw")
        assert unit.list.highlighted == "县水务局"
        QTest.keyClick(unit.line, key)
        assert unit.line.text() == "县水务局"
        assert unit.value() == "县水务局"
        assert not unit.list.isVisible()
        assert desk.panes["detail"].form.isVisible()
        assert county.commands() == []
        assert (QApplication.focusWidget() is unit.line) == (key is Qt.Key.Key_Return)


def test_ctrl_enter_takes_it_and_submits(qtbot: QtBot, tmp_path: Path) -> None:
    with dispatching(qtbot, tmp_path) as (_desk, county, unit):
        QTest.keyClicks(unit.line, "xsw")
        QTest.keyClick(unit.line, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: [r.command.body["unit"] for r in county.commands()] == ["县水务局"])


def test_esc_closes_the_list_and_leaves_what_was_typed_and_the_form(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with dispatching(qtbot, tmp_path) as (desk, _county, unit):
        QTest.keyClicks(unit.line, "xsw")
        QTest.keyClick(unit.line, Qt.Key.Key_Escape)
        assert not unit.list.isVisible()
        assert unit.line.text() == "xsw"
        assert desk.panes["detail"].form.isVisible()
        QTest.keyClick(unit.line, Qt.Key.Key_Escape)
        assert not desk.panes["detail"].form.isVisible()


def test_arrows_choose_another_match_and_a_click_takes_it(qtbot: QtBot, tmp_path: Path) -> None:
    with dispatching(qtbot, tmp_path) as (_desk, _county, unit):
        QTest.keyClick(unit.line, Qt.Key.Key_Down)
        assert unit.list.isVisible()
        first = unit.list.highlighted
        QTest.keyClick(unit.line, Qt.Key.Key_Down)
        second = unit.list.highlighted
        assert first != second
        QTest.keyClick(unit.line, Qt.Key.Key_Up)
        assert unit.list.highlighted == first
        rect = unit.list.visualRect(unit.list.model().index(1, 0))
        QTest.mouseClick(
            unit.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
            rect.center(),
        )  # fmt: skip
        assert unit.line.text() == second
        assert QApplication.focusWidget() is unit.line


def test_the_list_lies_below_its_field_and_closes_when_the_form_does(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with dispatching(qtbot, tmp_path) as (desk, _county, unit):
        QTest.keyClicks(unit.line, "x")
        line, names = unit.line, unit.list
        corner = line.mapTo(desk, line.rect().bottomLeft())
        near = names.geometry()
        assert near.left() == corner.x()
        assert near.width() == line.width()
        assert near.top() - corner.y() < 8 or abs(near.bottom() - corner.y() + line.height()) < 8
        assert len(offered(line)) > 1
        desk.panes["detail"].form.leave()
        assert not names.isVisible()


def test_initials_count_from_the_start_before_the_middle() -> None:
    choices = (
        Choice("1", "县水务局", "xswj 县水务局"),
        Choice("2", "水务所", "sws 水务所"),
        Choice("3", "石坎乡", "skx 石坎乡 shikan sw9"),
    )
    assert [c.code for c in matching(choices, "sw")] == ["2", "3", "1"]


def test_a_faulty_entry_keeps_its_ring_until_it_is_mended(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.run_action("new_incident")
        form = desk.form_sheet.form
        calm(qtbot, desk)
        form.entries["title"].put("河堤渗水")
        township = form.entries["township"]
        assert isinstance(township, LookupEntry)
        QTest.keyClicks(township.line, "zzz")
        form.submit()
        assert is_ringed(township)
        QTest.keyClicks(township.line, "z")
        desk.run_action("language")
        assert is_ringed(township)
        township.line.clear()
        QTest.keyClicks(township.line, "qsz")
        assert township.value() == "T01"
        assert not is_ringed(township)
        assert county.commands() == []


def is_ringed(entry: Entry) -> bool:
    """Whether the entry's field shows that it is faulty."""
    assert isinstance(entry, LookupEntry)
    return bool(entry.line.property("wrong"))

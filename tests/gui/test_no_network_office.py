"""没有网络: which office speaks, under which number, and two things done at once."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.domain.courier import BundleRefused
from desktop.domain.localized_text import Text
from desktop.gui.township.no_network.reports_page import Stage
from support.builders import a_township
from support.no_network import ON, open_sheet, press, settle
from support.open_desk import calm, open_office
from support.paired_office import NUMBER, FarCounty, PairedOffice


@pytest.fixture
def office(far: FarCounty) -> Iterator[PairedOffice]:
    """An office whose profile does not say its number."""
    with closing(PairedOffice(far)) as made:
        far.pair(made.desk, made.courier)
        yield made


def test_a_mistyped_number_can_be_changed(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    office.county.board.commands.note(ON, "路已断")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        QTest.keyClicks(sheet.number_field, "17")
        QTest.keyClick(sheet.number_field, Qt.Key.Key_Return)
        settle(qtbot, sheet)
        press(qtbot, sheet, sheet.aloud.buttons[0])
        assert "编号：17" in sheet.number_label.text()
        press(qtbot, sheet, sheet.change)
        assert not sheet.aloud.isVisible()
        QTest.keyClicks(sheet.number_field, "7")
        QTest.keyClick(sheet.number_field, Qt.Key.Key_Return)
        settle(qtbot, sheet)
        assert sheet.number == NUMBER
        press(qtbot, sheet, sheet.aloud.buttons[0])
        assert "7 号单位" in sheet.aloud.reading.said.text()


def test_the_office_names_itself_by_its_township_of_now(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    office = PairedOffice(far, office=NUMBER)
    far.pair(office.desk, office.courier)
    office.county.tell(a_township(id="T02", name=Text("白水镇", "Baishui")))
    office.county.board.commands.note(ON, "路已断")
    with open_office(
        qtbot,
        *(office.county, tmp_path, "T01"),
        stick=office.courier,
        no_network=lambda: office.ways,
    ) as window:
        sheet = open_sheet(qtbot, window)
        window.show_carrying()
        window.show_carrying()
        stick = window.carriers.stick
        assert stick is not None
        qtbot.waitUntil(lambda: not stick.runner.pending)
        other = next(t for t in office.county.board.townships() if t.id == "T02")
        window.choose.chosen.emit(other)
        window.show_carrying()
        assert stick.office == "T02"
        window.show_no_network()
        settle(qtbot, sheet)
        press(qtbot, sheet, sheet.aloud.buttons[0])
        assert "白水镇" in sheet.aloud.reading.said.text()
        qtbot.waitUntil(lambda: not stick.runner.pending)


def test_a_sending_holds_up_no_other_report_and_takes_no_receipt_away(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    master, slave = os.openpty()
    with closing(PairedOffice(far, office=NUMBER, serial=os.ttyname(slave))) as office:
        far.pair(office.desk, office.courier)
        office.county.board.commands.note(ON, "路已断")
        with open_office(
            qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
        ) as window:
            sheet = open_sheet(qtbot, window, "texts")
            page = sheet.texts
            page.send_button.setFocus()
            QTest.keyClick(page.send_button, Qt.Key.Key_Space)
            assert not sheet.close_button.hasFocus()
            qtbot.waitUntil(lambda: page.progress.maximum() == page.progress.value() > 0)
            sheet.ways.choose("aloud")
            qtbot.waitUntil(lambda: len(sheet.aloud.buttons) == 1)
            sheet.ways.choose("texts")
            qtbot.waitUntil(lambda: not sheet.runner.pending)
            page.buttons[0].click()
            page.receipt.click()
            assert page.is_sending
            page.stop()
            settle(qtbot, sheet)
            assert not page.is_sending
            assert page.stage is Stage.RECEIPT
    os.close(master)
    os.close(slave)


def test_a_keyring_that_does_not_answer_is_not_called_unpaired(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise BundleRefused(Text("密钥环没有回答", "No answer of the keyring"))

    monkeypatch.setattr(office.ways.frames, "is_paired", fail)
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        assert sheet.intro.text() == "密钥环没有回答"
        assert not sheet.pair.isVisible()


@pytest.mark.parametrize("way", ["carry", "no_network"])
def test_a_profile_without_one_county_says_so(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, way: str
) -> None:
    with open_office(qtbot, office.county, tmp_path, "T01", no_network=lambda: None) as window:
        window.show_task("sending")
        calm(qtbot, window)
        button = getattr(cast(Any, window.pages["sending"]), way)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert "没有县平台，或者不止一个" in window.notices.words.text()

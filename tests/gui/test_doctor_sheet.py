"""The doctor's sheet: what is wrong first, what leaves is shown before it is saved."""

from __future__ import annotations

import threading
import zipfile
from pathlib import Path

from PySide6.QtGui import QFont, QGuiApplication, QTextLayout
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.diagnostics.doctor.finding import Finding, fail, fine, look, unknown
from desktop.diagnostics.doctor.words import DoctorWords
from desktop.diagnostics.support.bundle import Part
from desktop.domain.source import Problem
from desktop.gui.desk.window import DeskWindow
from desktop.gui.doctor.sheet import DoctorSheet
from desktop.gui.qt_facts import FACTS, SAMPLE
from desktop.gui.theme import Theme
from support.open_desk import RESOURCES, calm, open_desk, open_office
from support.sample_board import empty_county
from support.spoken import words

FOUND = [
    fine("disk", "enough", free_mb=9000),
    unknown("clock", "not_told"),
    look("printer", "none"),
    fail("keyring", "absent"),
]


class FakeDoctor:
    """Finds what it is given, on whatever thread it is asked."""

    def __init__(self) -> None:
        self.words = DoctorWords(RESOURCES, words())
        self.threads: set[int] = set()

    def run(self) -> list[Finding]:
        self.threads.add(threading.get_ident())
        return FOUND

    def gather(self, findings: list[Finding], *, hosts: bool = False) -> tuple[Part, ...]:
        self.threads.add(threading.get_ident())
        assert findings == FOUND
        return (Part("doctor.json", "[]"), Part("hosts.txt", "county" if hosts else "…"))


def sheet_of(desk: DeskWindow) -> DoctorSheet:
    sheet = desk.findChild(DoctorSheet)
    assert sheet is not None
    return sheet


def settle(qtbot: QtBot, sheet: DoctorSheet) -> None:
    qtbot.waitUntil(lambda: not sheet.runner.pending)


def test_what_is_broken_stands_first_with_what_to_do_and_can_be_copied(
    qtbot: QtBot, tmp_path: Path
) -> None:
    doctor = FakeDoctor()
    with open_desk(qtbot, empty_county(), tmp_path, doctor=lambda: doctor) as desk:
        desk.run_action("doctor")
        sheet = sheet_of(desk)
        assert sheet.said.text() == "正在检查，几秒钟就好。"
        settle(qtbot, sheet)
        assert sheet.said.text() == "正常 1 · 留意 1 · 故障 1 · 不明 1"
        said = [label.text() for label in sheet.findChildren(QLabel)]
        order = [next(i for i, text in enumerate(said) if sign in text) for sign in "✗!?✓"]
        assert order == sorted(order)
        assert any("gnome-keyring" in text for text in said)
        sheet.copy.click()
        assert "✗ 故障  密钥环" in QGuiApplication.clipboard().text()
        assert threading.get_ident() not in doctor.threads
        sheet.again.setFocus()
        sheet.again.click()
        assert QApplication.focusWidget() is sheet.again
        settle(qtbot, sheet)
        assert sheet.copy.isEnabled()


def test_a_bundle_is_shown_whole_then_saved_and_a_disk_that_refuses_is_told(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, empty_county(), tmp_path, doctor=FakeDoctor, language="en") as desk:
        desk.notices.say(Problem("ended_by_itself", {"at": "03:12"}))
        desk.notices.report.click()
        sheet = sheet_of(desk)
        qtbot.waitUntil(sheet.preview.isVisible)
        assert sheet.preview.text.toPlainText() == "[]"
        sheet.preview.listed.setCurrentRow(1)
        assert sheet.preview.text.toPlainText() == "…"
        sheet.preview.hosts.click()
        settle(qtbot, sheet)
        assert sheet.preview.text.toPlainText() == "county", "shown before it leaves"
        file = tmp_path / "support.zip"
        sheet.write(str(file))
        settle(qtbot, sheet)
        assert f"已写入 {file}" in sheet.said.text()
        assert zipfile.ZipFile(file).namelist() == ["doctor.json", "hosts.txt"]
        sheet.write(str(tmp_path / "not there" / "support.zip"))
        settle(qtbot, sheet)
        assert "No such file" in sheet.said.text()


def test_the_office_finds_it_under_its_sources(qtbot: QtBot, tmp_path: Path) -> None:
    with open_office(qtbot, empty_county(), tmp_path, doctor=FakeDoctor) as office:
        office.outage.words.click()
        calm(qtbot, office)
        sources = office.sheets.sources
        button = next(b for b in sources.findChildren(QPushButton) if "电脑" in b.text())
        button.click()
        settle(qtbot, office.sheets.doctor)
        assert office.sheets.doctor.isVisible()
        assert not sources.isVisible()


def test_the_font_told_is_the_one_that_windows_write_chinese_with(qapp: QApplication) -> None:
    layout = QTextLayout(SAMPLE, Theme("light", qapp).font("body"))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    used = {run.rawFont().familyName() for run in layout.glyphRuns()}
    before = qapp.font()
    try:
        qapp.setFont(QFont("Monospace"))  # As a system's settings may have it.
        assert set(FACTS["fonts"]()["families"]) == used
    finally:
        qapp.setFont(before)

"""三断 at the office: reports read over a telephone, as messages, by a line, and as QR codes."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.i18n import Words
from desktop.domain.command import CommandState
from desktop.gui.township.no_network.sheet import NoNetworkSheet
from desktop.gui.township.window import TownshipWindow
from desktop.wire.frames.line import put_on_line
from support.no_network import ON, open_sheet, press, settle
from support.open_desk import RESOURCES, open_office
from support.painted import Painted
from support.paired_office import NUMBER, FarCounty, PairedOffice
from support.score_room import cut_controls, cut_text, overlapping
from support.typed_calls import digits, press_places, take_down, type_groups

SMALL = QSize(1093, 614)
"""1366 × 768 enlarged to 125 %."""


def read_all(sheet: NoNetworkSheet) -> tuple[list[str], str]:
    """What the clerk reads with the space bar, as the county's officer writes it down."""
    reading = sheet.aloud.reading
    assert reading.sheet is not None
    heard: list[str] = []
    for _ in reading.sheet.lines:
        QTest.keyClick(reading, Qt.Key.Key_Space)
        heard.append(reading.big.text().replace(" ", ""))
    QTest.keyClick(reading, Qt.Key.Key_Space)
    check = reading.said.text().replace(" ", "")
    for _ in range(2):
        QTest.keyClick(reading, Qt.Key.Key_Space)
    return heard, check


def test_a_report_is_read_aloud_and_its_receipt_typed_in(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty
) -> None:
    key = office.county.board.commands.note(ON, "路已断").command.key
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        [button] = sheet.aloud.buttons
        assert "路已断" in button.text()
        assert "秒" in button.text()
        press(qtbot, sheet, button)
        assert "7 号单位" in sheet.aloud.reading.said.text()
        groups, check = read_all(sheet)
        assert not sheet.aloud.reading.isVisible()
        take_down(sheet.aloud.down, far.receipt(groups, check))
        settle(qtbot, sheet)
        assert far.notes() == ["路已断"]
        assert office.state(key) is CommandState.ACCEPTED
        assert "县里签收" in sheet.aloud.said.text()
        assert sheet.aloud.buttons == []
        assert "都已经到县里了" in sheet.aloud.more.text()


def test_a_wrong_receipt_changes_nothing_and_is_asked_for_again(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty
) -> None:
    key = office.county.board.commands.note(ON, "路已断").command.key
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        press(qtbot, sheet, sheet.aloud.buttons[0])
        receipt = far.receipt(*read_all(sheet))
        down = sheet.aloud.down
        type_groups(down, digits(receipt))
        QTest.keyClick(down.field, Qt.Key.Key_Return)
        press_places(down, "AAAA" if receipt.check != "AAAA" else "BBBB")
        settle(qtbot, sheet)
        assert "核对不上" in down.told.text()
        assert office.state(key) is not CommandState.ACCEPTED
        press_places(down, receipt.check)
        settle(qtbot, sheet)
        assert office.state(key) is CommandState.ACCEPTED


def test_what_was_begun_to_be_read_cannot_be_withdrawn_any_more(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    key = office.county.board.commands.note(ON, "路已断").command.key
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        press(qtbot, sheet, sheet.aloud.buttons[0])
        assert not office.county.board.commands.cancel(key)
        press(qtbot, sheet, sheet.aloud.back)
        assert len(sheet.aloud.buttons) == 1


def test_messages_are_copied_part_by_part_and_fit_a_telephone(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty
) -> None:
    office.county.board.commands.note(ON, "桥面塌陷，双向中断，正在疏散群众，请求增援")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "texts")
        page = sheet.texts
        assert not page.send_button.isVisible(), "the profile names no line"
        press(qtbot, sheet, page.buttons[0])
        said = []
        while True:
            press(qtbot, sheet, page.copy)
            said.append(QApplication.clipboard().text())
            if not page.next.isEnabled():
                break
            page.next.setFocus()
            QTest.keyClick(page.next, Qt.Key.Key_Space)
            held = page.next if page.next.isEnabled() else page.copy
            assert held.hasFocus(), "one press too many opens nothing else"
        assert len(said) > 1
        assert max(map(len, said)) <= 160
        assert all(text.isascii() for text in said)
        ear = office.ways.frames.ear
        parts = [ear.read(text) for text in said]
        groups = [group for found, _check in parts for group in found]
        assert far.hear(groups, parts[-1][1]).outcomes[0].status == "accepted"


class Gateway:
    """A gateway beside the far county, which loses every frame while it `is_down`."""

    def __init__(self, far: FarCounty) -> None:
        self.is_down = False
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                frame = self.rfile.read(int(self.headers["Content-Length"]))
                assert far.receiver is not None
                answers = [] if gateway.is_down else far.receiver.take(frame)
                body = b"".join(map(put_on_line, answers))
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_all_of_it_goes_by_the_line_of_the_profile(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    with closing(Gateway(far)) as gateway:
        office = PairedOffice(far, office=NUMBER, gateway=gateway.url)
        far.pair(office.desk, office.courier)
        keys = [
            office.county.board.commands.note(ON, text).command.key for text in ("路已断", "水退了")
        ]
        with open_office(
            qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
        ) as window:
            page = open_sheet(qtbot, window, "texts").texts
            sheet = window.carriers.no_network
            assert sheet is not None
            gateway.is_down = True
            press(qtbot, sheet, page.send_button)
            assert "还没有收到县里的回执" in page.said.text()
            assert {office.state(key) for key in keys} == {CommandState.SENT}
            gateway.is_down = False
            press(qtbot, sheet, page.send_button)
            assert page.said.text().count("县里签收") == 2
            assert {office.state(key) for key in keys} == {CommandState.ACCEPTED}
    assert far.notes() == ["路已断", "水退了"]


def test_a_sending_over_a_silent_line_can_be_stopped(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    master, slave = os.openpty()
    with closing(PairedOffice(far, office=NUMBER, serial=os.ttyname(slave))) as office:
        far.pair(office.desk, office.courier)
        key = office.county.board.commands.note(ON, "路已断").command.key
        with open_office(
            qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
        ) as window:
            sheet = open_sheet(qtbot, window, "texts")
            page = sheet.texts
            page.send_button.click()
            qtbot.waitUntil(lambda: page.progress.maximum() == page.progress.value() > 0)
            assert "已发 1 帧，共 1 帧" in page.more.text()
            press(qtbot, sheet, page.cancel)
            assert not page.is_sending
            assert not page.cancel.isVisible()
            assert "还没有收到县里的回执" in page.said.text()
            assert office.state(key) is CommandState.SENT
    os.close(master)
    os.close(slave)


def test_a_line_that_is_not_there_is_said_and_nothing_is_lost(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    office = PairedOffice(far, office=NUMBER, serial=str(tmp_path / "no-such-line"))
    far.pair(office.desk, office.courier)
    key = office.county.board.commands.note(ON, "路已断").command.key
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "texts")
        press(qtbot, sheet, sheet.texts.send_button)
        assert "线路不通" in sheet.texts.said.text()
        assert "什么也没有丢" in sheet.texts.said.text()
        assert office.state(key) is CommandState.STORED


def test_an_office_that_is_not_paired_is_shown_the_way_to_it(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    office = PairedOffice(far)
    with open_office(
        qtbot,
        office.county,
        tmp_path,
        "T01",
        stick=office.courier,
        no_network=lambda: office.ways,
    ) as window:
        sheet = open_sheet(qtbot, window)
        assert not sheet.ways.isVisible()
        qtbot.mouseClick(sheet.pair, Qt.MouseButton.LeftButton)
        assert not sheet.isVisible()
        stick = window.carriers.stick
        assert stick is not None
        assert stick.isVisible()
        qtbot.waitUntil(lambda: not stick.runner.pending)


def test_the_number_of_the_office_is_asked_once(
    qtbot: QtBot, tmp_path: Path, far: FarCounty
) -> None:
    office = PairedOffice(far)
    far.pair(office.desk, office.courier)
    office.county.board.commands.note(ON, "路已断")
    opened = partial(
        open_office, qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    )
    with opened() as window:
        sheet = open_sheet(qtbot, window)
        assert not sheet.aloud.isVisible()
        QTest.keyClicks(sheet.number_field, "0")
        QTest.keyClick(sheet.number_field, Qt.Key.Key_Return)
        assert sheet.number == 0
        QTest.keyClicks(sheet.number_field, "7")
        QTest.keyClick(sheet.number_field, Qt.Key.Key_Return)
        settle(qtbot, sheet)
        assert len(sheet.aloud.buttons) == 1
    with opened() as window:
        assert open_sheet(qtbot, window).number == NUMBER


@pytest.mark.parametrize("way", ["aloud", "texts", "codes"])
def test_each_page_opens_in_english(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, way: str
) -> None:
    office.county.board.commands.note(ON, "路已断")
    with open_office(
        qtbot, office.county, tmp_path, "T01", language="en", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, way)
        page = {"aloud": sheet.aloud, "texts": sheet.texts, "codes": sheet.codes}[way]
        assert page.isVisible()
        assert sheet.ways.said.startswith({"aloud": "Read", "texts": "Send", "codes": "Take"}[way])


def check(qtbot: QtBot, window: TownshipWindow, name: str) -> None:
    """Nothing is cut, narrower than its words, or written over something else."""

    def look() -> None:
        painted = Painted(window)
        found = [*cut_text(painted), *cut_controls(painted), *overlapping(painted)]
        assert found == [], name

    qtbot.waitUntil(look)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_every_step_fits_an_old_screen_enlarged(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty, language: str
) -> None:
    office.county.board.commands.note(ON, "桥面塌陷，双向中断，正在疏散群众，请求增援")
    with open_office(
        qtbot,
        office.county,
        tmp_path,
        "T01",
        language=language,
        words=Words(RESOURCES, language),
        no_network=lambda: office.ways,
    ) as window:
        window.resize(SMALL)
        sheet = open_sheet(qtbot, window)
        page, reading = sheet.aloud, sheet.aloud.reading
        check(qtbot, window, "list")
        press(qtbot, sheet, page.buttons[0])
        assert reading.sheet is not None
        told = reading.sheet
        for step in range(reading.last_step):
            check(qtbot, window, f"step {step}")
            reading.go_on()
        reading.go_on()
        receipt = far.receipt(digits(told), told.check)
        type_groups(page.down, digits(receipt))
        check(qtbot, window, "receipt")
        page.down.end_groups()
        check(qtbot, window, "check word")
        press(qtbot, sheet, page.back)
        sheet.ways.choose("texts")
        settle(qtbot, sheet)
        check(qtbot, window, "texts")
        sheet.ways.choose("codes")
        press(qtbot, sheet, sheet.codes.make)
        check(qtbot, window, "codes")

"""The duty officer hands on what an office sent by hand, with the county's receipt for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.application.courier.relay import HandedOn, RelayDone
from desktop.bootstrap import Desk
from desktop.commands.courier.spoken_words import WireEar
from desktop.commands.courier.switchboard import CountySwitchboard
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.localized_text import Text
from desktop.gui.carrying.relay_sheet import RelaySheet
from desktop.gui.desk.window import DeskWindow
from support.builders import FakeClock
from support.open_desk import open_desk
from support.paired_office import FarCounty, PairedOffice
from support.sample_board import sample_county
from support.spoken import words
from support.two_ends import a_desk

ON = Key("county", Collection.INCIDENTS, "I0001")


@pytest.fixture
def server(far: FarCounty) -> Iterator[CountyServer]:
    with CountyServer(far.database, Settings(county="云麓县")) as found:
        yield found


def switchboard(url: str) -> CountySwitchboard:
    desk = SimpleNamespace(connect_beside=lambda _source: a_desk(url), words=words())
    return CountySwitchboard(cast(Desk, desk), "county")


class QuickRelay:
    """Each hand-on answers with the receipt of another bundle, once it may."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.count = 0
        self.fails = False
        self.written: list[str] = []

    def hand_on(self, _files: Sequence[Path]) -> RelayDone:
        assert self.gate.wait(10)
        self.count += 1
        if self.fails:
            return RelayDone((), (Text("线路断了", "The line is down"),))
        office = f"T{self.count:02}"
        return RelayDone((HandedOn(office, self.count, f"{office}-1.receipt", b"", ()),))

    def write_receipts(self, _folder: Path, handed: Sequence[HandedOn]) -> None:
        self.written = [each.office for each in handed]


def open_sheet(desk: DeskWindow) -> RelaySheet:
    desk.run_action("relay")
    sheet = desk.findChild(RelaySheet)
    assert sheet is not None
    assert sheet.isVisible()
    return sheet


def settle(qtbot: QtBot, sheet: RelaySheet) -> None:
    qtbot.waitUntil(lambda: not sheet.runner.pending, timeout=10_000)


def photograph(pictures: tuple[bytes, ...], folder: Path) -> list[Path]:
    folder.mkdir()
    files = [folder / f"IMG_{place:04}.png" for place in range(len(pictures))]
    for file, picture in zip(files, pictures, strict=True):
        file.write_bytes(picture)
    return files


def test_photos_of_codes_go_to_the_county_and_its_receipt_back_as_codes(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty, server: CountyServer
) -> None:
    key = office.county.board.commands.note(ON, "路已断").command.key
    made = office.courier.make_codes()
    photograph(made.pictures, tmp_path / "photos")
    (tmp_path / "photos" / "IMG_9999.heic").touch()
    own = switchboard(server.base_url)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        sheet = open_sheet(desk)
        sheet.read_in(tmp_path / "photos")
        settle(qtbot, sheet)
        assert far.notes() == ["路已断"]
        assert sheet.said.text() == "已交到县平台 1 份 (T01)"
        assert "1 张照片是 HEIC 格式" in sheet.more.text()
        [show] = sheet.shows
        qtbot.mouseClick(show, Qt.MouseButton.LeftButton)
        assert sheet.codes.isVisible()
        assert sheet.done is not None
        [handed] = sheet.done.handed
        back = photograph(handed.pictures, tmp_path / "back")
        sheet.write(tmp_path)
        settle(qtbot, sheet)
        assert (tmp_path / handed.name).read_bytes() == handed.receipt
        assert "交还单位" in sheet.said.text()
    office.engine.start()
    assert office.courier.read_pictures(back).read[0].done.answers == 1
    assert office.state(key) is CommandState.ACCEPTED


def test_a_bundle_that_the_program_was_opened_with_goes_to_the_county_with_one_press(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty, server: CountyServer
) -> None:
    office.county.board.commands.note(ON, "路已断")
    file = office.courier.write(tmp_path).file
    own = switchboard(server.base_url)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        desk.offer_bundle(file)
        sheet = desk.findChild(RelaySheet)
        assert sheet is not None
        assert sheet.hand.isVisible()
        assert file.name in sheet.hand.text()
        assert far.notes() == []
        qtbot.mouseClick(sheet.hand, Qt.MouseButton.LeftButton)
        settle(qtbot, sheet)
        assert far.notes() == ["路已断"]
        assert not sheet.hand.isVisible()
        assert sheet.files.hasFocus()


def test_a_bundle_offered_stays_offered_until_the_county_has_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    relay = QuickRelay()
    own = SimpleNamespace(ear=WireEar(), relay=relay)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        desk.offer_bundle(tmp_path / "one.cdb")
        sheet = desk.findChild(RelaySheet)
        assert sheet is not None
        relay.fails = True
        qtbot.mouseClick(sheet.hand, Qt.MouseButton.LeftButton)
        assert sheet.files.hasFocus(), "Space closes no sheet"
        assert not sheet.hand.isVisible(), "nobody hands it on twice"
        settle(qtbot, sheet)
        assert sheet.hand.isVisible()
        assert sheet.more.text() == "线路断了"
        relay.fails = False
        desk.offer_bundle(tmp_path / "two.cdb")
        assert (sheet.said.text(), sheet.more.text()) == ("", ""), "that was another bundle"
        assert "two.cdb" in sheet.hand.text()
        relay.gate.clear()
        qtbot.mouseClick(sheet.hand, Qt.MouseButton.LeftButton)
        desk.offer_bundle(tmp_path / "three.cdb")
        assert "正在交到县平台" in sheet.said.text()
        relay.gate.set()
        settle(qtbot, sheet)
        assert sheet.said.text() == "已交到县平台 1 份 (T02)"
        assert "three.cdb" in sheet.hand.text()
        qtbot.mouseClick(sheet.hand, Qt.MouseButton.LeftButton)
        settle(qtbot, sheet)
        assert not sheet.hand.isVisible()
        assert sheet.offered is None


def test_half_a_sequence_says_which_code_is_missing_and_hands_nothing_on(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty, server: CountyServer
) -> None:
    for number in range(12):
        office.county.board.commands.note(ON, f"第 {number} 次：水位 {number * 7919} 厘米，上涨")
    made = office.courier.make_codes()
    files = photograph(made.pictures, tmp_path / "photos")
    assert len(files) > 1
    own = switchboard(server.base_url)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        sheet = open_sheet(desk)
        sheet.read(files[1:])
        settle(qtbot, sheet)
        assert "还缺第 1 个" in sheet.more.text()
        assert sheet.said.text() == "没有交上任何东西"
        assert far.notes() == []


def test_a_county_that_cannot_be_reached_is_said(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, server: CountyServer
) -> None:
    office.county.board.commands.note(ON, "路已断")
    files = photograph(office.courier.make_codes().pictures, tmp_path / "photos")
    url = server.base_url
    server.close()
    own = switchboard(url)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        sheet = open_sheet(desk)
        sheet.read(files)
        settle(qtbot, sheet)
        assert sheet.said.text() == "没有交上任何东西"
        assert "127.0.0.1" in sheet.more.text()


def test_receipts_wait_until_they_are_written_and_no_old_sentence_comes_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    relay = QuickRelay()
    own = SimpleNamespace(ear=WireEar(), relay=relay)
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        sheet = open_sheet(desk)
        for _ in range(2):
            sheet.read([])
            settle(qtbot, sheet)
        assert sheet.said.text() == "已交到县平台 1 份 (T02)"
        relay.gate.clear()
        sheet.read([])
        sheet.put_away()
        sheet.lay()
        assert sheet.said.text() == "正在交到县平台…"
        relay.gate.set()
        settle(qtbot, sheet)
        sheet.write(tmp_path)
        settle(qtbot, sheet)
        assert relay.written == ["T01", "T02", "T03"]
        sheet.refresh()
        assert "已写好 3 份回执" in sheet.said.text()
        sheet.read([])
        settle(qtbot, sheet)
        sheet.write(tmp_path)
        settle(qtbot, sheet)
        assert relay.written == ["T04"]


def test_the_folder_is_chosen_in_our_language(qtbot: QtBot, tmp_path: Path) -> None:
    own = SimpleNamespace(ear=WireEar(), relay=QuickRelay())
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, switchboard=lambda: own) as desk:
        qtbot.mouseClick(open_sheet(desk).folder, Qt.MouseButton.LeftButton)
        [dialog] = desk.findChildren(QFileDialog)
        assert dialog.labelText(QFileDialog.DialogLabel.LookIn) == "文件夹："
        assert dialog.labelText(QFileDialog.DialogLabel.FileType) == "类型："
        dialog.reject()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_desk_without_a_county_offers_nothing(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county: Any = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        sheet = open_sheet(desk)
        assert not sheet.files.isEnabled()
        assert not sheet.folder.isEnabled()

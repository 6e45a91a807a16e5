"""What waits at the office as QR codes on screen and paper, and receipts from photos of codes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandState
from desktop.gui import printing
from desktop.gui.carrying.code_pages import CodePages
from desktop.gui.carrying.photo_folder import MOST_PICTURES, find_pictures
from desktop.gui.township.window import TownshipWindow
from desktop.wire.courier import draw_codes
from desktop.wire.courier.code_pictures import read_codes
from support.no_network import ON, open_sheet, press, settle
from support.open_desk import open_office
from support.paired_office import FarCounty, PairedOffice


def save_codes(pictures: tuple[bytes, ...], folder: Path) -> list[Path]:
    folder.mkdir()
    files = []
    for place, picture in enumerate(pictures):
        files.append(folder / f"IMG_{place:04}.png")
        files[-1].write_bytes(picture)
    return files


def test_what_waits_becomes_codes_and_the_receipt_is_read_from_photos(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty
) -> None:
    commands = office.county.board.commands
    key = commands.note(ON, "路已断").command.key
    for number in range(8):
        commands.note(ON, f"第 {number} 次：水位 {number * 7919}，已转移 {number * 104729} 人")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "codes")
        page = sheet.codes
        office.engine.start()
        press(qtbot, sheet, page.make)
        assert page.made is not None
        assert "这些二维码里有 9 条" in page.said.text()
        count = len(page.made.pictures)
        assert count > 1
        assert page.view.where.text() == f"第 1 个，共 {count} 个"
        QTest.keyClick(page.view, Qt.Key.Key_Left)
        assert page.view.where.text() == f"第 {count} 个，共 {count} 个"
        assert office.state(key) is not CommandState.ACCEPTED
        photos = save_codes(page.made.pictures, tmp_path / "photos")
        carried = office.courier.read_pictures(photos)
        assert carried.refused, "what goes to the county is no receipt"
        receipt = far.deliveries.take(bundle_on(photos)).receipt
        back = [body for name, body in draw_codes(receipt, "r").items() if name.endswith(".png")]
        folder = tmp_path / "back"
        files = save_codes(tuple(back), folder)
        files[0].rename(tmp_path / "aside.png")
        page.read_in(folder)
        settle(qtbot, sheet)
        if len(files) > 1:
            assert "还缺第 1 个" in page.more.text()
        assert office.state(key) is not CommandState.ACCEPTED
        (tmp_path / "aside.png").rename(files[0])
        page.read_in(folder)
        settle(qtbot, sheet)
        assert "9 条有了答复" in page.said.text()
        assert office.state(key) is CommandState.ACCEPTED


def test_of_a_folder_the_newest_are_read_and_what_is_left_is_said(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    for number in range(MOST_PICTURES + 3):
        file = tmp_path / f"IMG_{number:04}.JPG"
        file.touch()
        os.utime(file, (number, number))
    (tmp_path / "IMG_9999.HEIC").touch()
    names = [each.name for each in find_pictures(tmp_path).files]
    assert names == [f"IMG_{number:04}.JPG" for number in range(3, MOST_PICTURES + 3)]
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "codes")
        sheet.codes.read_in(tmp_path)
        settle(qtbot, sheet)
        assert "另有 3 个更早的没有读：一次只读最新的 200 个。" in sheet.codes.more.text()
        assert "1 张照片是 HEIC 格式，这里读不了" in sheet.codes.more.text()


def bundle_on(photos: list[Path]) -> bytes:
    from desktop.wire.courier import find_bundles

    def reader(photo: Path) -> Any:
        return lambda most: photo.read_bytes()[: most + 1]

    [found], remarks = find_bundles([(each.name, reader(each)) for each in photos])
    assert remarks == []
    return found.read(10_000_000)


def test_the_codes_turn_by_themselves_until_the_page_is_left(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    for number in range(12):
        office.county.board.commands.note(ON, f"第 {number} 次：水位 {number * 7919} 厘米，上涨")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "codes")
        view = sheet.codes.view
        press(qtbot, sheet, sheet.codes.make)
        press(qtbot, sheet, view.turning)
        assert view.turning.isChecked()
        sheet.put_away()
        sheet.lay()
        assert not view.turning.isChecked()


def picture_of(window: TownshipWindow) -> bytes:
    """What stands on the screen, as somebody photographs it."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert window.grab().save(buffer, "PNG")
    return bytes(buffer.data().data())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_code_can_be_read_from_an_old_screen_enlarged(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, theme: str
) -> None:
    for number in range(12):
        office.county.board.commands.note(ON, f"第 {number} 次：水位 {number * 7919} 厘米，上涨")
    with open_office(
        qtbot, office.county, tmp_path, "T01", theme=theme, no_network=lambda: office.ways
    ) as window:
        window.resize(1093, 614)
        sheet = open_sheet(qtbot, window, "codes")
        press(qtbot, sheet, sheet.codes.make)
        assert sheet.codes.made is not None
        found = []
        for picture in sheet.codes.made.pictures:
            [text], is_unclear = read_codes(picture_of(window))
            assert read_codes(picture) == ([text], False)
            assert not is_unclear
            found.append(text)
            sheet.codes.view.go_on()
        assert len(set(found)) == len(found) > 1


def test_the_codes_go_on_paper(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[CodePages] = []

    def offer(_parent: Any, _kept: Any, _name: str, pages: CodePages, _failed: Any) -> None:
        offered.append(pages)

    monkeypatch.setattr(printing, "offer_to_print", offer)
    office.county.board.commands.note(ON, "路已断")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "codes")
        press(qtbot, sheet, sheet.codes.make)
        press(qtbot, sheet, sheet.codes.print_button)
        [pages] = offered
        many = CodePages(pages.title, pages.pictures * 7)
        file = tmp_path / "a.pdf"
        assert len(list(printing.pdf_steps(str(file), many, pytest.fail))) == 2
        assert file.read_bytes().startswith(b"%PDF")
        assert not QImage.fromData(pages.pictures[0]).isNull()


def test_without_the_readers_of_pictures_it_is_said_what_to_do(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    office.county.board.commands.note(ON, "路已断")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "codes")
        press(qtbot, sheet, sheet.codes.make)
        made = sheet.codes.made
        assert made is not None
        sheet.codes.read(save_codes(made.pictures, tmp_path / "photos"))
        settle(qtbot, sheet)
        assert "没有读二维码的组件" in sheet.codes.more.text()


def test_the_folder_of_photos_is_asked_for_in_chinese(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window, "codes")
        press(qtbot, sheet, sheet.codes.read_folder)
        [dialog] = window.findChildren(QFileDialog)
        assert dialog.labelText(QFileDialog.DialogLabel.LookIn) == "文件夹："
        dialog.reject()

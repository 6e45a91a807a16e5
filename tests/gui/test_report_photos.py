"""Photos of a report: small, stripped, durable before they are shown, and sent after the report."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.photos.exif import read_exif
from desktop.application.photos.shrinking import GOOD_LINE, WEAK_LINE
from desktop.application.ports import StoreError
from desktop.domain.command import CommandKind
from desktop.domain.instant import HOUR
from desktop.domain.link import LinkState
from desktop.domain.source import Problem
from desktop.gui.township.report_page import ReportPage
from desktop.gui.township.window import TownshipWindow
from desktop.gui.widgets.thumbnail import decode
from support.builders import NOW, FakeClock, a_township
from support.camera import camera_jpeg
from support.open_desk import calm, open_office
from support.sample_board import SampleCounty, a_status, empty_county

FULL = StoreError(Problem("disk_full", {"file": "files.db"}))


GOOD = LinkState(bits_per_s=4_000_000, delay_ms=40)


def a_county(link: LinkState = GOOD) -> SampleCounty:
    status = a_status(last_good_at=NOW, expected_period_ms=HOUR, link=link)
    county = empty_county(FakeClock(), status)
    county.accepting.add("county")
    county.tell(a_township())
    return county


@contextmanager
def reporting(
    qtbot: QtBot, county: SampleCounty, folder: Path, language: str = "zh_CN"
) -> Iterator[tuple[TownshipWindow, ReportPage]]:
    with open_office(qtbot, county, folder, "T01", language=language) as window:
        qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.ControlModifier)
        page = window.pages["report"]
        assert isinstance(page, ReportPage)
        qtbot.waitUntil(lambda: page.isVisible() and not page.form.is_reading)
        calm(qtbot, window)
        yield window, page


def a_file(folder: Path, name: str = "IMG_1.JPG", body: bytes | None = None) -> Path:
    file = folder / name
    file.write_bytes(camera_jpeg() if body is None else body)
    return file


def write(page: ReportPage) -> None:
    page.form.entries["title"].put("河堤渗水")
    page.form.entries["level"].put("ordinary")
    page.form.entries["category"].put("river_level")


def title_field(page: ReportPage) -> QWidget:
    entry = page.form.entries["title"]
    return entry if isinstance(entry, QLineEdit) else entry.findChildren(QLineEdit)[0]


def attached(county: SampleCounty) -> list[bytes]:
    files = [r.command.body["file"] for r in county.commands() if r.command.kind == "attach"]
    bodies = [county.board.files.read(file["digest"]) for file in files]
    return [body for body in bodies if body is not None]


def the_words(page: ReportPage) -> str:
    cards = page.strip.cards.values()
    return "\n".join(f"{card.amount.text()}\n{card.facts.text()}" for card in cards)


def test_a_photo_is_shown_small_with_its_time_and_place_and_nothing_is_sent(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        page.strip.add_files([a_file(tmp_path)])
        calm(qtbot, window)
        (card,) = page.strip.cards.values()
        assert card.amount.text().startswith("照片已缩小：")
        assert "KB" in card.amount.text()
        assert card.facts.text() == "拍摄于 11-27 09:35 · 31.8800, 118.1400"
        assert county.commands() == []
        assert county.stores.files.uploads("county") == []
        (photo,) = page.strip.photos.in_hand()
        body = county.board.files.read(photo.digest)
        assert body is not None
        assert len(body) <= GOOD_LINE.size + 500
        assert b"OWNER-SERIAL" not in body
        assert b"secret of the maker" not in body


def test_report_and_photos_go_one_after_the_other_under_their_own_keys(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        second = a_file(tmp_path, "IMG_2.JPG", camera_jpeg(1_700, 1_200, 2))
        page.strip.add_files([a_file(tmp_path), second])
        calm(qtbot, window)
        keys = [photo.key for photo in page.strip.photos.in_hand()]
        write(page)
        page.form.submit()
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 3)
        calm(qtbot, window)
        create, *photos = [record.command for record in county.commands()]
        assert create.kind is CommandKind.CREATE
        assert [command.key for command in photos] == keys
        assert {command.target for command in photos} == {create.target}
        assert page.strip.cards == {}
        assert page.form.entries["title"].value() is None
        assert all(read_exif(body).facts.place is not None for body in attached(county))
        assert county.board.files.list_aside() == set()


def test_a_photo_taken_on_its_side_is_turned_and_a_weak_line_gets_less(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = a_county(LinkState(bits_per_s=64_000, delay_ms=600))
    with reporting(qtbot, county, tmp_path) as (window, page):
        page.strip.add_files([a_file(tmp_path, body=camera_jpeg(2_000, 1_000, 3, turned=6))])
        calm(qtbot, window)
        (photo,) = page.strip.photos.in_hand()
        body = county.board.files.read(photo.digest)
        assert body is not None
        image = decode(body)
        assert image is not None
        assert image.height() > image.width()
        assert image.height() <= WEAK_LINE.side_px
        assert len(body) <= WEAK_LINE.size + 500
        assert read_exif(body).orientation == 1


def test_after_a_restart_the_photos_are_there_as_they_were(qtbot: QtBot, tmp_path: Path) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        QTest.keyClicks(title_field(page), "river")
        page.strip.add_files([a_file(tmp_path)])
        calm(qtbot, window)
        before = the_words(page)
    with reporting(qtbot, county, tmp_path) as (window, page):
        assert the_words(page) == before
        assert page.form.entries["title"].value() == "river"
        write(page)
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)


def test_the_place_is_left_out_of_the_file_itself(qtbot: QtBot, tmp_path: Path) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        page.strip.add_files([a_file(tmp_path)])
        calm(qtbot, window)
        (card,) = page.strip.cards.values()
        qtbot.mouseClick(card.without_place, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        (card,) = page.strip.cards.values()
        assert card.facts.text() == "拍摄于 11-27 09:35"
        assert card.without_place.isChecked()
        write(page)
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        calm(qtbot, window)
        (body,) = attached(county)
        facts = read_exif(body).facts
        assert (facts.place, facts.taken is None) == (None, False)


def test_the_cross_takes_a_photo_out(qtbot: QtBot, tmp_path: Path) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        page.strip.add_files([a_file(tmp_path)])
        calm(qtbot, window)
        (card,) = page.strip.cards.values()
        qtbot.mouseClick(card.cross, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        assert page.strip.cards == {}
        assert page.strip.photos.in_hand() == ()
        assert county.board.files.list_aside() == set()


def test_the_original_size_is_a_choice(qtbot: QtBot, tmp_path: Path) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        qtbot.mouseClick(page.strip.original, Qt.MouseButton.LeftButton)
        page.strip.add_files([a_file(tmp_path)])
        calm(qtbot, window)
        (photo,) = page.strip.photos.in_hand()
        assert county.board.files.read(photo.digest) == camera_jpeg()


def test_a_report_waits_for_a_photo_that_is_still_being_shrunk(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = a_county()
    with reporting(qtbot, county, tmp_path) as (window, page):
        write(page)
        page.strip.add_files([a_file(tmp_path)])
        assert "正在缩小 1 张照片" in page.strip.hint.text()
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        calm(qtbot, window)
        assert len(attached(county)) == 1


def test_a_photo_dropped_or_pasted_on_a_text_field_is_a_photo(qtbot: QtBot, tmp_path: Path) -> None:
    county = a_county()
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(a_file(tmp_path)))])
    image = QImage(QSize(900, 300), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with reporting(qtbot, county, tmp_path) as (window, page):
        title = title_field(page)
        copy = Qt.DropAction.CopyAction
        pressed = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(title, QDragEnterEvent(QPoint(9, 9), copy, held, *pressed))
        dropping = QDropEvent(QPoint(9, 9).toPointF(), copy, held, *pressed)
        QApplication.sendEvent(title, dropping)
        calm(qtbot, window)
        assert len(page.strip.cards) == 1
        QApplication.clipboard().setImage(image)
        QTest.keyClick(title, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        calm(qtbot, window)
        assert len(page.strip.cards) == 2
        QApplication.clipboard().setText("字")
        QTest.keyClick(title, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
        QApplication.clipboard().clear()
        assert page.form.entries["title"].value() == "字"
        assert len(page.strip.cards) == 2


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_cannot_be_shrunk_goes_as_it_is_and_says_so(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = a_county()
    heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(3_000)
    said = {"zh_CN": "不能缩小，原样发送", "en": "cannot be made smaller"}
    with reporting(qtbot, county, tmp_path, language) as (window, page):
        page.strip.add_files([a_file(tmp_path, "IMG_3.HEIC", heic)])
        calm(qtbot, window)
        assert said[language] in the_words(page)


def test_what_cannot_be_read_or_is_too_much_is_said_and_the_rest_is_taken(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = a_county()
    many = [a_file(tmp_path, f"{n}.jpg", camera_jpeg(400, 300, n)) for n in range(10)]
    with reporting(qtbot, county, tmp_path) as (window, page):
        page.strip.add_files([tmp_path / "gone.jpg"])
        calm(qtbot, window)
        assert "gone.jpg" in page.strip.note.text()
        page.strip.add_files(many)
        calm(qtbot, window)
        assert len(page.strip.cards) == 9
        assert "最多 9 张" in page.strip.note.text()
        page.strip.add_files(many[:1])
        calm(qtbot, window)
        assert len(page.strip.photos.in_hand()) == 9


def test_on_a_full_disk_words_and_photo_stay_and_go_once_there_is_room(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = a_county()

    def refuse(*_args: object, **_keys: object) -> None:
        raise FULL

    with reporting(qtbot, county, tmp_path) as (window, page):
        write(page)
        with monkeypatch.context() as full:
            full.setattr(county.stores.files, "keep", refuse)
            page.strip.add_files([a_file(tmp_path)])
            calm(qtbot, window)
            assert "磁盘已满" in page.strip.note.text()
            assert "还没有存下" in the_words(page)
            page.form.submit()
            calm(qtbot, window)
            assert county.commands() == []
            assert page.form.entries["title"].value() == "河堤渗水"
            qtbot.mouseClick(page.strip.retry, Qt.MouseButton.LeftButton)
            calm(qtbot, window)
            assert "还没有存下" in the_words(page)
        assert page.strip.again.isActive()
        page.strip.again.timeout.emit()
        calm(qtbot, window)
        assert not page.strip.again.isActive()
        assert "照片已缩小" in the_words(page)
        assert not page.strip.note.isVisible()
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)


def test_a_photo_not_stored_goes_with_its_report_and_with_no_other(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = a_county()

    def refuse(*_args: object, **_keys: object) -> None:
        raise FULL

    with reporting(qtbot, county, tmp_path) as (window, page):
        write(page)
        with monkeypatch.context() as full:
            full.setattr(county.stores.files, "keep", refuse)
            page.strip.add_files([a_file(tmp_path)])
            calm(qtbot, window)
        page.form.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        calm(qtbot, window)
        assert page.strip.cards == {}
        assert not page.strip.again.isActive()
        assert page.strip.photos.in_hand() == ()


@pytest.mark.expects_log("photos of a stored report wait")
def test_a_report_stored_without_its_photos_gets_them_at_the_next_start(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = a_county()

    def refuse(*_args: object, **_keys: object) -> None:
        raise FULL

    with reporting(qtbot, county, tmp_path) as (window, page):
        write(page)
        page.strip.add_files([a_file(tmp_path)])
        calm(qtbot, window)
        with monkeypatch.context() as full:
            full.setattr(county.stores.files, "keep", refuse)
            page.form.submit()
            qtbot.waitUntil(lambda: len(county.commands()) == 1)
            calm(qtbot, window)
            assert "磁盘已满" in page.strip.note.text()
            assert page.strip.cards == {}
    with open_office(qtbot, county, tmp_path, "T01") as window:
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        calm(qtbot, window)
        assert len(attached(county)) == 1
        assert county.board.files.list_aside() == set()

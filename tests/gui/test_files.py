"""Files: looked at before they are given, refused in words, saved and never opened."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QMimeData, QPoint, QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.photos.exif import read_exif
from desktop.domain.command import CommandKind
from desktop.domain.incident import FileRef
from desktop.domain.source import Problem
from desktop.gui.desk.window import DeskWindow
from desktop.gui.panes.detail.file_line import FileLine
from desktop.gui.panes.detail.file_list import safe_name
from desktop.gui.widgets import file_choice
from desktop.gui.widgets.thumbnail import SIDE_PX, decode, encode, thumbnail
from support.builders import FakeClock
from support.camera import camera_jpeg
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import FILE_LIMIT, SampleCounty, sample_county

EXIF_TURNED = bytes.fromhex(
    "ffe1002245786966000049492a00080000000100120103000100000006000000000000000000"
)[:36]
"""An EXIF segment that says: turn this by a quarter to the right."""


def a_photo(width: int = 640, height: int = 480, *, turned: bool = False) -> bytes:
    image = QImage(QSize(width, height), QImage.Format.Format_RGB32)
    image.fill(QColor("#345"))
    body = encode(image, "JPG")
    assert body is not None
    return body[:2] + EXIF_TURNED + body[2:] if turned else body


def said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def show(qtbot: QtBot, desk: DeskWindow) -> None:
    desk.show_key(incident_key())
    qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
    calm(qtbot, desk)


def offered(qtbot: QtBot, desk: DeskWindow, *files: Path) -> None:
    desk.panes["detail"].files.offer(incident_key(), files)
    qtbot.waitUntil(lambda: bool(desk.panes["detail"].files.prepared))


def with_file(county: SampleCounty, **changes: object) -> FileRef:
    file = FileRef("ab" * 32, "现场.jpg", "image/jpeg", 12_300_000)
    file = msgspec.structs.replace(file, **changes)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, files=(file,), version=incident.version + 1))
    return file


def test_a_thumbnail_is_small_a_jpeg_and_turned_as_the_camera_was_held() -> None:
    small = thumbnail(a_photo(turned=True))
    assert small is not None
    assert small.startswith(b"\xff\xd8")
    assert b"Exif" not in small
    image = decode(small, SIDE_PX)
    assert image is not None
    assert (image.width(), image.height()) == (240, 320)
    assert len(small) < 20_000


@pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"<svg/>", b"\x00" * 99])
def test_what_is_no_picture_has_no_thumbnail(body: bytes) -> None:
    assert thumbnail(body) is None


def test_a_broken_picture_has_no_thumbnail() -> None:
    assert thumbnail(b"\xff\xd8\xff\xe0broken") is None


def test_a_chosen_file_is_shown_with_its_size_and_given_once(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(a_photo())
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        offered(qtbot, desk, photo)
        panel = desk.panes["detail"].files
        assert county.commands() == []
        assert "现场.jpg" in said(panel)
        assert "20.0 MB" in panel.limit.text()
        QTest.keyClick(panel, Qt.Key.Key_Return)
        QTest.keyClick(panel, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, desk)
        command = county.commands()[0].command
        assert command.kind is CommandKind.ATTACH
        file = command.body["file"]
        assert (file["name"], file["media_type"]) == ("现场.jpg", "image/jpeg")
        assert county.board.files.read(file["digest"]) == photo.read_bytes()
        assert county.board.files.read(file["thumbnail"]) is not None
        assert not panel.isVisible()
        assert len(county.commands()) == 1
        qtbot.waitUntil(lambda: "待传" in said(desk.panes["detail"]))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_file_above_the_limit_is_refused_in_words_before_it_is_read(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    film = tmp_path / "film.mp4"
    with film.open("wb") as file:
        file.truncate(FILE_LIMIT + 1)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        show(qtbot, desk)
        offered(qtbot, desk, film)
        panel = desk.panes["detail"].files
        assert "20.0 MB" in said(panel)
        assert "film.mp4" in said(panel)
        assert not panel.submit_button.isVisible()
        assert panel.prepared[0].body == b""
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        assert county.commands() == []


def test_a_file_that_is_gone_or_empty_is_refused_in_words(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    empty = tmp_path / "empty.txt"
    empty.touch()
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        offered(qtbot, desk, tmp_path / "gone.jpg", empty, tmp_path)
        assert all(file.problem is not None for file in desk.panes["detail"].files.prepared)
        assert said(desk.panes["detail"].files).count("读不了文件") == 3


def test_a_file_dropped_on_the_detail_is_offered(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    photo = tmp_path / "a.jpg"
    photo.write_bytes(a_photo())
    held = QMimeData()
    held.setUrls([QUrl.fromLocalFile(str(photo)), QUrl("https://example.invalid/x.jpg")])
    copy = Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        entering = QDragEnterEvent(QPoint(9, 99), copy, held, buttons, keys)
        QApplication.sendEvent(desk.panes["detail"], entering)
        assert entering.isAccepted()
        dropping = QDropEvent(QPoint(9, 99).toPointF(), copy, held, buttons, keys)
        QApplication.sendEvent(desk.panes["detail"], dropping)
        qtbot.waitUntil(lambda: bool(desk.panes["detail"].files.prepared))
        assert [file.name for file in desk.panes["detail"].files.prepared] == ["a.jpg"]
        assert county.commands() == []


def test_ctrl_v_offers_the_picture_on_the_clipboard(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    image = QImage(QSize(900, 300), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    with open_desk(qtbot, county, tmp_path) as desk:
        QApplication.clipboard().setImage(image)
        show(qtbot, desk)
        desk.panes["incidents"].view.setFocus()
        QTest.keyClick(
            desk.panes["incidents"].view, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier
        )
        qtbot.waitUntil(lambda: bool(desk.panes["detail"].files.prepared))
        (file,) = desk.panes["detail"].files.prepared
        assert file.media_type == "image/jpeg"
        assert file.thumbnail is not None
        QApplication.clipboard().clear()


def test_a_file_not_downloaded_says_its_size_and_is_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    file = with_file(county)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        (line,) = desk.panes["detail"].body.files.lines  # type: ignore[union-attr]
        assert "12.3 MB" in line.state.text()
        assert "未下载" in line.state.text()
        assert not line.save_button.isVisible()
        line.fetch_button.click()
        qtbot.waitUntil(lambda: bool(county.stores.files.list_wanted("county")))
        qtbot.waitUntil(line.bar.isVisible)
        assert not line.fetch_button.isVisible()
        assert county.board.files.progress(file.digest) == (0, file.size)


def test_a_file_that_is_here_is_saved_where_the_officer_says(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    body = a_photo()
    county.board.commands.attach(incident_key(), "../../x.jpg", "image/jpeg", body)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        files = desk.panes["detail"].body.files  # type: ignore[union-attr]
        assert files is not None
        (line,) = files.lines
        assert line.save_button.isVisible()
        files.save(line.file, tmp_path / "saved.jpg")
        qtbot.waitUntil((tmp_path / "saved.jpg").exists)
        assert (tmp_path / "saved.jpg").read_bytes() == body
        files.save(line.file, tmp_path / "no" / "saved.jpg")
        qtbot.waitUntil(desk.notices.isVisible)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh_CN", "平台拒收附件 现场.jpg：单个文件的上限是 5 MB"),
        ("en", "did not take the file 现场.jpg: it takes files of at most 5 MB"),
    ],
)
def test_a_file_the_county_refused_says_so_with_its_limit_at_the_case(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    county = sample_county(FakeClock(), 5)
    record = county.board.commands.attach(incident_key(), "现场.jpg", "image/jpeg", a_photo())
    refused = Problem("file_refused", {"name": "现场.jpg", "limit": "5 MB"})
    digest = record.command.body["file"]["digest"]
    county.stores.files.refuse(record.command.target.source, digest, refused)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        show(qtbot, desk)
        (line,) = desk.panes["detail"].body.files.lines  # type: ignore[union-attr]
        qtbot.waitUntil(lambda: said in line.state.text())
        assert not line.bar.isVisible()
        assert line.save_button.isVisible()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\x.exe", "x.exe"),
        (".bashrc", "bashrc"),
        ("a\nb<c>.jpg", "abc.jpg"),
        ("..", "file"),
        ("现场.jpg", "现场.jpg"),
    ],
)
def test_a_backends_file_name_names_no_folder(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_a_photo_is_shrunk_unless_its_original_size_is_wanted(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    photo = tmp_path / "IMG_1.JPG"
    photo.write_bytes(camera_jpeg())
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        offered(qtbot, desk, photo)
        panel = desk.panes["detail"].files
        (key,) = [file.key for file in panel.prepared]
        assert "照片已缩小：" in said(panel)
        assert "拍摄于 11-27 09:35 · 31.8800, 118.1400" in said(panel)
        assert len(panel.prepared[0].body) < 260_000
        assert b"OWNER-SERIAL" not in panel.prepared[0].body
        qtbot.mouseClick(panel.original, Qt.MouseButton.LeftButton)
        calm(qtbot, desk)
        assert "照片已缩小" not in said(panel)
        qtbot.mouseClick(panel.submit_button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, desk)
        command = county.commands()[0].command
        assert command.key == key
        assert county.board.files.read(command.body["file"]["digest"]) == camera_jpeg()


def test_files_that_take_a_while_are_waited_for_in_sight_and_can_be_left(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    photo = tmp_path / "IMG_1.JPG"
    photo.write_bytes(a_photo())
    go_on = threading.Event()
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        panel = desk.panes["detail"].files
        desk.screen_context.pictures.ask(lambda: go_on.wait(10), lambda _none: None)
        panel.offer(incident_key(), [photo])
        qtbot.waitUntil(panel.isVisible)
        assert panel.title.text() == "正在缩小 1 张照片…"
        assert not panel.submit_button.isVisible()
        panel.submit()
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert not panel.isVisible()
        go_on.set()
        calm(qtbot, desk)
        assert not panel.isVisible()
        assert county.commands() == []


def test_a_photo_leaves_without_its_place_when_that_is_left_out(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    photo = tmp_path / "IMG_1.JPG"
    photo.write_bytes(camera_jpeg())
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        offered(qtbot, desk, photo)
        panel = desk.panes["detail"].files
        (line,) = panel.findChildren(FileLine)
        qtbot.mouseClick(line.without_place, Qt.MouseButton.LeftButton)
        assert "31.88" not in said(panel)
        panel.submit()
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        file = county.commands()[0].command.body["file"]
        body = county.board.files.read(file["digest"])
        assert body is not None
        assert (read_exif(body).facts.place, read_exif(body).facts.taken is None) == (None, False)
        calm(qtbot, desk)


def test_a_photo_above_the_limit_is_taken_once_it_is_shrunk(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    photo = tmp_path / "IMG_1.JPG"
    photo.write_bytes(camera_jpeg() + bytes(FILE_LIMIT))
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        offered(qtbot, desk, photo)
        panel = desk.panes["detail"].files
        assert panel.prepared[0].problem is None
        qtbot.mouseClick(panel.original, Qt.MouseButton.LeftButton)
        calm(qtbot, desk)
        assert "20.0 MB" in said(panel)
        assert not panel.submit_button.isVisible()


def test_what_is_plugged_in_is_offered_and_the_last_folder_opened(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = tmp_path / "gvfs" / "mtp:host=Redmi_Note" / "Internal"
    (phone / "DCIM").mkdir(parents=True)
    (tmp_path / "gvfs" / "sftp:host=elsewhere").mkdir()
    phones = file_choice.find_phones(tmp_path / "gvfs")
    assert phones == [(phone / "DCIM", "Redmi Note")]
    assert file_choice.find_phones(tmp_path / "none") == []
    assert file_choice.is_removable("/run/media/user/STICK")
    assert not file_choice.is_removable("/home")
    monkeypatch.setattr(file_choice, "find_places", lambda: [*phones, file_choice.Spot(tmp_path)])
    county = sample_county(FakeClock(), 5)
    (phone / "IMG_1.JPG").write_bytes(a_photo())
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        dialog = desk.panes["detail"].files.ask_file(incident_key())
        calm(qtbot, desk)
        sidebar = dialog.findChild(QListView, "sidebar")
        shown = []
        for row in range(sidebar.model().rowCount()):
            option = QStyleOptionViewItem()
            sidebar.itemDelegate().initStyleOption(option, sidebar.model().index(row, 0))
            shown.append(option.text)
        assert shown == ["Redmi Note", tmp_path.name]
        dialog.filesSelected.emit([str(phone / "IMG_1.JPG")])
        dialog.close()
        qtbot.waitUntil(lambda: bool(desk.panes["detail"].files.prepared))
        again = desk.panes["detail"].files.ask_file(incident_key())
        assert Path(again.directory().path()) == phone
        again.close()
        calm(qtbot, desk)


def test_where_the_last_folder_is_gone_and_there_are_no_pictures_files_are_chosen_at_home(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk)
        desk.screen_context.remembered.choose(file_choice.FOLDER, str(tmp_path / "stick"))
        dialog = desk.panes["detail"].files.ask_file(incident_key())
        assert Path(dialog.directory().path()) == tmp_path
        dialog.close()
        calm(qtbot, desk)

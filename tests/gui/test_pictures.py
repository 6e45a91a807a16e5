"""Pictures of strangers: one decoder, three kinds, never on the GUI thread, never for long."""

from __future__ import annotations

import hashlib
import re
import resource
import threading
import time
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, QSize
from PySide6.QtGui import QColor, QImage, QImageReader, QImageWriter
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.incident import FileRef
from desktop.gui.panes.detail import file_list
from desktop.gui.panes.detail.file_line import SHOWN_PX
from desktop.gui.panes.detail.file_list import FileList
from desktop.gui.widgets import thumbnail as thumbnails
from desktop.gui.widgets.prepared_file import find_picture
from desktop.gui.widgets.thumbnail import decode, encode, small_picture, thumbnail
from desktop.protocol.pictures import Picture
from support.builders import FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.pictures import STRANGE, SVG, a_png, a_thumbnail
from support.sample_board import SampleCounty, sample_county

GUI = Path(__file__).parents[2] / "desktop/gui"


def painted(width: int, height: int, form: str, *, progressive: bool = False) -> bytes:
    image = QImage(QSize(width, height), QImage.Format.Format_RGB32)
    image.fill(QColor("#345"))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(form.encode()))
    writer.setProgressiveScanWrite(progressive)
    assert writer.write(image)
    return bytes(data.data())


@pytest.mark.parametrize("form", ["jpeg", "png", "webp"])
def test_each_of_the_three_kinds_is_drawn(form: str) -> None:
    image = decode(painted(640, 480, form), 320)
    assert image is not None
    assert (image.width(), image.height()) == (320, 240)
    assert thumbnail(painted(640, 480, form)) is not None


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_no_other_reader_of_qts_is_reached_whatever_the_bytes_begin_with(name: str) -> None:
    assert decode(STRANGE[name]) is None
    assert small_picture(STRANGE[name], SHOWN_PX) is None


def test_even_bytes_that_passed_for_a_png_are_read_as_one_and_as_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    small = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    monkeypatch.setattr(thumbnails, "read_picture", lambda body: Picture("png", 9, 9, (body,)))
    assert decode(small) is None


def test_svg_would_be_drawn_by_qt_if_it_were_asked() -> None:
    """Else the test before proves nothing."""
    data = QByteArray(b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    assert QImageReader(buffer).canRead()


def test_only_one_module_draws_what_comes_from_files_or_from_others() -> None:
    reads = re.compile(
        r"QImageReader|[fF]romData|QImage\.load|QPixmap\(\"|QMovie|clipboard\(\)\.(image|pixmap)"
    )
    found = {path.name for path in GUI.rglob("*.py") if reads.search(path.read_text("utf-8"))}
    assert found == {"thumbnail.py"}


def scans(body: bytes, more: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    last = body.rindex(b"\xff\xda")
    return body[:-2] + body[last:-2] * more + body[-2:]


@pytest.mark.expects_log("JPEG|progression|scan")
def test_the_worst_thumbnails_take_little_time_and_memory() -> None:
    slow = painted(1_000, 1_000, "jpeg", progressive=True)
    worst = [
        a_png(1_024, 1_024, colour=6, depth=8),
        a_png(2_000, 1_900)[:4_096],
        scans(slow, 5),
        scans(slow, 2_000)[:65_536],
        painted(1_000, 1_000, "webp"),
    ]
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for body in worst:
        began_s = time.process_time()
        small_picture(body, SHOWN_PX)
        assert time.process_time() - began_s < 0.5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb < 64 * 1024


def with_thumbnail(county: SampleCounty, body: bytes) -> None:
    digest = hashlib.sha256(body).hexdigest()
    file = FileRef("ab" * 32, "现场.jpg", "image/jpeg", 12_300_000, thumbnail=digest)
    county.stores.files.want("county", digest, len(body))
    assert county.stores.files.add_chunk("county", digest, 0, body)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, files=(file,), version=incident.version + 1))


def pictures_of(desk: FileList) -> list[QLabel]:
    return [label for label in desk.findChildren(QLabel) if not label.pixmap().isNull()]


def test_a_thumbnail_is_drawn_beside_the_gui_thread_and_once(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn_on: list[str] = []

    def watched(body: bytes, side_px: int) -> QImage | None:
        drawn_on.append(threading.current_thread().name)
        return small_picture(body, side_px)

    monkeypatch.setattr(file_list, "small_picture", watched)
    county = sample_county(FakeClock(), 5)
    with_thumbnail(county, a_thumbnail(b"one"))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: bool(desk.findChildren(FileList)))
        (files,) = desk.findChildren(FileList)
        qtbot.waitUntil(lambda: len(pictures_of(files)) == 1)
        files.refresh()
        calm(qtbot, desk)
    assert len(drawn_on) == 1
    assert threading.current_thread().name not in drawn_on


def test_an_svg_as_thumbnail_shows_the_files_ending_and_is_looked_at_once(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bytes] = []

    def watched(body: bytes, side_px: int) -> QImage | None:
        looked.append(body)
        return small_picture(body, side_px)

    monkeypatch.setattr(file_list, "small_picture", watched)
    county = sample_county(FakeClock(), 5)
    with_thumbnail(county, SVG)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: bool(desk.findChildren(FileList)))
        calm(qtbot, desk)
        (files,) = desk.findChildren(FileList)
        assert pictures_of(files) == []
        assert any(label.text() == "JPG" for label in files.findChildren(QLabel))
        files.refresh()
        calm(qtbot, desk)
    assert looked == [SVG]


def test_of_the_clipboard_only_the_three_kinds_are_taken_and_none_is_drawn_to_look(
    qtbot: QtBot,
) -> None:
    assert QApplication.instance() is not None
    held = QMimeData()
    held.setData("image/svg+xml", QByteArray(SVG))
    assert find_picture(held) is None
    held.setData("image/png", QByteArray(SVG))
    assert find_picture(held) == SVG, "bytes, which the decoder refuses"
    own = QMimeData()
    own.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    assert isinstance(find_picture(own), QImage)


def test_a_thumbnail_of_ours_is_one_that_anybody_may_draw() -> None:
    body = painted(4_000, 3_000, "jpeg")
    small = thumbnail(body)
    assert small is not None
    assert small_picture(small, SHOWN_PX) is not None
    assert encode(small_picture(small, SHOWN_PX) or QImage(), "PNG")

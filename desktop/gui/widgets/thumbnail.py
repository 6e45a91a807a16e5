"""Decoding of all pictures from files and from backends: never on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

from desktop.protocol.pictures import NoPicture, Picture, read_picture, thumbnail_fault

SIDE_PX = 320
QUALITY = 70
ORIGINAL_QUALITY = 88
PIECE_BYTES = 256 * 1024


def thumbnail(body: bytes) -> bytes | None:
    """Make a JPEG of at most 320 px, turned as the camera was held; None for an undecodable
    file."""
    image = decode(body, SIDE_PX)
    return None if image is None else encode(_on_white(image), "JPG", QUALITY)


def draw(body: bytes, side_px: int) -> Callable[[int], bytes | None] | None:
    """Draw a photo at no more than this size, turned as the camera was held.

    Returns what encodes it as a JPEG of a given quality. Drawing and encoding let go of the
    interpreter, so that the screen goes on meanwhile.
    """
    image = decode(body, side_px)
    if image is None:
        return None
    flat = _on_white(image)
    return lambda quality: encode(flat, "JPG", quality)


def small_picture(body: bytes, side_px: int) -> QImage | None:
    """Decode another desk's thumbnail at no more than this size; None if that fails."""
    return None if thumbnail_fault(body) else decode(body, side_px)


def decode(body: bytes, side_px: int | None = None) -> QImage | None:
    """Decode a picture at no more than this size; None if it must not be decoded.

    How long it takes is bounded by what `read_picture` lets through.
    """
    try:
        found = read_picture(body)
    except NoPicture:
        return None
    return _draw(found, side_px)


def _draw(found: Picture, side_px: int | None) -> QImage | None:
    data = _gather(found)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    # The kind is ours to say: left to Qt, bytes choose among all its readers, SVG's too.
    reader = QImageReader(buffer, QByteArray(found.kind.encode()))
    reader.setAutoDetectImageFormat(False)
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    if reader.size() != QSize(found.width, found.height):
        return None
    if side_px is not None and max(found.width, found.height) > side_px:
        room = QSize(side_px, side_px)
        fitted = reader.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitted.expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image


def _gather(found: Picture) -> QByteArray:
    """Copy the picture alone, a piece at a time: no other thread runs while a piece is copied."""
    data = QByteArray()
    data.reserve(sum(map(len, found.parts)))
    for part in found.parts:
        for at in range(0, len(part), PIECE_BYTES):
            data.append(QByteArray(bytes(part[at : at + PIECE_BYTES])))
    return data


def encode(image: QImage, form: str, quality: int = ORIGINAL_QUALITY) -> bytes | None:
    """Encode the picture as a file, without any metadata of the camera."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    written = image.save(buffer, form, quality)  # type: ignore[call-overload]
    return bytes(data.data()) if written else None


def _on_white(image: QImage) -> QImage:
    """Paint the picture on white: a JPEG has no transparency."""
    if not image.hasAlphaChannel():
        return image
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(QColor("white"))
    with QPainter(flat) as painter:
        painter.drawImage(0, 0, image)
    return flat

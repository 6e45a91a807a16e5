"""Small pictures of files, made where the file is and beside the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QColor, QImage, QImageReader, QPainter

SIDE_PX = 320
QUALITY = 70
ORIGINAL_QUALITY = 88
READ = frozenset({"jpg", "jpeg", "png", "webp", "bmp", "gif"})
"""Formats that are decoded; anything else has no thumbnail."""
MOST_MB = 192
"""Decoded size above which a picture is left alone: a bomb, or a poster."""


def thumbnail(body: bytes) -> bytes | None:
    """A JPEG of at most 320 px, turned as the camera was held; None for what is no picture."""
    image = decode(body, SIDE_PX)
    return None if image is None else encode(_on_white(image), "JPG", QUALITY)


def decode(body: bytes, side_px: int) -> QImage | None:
    """The picture at no more than this size; None for what cannot be read as one."""
    data = QByteArray(body)
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    if bytes(reader.format().data()).decode() not in READ:
        return None
    size = reader.size()
    if size.isValid() and size.width() * size.height() * 4 > MOST_MB * 1_000_000:
        return None
    if size.isValid() and max(size.width(), size.height()) > side_px:
        fitted = size.scaled(QSize(side_px, side_px), Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(fitted.expandedTo(QSize(1, 1)))
    image = reader.read()
    return None if image.isNull() else image


def encode(image: QImage, form: str, quality: int = ORIGINAL_QUALITY) -> bytes | None:
    """The picture as a file, without anything the camera wrote beside it."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    written = image.save(buffer, form, quality)  # type: ignore[call-overload]
    return bytes(data.data()) if written else None


def _on_white(image: QImage) -> QImage:
    """A JPEG has no transparency: what shows through is paper."""
    if not image.hasAlphaChannel():
        return image
    flat = QImage(image.size(), QImage.Format.Format_RGB32)
    flat.fill(QColor("white"))
    with QPainter(flat) as painter:
        painter.drawImage(0, 0, image)
    return flat

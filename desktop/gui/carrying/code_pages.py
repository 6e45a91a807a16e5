"""QR codes on paper: six to a page, each with its number, and what to do with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPagedPaintDevice, QPainter

from desktop.gui.widgets.thumbnail import decode

translate = QCoreApplication.translate

COLUMNS, ROWS = 3, 2
A_PAGE = COLUMNS * ROWS
FONT_PT = 11
HEAD_SHARE, CAPTION_SHARE = 0.1, 0.08
"""Of the page's height, for the head; of a code's room, for the number below it."""
GAP_SHARE = 0.04


@dataclass(frozen=True)
class CodePages:
    """The codes of one bundle, to be printed."""

    title: str
    pictures: tuple[bytes, ...]
    """A PNG of each."""

    def draw(self, device: QPagedPaintDevice) -> Iterator[None]:
        """Draw them on that device, a page at each step, each with its number."""
        pages = -(-len(self.pictures) // A_PAGE)
        painter = QPainter(device)
        try:
            font = QFont()
            font.setPointSize(FONT_PT)
            painter.setFont(font)
            for page in range(pages):
                if page:
                    device.newPage()
                self._draw_page(painter, QRectF(0, 0, device.width(), device.height()), page)
                yield
        finally:
            painter.end()

    def _draw_page(self, painter: QPainter, paper: QRectF, page: int) -> None:
        count = len(self.pictures)
        head = QRectF(0, 0, paper.width(), paper.height() * HEAD_SHARE)
        said = translate(
            "Codes",
            "{title}, {count} codes: photograph all of them, in any sequence, and have the photos "
            "read at the county.",
        ).format(title=self.title, count=count)
        painter.drawText(head, int(Qt.TextFlag.TextWordWrap), said)
        width, height = paper.width() / COLUMNS, (paper.height() - head.height()) / ROWS
        for place in range(page * A_PAGE, min(count, (page + 1) * A_PAGE)):
            row, column = divmod(place % A_PAGE, COLUMNS)
            room = QRectF(column * width, head.height() + row * height, width, height)
            self._draw_code(painter, room, place)

    def _draw_code(self, painter: QPainter, room: QRectF, place: int) -> None:
        caption = room.height() * CAPTION_SHARE
        side = min(room.width(), room.height() - caption) * (1 - GAP_SHARE)
        square = QRectF(room.center().x() - side / 2, room.top(), side, side)
        painter.drawImage(square, decode(self.pictures[place]) or QImage())
        below = QRectF(room.left(), square.bottom(), room.width(), caption)
        said = f"{place + 1} / {len(self.pictures)}"
        painter.drawText(below, int(Qt.AlignmentFlag.AlignCenter), said)

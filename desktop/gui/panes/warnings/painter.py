"""How one row of the list of warnings is painted."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter

from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.warnings import warning_text
from desktop.gui.panes.warnings.model import WarningModel
from desktop.gui.symbols import paint_warning
from desktop.gui.widgets.snapshot_list import RowPainter

ROW_PX = 44
MARK_PX = 18
LEAST_PX = 40
"""Least width of a sender's name that is still of use."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class WarningPainter(RowPainter[Warning]):
    """Two lines a row: level, headline and end; then area, start and issuer."""

    def __init__(self, screen: UiContext, model: WarningModel) -> None:
        super().__init__(screen, ROW_PX)
        self._model = model

    def paint_row(self, painter: QPainter, rect: QRect, row: Warning) -> None:
        theme, words, now = self._screen.theme, self._screen.words, self._screen.board.now()
        mark = QRectF(rect.left() + 12, rect.top() + 6, MARK_PX, MARK_PX)
        paint_warning(painter, mark, row.level, theme.tokens)
        inner = rect.adjusted(38, 4, -12, -4)
        upper = QRect(inner.left(), inner.top(), inner.width(), 20)
        lower = QRect(inner.left(), inner.top() + 19, inner.width(), 16)
        end = warning_text.ends(row, now, self._model.unread_ends)
        if not row.in_force(now):
            end = warning_text.over(row, now, words)
        room = self._right(painter, upper, end, "body", "text")
        ink = "text" if row.in_force(now) else "second"
        level = warning_text.level(row, words)
        upper.setLeft(
            upper.left() + self._write_left(painter, upper, room, level, "strong", ink) + 8
        )
        self._write_left(painter, upper, room, warning_text.headline(row, words), "body", ink)
        room = self._right(painter, lower, warning_text.begins(row, now), "second", "second")
        self._paint_about(painter, lower, room, row)

    def _paint_about(self, painter: QPainter, rect: QRect, right: int, warning: Warning) -> None:
        """Paint area and rule; then issuer and signature, which are never cut away."""
        words = self._screen.words
        where = (
            warning_text.rule(warning, words),
            warning_text.area(warning, self._model.townships, words),
        )
        said = " · ".join(part for part in where if part)
        painter.setFont(self._screen.theme.font("second"))
        told = self.elide_origin(painter.fontMetrics(), right - rect.left(), said, warning)
        room = right - painter.fontMetrics().horizontalAdvance(told)
        rect.setLeft(rect.left() + self._write_left(painter, rect, room, said, "second", "second"))
        self._write_left(
            painter, rect, right, told if said else told.lstrip(" ·"), "second", "second"
        )

    def elide_origin(self, metrics: QFontMetrics, room: int, said: str, warning: Warning) -> str:
        """Return signature and issuer; the issuer is cut before the area, the signature never."""
        checked = f" · {warning_text.signature(warning)}"
        issuer = formatting.in_one_line(self._screen.words.text(warning.issuer), 60)
        left = room - metrics.horizontalAdvance(said)
        told = f"{checked} · {issuer}" if issuer else checked
        if left < metrics.horizontalAdvance(checked) + LEAST_PX:
            told, left = checked, room * 6 // 10
        return formatting.elide(told, metrics, left)

    def _right(self, painter: QPainter, rect: QRect, text: str, role: str, ink: str) -> int:
        """Write at the right, at most half the row; return the right edge left for the rest."""
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        shown = formatting.elide(text, painter.fontMetrics(), rect.width() // 2)
        painter.drawText(rect, RIGHT, shown)
        return rect.right() - painter.fontMetrics().horizontalAdvance(shown) - 12

    def _write_left(
        self, painter: QPainter, rect: QRect, right: int, text: str, role: str, ink: str
    ) -> int:
        """Write from the left, up to the edge given; return the width used."""
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        shown = formatting.elide(text, painter.fontMetrics(), right - rect.left())
        painter.drawText(rect, LEFT, shown)
        return painter.fontMetrics().horizontalAdvance(shown)

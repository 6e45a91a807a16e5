"""How one row of the list of alarms is painted."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.levels import EventLevel
from desktop.gui import formatting, symbols
from desktop.gui.context import UiContext
from desktop.gui.panes.alarms.model import AlarmModel, AlarmRow
from desktop.gui.widgets.snapshot_list import RowPainter

ROW_PX = 44
MARK_PX = 14
INSET_PX, EDGE_PX = 20, 16
ARROW_PX = 10
AGE_PX = 88
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

SHAPES = {
    AlarmPriority.HIGH: EventLevel.MAJOR,
    AlarmPriority.MEDIUM: EventLevel.LARGER,
    AlarmPriority.LOW: EventLevel.ORDINARY,
    AlarmPriority.UNKNOWN: EventLevel.UNKNOWN,
}
"""Shapes of priorities, taken from the levels; the word beside names the priority."""

OUTLINED = frozenset(
    {
        AlarmState.RETURNED_UNACKNOWLEDGED,
        AlarmState.NORMAL,
        AlarmState.SHELVED,
        AlarmState.SUPPRESSED,
        AlarmState.OUT_OF_SERVICE,
    }
)
"""States of alarms that are not on, or of which somebody decided that they do not count now."""


class AlarmPainter(RowPainter[AlarmRow]):
    """Two lines a row: mark, title and age; then state, time and what follows from it."""

    def __init__(self, screen: UiContext, model: AlarmModel) -> None:
        super().__init__(screen, ROW_PX)
        self._model = model

    def paint_row(self, painter: QPainter, rect: QRect, row: AlarmRow) -> None:
        inner = rect.adjusted(EDGE_PX + INSET_PX * row.depth, 4, -EDGE_PX, -4)
        mark = QRectF(inner.left(), inner.top() + 4, MARK_PX, MARK_PX)
        text = inner.adjusted(MARK_PX + 10, 0, -AGE_PX - 12, 0)
        upper = QRect(text.left(), text.top(), text.width(), 20)
        lower = QRect(text.left(), text.top() + 19, text.width(), 16)
        age = QRect(inner.right() - AGE_PX, inner.top(), AGE_PX, 20)
        stands = row.group.stands
        if row.is_fold:
            centre = int(rect.center().y())
            mark.moveTop(centre - MARK_PX / 2)
            self._paint_arrow(painter, mark, row)
            upper.moveTop(centre - 10)
            age.moveTop(centre - 10)
        else:
            paint_mark(painter, mark, row, self._screen)
            if row.beneath:
                arrow = QRectF(mark.left() - ARROW_PX - 2, mark.top(), ARROW_PX, MARK_PX)
                self._paint_arrow(painter, arrow, row)
            self._write(painter, lower, self._model.about(row), "second", "second", LEFT)
        ink = "text" if stands else "second"
        self._write(
            painter, upper, self._model.name(row), "strong" if stands else "body", ink, LEFT
        )
        self._write(painter, age, self._model.age(row), "number", ink, RIGHT)

    def is_on_arrow(self, x_px: int, row: AlarmRow) -> bool:
        """Whether this place in a row is its arrow, with the mark beside it."""
        return bool(row.beneath) and x_px < EDGE_PX + INSET_PX * row.depth + MARK_PX

    def _paint_arrow(self, painter: QPainter, rect: QRectF, row: AlarmRow) -> None:
        _paint_arrow(painter, rect, self._screen.theme.color("second"), self._model.is_open(row))

    def _write(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        role: str,
        ink: str,
        align: Qt.AlignmentFlag,
    ) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        shown = formatting.elide(text, painter.fontMetrics(), rect.width())
        painter.drawText(rect, align, shown)


def paint_mark(painter: QPainter, rect: QRectF, row: AlarmRow, screen: UiContext) -> None:
    """Paint the shape of a priority: filled while the alarm is on, else an outline in grey."""
    shape, state = SHAPES[row.group.alarm.priority], row.group.alarm.state
    if state not in OUTLINED:
        symbols.paint_level(painter, rect, shape, screen.theme.tokens)
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width(), rect.height())
    painter.setPen(QPen(screen.theme.color("second"), 0.12))
    painter.drawPath(symbols.level_path(shape))
    painter.restore()


def _paint_arrow(painter: QPainter, rect: QRectF, ink: QColor, is_open: bool) -> None:
    """Paint the arrow of a fold: to the right while closed, down while open."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center())
    painter.rotate(90 if is_open else 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)
    painter.drawPolygon(QPolygonF([QPointF(-3, -5), QPointF(4, 0), QPointF(-3, 5)]))
    painter.restore()

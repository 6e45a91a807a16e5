"""Paints the lines of the incident list: level, title, stage and the running clock."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.application.ports import IncidentRow
from desktop.domain.levels import EventLevel
from desktop.gui import marks, phrases
from desktop.gui.context import Screen
from desktop.gui.models.incidents import ROW_ROLE, Column, IncidentModel

ROW_PX = 44
EDGE_PX = 12
FIRST_LINE = 4
SECOND_LINE = 22


class IncidentPainter(QStyledItemDelegate):
    """Draws from the snapshot alone; a line not yet loaded is a quiet grey bar."""

    def __init__(self, screen: Screen, model: IncidentModel) -> None:
        super().__init__(model)
        self._screen, self._model = screen, model
        self.stage_in_line = False
        """Whether the second line also says the stage, as its column is hidden."""

    def sizeHint(
        self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(option.rect.width(), ROW_PX)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        theme = self._screen.theme
        rect = option.rect
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if picked:
            painter.fillRect(rect, theme.color("pick_ground"))
            if index.column() == Column.LEVEL:
                painter.fillRect(rect.x(), rect.y(), 3, rect.height(), theme.color("pick"))
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, theme.color("line"))
        row = index.data(ROW_ROLE)
        if isinstance(row, IncidentRow):
            column = Column(index.column())
            {
                Column.LEVEL: self._paint_level,
                Column.TITLE: self._paint_title,
                Column.STAGE: self._paint_stage,
                Column.DUE: self._paint_due,
            }[column](painter, rect, row)
        elif index.column() == Column.TITLE:
            bar = QRect(rect.x(), rect.y() + 15, min(rect.width() - 24, 180), 12)
            painter.fillRect(bar, theme.color("ground"))
        painter.restore()

    def _paint_level(self, painter: QPainter, rect: QRect, row: IncidentRow) -> None:
        tokens = self._screen.theme.tokens
        mark = QRectF(rect.x() + EDGE_PX, rect.y() + 8, 13, 13)
        marks.paint_level(painter, mark, row.level, tokens)
        grave = row.level.rank <= EventLevel.LARGER.rank
        color = {
            EventLevel.ESPECIALLY_MAJOR: "red",
            EventLevel.MAJOR: "red",
            EventLevel.LARGER: "orange_text",
        }.get(row.level, "second")
        font = self._screen.theme.font("second")
        if grave:
            font.setWeight(QFont.Weight.DemiBold)
        words = self._screen.words
        said = words.term("event_level", row.level) if row.level is not EventLevel.NONE else "—"
        left = EDGE_PX + 20
        self._write(painter, rect.adjusted(left, FIRST_LINE, 0, 0), said, font, self._color(color))

    def _paint_title(self, painter: QPainter, rect: QRect, row: IncidentRow) -> None:
        words, theme = self._screen.words, self._screen.theme
        font = theme.font("body" if row.acknowledged else "strong")
        room = rect.adjusted(0, FIRST_LINE, -EDGE_PX, 0)
        self._write(painter, room, words.text(row.title), font, self._color("text"))
        parts = [self._model.township(row.township), words.text(row.lead_unit)]
        if self.stage_in_line:
            parts.insert(0, words.term("stage", row.stage))
            if row.pending is not None:
                parts.insert(0, words.term("receipt", row.pending))
        if not row.acknowledged:
            parts.insert(0, phrases.translate("IncidentModel", "unseen"))
        room = rect.adjusted(0, SECOND_LINE, -EDGE_PX, 0)
        said = " · ".join(part for part in parts if part)
        self._write(painter, room, said, theme.font("second"), self._color("second"))

    def _paint_stage(self, painter: QPainter, rect: QRect, row: IncidentRow) -> None:
        words, theme = self._screen.words, self._screen.theme
        room = rect.adjusted(0, FIRST_LINE, -8, 0)
        said = words.term("stage", row.stage)
        self._write(painter, room, said, theme.font("body"), self._color("second"))
        if row.pending is not None:
            room = rect.adjusted(0, SECOND_LINE, 0, 0)
            said = words.term("receipt", row.pending)
            color = "orange_text" if row.pending.needs_officer else "pick"
            self._write(painter, room, said, theme.font("second"), self._color(color))

    def _paint_due(self, painter: QPainter, rect: QRect, row: IncidentRow) -> None:
        if row.due_at is None or not row.stage.is_open:
            return
        words, theme, now = self._screen.words, self._screen.theme, self._screen.board.now()
        overdue = now >= row.due_at
        soon = not overdue and now >= row.due_at - row.prealarm_ms
        font = theme.font("strong" if overdue else "number")
        color = self._color("red" if overdue else "orange_text" if soon else "text")
        right = Qt.AlignmentFlag.AlignRight
        room = rect.adjusted(0, FIRST_LINE, -EDGE_PX, 0)
        said = phrases.countdown(row.due_at, now, words)
        self._write(painter, room, said, font, color, right)
        if overdue or soon:
            room = rect.adjusted(0, SECOND_LINE, -EDGE_PX, 0)
            said = words.term("urgency", "overdue" if overdue else "soon")
            self._write(painter, room, said, theme.font("second"), color, right)

    def _color(self, token: str) -> QColor:
        return self._screen.theme.color(token)

    def _write(
        self,
        painter: QPainter,
        room: QRect,
        text: str,
        font: QFont,
        color: QColor,
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        """One elided line of plain text at the top of its room."""
        painter.setFont(font)
        painter.setPen(color)
        line = phrases.elided(text, QFontMetrics(font), room.width())
        flags = side | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextSingleLine
        painter.drawText(room, int(flags), line)

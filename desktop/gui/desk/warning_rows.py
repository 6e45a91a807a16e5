"""Rows of the list of warnings: the model, and how one row is painted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop.application.board import Board
from desktop.domain.command import Collection, Key
from desktop.domain.place import Township
from desktop.domain.warning import Warning
from desktop.gui import phrases, warning_words
from desktop.gui.context import Screen
from desktop.gui.marks import paint_warning
from desktop.gui.warning_words import NO_ENDS, UnreadEnds

Index = QModelIndex | QPersistentModelIndex

WARNING_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = 44
MARK_PX = 18
LEAST_PX = 40
"""Less of a sender than this tells nothing."""
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Warnings:
    """What one look at the board found."""

    in_force: tuple[Warning, ...] = ()
    past: tuple[Warning, ...] = ()
    townships: Mapping[str, Township] = field(default_factory=dict)
    unread_ends: UnreadEnds = NO_ENDS


def read_warnings(board: Board) -> Warnings:
    """Warnings in force and those just over; runs on the reader lane."""
    townships = {township.id: township for township in board.townships()}
    return Warnings(board.warnings(), board.past_warnings(), townships, board.unread_ends())


def warning_key(warning: Warning) -> Key:
    """The identity of a warning across all sources."""
    return Key(warning.source, Collection.WARNINGS, warning.id)


class WarningModel(QAbstractListModel):
    """Warnings in the board's order."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self.rows: tuple[Warning, ...] = ()
        self.townships: Mapping[str, Township] = {}
        self.unread_ends = NO_ENDS

    def show(
        self,
        rows: tuple[Warning, ...],
        townships: Mapping[str, Township],
        unread_ends: UnreadEnds = NO_ENDS,
    ) -> None:
        """Replace the rows; only their content is told when they stand as before."""
        same = [warning_key(w) for w in rows] == [warning_key(w) for w in self.rows]
        if not same:
            self.beginResetModel()
        self.rows, self.townships, self.unread_ends = rows, townships, unread_ends
        if not same:
            self.endResetModel()
        elif rows:
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        warning = self.rows[index.row()]
        if role == WARNING_ROLE:
            return warning
        if role == Qt.ItemDataRole.DisplayRole:
            return warning_words.headline(warning, self._screen.words)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.sentence(warning)
        if role == Qt.ItemDataRole.ToolTipRole:
            return phrases.plain_tip(self.sentence(warning).replace(" · ", "\n"))
        return None

    def row(self, key: Key) -> int | None:
        """Where a warning stands in the list."""
        return next((n for n, w in enumerate(self.rows) if warning_key(w) == key), None)

    def sentence(self, warning: Warning) -> str:
        """Everything the row says, in one line."""
        now, words = self._screen.board.now(), self._screen.words
        return warning_words.sentence(warning, self.townships, now, words, self.unread_ends)


class WarningPainter(QStyledItemDelegate):
    """Two lines a row: level, what and until when; then where, from when and who says so."""

    def __init__(self, screen: Screen, model: WarningModel) -> None:
        super().__init__()
        self._screen, self._model = screen, model

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        warning: Warning = index.data(WARNING_ROLE)
        theme, words, now = self._screen.theme, self._screen.words, self._screen.board.now()
        rect = QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("pick_ground"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("pick"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        mark = QRectF(rect.left() + 12, rect.top() + 6, MARK_PX, MARK_PX)
        paint_warning(painter, mark, warning.level, theme.tokens)
        inner = rect.adjusted(38, 4, -12, -4)
        upper = QRect(inner.left(), inner.top(), inner.width(), 20)
        lower = QRect(inner.left(), inner.top() + 19, inner.width(), 16)
        end = warning_words.ends(warning, now, self._model.unread_ends)
        if not warning.in_force(now):
            end = warning_words.over(warning, now, words)
        room = self._right(painter, upper, end, "body", "text")
        ink = "text" if warning.in_force(now) else "second"
        level = warning_words.level(warning, words)
        upper.setLeft(upper.left() + self._left(painter, upper, room, level, "strong", ink) + 8)
        self._left(painter, upper, room, warning_words.headline(warning, words), "body", ink)
        room = self._right(painter, lower, warning_words.begins(warning, now), "second", "second")
        self._paint_about(painter, lower, room, warning)
        painter.restore()

    def _paint_about(self, painter: QPainter, rect: QRect, right: int, warning: Warning) -> None:
        """Where and by whose rule; then who says so and what a signature tells, never cut away."""
        words = self._screen.words
        where = (
            warning_words.rule(warning, words),
            warning_words.area(warning, self._model.townships, words),
        )
        said = " · ".join(part for part in where if part)
        painter.setFont(self._screen.theme.font("second"))
        told = self.told(painter.fontMetrics(), right - rect.left(), said, warning)
        room = right - painter.fontMetrics().horizontalAdvance(told)
        rect.setLeft(rect.left() + self._left(painter, rect, room, said, "second", "second"))
        self._left(painter, rect, right, told if said else told.lstrip(" ·"), "second", "second")

    def told(self, metrics: QFontMetrics, room: int, said: str, warning: Warning) -> str:
        """Who says so, cut away before where it holds; what nobody has checked stays."""
        checked = f" · {warning_words.signature(warning)}"
        issuer = phrases.in_one_line(self._screen.words.text(warning.issuer), 60)
        left = room - metrics.horizontalAdvance(said)
        told = f"{checked} · {issuer}" if issuer else checked
        if left < metrics.horizontalAdvance(checked) + LEAST_PX:
            told, left = checked, room * 6 // 10
        return phrases.elided(told, metrics, left)

    def _right(self, painter: QPainter, rect: QRect, text: str, role: str, ink: str) -> int:
        """Write at the right, at most half the row; the right edge left for the rest."""
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        shown = phrases.elided(text, painter.fontMetrics(), rect.width() // 2)
        painter.drawText(rect, RIGHT, shown)
        return rect.right() - painter.fontMetrics().horizontalAdvance(shown) - 12

    def _left(
        self, painter: QPainter, rect: QRect, right: int, text: str, role: str, ink: str
    ) -> int:
        """Write from the left, up to the edge given; the width that took."""
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        shown = phrases.elided(text, painter.fontMetrics(), right - rect.left())
        painter.drawText(rect, LEFT, shown)
        return painter.fontMetrics().horizontalAdvance(shown)

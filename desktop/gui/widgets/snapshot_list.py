"""Lists whose rows keep their position while their content is read again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QFocusEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.focus import paint_ring

if TYPE_CHECKING:
    from PySide6.QtCore import QAbstractItemModel as _Model
else:

    class _Model:
        """A stand-in for Qt's model, which is the other base class."""


T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()

ROW_ROLE = Qt.ItemDataRole.UserRole
MOST_ALONE = 10
"""So many changed rows are repainted one by one, more with all others."""


class SnapshotRows(_Model, Generic[T]):
    """The rows of a Qt model as last read, each identified by its key; the first of its bases."""

    key: Callable[[T], object]
    rows: tuple[T, ...] = ()
    columns = 1

    def show(self, rows: tuple[T, ...]) -> None:
        """Replace the rows; if their keys and positions are the same, only those of another
        content are updated."""
        before = self.rows
        if [self.key(r) for r in rows] != [self.key(r) for r in before]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        self.rows = rows
        changed = [n for n, row in enumerate(rows) if row is not before[n] and row != before[n]]
        if len(changed) > MOST_ALONE:
            self.say_again()
            return
        for n in changed:
            for column in range(self.columns):
                # A view repaints one cell where it is; of more than one, it repaints them all.
                self.dataChanged.emit(self.index(n, column), self.index(n, column))

    def say_again(self) -> None:
        """Repaint every row, because its texts or its age have changed."""
        if self.rows:
            last = self.index(len(self.rows) - 1, self.columns - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def row(self, key: object) -> int | None:
        """Return the position of the row with that key, or None."""
        return next((n for n, r in enumerate(self.rows) if self.key(r) == key), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.rows)


class SnapshotListModel(SnapshotRows[T], QAbstractListModel):
    """A list model of rows in the order given, each with one line of text."""

    def __init__(self, screen: UiContext, key: Callable[[T], object]) -> None:
        super().__init__()
        self._screen = screen
        self.key = key

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.name(row)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.sentence(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return formatting.plain_tip(self.tip(row))
        return None

    def name(self, row: T) -> str:
        """Return a row's name, in one line."""
        raise NotImplementedError

    def sentence(self, row: T) -> str:
        """Describe a row in full, in one line."""
        raise NotImplementedError

    def tip(self, row: T) -> str:
        """Return the tooltip of a row: its full description."""
        return self.sentence(row)


class RowPainter(QStyledItemDelegate, Generic[T]):
    """Painter of a row's ground, picked or not, and the line under it."""

    def __init__(self, screen: UiContext, height: int) -> None:
        super().__init__()
        self._screen, self._height = screen, height

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, rect = self._screen.theme, QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("pick_ground"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("pick"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        self.paint_row(painter, rect, index.data(ROW_ROLE))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_ring(painter, rect, theme.color("pick"))
        painter.restore()

    def paint_row(self, painter: QPainter, rect: QRect, row: T) -> None:
        """Paint the row's content on its ground."""
        raise NotImplementedError

    def passing(self, _row: T, _now: Instant) -> object:
        """Return what is another once time alone has changed a row's picture."""
        return None

    def is_later(self) -> bool:
        """Whether the present time is only a minimum, which every age in words tells."""
        return self._screen.words.is_later()


class RowList(QListView, Generic[T]):
    """A list that keeps its current row and its scroll position when it is filled again."""

    def __init__(self, table: SnapshotListModel[T], painter: RowPainter[T]) -> None:
        super().__init__()
        self.table, self._painter = table, painter
        self._passing: dict[int, object] = {}
        self._is_later = False
        self.setModel(table)
        self.setItemDelegate(painter)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep in sight what has the keyboard, unless the reader had scrolled on from it: what
        opens beside the list may take its room."""
        current, before = self.currentIndex(), QRect(QPoint(), event.oldSize())
        was_seen = before.contains(self.visualRect(current).center())
        super().resizeEvent(event)
        if was_seen and self.hasFocus() and current.isValid():
            self.scrollTo(current)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # Under a pointer that is pressed no row moves away.
        if event.reason() != Qt.FocusReason.MouseFocusReason and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def tick(self, now: Instant) -> None:
        """Repaint just the rows on screen that time alone has changed."""
        if not self.isVisible():
            return
        was_later, self._is_later = self._is_later, self._painter.is_later()
        if was_later is not self._is_later:
            self.viewport().update()
        first = max(0, self.indexAt(QPoint(1, 0)).row())
        last = self.indexAt(QPoint(1, self.viewport().height() - 1)).row()
        rows = self.table.rows[first : last + 1 if last >= 0 else None]
        passing = {first + n: self._painter.passing(row, now) for n, row in enumerate(rows)}
        for n, said in passing.items():
            if self._passing.get(n) != said:
                self.update(self.table.index(n))
        self._passing = passing

    @property
    def current(self) -> T | None:
        """Return the current row."""
        index = self.currentIndex()
        return self.table.rows[index.row()] if index.isValid() else None

    def step(self, by: int) -> None:
        """Make the next or the previous row current; the first one where none was."""
        count, now = len(self.table.rows), self.currentIndex().row()
        if count:
            self.setCurrentIndex(
                self.table.index(min(max(now + by, 0), count - 1) if now >= 0 else 0)
            )

    def show_rows(self, rows: tuple[T, ...]) -> None:
        """Replace the rows; the current one and the scroll position stay."""
        current = self.current
        scroll = self.verticalScrollBar().value()
        self.table.show(rows)
        row = self.table.row(self.table.key(current)) if current is not None else None
        if row is not None and row != self.currentIndex().row():
            self.stand_again(row)
        self.verticalScrollBar().setValue(scroll)

    def stand_again(self, row: int) -> None:
        """Select the row again that was current before the rows moved."""
        self.selectionModel().setCurrentIndex(
            self.table.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

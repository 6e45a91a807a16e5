"""The matrix township × kind, which shows what is broken at a glance."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop.application.i18n import Words
from desktop.application.reads.read_models import Infrastructure, MatrixCell
from desktop.domain.asset import AssetState
from desktop.domain.certainty import judge_certainty
from desktop.domain.command import Collection
from desktop.domain.freshness import Freshness
from desktop.domain.instant import Instant
from desktop.gui.context import UiContext
from desktop.gui.formatting import in_one_line, plain_tip
from desktop.gui.panes.infrastructure.matrix_cells import paint_fold, paint_state
from desktop.gui.panes.infrastructure.matrix_headers import (
    NARROWEST_PX,
    KindHeader,
    TownshipHeader,
)
from desktop.gui.theme import Theme
from desktop.gui.widgets.snapshot_list import NOWHERE, Index

translate = QCoreApplication.translate

CELL_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = (16, 24)
"""Least and greatest height of a row; in between it takes its share of the room. Below the least
nobody hits a row or reads its name: the rest is scrolled."""
FOLD_FROM = 2
"""From this many townships where all is normal on, they are counted in one row."""
ABNORMAL = (AssetState.FAILED, AssetState.DEGRADED, AssetState.UNKNOWN)


class MatrixModel(QAbstractTableModel):
    """Townships down, kinds across; those where all is normal are counted in one row until
    unfolded.

    A filter keeps the townships where a state occurs.
    """

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._infrastructure: Infrastructure | None = None
        self._names: dict[str, str] = {}
        self.only: AssetState | None = None
        self.townships: tuple[str, ...] = ()
        """The rows' townships, the fold's row not counted."""
        self.normal: tuple[str, ...] = ()
        """Those that the fold counts, shown below it when it is open."""
        self.kinds: tuple[str, ...] = ()
        self.unfolded = False
        self.in_doubt = False
        """Whether what is shown may no longer be so, or is not all."""

    @property
    def fold_row(self) -> int | None:
        """The row that counts the townships where all is normal; None when there is none."""
        return len(self.townships) - len(self._opened) if self.normal else None

    @property
    def _opened(self) -> tuple[str, ...]:
        return self.normal if self.unfolded else ()

    def unfold(self, unfolded: bool) -> None:
        """Show the townships where all is normal, or count them in one row again."""
        if unfolded == self.unfolded:
            return
        self.beginResetModel()
        self.unfolded = unfolded
        self.townships, self.normal = _rows(self._infrastructure, self.only, unfolded)
        self.endResetModel()

    def show(self, infrastructure: Infrastructure | None, only: AssetState | None) -> bool:
        """Show this snapshot, with a state only the townships where it occurs; whether rows or
        columns are others than before."""
        before = self._infrastructure
        townships, normal = _rows(infrastructure, only, self.unfolded)
        kinds = infrastructure.kinds if infrastructure else ()
        axes, shown = (townships, normal, kinds), (self.townships, self.normal, self.kinds)
        same = (*axes, only) == (*shown, self.only)
        if not same:
            self.beginResetModel()
        self._infrastructure, self.only = infrastructure, only
        self.townships, self.normal, self.kinds = townships, normal, kinds
        if not (before and infrastructure and before.townships == infrastructure.townships):
            self.retranslate()
        if not same:
            self.endResetModel()
        elif before is not None and infrastructure is not None:
            self._say_cells(before, infrastructure)
        return not same

    def _say_cells(self, before: Infrastructure, after: Infrastructure) -> None:
        """Announce the cells that differ, each by itself: then no other is painted."""
        for township, kind in before.cells.keys() | after.cells.keys():
            if before.cells.get((township, kind)) != after.cells.get((township, kind)):
                place = self.place_of(township, kind)
                if place.isValid():
                    self.dataChanged.emit(place, place)

    def retranslate(self) -> None:
        """Set the names again in the current language."""
        found = self._infrastructure.townships if self._infrastructure else ()
        self._names = {t.id: in_one_line(self._words.text(t.name), 40) for t in found}
        self._names[""] = translate("Matrix", "Elsewhere")
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, max(0, self.rowCount() - 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.townships) + bool(self.normal)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.kinds)

    def is_fold(self, index: Index) -> bool:
        """Whether an index lies in the row that counts the townships where all is normal."""
        return index.isValid() and index.row() == self.fold_row

    def township_at(self, row: int) -> str | None:
        """Return the township of a row; None in the row of the fold and below the last."""
        fold = self.fold_row
        if row == fold:
            return None
        row -= fold is not None and row > fold
        return self.townships[row] if 0 <= row < len(self.townships) else None

    def where(self, index: Index) -> tuple[str | None, str | None]:
        """Return the township and kind of a cell; neither in the row of the fold."""
        township = self.township_at(index.row())
        return township, None if township is None else self.kinds[index.column()]

    def place_of(self, township: str, kind: str) -> QModelIndex:
        """Return the index of a township's kind; invalid when it is not shown."""
        if township not in self.townships or kind not in self.kinds:
            return QModelIndex()
        row, fold = self.townships.index(township), self.fold_row
        row += fold is not None and row >= fold
        return self.index(row, self.kinds.index(kind))

    def cell(self, index: Index) -> MatrixCell | None:
        """Return the assets of a cell, or None if there are none."""
        township, kind = self.where(index)
        if self._infrastructure is None or township is None or kind is None:
            return None
        return self._infrastructure.cells.get((township, kind))

    def name(self, township: str) -> str:
        """Return a township's name; the id of an unlisted one."""
        return self._names.get(township, township)

    def say_fold(self) -> str:
        """Say how many townships the fold stands for, of those that were heard of at all."""
        count = len(self.normal)
        if self.in_doubt:
            return translate("Matrix", "%n township(s) normal when last heard", "", count)
        return translate("Matrix", "%n township(s) normal", "", count)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == CELL_ROLE:
            return self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.say_fold() if self.is_fold(index) else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._sentence(index))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._sentence(index)
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        across = orientation == Qt.Orientation.Horizontal
        if not 0 <= section < (self.columnCount() if across else self.rowCount()):
            return None
        township = None if across else self.township_at(section)
        text = self._words.asset_kind(self.kinds[section]) if across else ""
        text = self.name(township) if township is not None else text
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        if role != Qt.ItemDataRole.ToolTipRole or not text:
            return None
        keys = "Ctrl+Enter" if across else "Shift+Enter"
        return plain_tip(f"{text} · {translate('Matrix', 'list all')} ({keys})")

    def _sentence(self, index: Index) -> str:
        """Describe a cell, as in `青石镇 · 泵站：故障 1，正常 4`."""
        if self.is_fold(index):
            act = (
                translate("Matrix", "Enter folds them")
                if self.unfolded
                else translate("Matrix", "Enter shows them")
            )
            return f"{self.say_fold()} · {act}"
        township, kind = self.where(index)
        if township is None or kind is None:
            return ""
        head = f"{self.name(township)} · {self._words.asset_kind(kind)}"
        cell = self.cell(index)
        if cell is None:
            return f"{head} · {translate('Matrix', 'none that could be read')}"
        states = sorted(cell.states.items(), key=lambda item: item[0].rank)
        return f"{head} · " + ", ".join(
            f"{self._words.term('asset_state', state)} {count}" for state, count in states if count
        )


def _rows(
    infrastructure: Infrastructure | None, only: AssetState | None, unfolded: bool
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the townships that have rows, and those that the fold counts.

    It counts only what is known to be normal: a township of which nothing was heard has a row.
    """
    if infrastructure is None:
        return (), ()
    cells = infrastructure.cells
    townships = [t.id for t in infrastructure.townships]
    if any(township == "" for township, _ in cells):
        townships.append("")
    states = {id: set[AssetState]() for id in townships}
    for (township, _), cell in cells.items():
        states[township] |= {state for state, count in cell.states.items() if count}
    if only is not None:
        return tuple(t for t in townships if only in states[t]), ()
    normal = tuple(t for t in townships if states[t] == {AssetState.NORMAL})
    if len(normal) < FOLD_FROM:
        return tuple(townships), ()
    rows = tuple(t for t in townships if t not in normal)
    return (rows + normal if unfolded else rows), normal


class CellPainter(QStyledItemDelegate):
    """A cell: a dot when normal, coloured, marked and counted when not, blank when none."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRectF(option.rect).adjusted(1, 1, -1, -1)
        cell = index.data(CELL_ROLE)
        model = index.model()
        only = model.only if isinstance(model, MatrixModel) else None
        painter.save()
        if isinstance(cell, MatrixCell):
            state = cell.worst if only is None else only
            if cell.states.get(state):
                paint_state(painter, rect, state, cell.states[state], self._theme)
        elif isinstance(model, MatrixModel) and model.is_fold(index):
            paint_fold(painter, option.rect, model.say_fold(), model.unfolded, self._theme)
        flags = option.state
        if flags & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("pick"), 2))
            painter.drawRect(rect)
        painter.restore()


class Matrix(QTableView):
    """The matrix with its keyboard: arrows move, Enter opens the cell's list or the fold."""

    opened = Signal(object, object)
    """A township id and a kind; None for all of them."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        theme = self._theme = screen.theme
        self.table = MatrixModel(screen.words)
        self._painter = CellPainter(theme)
        self.setModel(self.table)
        self.setItemDelegate(self._painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalHeader(KindHeader(theme))
        self.setVerticalHeader(TownshipHeader(theme))
        for header in (self.horizontalHeader(), self.verticalHeader()):
            header.setFont(theme.font("second"))
        self.clicked.connect(self._open)
        self.activated.connect(self._open)
        self.horizontalHeader().sectionClicked.connect(
            lambda k: self.opened.emit(None, self.table.kinds[k])
        )
        self.verticalHeader().sectionClicked.connect(self._open_row)
        self.table.modelReset.connect(self._span_fold)
        screen.feed.ticked.connect(self._doubt)

    def show_infrastructure(
        self, infrastructure: Infrastructure | None, only: AssetState | None
    ) -> None:
        """Show this snapshot; the current cell and the scroll position stay."""
        current = self.currentIndex()
        where, on_fold = self.table.where(current), self.table.is_fold(current)
        anew = self.table.show(infrastructure, only)
        self._doubt(self._screen.board.now())
        if anew:
            self._stand_on(where, on_fold)
            self._share_room()

    def unfold(self, unfolded: bool) -> None:
        """Show the townships where all is normal, or count them in one row again."""
        self.table.unfold(unfolded)
        self._stand_on((None, None), on_fold=True)
        self._share_room()

    @property
    def whole_px(self) -> int:
        """The width below which kinds would be out of sight."""
        beside = self.verticalHeader().sizeHint().width()
        bar = self.verticalScrollBar().sizeHint().width()
        return beside + self.table.columnCount() * NARROWEST_PX + bar

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the fold, or the township (Shift+Enter) or kind (Ctrl+Enter) of the cell."""
        township, kind = self.table.where(self.currentIndex())
        if township is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self.opened.emit(township, None)
                return
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.opened.emit(None, kind)
                return
        keys = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False, Qt.Key.Key_Space: None}
        if self.table.is_fold(self.currentIndex()) and event.key() in keys:
            wanted = keys[Qt.Key(event.key())]
            self.unfold(not self.table.unfolded if wanted is None else wanted)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _doubt(self, now: Instant) -> None:
        """Say of the fold whether its townships are normal now, or were when last heard."""
        wanted = frozenset({Collection.ASSETS})
        statuses = [s for s in self._screen.board.statuses() if wanted & s.fills]
        old = any(s.freshness(now) is not Freshness.FRESH for s in statuses)
        in_doubt = old or not judge_certainty(statuses, wanted, now).is_certain
        if in_doubt != self.table.in_doubt:
            self.table.in_doubt = in_doubt
            self.viewport().update()

    def _span_fold(self) -> None:
        self.clearSpans()
        fold = self.table.fold_row
        if fold is not None and self.table.columnCount() > 1:
            self.setSpan(fold, 0, 1, self.table.columnCount())

    def _stand_on(self, where: tuple[str | None, str | None], on_fold: bool) -> None:
        """Make the cell current again at its new position."""
        index = self.table.place_of(where[0] or "", where[1] or "")
        if on_fold and self.table.fold_row is not None:
            index = self.table.index(self.table.fold_row, 0)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)

    def _share_room(self) -> None:
        """Let rows grow into the room; those for which there is none are scrolled."""
        self.horizontalHeader().updateGeometry()
        self.updateGeometries()
        rows = max(1, self.table.rowCount())
        height = min(max(self.viewport().height() // rows, ROW_PX[0]), ROW_PX[1])
        self.verticalHeader().setDefaultSectionSize(height)

    def _open(self, index: QModelIndex) -> None:
        if self.table.is_fold(index):
            self.unfold(not self.table.unfolded)
        elif self.table.cell(index) is not None:
            self.opened.emit(*self.table.where(index))

    def _open_row(self, row: int) -> None:
        township = self.table.township_at(row)
        if township is None:
            self.unfold(not self.table.unfolded)
        else:
            self.opened.emit(township, None)

"""The matrix township × kind, which shows what is broken at a glance."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPointF,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from desktop.application.i18n import Words
from desktop.application.reads.read_models import Infrastructure, MatrixCell
from desktop.domain.asset import AssetState
from desktop.gui.context import UiContext
from desktop.gui.formatting import in_one_line, plain_tip
from desktop.gui.panes.infrastructure.matrix_headers import (
    NARROWEST_PX,
    TWO_LINES_PX,
    KindHeader,
    TownshipHeader,
    paint_name,
)
from desktop.gui.symbols import state_brush
from desktop.gui.theme import Theme
from desktop.gui.widgets.snapshot_list import NOWHERE, Index

translate = QCoreApplication.translate

CELL_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = (11, 24)
"""Least and greatest height of a row; in between it takes its share of the room. Below the least,
names would overlap: the rest is scrolled."""
ABNORMAL = (AssetState.FAILED, AssetState.DEGRADED, AssetState.UNKNOWN)


class MatrixModel(QAbstractTableModel):
    """Townships down, kinds across; a filter keeps the townships where a state occurs."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._infrastructure: Infrastructure | None = None
        self._names: dict[str, str] = {}
        self.only: AssetState | None = None
        self.townships: tuple[str, ...] = ()
        self.kinds: tuple[str, ...] = ()
        self.folded = False
        """Whether the second half of the townships is beside the first."""

    def fold(self, folded: bool) -> None:
        """Put the second half of the townships beside the first, or below it again."""
        if folded != self.folded:
            self.beginResetModel()
            self.folded = folded
            self.endResetModel()

    def show(self, infrastructure: Infrastructure | None, only: AssetState | None) -> None:
        """Show this snapshot; with a state, only the townships where it occurs."""
        townships, kinds = _axes(infrastructure, only)
        same = (townships, kinds) == (self.townships, self.kinds)
        if not same:
            self.beginResetModel()
        self._infrastructure, self.only = infrastructure, only
        self.townships, self.kinds = townships, kinds
        self.retranslate()
        if not same:
            self.endResetModel()
        elif townships and kinds:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def retranslate(self) -> None:
        """Set the names again in the current language."""
        found = self._infrastructure.townships if self._infrastructure else ()
        self._names = {t.id: in_one_line(self._words.text(t.name), 40) for t in found}
        self._names[""] = translate("Matrix", "Elsewhere")
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(0, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, max(0, self.rowCount() - 1))

    def rowCount(self, parent: Index = NOWHERE) -> int:
        if parent.isValid():
            return 0
        return (len(self.townships) + 1) // 2 if self.folded else len(self.townships)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        if parent.isValid():
            return 0
        return 2 * len(self.kinds) + 1 if self.folded else len(self.kinds)

    def where(self, index: Index) -> tuple[str | None, str | None]:
        """Return the township and kind of a cell; no kind in the column of names, no township
        below."""
        row, column = index.row(), index.column() - len(self.kinds)
        if column >= 0:
            row += self.rowCount()
        township = self.townships[row] if row < len(self.townships) else None
        return township, self.kind_at(index.column())

    def kind_at(self, column: int) -> str | None:
        """Return the kind of a column; None for the column of names."""
        count = len(self.kinds)
        return None if column == count else self.kinds[column % (count + 1)]

    def place_of(self, township: str, kind: str) -> QModelIndex:
        """Return the index of a township's kind; invalid when it is not shown."""
        if township not in self.townships or kind not in self.kinds:
            return QModelIndex()
        beside, row = divmod(self.townships.index(township), max(1, self.rowCount()))
        return self.index(row, self.kinds.index(kind) + beside * (len(self.kinds) + 1))

    def cell(self, index: Index) -> MatrixCell | None:
        """Return the assets of a cell, or None if there are none."""
        township, kind = self.where(index)
        if self._infrastructure is None or township is None or kind is None:
            return None
        return self._infrastructure.cells.get((township, kind))

    def name(self, township: str) -> str:
        """Return a township's name; the id of an unlisted one."""
        return self._names.get(township, township)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        if role == CELL_ROLE:
            return self.cell(index)
        township, kind = self.where(index)
        if township is None:
            return None
        if kind is None and role == Qt.ItemDataRole.DisplayRole:
            return self.name(township)
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
        kind = self.kind_at(section) if across else None
        text = self._words.asset_kind(kind) if kind is not None else ""
        text = text if across else self.name(self.townships[section])
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else None

    def _sentence(self, index: Index) -> str:
        """Describe a cell, as in `青石镇 · 泵站：故障 1，正常 4`."""
        township, kind = self.where(index)
        if township is None or kind is None:
            return self.name(township or "")
        head = f"{self.name(township)} · {self._words.asset_kind(kind)}"
        cell = self.cell(index)
        if cell is None:
            return f"{head} · {translate('Matrix', 'none that could be read')}"
        states = sorted(cell.states.items(), key=lambda item: item[0].rank)
        return f"{head} · " + ", ".join(
            f"{self._words.term('asset_state', state)} {count}" for state, count in states if count
        )


def _axes(
    infrastructure: Infrastructure | None, only: AssetState | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if infrastructure is None:
        return (), ()
    cells = infrastructure.cells
    townships = [t.id for t in infrastructure.townships]
    if any(township == "" for township, _ in cells):
        townships.append("")
    if only is not None:
        kept = {t for (t, _), cell in cells.items() if cell.states.get(only)}
        townships = [t for t in townships if t in kept]
    return tuple(townships), infrastructure.kinds


class CellPainter(QStyledItemDelegate):
    """A cell: ground when normal, coloured, marked and counted when not, blank when none."""

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
            state = cell.worst
            if only is not None:
                state = only if cell.states.get(only) else AssetState.NORMAL
            paint_state(painter, rect, state, cell.states.get(state, 0), self._theme)
        elif name := index.data():
            paint_name(painter, option.rect, str(name), self._theme)
        flags = option.state
        if flags & QStyle.StateFlag.State_Selected:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._theme.color("pick"), 2))
            painter.drawRect(rect)
        painter.restore()


def paint_state(
    painter: QPainter, rect: QRectF, state: AssetState, count: int, theme: Theme
) -> None:
    """Paint a state as a filled cell; the failed one is crossed, the degraded one points down."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(rect, theme.color("ground"))
    if state is AssetState.NORMAL:
        return
    painter.fillRect(rect, state_brush(theme.tokens, state))
    if state not in (AssetState.FAILED, AssetState.DEGRADED):
        return
    ink = _ink(theme, theme.color("red" if state is AssetState.FAILED else "orange"))
    side = min(7.0, rect.height() - 4)
    numbered = count > 1 and rect.width() >= 28 and rect.height() >= 12
    middle = rect.center().x() - (6 if numbered else 0)
    box = QRectF(middle - side / 2, rect.center().y() - side / 2, side, side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state is AssetState.FAILED:
        painter.setPen(QPen(ink, 1.6))
        painter.drawLine(box.topLeft(), box.bottomRight())
        painter.drawLine(box.topRight(), box.bottomLeft())
    else:
        painter.setBrush(ink)
        painter.drawPolygon(
            QPolygonF([box.topLeft(), box.topRight(), QPointF(box.center().x(), box.bottom())])
        )
    if numbered:
        painter.setPen(ink)
        painter.setFont(theme.font("second"))
        beside = rect.adjusted(rect.width() / 2, -3, 0, 3)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, str(count))


def _ink(theme: Theme, ground: QColor) -> QColor:
    """Return the theme's lightest or darkest colour, whichever reads better on the ground."""
    inks = (theme.color("raised"), theme.color("text"))
    return max(inks, key=lambda ink: contrast(ink, ground))


def contrast(one: QColor, other: QColor) -> float:
    """Return the WCAG contrast between two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


class Matrix(QTableView):
    """The matrix with its keyboard: arrows move, Enter opens the cell's list."""

    opened = Signal(object, object)
    """A township id and a kind; None for all of them."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
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
        self.horizontalHeader().sectionClicked.connect(self._open_kind)
        self.verticalHeader().sectionClicked.connect(
            lambda k: self.opened.emit(self.table.townships[k], None)
        )
        theme.changed.connect(self._dress)
        self._dress()

    def show_infrastructure(
        self, infrastructure: Infrastructure | None, only: AssetState | None
    ) -> None:
        """Show this snapshot; the current cell and the scroll position stay."""
        current = self.currentIndex()
        where = self.table.where(current) if current.isValid() else (None, None)
        self.table.show(infrastructure, only)
        self._stand_on(where)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def _dress(self) -> None:
        """Style the corner between the heads, which only a style sheet can reach."""
        panel = self._theme.tokens.panel
        self.setStyleSheet(f"QTableCornerButton::section {{ background: {panel}; border: none; }}")

    def _stand_on(self, where: tuple[str | None, str | None]) -> None:
        """Select the current cell again at its new position."""
        index = self.table.place_of(where[0] or "", where[1] or "")
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)

    def _share_room(self) -> None:
        """Let rows grow into the room; too many rows are split in two halves, side by side."""
        current = self.currentIndex()
        where = self.table.where(current) if current.isValid() else (None, None)
        room, count = self.height() - TWO_LINES_PX, len(self.table.townships)
        names = self.verticalHeader().sizeHint().width()
        halves_fit = self.width() >= 2 * (names + len(self.table.kinds) * NARROWEST_PX)
        self.table.fold(halves_fit and count > 1 and room < count * ROW_PX[0])
        columns = self.horizontalHeader()
        for column in range(columns.count()):
            named = column == len(self.table.kinds)
            mode = QHeaderView.ResizeMode
            columns.setSectionResizeMode(column, mode.Fixed if named else mode.Stretch)
            if named:
                columns.resizeSection(column, names)
        self._stand_on(where)
        columns.updateGeometry()
        self.updateGeometries()
        rows = max(1, self.table.rowCount())
        height = min(max(self.viewport().height() // rows, ROW_PX[0]), ROW_PX[1])
        self.verticalHeader().setDefaultSectionSize(height)

    def _open(self, index: QModelIndex) -> None:
        township, kind = self.table.where(index)
        if self.table.cell(index) is not None or (township is not None and kind is None):
            self.opened.emit(township, kind)

    def _open_kind(self, column: int) -> None:
        kind = self.table.kind_at(column)
        if kind is not None:
            self.opened.emit(None, kind)

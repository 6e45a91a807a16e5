"""The assets of one cell as a list, worst first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.instant import Instant
from desktop.gui import phrases
from desktop.gui.context import Screen
from desktop.gui.desk.matrix import paint_state
from desktop.gui.export import rows_to_csv

translate = QCoreApplication.translate
Index = QModelIndex | QPersistentModelIndex

ASSET_ROLE = Qt.ItemDataRole.UserRole
ROW_PX = 44
MARK_PX = 12


def reading(asset: Asset) -> str:
    """The value with its unit, or a dash when none was told."""
    if asset.value is None:
        return "—"
    return f"{asset.value:g} {phrases.in_one_line(asset.unit, 16)}".strip()


def asset_key(asset: Asset) -> Key:
    """The identity of an asset across all sources."""
    return Key(asset.source, Collection.ASSETS, asset.id)


class AssetModel(QAbstractListModel):
    """Assets in the order given."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self.assets: tuple[Asset, ...] = ()

    def show(self, assets: tuple[Asset, ...]) -> None:
        """Replace the list; only what differs is told when the rows are the same."""
        same = [asset_key(a) for a in assets] == [asset_key(a) for a in self.assets]
        if not same:
            self.beginResetModel()
        self.assets = assets
        if not same:
            self.endResetModel()
        elif assets:
            self.dataChanged.emit(self.index(0), self.index(len(assets) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self.assets)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        asset = self.assets[index.row()]
        words = self._screen.words
        name = phrases.in_one_line(words.text(asset.name))
        if role == ASSET_ROLE:
            return asset
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            state = words.term("asset_state", asset.state)
            parts = [name, state, words.text(asset.metric), reading(asset), words.text(asset.note)]
            text = " · ".join(phrases.in_one_line(part) for part in parts if part)
            return text if role == Qt.ItemDataRole.AccessibleTextRole else phrases.plain_tip(text)
        return None

    def row(self, key: Key) -> int | None:
        """Where an asset stands in the list."""
        return next((n for n, a in enumerate(self.assets) if asset_key(a) == key), None)


class AssetPainter(QStyledItemDelegate):
    """Two lines a row: name and reading, then how long so and how old the reading is."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        asset = index.data(ASSET_ROLE)
        theme, words = self._screen.theme, self._screen.words
        now = self._screen.board.now()
        rect = QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.color("pick_ground"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), theme.color("pick"))
        painter.setPen(theme.color("line"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        mark = QRectF(rect.left() + 12, rect.top() + 9, MARK_PX, MARK_PX)
        paint_state(painter, mark, asset.state, 1, theme)
        inner = rect.adjusted(32, 4, -12, -4)
        upper = QRect(inner.left(), inner.top(), inner.width(), 20)
        lower = QRect(inner.left(), inner.top() + 19, inner.width(), 16)
        value = reading(asset)
        state = words.term("asset_state", asset.state)
        since = self._since(asset, now)
        age = words.age(now - asset.observed_at) if asset.observed_at else "—"
        self._line(painter, upper, words.text(asset.name), value, "body", ("text", "text"))
        ink = {AssetState.FAILED: "red", AssetState.DEGRADED: "orange_text"}.get(
            asset.state, "second"
        )
        self._line(painter, lower, f"{state}{since}", age, "second", (ink, "second"))
        painter.restore()

    def _since(self, asset: Asset, now: Instant) -> str:
        if asset.since_at is None or asset.state is AssetState.NORMAL:
            return ""
        return " · " + translate("AssetList", "for {span}").format(
            span=self._screen.words.lasted(now - asset.since_at)
        )

    def _line(
        self,
        painter: QPainter,
        rect: QRect,
        left: str,
        right: str,
        role: str,
        inks: tuple[str, str],
    ) -> None:
        theme = self._screen.theme
        painter.setFont(theme.font(role))
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(right)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(theme.color(inks[0]))
        shown = phrases.elided(left, metrics, rect.width() - width - 8)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, shown)
        painter.setPen(theme.color(inks[1]))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, right)


class AssetList(QListView):
    """The list beside the matrix; choosing a row says which asset is meant."""

    chosen = Signal(object)
    """The `Asset` that became current, by click or key."""

    def __init__(self, screen: Screen) -> None:
        super().__init__()
        self._screen = screen
        self.table = AssetModel(screen)
        self._painter = AssetPainter(screen)
        self.setModel(self.table)
        self.setItemDelegate(self._painter)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._told: Key | None = None
        self._focusing = False
        self.selectionModel().currentChanged.connect(self._tell)
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell_again)

    @property
    def current(self) -> Asset | None:
        """The asset the list stands on."""
        index = self.currentIndex()
        return self.table.assets[index.row()] if index.isValid() else None

    def show_assets(self, assets: tuple[Asset, ...]) -> None:
        """Replace the list; the current asset and the scroll position stay."""
        key = asset_key(self.current) if self.current else None
        scroll = self.verticalScrollBar().value()
        self.table.show(assets)
        row = self.table.row(key) if key else None
        if row is not None and row != self.currentIndex().row():
            self._told = key
            self.selectionModel().setCurrentIndex(
                self.table.index(row), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
        self.verticalScrollBar().setValue(scroll)

    def choose(self, key: Key) -> bool:
        """Stand on an asset; False when the list does not hold it."""
        row = self.table.row(key)
        if row is not None:
            self.setCurrentIndex(self.table.index(row))
            self._tell(self.currentIndex())
        return row is not None

    def as_csv(self, data_time: str, wanted: Callable[[str], str]) -> str:
        """The list as shown, as CSV; `wanted` names a township."""
        head = [
            translate("AssetList", "Id"),
            translate("AssetList", "Name"),
            translate("AssetList", "Kind"),
            translate("AssetList", "Township"),
            translate("AssetList", "State"),
            translate("AssetList", "Since"),
            translate("AssetList", "Measured"),
            translate("AssetList", "Value"),
            translate("AssetList", "Unit"),
            translate("AssetList", "Observed"),
        ]
        return rows_to_csv(head, self._csv_rows(wanted), data_time)

    def _csv_rows(self, township: Callable[[str], str]) -> Iterator[list[object]]:
        words = self._screen.words
        for a in self.table.assets:
            yield [
                a.id,
                words.text(a.name),
                words.asset_kind(a.kind),
                township(a.township),
                words.term("asset_state", a.state),
                phrases.date_time(a.since_at) if a.since_at else None,
                words.text(a.metric),
                a.value,
                a.unit,
                phrases.date_time(a.observed_at) if a.observed_at else None,
            ]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not (event.matches(QKeySequence.StandardKey.Copy) and self.copy()):
            super().keyPressEvent(event)

    def copy(self) -> bool:
        """Put the current asset on the clipboard as text; False where there is none."""
        index = self.currentIndex()
        if index.isValid():
            said = self.table.data(index, Qt.ItemDataRole.AccessibleTextRole)
            QApplication.clipboard().setText(str(said))
        return index.isValid()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt makes a row current when focus comes by Tab; that is not yet a choice."""
        self._focusing = True
        super().focusInEvent(event)
        self._focusing = False

    def _tell_again(self) -> None:
        self._told = None
        self._tell(self.currentIndex())

    def _tell(self, current: QModelIndex) -> None:
        if self._focusing:
            return
        asset = self.table.assets[current.row()] if current.isValid() else None
        key = asset_key(asset) if asset else None
        if asset is not None and key != self._told:
            self.chosen.emit(asset)
        self._told = key

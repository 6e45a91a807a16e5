"""The assets of one cell as a list, worst first."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QPainter

from desktop.application.i18n import Words
from desktop.domain.asset import Asset, AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.infrastructure.matrix_cells import paint_state
from desktop.gui.widgets.snapshot_list import RowList, RowPainter, SnapshotListModel

translate = QCoreApplication.translate

ROW_PX = 44
MARK_PX = 12
TEXT_PX, MARGIN_PX, GAP_PX = 32, 12, 8
"""Where a row's text begins, what is free behind it, and between a name and its reading."""
MOST_PX = 298
"""How wide the list asks to be at most: of a longer name the end is cut."""


def reading(asset: Asset) -> str:
    """Format the value with its unit; a dash when none was reported."""
    if asset.value is None:
        return "—"
    return f"{asset.value:g} {formatting.in_one_line(asset.unit, 16)}".strip()


def since_when(asset: Asset, now: Instant, words: Words) -> str:
    """Return how long it has not been normal; empty if it is."""
    if asset.since_at is None or asset.state is AssetState.NORMAL:
        return ""
    span = words.format_lasted(now - asset.since_at)
    return translate("AssetList", "for {span}").format(span=span)


def asset_key(asset: Asset) -> Key:
    """Return the identity of an asset across all sources."""
    return Key(asset.source, Collection.ASSETS, asset.id)


class AssetModel(SnapshotListModel[Asset]):
    """Assets in the order given."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, asset_key)

    def name(self, row: Asset) -> str:
        return formatting.in_one_line(self._screen.words.text(row.name))

    def sentence(self, row: Asset) -> str:
        words = self._screen.words
        state = words.term("asset_state", row.state)
        since = since_when(row, self._screen.board.now(), words)
        value = (words.text(row.metric), reading(row))
        parts = [self.name(row), state, since, *value, words.text(row.note)]
        return " · ".join(formatting.in_one_line(part) for part in parts if part)


class AssetPainter(RowPainter[Asset]):
    """Two lines a row: name and reading, then since when and how old the reading is."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, ROW_PX)

    def paint_row(self, painter: QPainter, rect: QRect, row: Asset) -> None:
        theme, words = self._screen.theme, self._screen.words
        now = self._screen.board.now()
        mark = QRectF(rect.left() + 12, rect.top() + 9, MARK_PX, MARK_PX)
        paint_state(painter, mark, row.state, 1, theme)
        inner = rect.adjusted(TEXT_PX, 4, -MARGIN_PX, -4)
        upper = QRect(inner.left(), inner.top(), inner.width(), 20)
        lower = QRect(inner.left(), inner.top() + 19, inner.width(), 16)
        state = words.term("asset_state", row.state)
        since, age = self._ages(row, now)
        self._line(painter, upper, words.text(row.name), reading(row), "body", ("text", "text"))
        ink = {AssetState.FAILED: "red", AssetState.DEGRADED: "orange_text"}.get(
            row.state, "second"
        )
        said = " · ".join(filter(None, (state, since)))
        self._line(painter, lower, said, age, "second", (ink, "second"))

    def passing(self, row: Asset, now: Instant) -> object:
        step = formatting.step_of_age
        return step(row.observed_at, now), step(row.since_at, now)

    def _ages(self, row: Asset, now: Instant) -> tuple[str, str]:
        """Say since when it has been in its state, and how old its value is."""
        age = self._screen.words.age(now - row.observed_at) if row.observed_at else "—"
        since = since_when(row, now, self._screen.words)
        # One that gives no value has been silent since it failed: its age would say that twice.
        is_twice = since and row.value is None and row.observed_at == row.since_at
        return since, "" if is_twice else age

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
        shown = formatting.elide(left, metrics, rect.width() - width - GAP_PX)
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignLeft, shown)
        painter.setPen(theme.color(inks[1]))
        painter.drawText(rect, middle | Qt.AlignmentFlag.AlignRight, right)


class AssetList(RowList[Asset]):
    """The list beside the matrix; choosing a row selects its asset."""

    chosen = Signal(object)
    """The `Asset` that became current, by click or key."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(AssetModel(screen), AssetPainter(screen))
        self._screen = screen
        self._told: Key | None = None
        self._focusing = False
        self._measured: tuple[set[tuple[str, str]], int] = (set(), 0)
        """Names with their units, and the width that they need."""
        self.selectionModel().currentChanged.connect(self._tell)
        self.clicked.connect(self._tell)
        self.activated.connect(self._tell_again)

    def whole_px(self, assets: Iterable[Asset]) -> int:
        """Return the width from which on no name of these assets is cut, within reason."""
        text = self._screen.words.text
        shown = {(formatting.in_one_line(text(a.name)), a.unit) for a in assets}
        if shown != self._measured[0]:
            metrics = QFontMetrics(self._screen.theme.font("body"))
            needed = (metrics.horizontalAdvance(f"{name}000.0 {unit}") for name, unit in shown)
            bar_px = self.verticalScrollBar().sizeHint().width()
            most_px = max(needed, default=0) + TEXT_PX + GAP_PX + MARGIN_PX + bar_px
            self._measured = shown, min(most_px, MOST_PX)
        return self._measured[1]

    def stand_again(self, row: int) -> None:
        """Select the asset again after the rows moved, without choosing it anew."""
        self._told = asset_key(self.table.rows[row])
        super().stand_again(row)

    def choose(self, key: Key) -> bool:
        """Select an asset; False when the list does not contain it."""
        row = self.table.row(key)
        if row is not None:
            self.setCurrentIndex(self.table.index(row))
            self._tell(self.currentIndex())
        return row is not None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ignore the row Qt makes current when focus comes by Tab: it has not been chosen."""
        self._focusing = True
        super().focusInEvent(event)
        self._focusing = False

    def _tell_again(self) -> None:
        self._told = None
        self._tell(self.currentIndex())

    def _tell(self, current: QModelIndex) -> None:
        if self._focusing:
            return
        asset = self.table.rows[current.row()] if current.isValid() else None
        key = asset_key(asset) if asset else None
        if asset is not None and key != self._told:
            self.chosen.emit(asset)
        self._told = key

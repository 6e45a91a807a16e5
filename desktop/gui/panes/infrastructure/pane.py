"""Infrastructure (设施): the matrix, the assets behind a cell, and the trend of one."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.application.ports import IncidentRow
from desktop.application.reads.read_models import Infrastructure
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind, trend_key
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.instant import Instant
from desktop.gui.charts.trend import TrendChart
from desktop.gui.context import UiContext
from desktop.gui.list_export import ListSnapshot
from desktop.gui.panes.infrastructure import SPEC
from desktop.gui.panes.infrastructure.asset_list import AssetList, asset_key
from desktop.gui.panes.infrastructure.columns import MatrixRow, asset_columns, matrix_columns
from desktop.gui.panes.infrastructure.matrix import ABNORMAL, Matrix
from desktop.gui.panes.list_pane import ListPane
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.segmented import SegmentedControl

translate = QCoreApplication.translate

SIDE_BY_SIDE_PX = 1000
"""From this width on the chart is beside the list, below it under the list."""
HAIRLINE_PX = 1
LIST_ALWAYS_PX = 900
"""Below this width the matrix has the pane to itself until a cell is opened."""


class InfrastructurePane(ListPane):
    """What is broken and where; every figure opens the assets behind it."""

    fills = frozenset({Collection.ASSETS})

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self._screen = screen
        self._data: Infrastructure | None = None
        self._scope: tuple[str | None, str | None] | None = None
        self._only: AssetState | None = None
        self._asset: Key | None = None
        self.matrix = Matrix(screen)
        self.assets = AssetList(screen)
        self.chart = TrendChart(screen)
        self.chart.hide()
        self.scope = PlainLabel(screen, "second", "second")
        self.chips = SegmentedControl(
            ("all", *(state.value for state in ABNORMAL)), screen.theme.font("second")
        )
        self.shut = QToolButton()
        self.shut.setText("×")
        self.shut.setProperty("quiet", True)
        self.export = self.head.add_export(self.chips)
        self._lay_out()
        self.matrix.opened.connect(self.open_cell)
        self.assets.chosen.connect(self._choose)
        self.chips.chosen.connect(self._filter)
        self.export.clicked.connect(self.save)
        self.shut.clicked.connect(self.close_list)
        screen.feed.changed.connect(self._reload_changed)
        screen.feed.ticked.connect(self._tick)
        self.retranslate()
        self.reload()

    def reload(self) -> None:
        """Read the assets again; what is shown stays until the answer is there."""
        self._screen.reader.ask(self._screen.board.infrastructure, self._show, slot="assets")

    def open_cell(self, township: str | None, kind: str | None) -> None:
        """List the assets of a cell, of a whole township or of a whole kind."""
        self._scope = (township, kind)
        self._list()
        if self.assets.table.rows:
            self.assets.setFocus()

    def close_list(self) -> None:
        """Go back from a cell's list to the matrix."""
        self._scope = None
        self._list()
        self.matrix.setFocus()

    def show_key(self, key: Key) -> bool:
        """List the cell of an asset and select the asset; False when it is not in the data."""
        asset = next((a for a in self._find() if asset_key(a) == key), None)
        if asset is None:
            return False
        self.chips.choose("all")
        self._scope = (self._row_of(asset), asset.kind)
        self._list()
        return self.assets.choose(key)

    def open_item(self, key: Key, _row: IncidentRow | None = None) -> None:
        self.show_key(key)

    def snapshot(self) -> ListSnapshot[Asset]:
        rows = self.assets.table.rows
        columns = asset_columns(self._screen.words, self.matrix.table.name)
        return self.as_snapshot(columns, rows, len(rows))

    def tables(self) -> list[ListSnapshot[Any]]:
        """The matrix, the list beside it, and the readings of the asset whose curve is open."""
        words, cells = self._screen.words, self._data.cells if self._data else {}
        columns = matrix_columns(words, self.matrix.table.name)
        rows = [MatrixRow(*place, cell) for place, cell in cells.items()]
        matrix = self.matrix.accessibleName()
        found: list[ListSnapshot[Any]] = [
            self.as_snapshot(columns, rows, len(rows), matrix),
            self.snapshot(),
        ]
        readings = None if self.chart.isHidden() else self.chart.readings()
        if readings is not None:
            found.append(self.as_snapshot(*readings))
        return found

    def limits(self) -> list[str]:
        return ["" if self._only is None else self.chips.said, self.scope.text()]

    def why_empty(self) -> str:
        return super().why_empty() or self.scope.text()

    def describe_picked(self) -> list[str]:
        asset = self.assets.current
        return [] if asset is None else [self.assets.table.sentence(asset)]

    def retranslate(self) -> None:
        self.set_title(translate("InfrastructurePane", "Infrastructure"))
        term = self._screen.words.term
        self.chips.say(
            {"all": translate("InfrastructurePane", "All")}
            | {state.value: term("asset_state", state) for state in ABNORMAL}
        )
        self.export.setText(translate("InfrastructurePane", "Export"))
        self.shut.setAccessibleName(translate("InfrastructurePane", "Close the list (Esc)"))
        set_tip(self.shut, translate("InfrastructurePane", "Close the list (Esc)"))
        self.matrix.setAccessibleName(translate("InfrastructurePane", "Township by kind"))
        self.assets.setAccessibleName(translate("InfrastructurePane", "Assets"))
        self.matrix.table.retranslate()
        self._make_room()
        self.chart.retranslate()
        self.say_figures()
        self.assets.viewport().update()
        self._tick(self._screen.board.now())
        if self.is_empty:
            self._show_or_say()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= SIDE_BY_SIDE_PX
        self._side.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
        self._make_room()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._scope is not None:
            self.close_list()
            return
        super().keyPressEvent(event)

    def _lay_out(self) -> None:
        content = QWidget()
        row = QBoxLayout(QBoxLayout.Direction.LeftToRight, content)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        listed = QWidget()
        column = QVBoxLayout(listed)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        over = QHBoxLayout()
        over.setContentsMargins(12, 0, 4, 0)
        over.addWidget(self.scope, 1)
        over.addWidget(self.shut)
        column.addLayout(over)
        column.addWidget(self.assets, 1)
        side = self._beside = QWidget()
        self._side = QBoxLayout(QBoxLayout.Direction.LeftToRight, side)
        self._side.setContentsMargins(0, 0, 0, 0)
        self._side.setSpacing(0)
        self._side.addWidget(listed, 1)
        self._side.addWidget(self.chart, 1)
        row.addWidget(self.matrix, 6)
        self._line = _hairline()
        row.addWidget(self._line)
        row.addWidget(side, 5)
        self.set_content(content)
        self.setFocusProxy(self.matrix)

    def _filter(self, choice: str) -> None:
        self._only = None if choice == "all" else AssetState(choice)
        self._scope = None
        if self._data is not None:
            self._lay_open(self._data)

    def _reload_changed(self, changed: Changes) -> None:
        if self.must_say_anew(changed) or changed & SPEC.follows:
            self.reload()
        asset = None if self._asset is None else self.assets.current
        if asset and changed.touches(trend_key(asset.source, TrendKind.ASSET, asset.id)):
            self._ask_trend(asset)

    def _show(self, data: Infrastructure) -> None:
        before = self._data
        if before is None or self.is_empty or _axes_and_cells(data) != _axes_and_cells(before):
            self._lay_open(data)
            return
        self._data = data
        if data.assets != before.assets:
            self._list()
        self._tick(self._screen.board.now())

    def _lay_open(self, data: Infrastructure) -> None:
        self._data = data
        self.matrix.show_infrastructure(data, self._only)
        self._make_room()
        self._list()
        self._say_summary()
        self._show_or_say()
        self._tick(self._screen.board.now())

    def _show_or_say(self) -> None:
        """Show the content, or why there is none."""
        data = self._data
        if data is None:
            self.say_blind(self.filling(self._screen.board.statuses()))
        elif data.assets and self.matrix.table.rowCount():
            self.show_content()
        elif self.say_blind(self.filling(self._screen.board.statuses())):
            return
        elif data.assets and self._only is not None:
            count = len(data.assets)
            self.show_empty(
                translate("InfrastructurePane", "Filtered out"),
                translate(
                    "InfrastructurePane", "None of %n asset(s) is in the state chosen.", "", count
                ),
            )
        else:
            self.say_none(
                Collection.ASSETS,
                self.filling(self._screen.board.statuses()),
                translate("InfrastructurePane", "No assets"),
                translate("InfrastructurePane", "The sources answer, but have sent no assets."),
            )

    def _find(self) -> tuple[Asset, ...]:
        return self._data.assets if self._data else ()

    def _row_of(self, asset: Asset) -> str:
        """Return the matrix row of an asset: its township, or the row for unlisted townships."""
        listed = self._data is not None and any(
            t.id == asset.township for t in self._data.townships
        )
        return asset.township if listed else ""

    def _list(self) -> None:
        """Fill the list with the chosen cell, or with everything abnormal when none is chosen."""
        if self._scope is None:
            wanted = ABNORMAL if self._only is None else (self._only,)
            found = tuple(a for a in self._find() if a.state in wanted)
        else:
            township, kind = self._scope
            found = tuple(
                a
                for a in self._find()
                if (township is None or self._row_of(a) == township)
                and (kind is None or a.kind == kind)
                and (self._only is None or a.state is self._only)
            )
        self.assets.show_rows(found)
        if self.assets.current is None:
            self._asset = None
            self.chart.hide()
        self._say_scope()
        self._make_room()

    def _make_room(self) -> None:
        """Show the list beside the matrix where both fit, or where a cell was opened.

        The matrix gives way until no name is cut; where it cannot, the open list is alone.
        """
        is_open, whole_px = self._scope is not None, self.matrix.whole_px
        is_listed = is_open or self.width() >= LIST_ALWAYS_PX
        list_px = self.assets.whole_px(self._find()) + HAIRLINE_PX if is_listed else 0
        self.shut.setVisible(is_open)
        self._beside.setVisible(is_listed)
        self._leave_alone(is_open and self.width() - whole_px < list_px)
        room = self.width() - self._beside.minimumSizeHint().width() - HAIRLINE_PX
        self.matrix.setMinimumWidth(max(0, min(whole_px, room)))
        self.matrix.setMaximumWidth(max(whole_px, self.width() - list_px))

    def _leave_alone(self, is_alone: bool) -> None:
        """Hide the matrix where the list is alone; the keyboard goes on in what is seen."""
        self.setFocusProxy(self.assets if is_alone else self.matrix)
        if is_alone and self.matrix.hasFocus():
            self.assets.setFocus()
        self.matrix.setHidden(is_alone)
        self._line.setHidden(is_alone)

    def _say_scope(self) -> None:
        count = len(self.assets.table.rows)
        if self._scope is None:
            text = translate("InfrastructurePane", "Not normal, worst first")
        else:
            township, kind = self._scope
            names = [self.matrix.table.name(township)] if township is not None else []
            names += [self._screen.words.asset_kind(kind)] if kind is not None else []
            text = " · ".join(names)
        self.scope.set_text(f"{text} · {self.figure(Collection.ASSETS, count)}")

    def _say_summary(self) -> None:
        if self._data is None:
            self.set_summary("")
            return
        counts = dict.fromkeys(ABNORMAL, 0)
        for asset in self._data.assets:
            if asset.state in counts:
                counts[asset.state] += 1
        term = self._screen.words.term
        figure = partial(self.figure, Collection.ASSETS)
        parts = [figure(len(self._data.assets))]
        parts += [f"{term('asset_state', state)} {figure(counts[state])}" for state in ABNORMAL]
        self.set_summary(" · ".join(parts))

    def say_figures(self) -> None:
        self._say_summary()
        self._say_scope()

    def _choose(self, asset: Asset) -> None:
        self._asset = asset_key(asset)
        self._ask_trend(asset)
        self.picked.emit(self._asset)

    def _ask_trend(self, asset: Asset) -> None:
        board = self._screen.board
        self._screen.reader.ask(
            lambda: board.asset_trend(asset.source, asset.id),
            lambda trend: self._show_trend(asset, trend),
            slot="trend",
            urgent=True,
        )

    def _show_trend(self, asset: Asset, trend: Trend | None) -> None:
        if asset_key(asset) == self._asset:
            self.chart.show_trend(asset, trend)
            self.chart.show()

    def _tick(self, now: Instant) -> None:
        self.set_age(self.filling(self._screen.board.statuses()), now)
        self.assets.tick(now)


def _axes_and_cells(data: Infrastructure) -> object:
    return data.townships, data.kinds, data.cells


def _hairline() -> QFrame:
    line = QFrame()
    line.setFixedWidth(HAIRLINE_PX)
    line.setFrameShape(QFrame.Shape.NoFrame)
    line.setAutoFillBackground(True)
    line.setBackgroundRole(line.palette().ColorRole.Mid)
    return line

"""The list of items: how far each is at the left, what it is beside it, its time at the right."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView

from desktop.application.office.send_items import Item
from desktop.domain.command import CommandState
from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.township.sending.item_text import (
    explain,
    mark_state,
    name_item,
    say_below,
    say_state,
)
from desktop.gui.widgets.snapshot_list import RowList, RowPainter, SnapshotListModel

ROW_PX = 64
EDGE_PX, STATE_PX, TIME_PX, GAP_PX = 14, 188, 116, 12
LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
ENDED = (CommandState.CANCELLED, CommandState.GIVEN_UP)


class ItemModel(SnapshotListModel[Item]):
    """Items, newest first."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, lambda item: item.record.command.key)

    def name(self, row: Item) -> str:
        return f"{say_state(row)} {name_item(row, self._screen)}"

    def sentence(self, row: Item) -> str:
        at = formatting.moment(row.record.command.at, self._screen.board.now())
        parts = (self.name(row), say_below(row, self._screen), at)
        return " · ".join(parts)

    def tip(self, row: Item) -> str:
        return f"{self.name(row)}\n{say_below(row, self._screen)}\n{explain(row, self._screen)}"


class ItemPainter(RowPainter[Item]):
    """Painter of one item, in large type."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, ROW_PX)

    def paint_row(self, painter: QPainter, rect: QRect, row: Item) -> None:
        inner = rect.adjusted(EDGE_PX, 6, -EDGE_PX, -7)
        upper = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        lower = upper.translated(0, upper.height())
        calls = row.needs_clerk
        quiet = row.record.state in ENDED
        state = f"{mark_state(row)} {say_state(row)}"
        left = QRect(inner.left(), inner.top(), STATE_PX, inner.height())
        self._write(
            painter,
            left,
            state,
            "strong",
            "orange_text" if calls else "second" if quiet else "text",
        )
        begin = left.right() + GAP_PX
        name = QRect(begin, upper.top(), upper.right() - TIME_PX - begin, upper.height())
        self._write(
            painter, name, name_item(row, self._screen), "body", "second" if quiet else "text"
        )
        below = QRect(begin, lower.top(), lower.right() - begin, lower.height())
        said = say_below(row, self._screen)
        self._write(painter, below, said, "second", "orange_text" if calls else "second")
        time = QRect(upper.right() - TIME_PX, upper.top(), TIME_PX, upper.height())
        at = formatting.moment(row.record.command.at, self._screen.board.now())
        self._write(painter, time, at, "second", "second", RIGHT)

    def _write(
        self, painter: QPainter, room: QRect, text: str, role: str, ink: str, align: int = LEFT
    ) -> None:
        painter.setFont(self._screen.theme.font(role))
        painter.setPen(self._screen.theme.color(ink))
        painter.drawText(room, align, formatting.elide(text, painter.fontMetrics(), room.width()))

    def passing(self, row: Item, now: Instant) -> object:
        return formatting.moment(row.record.command.at, now)


class ItemList(RowList[Item]):
    """The list; it leaves the keys with a meaning on the page to the page."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(ItemModel(screen), ItemPainter(screen))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        screen.feed.ticked.connect(self.tick)
        screen.theme.changed.connect(self.viewport().update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Delete):
            event.ignore()
        else:
            super().keyPressEvent(event)

"""The incident list: the store's row numbers, with each row loaded when it becomes visible."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QAccessible

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.domain.command import Key
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting
from desktop.gui.context import UiContext

translate = QCoreApplication.translate

PAGE = 50
KEPT_ROWS = 2_000

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class Column(IntEnum):
    """Columns of a row, from left to right."""

    LEVEL = 0
    TITLE = 1
    STAGE = 2
    DUE = 3


class _Refreshed(msgspec.Struct, frozen=True):
    """The result of one refresh, computed off the GUI thread."""

    wanted: IncidentFilter
    newest: array[int]
    held: array[int]
    """The order on screen without the rows that have left the filter."""
    added: int
    reading: bool
    """Whether the order was to be held when this refresh was requested."""
    seen: list[IncidentRow]
    townships: tuple[Township, ...]
    renumbered: dict[int, int]


class IncidentModel(QAbstractTableModel):
    """A list model of a million rows at the cost of the few on screen.

    While the officer is reading, the order on screen is held: rows that have left the filter go
    (but never the picked one), and new ones wait until `show_new` is called, unless nothing of what
    was shown is left. Otherwise the newest order is shown at once.
    """

    counted = Signal(int)
    """How many new rows wait, after each refresh."""
    arrived = Signal(list)
    """The store's numbers of what has come since, told to a reader of the screen."""
    reordering = Signal()
    reordered = Signal()
    """Around every change of order, so that a view can keep its place."""
    settled = Signal()
    """An answer of the store has been applied."""

    def __init__(self, screen: UiContext, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen = screen
        self._numbers: array[int] = array("q")
        self._newest: array[int] = array("q")
        self._rows: OrderedDict[int, IncidentRow] = OrderedDict()
        self._asked_pages: set[int] = set()
        self._loading: set[int] = set()
        self._refreshing = self._again = False
        self.wanted = IncidentFilter()
        self.loaded = False
        """Whether the store has answered the present filter."""
        self.waiting = 0
        """New rows that wait behind the bar."""
        self.reading: Callable[[], bool] = lambda: False
        """Whether the officer is reading the present order; set by the view."""
        self.visible: Callable[[], range] = lambda: range(0)
        self.picked: Callable[[], list[int]] = list
        self.township_names: dict[str, str] = {}
        self._townships: tuple[Township, ...] = ()
        self.renumbered: dict[int, int] = {}
        """Incidents created here that were picked, and have another number since a source has
        them."""
        self._load_timer = QTimer(self)
        self._load_timer.setSingleShot(True)
        self._load_timer.timeout.connect(self._load_pages)

    def show_first_lines(self) -> None:
        """Load the first page at once, for the first paint only; `refresh` loads the rest."""
        board = self._screen.board
        self._name_townships(board.townships())
        numbers = board.incident_numbers(self.wanted, PAGE)
        self._put_rows(board.incident_rows(numbers))
        self._set_order(numbers)

    def set_wanted(self, wanted: IncidentFilter) -> None:
        """Set the filter; the present rows stay until the answer has come."""
        if wanted != self.wanted:
            self.wanted = wanted
            self.loaded = False
            self.refresh(urgent=True)

    def refresh(self, *, urgent: bool = False) -> None:
        """Read the list again; while one query is under way, the next one waits for it.

        An urgent one waits for none: what was asked before it is given up.
        """
        if self._refreshing and not urgent:
            self._again = True
            return
        self._refreshing = True
        board, wanted, shown = self._screen.board, self.wanted, self._numbers
        picked = self.picked()
        own = {n: self._rows[n].key for n in picked if n < 0 and n in self._rows}
        reading = self.loaded and self.reading()
        places = self.visible()
        asked = wanted
        if wanted.overdue_at is not None:
            asked = msgspec.structs.replace(wanted, overdue_at=board.now())

        def work() -> _Refreshed:
            newest = board.incident_numbers(asked)
            renumbered = _find_again(board, own)
            before = array("q", (renumbered.get(n, n) for n in shown)) if renumbered else shown
            kept = [renumbered.get(n, n) for n in picked]
            held, added = _keep_order(before, newest, kept) if reading else (newest, 0)
            # Whichever order will be shown, its lines on screen come with the answer.
            seen = {order[i] for order in (held, newest) for i in places if i < len(order)}
            seen.update(newest[:PAGE] if not places else ())
            return _Refreshed(
                wanted,
                newest,
                held,
                added,
                reading,
                board.incident_rows(sorted(seen)),
                board.townships(),
                renumbered,
            )

        slot = f"list {id(self)}"
        self._screen.reader.ask(work, self._take_in, self._give_up, slot, urgent=urgent)

    def show_new(self) -> None:
        """Show the newest order with the rows that waited."""
        self.waiting = 0
        if self._newest != self._numbers:
            self._set_order(self._newest)
        self.counted.emit(0)

    def awaits(self, number: int) -> bool:
        """Whether a row is in the newest order, shown or not."""
        return number in self._newest

    def number_at(self, row: int) -> int | None:
        """Return the store's number of a row."""
        return self._numbers[row] if 0 <= row < len(self._numbers) else None

    def row_of(self, number: int) -> int | None:
        """Return the position of a store's number in the list, or None."""
        try:
            return self._numbers.index(number)
        except ValueError:
            return None

    def line(self, row: int) -> IncidentRow | None:
        """Return the row at a position, if it is loaded."""
        number = self.number_at(row)
        return None if number is None else self._rows.get(number)

    def line_or_ask(self, row: int) -> IncidentRow | None:
        """Return the row at a position; if it is not loaded, request it and return None."""
        line = self.line(row)
        if line is None and row < len(self._numbers):
            self._want_page(row // PAGE)
        return line

    def want_around(self, first: int, last: int) -> None:
        """Load the rows just beyond those on screen, so that scrolling finds them there."""
        for row in (max(first - PAGE, 0), min(last + PAGE, len(self._numbers) - 1)):
            self.line_or_ask(row)

    def numbers(self) -> array[int]:
        """Return the order on screen, for exports."""
        return self._numbers

    def township(self, code: str) -> str:
        """Return a township's name, or its code when the county does not list it."""
        return self.township_names.get(code, code)

    def key_at(self, row: int) -> Key | None:
        """Return the key of a row, if it is loaded."""
        line = self.line(row)
        return None if line is None else line.key

    def rename(self) -> None:
        """Repaint every row in the current language."""
        self._name_townships(self._townships)
        self._tell_all()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._numbers)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (
            translate("IncidentModel", "Level"),
            translate("IncidentModel", "Incident"),
            translate("IncidentModel", "Stage"),
            translate("IncidentModel", "Time left"),
        )[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._numbers):
            return None
        row = self.line_or_ask(index.row())
        if row is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._say(row, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return formatting.plain_tip(self.sentence(row))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            # Readers read a row cell by cell: the whole of it is said once, by one of them. Of
            # an empty text Qt would tell the text on screen.
            return self.say_aloud(row) if index.column() == Column.TITLE else " "
        return None

    def say_aloud(self, row: IncidentRow) -> str:
        """Describe a whole row as a reader of the screen says it."""
        return self.sentence(row, formatting.say_left)

    def sentence(
        self,
        row: IncidentRow,
        say_left: Callable[[Instant, Instant, Words], str] = formatting.countdown,
    ) -> str:
        """Describe a whole row in words, for tooltips and copies."""
        words = self._screen.words
        parts = [
            row.number,
            words.term("event_level", row.level),
            words.text(row.title),
            self.township(row.township),
            words.text(row.lead_unit),
            words.term("stage", row.stage),
        ]
        if row.due_at is not None:
            parts.append(say_left(row.due_at, self._screen.board.now(), words))
        if not row.acknowledged:
            parts.append(translate("IncidentModel", "unacknowledged"))
        if row.pending is not None:
            parts.append(words.term("command_state", row.pending))
        return " · ".join(formatting.in_one_line(part) for part in parts if part)

    def _say(self, row: IncidentRow, column: Column) -> str:
        words = self._screen.words
        match column:
            case Column.LEVEL:
                graded = row.level is not EventLevel.NONE
                return words.term("event_level", row.level) if graded else "—"
            case Column.TITLE:
                return formatting.in_one_line(words.text(row.title))
            case Column.STAGE:
                return words.term("stage", row.stage)
            case Column.DUE:
                if row.due_at is None:
                    return ""
                return formatting.countdown(row.due_at, self._screen.board.now(), words)

    def _take_in(self, answer: _Refreshed) -> None:
        self._refreshing = False
        if self.loaded and self.reading() and not answer.reading:
            # The officer began to read while this was asked: it may move nothing now.
            self._again = True
        elif answer.wanted == self.wanted:
            renamed = self._name_townships(answer.townships)
            before, arrived = self._rows, self._arrivals(answer)
            self._rows = OrderedDict((row.row, _keep_same(before, row)) for row in answer.seen)
            self._newest = answer.newest
            self.loaded = True
            self.waiting = answer.added
            self.renumbered = answer.renumbered
            if answer.held != self._numbers:
                self._set_order(answer.held)
            elif renamed:
                self._tell_all()
            else:
                self._tell_changed(before, self.visible())
            self.counted.emit(self.waiting)
            if arrived:
                self.arrived.emit(arrived)
            self.settled.emit()
        if self._again:
            self._again = False
            self.refresh(urgent=not self.loaded)

    def _arrivals(self, answer: _Refreshed) -> list[int]:
        """Return which rows have come since the answer before; none where nobody listens."""
        if not (self.loaded and QAccessible.isActive()) or answer.newest == self._newest:
            return []
        known = {*self._newest, *answer.renumbered.values()}
        return [number for number in answer.newest if number >= 0 and number not in known]

    def _give_up(self, error: Exception) -> None:
        self._refreshing = self._again = False
        raise error

    def _set_order(self, order: array[int]) -> None:
        self.reordering.emit()
        self.beginResetModel()
        self._numbers = order
        self._asked_pages.clear()
        self.endResetModel()
        self.reordered.emit()

    def _put_rows(self, rows: Sequence[IncidentRow]) -> None:
        for row in rows:
            self._rows[row.row] = row
            self._rows.move_to_end(row.row)
        while len(self._rows) > KEPT_ROWS:
            self._rows.popitem(last=False)

    def _want_page(self, page: int) -> None:
        if page not in self._loading:
            self._asked_pages.add(page)
            if not self._load_timer.isActive():
                self._load_timer.start(0)

    def _load_pages(self) -> None:
        pages, self._asked_pages = sorted(self._asked_pages), set()
        self._loading.update(pages)
        numbers = [n for page in pages for n in self._numbers[page * PAGE : (page + 1) * PAGE]]
        board = self._screen.board

        def take_in(rows: list[IncidentRow]) -> None:
            self._loading.difference_update(pages)
            before = dict(self._rows)
            self._put_rows([_keep_same(before, row) for row in rows])
            for page in pages:
                self._tell_changed(before, range(page * PAGE, (page + 1) * PAGE))

        def give_up(error: Exception) -> None:
            self._loading.difference_update(pages)
            raise error

        self._screen.reader.ask(lambda: board.incident_rows(numbers), take_in, give_up, urgent=True)

    def _tell_all(self) -> None:
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, Column.DUE))

    def _tell_changed(self, before: Mapping[int, IncidentRow], places: range) -> None:
        """Tell of the rows that are not as they were before; the others stay as painted."""
        run: list[int] = []
        for place in (*places, None):
            number = None if place is None else self.number_at(place)
            is_new = number is not None and self._rows.get(number) is not before.get(number)
            if place is not None and is_new:
                run.append(place)
            elif run:
                self.dataChanged.emit(self.index(run[0], 0), self.index(run[-1], Column.DUE))
                run.clear()

    def _name_townships(self, townships: tuple[Township, ...]) -> bool:
        """Take in the townships' names; return whether any is another."""
        text = self._screen.words.text
        self._townships = townships
        names = {t.id: text(t.name) for t in townships}
        if names == self.township_names:
            return False
        self.township_names = names
        return True


def _keep_same(before: Mapping[int, IncidentRow], row: IncidentRow) -> IncidentRow:
    """Return the row as it was held if it is the same: then it stays laid out."""
    held = before.get(row.row)
    return held if held == row else row


def _find_again(board: Board, own: Mapping[int, Key]) -> dict[int, int]:
    """Return the store's number of each incident created here that a source has by now."""
    found = ((number, board.incident_number(key)) for number, key in own.items())
    return {number: now for number, now in found if now is not None and now != number}


def _keep_order(
    shown: array[int], newest: array[int], picked: Sequence[int]
) -> tuple[array[int], int]:
    """Return the order on screen without removed rows, and how many rows are new to it.

    If all are gone and others came, as under another login, nothing is held.
    """
    if shown == newest:
        return shown, 0
    staying = set(newest)
    if newest and staying.isdisjoint(shown):
        return newest, 0
    added = len(staying.difference(shown))
    staying.update(picked)
    return array("q", (n for n in shown if n in staying)), added

"""The incident pane: filters, search, the list, and how many new rows wait for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QTimer,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.application.reads.read_models import Overview
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.instant import SECOND, Instant
from desktop.gui import first_paint, formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.incidents import SPEC
from desktop.gui.panes.incidents.chips import FilterChips, Limits
from desktop.gui.panes.incidents.model import IncidentModel
from desktop.gui.panes.incidents.search_field import SearchField
from desktop.gui.panes.incidents.view import IncidentView
from desktop.gui.panes.list_pane import ListPane
from desktop.gui.widgets.accessible import ReadingArea, announce, set_tip
from desktop.gui.widgets.focus import holds_keyboard

if TYPE_CHECKING:
    from desktop.gui.list_export import ListSnapshot

translate = QCoreApplication.translate

SEARCH_PAUSE_MS = 120
SEARCH_PX = 168
TOOLS_PX = 12
"""Margin beside chips and search."""


class IncidentPane(ListPane):
    """Incidents, most urgent first."""

    fills = frozenset({Collection.INCIDENTS})

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self._overview: Overview | None = None
        self._picked_unloaded = False
        self._act: Callable[[], None] | None = None
        self._created: int | None = None
        """An incident just created here, to be picked once the list has it."""
        self._is_later = self._has_read = self._was_whole = False
        self._keyless = True
        self.model = IncidentModel(screen, self)
        self.view = IncidentView(screen, self.model)
        self.view.moved.connect(self._tell_picked)
        self.view.asked.connect(self.detail_asked)
        self.setFocusProxy(self.view)
        first_paint.watch(self.view.viewport(), self.view.model().rowCount)
        self.search = SearchField()
        self.search.left.connect(self.view.setFocus)
        self._pause = QTimer(self)
        self.search.textChanged.connect(self._search)
        self._pause.setSingleShot(True)
        self._pause.setInterval(SEARCH_PAUSE_MS)
        self._pause.timeout.connect(self._search_rest)
        self.new_rows = QPushButton()
        """How many new rows wait, in the head: none of the list's own rows moves for them."""
        self.new_rows.setProperty("link", True)
        self.new_rows.setFont(screen.theme.font("second"))
        self.new_rows.hide()
        self.new_rows.clicked.connect(self.show_new)
        self.head.add_figure(self.new_rows)
        self.model.counted.connect(self._show_waiting)
        self.model.arrived.connect(self._announce)
        self.model.settled.connect(self._settle)
        self.model.dataChanged.connect(self._complete_pick)
        self.chips = FilterChips(screen)
        self.chips.changed.connect(self._filter)
        self.chips.moved.connect(self._fit)
        self._arrange()
        self.retranslate()
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)
        screen.keymap.changed.connect(self.retranslate)

    def show_first(self) -> None:
        """Show the first rows at once, for the first paint."""
        self.model.show_first_lines()
        if self.model.rowCount():
            self.show_content()
        else:
            self._settle()
        self._say_age(self.screen_context.board.now())

    def complete(self, _window: QWidget) -> None:
        self.search.add_button()

    def show_content(self) -> None:
        super().show_content()
        focused = QApplication.focusWidget()
        if self._keyless and (focused is None or self.chips.has(focused)):
            self.view.setFocus()  # Qt gave the keyboard away while there was no list.
        self._keyless = False

    def show_empty(self, title: str, sentence: str = "") -> None:
        self._keyless = self._keyless or self.view.hasFocus()
        super().show_empty(title, sentence)

    def show_overview(self, overview: Overview) -> None:
        """Show the figures in the head."""
        self._overview = overview
        self.say_figures()
        if self.is_empty:
            self._settle()

    def reload(self) -> None:
        """Read the list again; new rows wait until they are asked for."""
        self.model.refresh()

    def open_item(self, key: Key, _row: IncidentRow | None = None) -> None:
        if key.collection is Collection.INCIDENTS:
            self.show_key(key)

    def step(self, rows: int) -> None:
        """Move down the list by so many rows, or up; where another list has the keyboard, down
        that one."""
        from desktop.gui.widgets.snapshot_list import RowList

        focused = QApplication.focusWidget()
        if isinstance(focused, RowList):
            focused.step(rows)
            return
        before = self.view.currentIndex()
        self.view.step(rows)
        self._announce_step(before == self.view.currentIndex(), focused)

    def _announce_step(self, is_same: bool, focused: QWidget | None) -> None:
        """Say the row aloud where Qt tells a reader nothing: it was current, or another pane has
        the keyboard; the detail tells its own new name."""
        line = self.model.line(self.view.currentIndex().row())
        is_elsewhere = focused is not self.view and not isinstance(focused, ReadingArea)
        if line is not None and (is_same or is_elsewhere):
            announce(self, self.model.say_aloud(line))

    def read_out(self) -> None:
        """Show the picked row of the list with the keyboard in full, or of this one."""
        from desktop.gui.widgets.reading import read_out

        focused = QApplication.focusWidget()
        read_out(focused if isinstance(focused, QAbstractItemView) else self.view)

    def begin_search(self) -> None:
        """Focus the search box; typing replaces its text."""
        self.search.setFocus()
        self.search.selectAll()

    def snapshot(self) -> ListSnapshot[IncidentRow]:
        from desktop.gui.panes.incidents.columns import incident_columns, read_rows

        screen, numbers = self.screen_context, self.model.numbers()
        columns = incident_columns(screen.words, self.model)
        return self.as_snapshot(columns, read_rows(screen.board, numbers), len(numbers))

    def limits(self) -> list[str]:
        text = self.search.text().strip()
        said = translate("IncidentPane", '"{text}"').format(text=text)
        return [*self.chips.limits, said if text else ""]

    def describe_picked(self) -> list[str]:
        rows = map(self.model.line, self.view.rows_picked())
        return [self.model.sentence(row) for row in rows if row is not None]

    def copy(self) -> bool:
        super().copy()
        return True  # With nothing picked here, no other list's row is meant.

    def step_back(self) -> bool:
        """Come back to the list; else clear the filter; else leave the picked row."""
        if not holds_keyboard(self):
            self.view.setFocus()
        elif self.filtered:
            self.clear_filters()
        elif QApplication.focusWidget() is not self.view:
            self.view.setFocus()
        elif self.view.rows_picked():
            self.leave_line()
        else:
            self.show_new()
            return False
        return True

    def show_key(self, key: Key) -> None:
        """Pick an incident if the present filter contains it; else leave the list alone."""
        board = self.screen_context.board
        self.screen_context.reader.ask(
            lambda: board.incident_number(key), self._pick_number, slot="pick"
        )

    def show_township(self, code: str | None) -> None:
        """Limit the list to one township, or to none."""
        self.chips.show_township(code, self.model.township(code) if code else "")

    def show_new(self) -> None:
        """Show the waiting rows and go to the top."""
        self.model.show_new()
        self.view.verticalScrollBar().setValue(0)

    def leave_line(self) -> None:
        """Pick nothing and go to the top: the newest order may be shown again."""
        self.view.clearSelection()
        self.view.setCurrentIndex(QModelIndex())
        self.show_new()

    def clear_filters(self) -> None:
        """Show every open incident again."""
        self.search.clear()
        self.chips.clear()

    def find_limits(self) -> Limits:
        """Return what the list is limited to by chips and search."""
        return self.chips.find_limits(self.search.text())

    def limit(self, limits: Limits) -> None:
        """Limit the list as it was limited before."""
        self.chips.choose(limits)
        self.search.setText(limits.text)

    @property
    def filtered(self) -> bool:
        """Whether the list is limited further than to open incidents."""
        return self.model.wanted != IncidentFilter()

    def current_key(self) -> Key | None:
        """Return the key of the current row."""
        return self.model.key_at(self.view.currentIndex().row())

    def current_line(self) -> IncidentRow | None:
        """Return the current row, once it is loaded."""
        return self.model.line(self.view.currentIndex().row())

    def nearby_keys(self) -> Sequence[Key]:
        """Return the next row's key and the previous one's, as far as these rows are loaded."""
        row = self.view.currentIndex().row()
        found = (self.model.key_at(row + by) for by in (1, -1))
        return [key for key in found if key is not None]

    def wait_for_pick(self, act: Callable[[], None]) -> bool:
        """Run this once the picked row is loaded; picking another row cancels it."""
        if self._picked_unloaded:
            self._act = act
        return self._picked_unloaded

    def _search(self) -> None:
        """Search at once for the first letter, and once a pause for those that follow it."""
        if not self._pause.isActive():
            self._filter()
            self._pause.start()

    def _search_rest(self) -> None:
        if self.model.wanted.text != self.search.text().strip():
            self._search()

    def _arrange(self) -> None:
        self._tools = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._tools.setContentsMargins(TOOLS_PX, 8, TOOLS_PX, 8)
        self._tools.setSpacing(8)
        self._tools.addWidget(self.chips)
        self._tools.addWidget(self.search, 1)
        content = QWidget()  # Were the view hidden itself, Qt would give the keyboard far away.
        below = QVBoxLayout(content)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.view)
        self.set_content(content)
        self.add_above_body(self._tools)

    def _filter(self) -> None:
        now = self.screen_context.board.now()
        self.model.set_wanted(self.chips.as_filter(self.search.text().strip(), now))

    def _hear(self, changed: Changes) -> None:
        if self.must_say_anew(changed) or changed & SPEC.follows:
            self.reload()

    def _tick(self, now: Instant) -> None:
        if self.screen_context.words.is_later() != self._is_later:
            self._is_later = not self._is_later
            self.view.fit()
        self.view.repaint_clocks()
        if self.model.wanted.overdue_at is not None and now % (30 * SECOND) < SECOND:
            self.model.refresh()
        self._say_age(now)

    def _say_age(self, now: Instant) -> None:
        self.set_age(self.filling(self.screen_context.board.statuses()), now)

    def _show_waiting(self, count: int) -> None:
        self.new_rows.setText(translate("IncidentPane", "new {n}").format(n=count))
        said = translate("IncidentPane", "%n new incident(s)", "", count)
        self.new_rows.setAccessibleName(said)
        set_tip(self.new_rows, said)
        self.new_rows.setVisible(count > 0)

    def _announce(self, numbers: list[int]) -> None:
        """Say aloud what has come: the one incident in full, of several how many."""
        if not self._was_whole:
            return  # What comes first is no news.
        line = self.model.line(self.model.row_of(numbers[0]) or 0)
        is_here = line is not None and line.row == numbers[0] and len(numbers) == 1
        said = translate("IncidentPane", "%n new incident(s)", "", len(numbers))
        announce(self, f"{said} · {self.model.say_aloud(line)}" if is_here and line else said)

    def _settle(self) -> None:
        self._has_read = True
        statuses = self.filling(self.screen_context.board.statuses())
        self._was_whole = all(status.last_good_at is not None for status in statuses)
        if self._created is not None:
            self._pick_created(self._created)
        if self.model.rowCount():
            self.show_content()
        else:
            self.say_reason()

    def say_reason(self) -> None:
        if not self._has_read:
            return
        statuses = self.filling(self.screen_context.board.statuses())
        if self.say_blind(statuses):
            return
        if self.filtered:
            self.show_empty(
                translate("IncidentPane", "No incident matches"),
                translate(
                    "IncidentPane", "The filter or the search hides the others. Esc clears it."
                ),
            )
            return
        said = self.tell_age(statuses, self.screen_context.board.now())
        self.say_none(
            Collection.INCIDENTS, statuses, translate("IncidentPane", "Nothing open"), said
        )

    def say_figures(self) -> None:
        parts = []
        if self._overview is not None:
            counts = self._overview.counts
            shown = self.figure(Collection.INCIDENTS, counts.open_incidents)
            parts.append(translate("IncidentPane", "open {n}").format(n=shown))
            words = self.screen_context.words
            if counts.overdue or words.is_later():
                overdue = formatting.at_least(str(counts.overdue), words)
                parts.append(translate("IncidentPane", "overdue {n}").format(n=overdue))
        self.set_summary(" · ".join(parts))

    def _tell_picked(self) -> None:
        key = self.current_key()
        self._picked_unloaded = key is None and self.view.currentIndex().isValid()
        self._act = None
        if key is not None:
            self.picked.emit(key)

    def _complete_pick(self) -> None:
        """Emit a row that was picked before it was loaded, of which a reader knows no word yet."""
        line = self.current_line()
        if self._picked_unloaded and line is not None:
            act = self._act
            announce(self, self.model.say_aloud(line))
            self._tell_picked()
            if act is not None:
                act()

    def _pick_number(self, number: int | None) -> None:
        row = None if number is None else self.model.row_of(number)
        if row is None and number is not None and number < 0:
            # Created here a moment ago: the list has yet to be read with it.
            self._created = number
            self.model.refresh(urgent=True)
        elif row is None:
            self.view.clearSelection()
        elif row != self.view.currentIndex().row() or not self.view.rows_picked():
            self.view.pick_row(row)

    def _pick_created(self, number: int) -> None:
        """Pick an incident of this desk, which waits for no question, if the filter contains it."""
        self._created = None
        if self.model.row_of(number) is None and self.model.awaits(number):
            self.model.show_new()
        row = self.model.row_of(number)
        if row is not None:
            self.view.pick_row(row)

    def _fit(self) -> None:
        """Put the search below the chips when both do not fit into one line."""
        chips = self.chips.one_row_px()
        wide = chips + SEARCH_PX + 32 <= self.width()
        self.chips.setMinimumWidth(chips if wide else 0)
        # Where little room is left the list gives way, and not half a row of chips.
        room = chips if wide else self.width() - 2 * TOOLS_PX
        self.chips.setMinimumHeight(self.chips.heightForWidth(room))
        direction = QBoxLayout.Direction
        self._tools.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self.view.fit()

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def retranslate(self) -> None:
        self.set_title(translate("IncidentPane", "Incidents"))
        self.view.setAccessibleName(translate("IncidentPane", "Incident list"))
        self.chips.retranslate()
        hint = translate("IncidentPane", "Search  {key}")
        key = self.screen_context.keymap.cap_of("/")
        self.search.setPlaceholderText(hint.format(key=key).strip())
        self.search.name_button(translate("IncidentPane", "Empty the search (Esc)"))
        self.search.setAccessibleName(translate("IncidentPane", "Search incidents"))
        self.model.rename()
        self._show_waiting(self.model.waiting)
        self.say_figures()
        if self.is_empty:
            self._settle()
        self._fit()

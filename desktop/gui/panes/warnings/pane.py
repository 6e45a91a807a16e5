"""Warnings (预警) in force as a list; those without an outline are shown only here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.domain.changes import Changes
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE, Instant
from desktop.domain.warning import Warning, alertness
from desktop.gui.context import UiContext
from desktop.gui.list_export import ListSnapshot
from desktop.gui.panes.list_pane import ListPane
from desktop.gui.panes.warnings import SPEC, warning_text
from desktop.gui.panes.warnings.columns import warning_columns
from desktop.gui.panes.warnings.model import WarningModel, Warnings, read_warnings, warning_key
from desktop.gui.panes.warnings.painter import WarningPainter
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.snapshot_list import RowList

translate = QCoreApplication.translate

FORCE, PAST = "force", "past"


class WarningList(RowList[Warning]):
    """A list in which Enter and a double click open the whole text."""

    asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.asked.emit()
        else:
            super().keyPressEvent(event)


class WarningsPane(ListPane):
    """Every warning in force, the gravest first, and those lifted within a day."""

    opened = Signal(object, object)
    """The `Warning` to open in full, and the `Warnings` of its list."""

    fills = frozenset({Collection.WARNINGS})

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self._screen = screen
        self._found: Warnings | None = None
        self._first_end: Instant | None = None
        """When the next of those in force runs out by itself."""
        self._minute = self._spoiled = 0
        self.table = WarningModel(screen)
        self.list = WarningList(self.table, WarningPainter(screen, self.table))
        self.list.asked.connect(self.open_current)
        self.list.doubleClicked.connect(lambda _index: self.open_current())
        self.list.clicked.connect(lambda _index: self._tell_picked())
        self.chips = SegmentedControl((FORCE, PAST), screen.theme.font("second"))
        self.export = self.head.add_export(self.chips)
        self.set_content(self.list)
        self.setFocusProxy(self.list)
        self.chips.chosen.connect(self._arrange)
        self.export.clicked.connect(self.save)
        screen.theme.changed.connect(self.list.viewport().update)
        screen.feed.changed.connect(self._reload_changed)
        screen.feed.ticked.connect(self._tick)
        self.retranslate()
        self.reload()

    def reload(self) -> None:
        """Read the warnings again; what is shown stays until the answer is there."""
        board = self._screen.board
        self._screen.reader.ask(lambda: read_warnings(board), self._show, slot="warnings")

    def current(self) -> Warning | None:
        """Return the current warning."""
        return self.list.current

    def open_current(self) -> None:
        """Open the current warning in full."""
        warning = self.current()
        if warning is not None:
            self._tell_picked()
            self.opened.emit(warning, self._found)

    def complete(self, window: QWidget) -> None:
        from desktop.gui.panes.warnings.sheet import WarningSheet

        self.sheet = WarningSheet(self._screen, window)
        self.opened.connect(self.sheet.open)

    def describe_picked(self) -> list[str]:
        warning = self.current()
        return [] if warning is None else [self.table.sentence(warning)]

    def limits(self) -> list[str]:
        return [self.chips.said]

    def snapshot(self) -> ListSnapshot[Warning]:
        rows = self.table.rows
        return self.as_snapshot(warning_columns(self._screen, self.table), rows, len(rows))

    def retranslate(self) -> None:
        self.set_title(translate("Warnings", "Warnings"))
        self.list.setAccessibleName(translate("Warnings", "Warnings"))
        self.export.setText(translate("Warnings", "Export"))
        self._say_chips()
        self._tick(self._screen.board.now())
        self._arrange()

    def _reload_changed(self, changed: Changes) -> None:
        statuses = self._screen.board.statuses()
        spoiled = sum(status.spoiled.get(Collection.WARNINGS, 0) for status in statuses)
        anew = spoiled != self._spoiled or self.must_say_anew(changed)
        self._spoiled = spoiled
        if anew or changed & SPEC.follows:
            self.reload()

    def _show(self, found: Warnings) -> None:
        self._found = found
        self._first_end = min((w.ends_at for w in found.in_force if w.ends_at), default=None)
        self._tick(self._screen.board.now())
        self._say_chips()
        self._arrange()

    def _arrange(self) -> None:
        """Put the chosen kind into the list; the current row and the scroll position stay."""
        found = self._found or Warnings()
        self.table.know(found.townships, found.unread_ends)
        self.list.show_rows(found.in_force if self.chips.choice == FORCE else found.past)
        self._show_or_say()

    def _show_or_say(self) -> None:
        """Show the list, or why there is none."""
        summary = alertness(self._found.in_force) if self._found else None
        self.set_summary(warning_text.summary(summary, self._screen.words) if summary else "")
        if self.table.rows:
            self.show_content()
        else:
            self.say_reason()

    def say_reason(self) -> None:
        statuses = self.filling(self._screen.board.statuses())
        if self._found is None:
            self.say_blind(statuses)
        elif self.chips.choice == PAST:
            self.show_empty(translate("Warnings", "None was lifted or ran out within a day"))
        else:
            self.say_none(
                Collection.WARNINGS,
                statuses,
                translate("Warnings", "No warning in force"),
                self.tell_age(statuses, self._screen.board.now()),
            )

    def _say_chips(self) -> None:
        found = self._found or Warnings()
        self.chips.say(
            {
                FORCE: translate("Warnings", "In force {n}").format(n=len(found.in_force)),
                PAST: translate("Warnings", "Over {n}").format(n=len(found.past)),
            }
        )

    def _tick(self, now: Instant) -> None:
        self.set_age(self.filling(self._screen.board.statuses()), now)
        if self._first_end is not None and now >= self._first_end:
            self._first_end = None
            self.reload()  # One ran out by itself: nothing else will tell.
        if now // MINUTE != self._minute:
            self._minute = now // MINUTE
            self.list.viewport().update()

    def _tell_picked(self) -> None:
        warning = self.current()
        if warning is not None:
            self.picked.emit(warning_key(warning))

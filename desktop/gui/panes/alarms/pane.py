"""The alarm strip: shown only while alarms call for attention; what stands before what has
returned."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import Alarm, AlarmState
from desktop.domain.certainty import unread_of
from desktop.domain.changes import Changes
from desktop.domain.command import CommandKind
from desktop.domain.instant import Instant
from desktop.gui import formatting, symbols
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.alarms import SPEC
from desktop.gui.panes.alarms.model import (
    AlarmRow,
    may_take,
    name_group,
    say_followers,
    say_returned,
)
from desktop.gui.panes.alarms.painter import SHAPES, paint_mark
from desktop.gui.panes.bare import BarePane
from desktop.gui.widgets.accessible import announce, set_tip
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktop.gui.panes.alarms.sheet import AlarmSheet

translate = QCoreApplication.translate

STRIP_PX = 36
EDGE_PX = 4


class AlarmStrip(BarePane):
    """The worst standing alarm and what follows from it, and how many others call."""

    accessible_role = QAccessible.Role.Grouping

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self.sheet: AlarmSheet | None = None
        self._sheet_asked = False
        self._standing: tuple[AlarmGroup, ...] = ()
        self._returned: tuple[AlarmGroup, ...] = ()
        self._shelved = self._unread = 0
        self._announced = ""
        self.setFixedHeight(STRIP_PX)
        self.setAutoFillBackground(True)
        self.priority = PlainLabel(screen, "second", "second", elide=False)
        self.title = PlainLabel(screen, "strong")
        self.since = PlainLabel(screen, "body", "second")
        self.others = QPushButton()
        self.others.setProperty("quiet", True)
        self.others.clicked.connect(self.take_keyboard)
        self.unread = QPushButton()
        self.unread.setProperty("quiet", True)
        self.unread.setProperty("tone", "orange")
        self.unread.clicked.connect(lambda _checked: self.unread_asked.emit())
        self.shelve_button = KeyButton(screen, "Shift+S")
        self.shelve_button.clicked.connect(self.shelve_top)
        self.button = KeyButton(screen, "Shift+A", main=True)
        self.button.clicked.connect(self.acknowledge_top)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(EDGE_PX + 32, 0, 12, 0)
        layout.setSpacing(12)
        # What follows from the alarm gives way before its title does.
        self.since.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout.addWidget(self.priority)
        layout.addWidget(self.title)
        layout.addWidget(self.since, 1)
        layout.addWidget(self.unread)
        layout.addWidget(self.others)
        layout.addWidget(self.button)
        layout.addWidget(self.shelve_button)
        self.hide()
        submitter.failed.connect(lambda _target, _error: self.button.setEnabled(True))
        screen.feed.changed.connect(self._hear)
        screen.feed.ticked.connect(self._tick)

    def complete(self, window: QWidget) -> None:
        from desktop.gui.panes.alarms.sheet import AlarmSheet

        self.sheet = AlarmSheet(self._screen, self._submitter, window)
        self.sheet.shelve_asked.connect(self._ask_shelf)
        self.sheet.shown.connect(self.picked)
        if self._sheet_asked:
            self.sheet.toggle()

    def take_keyboard(self) -> None:
        """Open or close the sheet of all alarms."""
        self._sheet_asked = True
        if self.sheet is not None:
            self.sheet.toggle()

    def reload(self) -> None:
        """Read the calling alarms again."""
        self._screen.reader.ask(self._screen.board.alarms, self._show, slot="alarms")

    def acknowledge_top(self) -> None:
        """Acknowledge the alarm on the strip: all that have returned, once none stands."""
        if self._shown and self.button.isVisibleTo(self):
            self.button.setEnabled(False)
            self._acknowledge(self._standing[:1] or self._returned)

    def acknowledge_returned(self) -> None:
        """Acknowledge every alarm that has returned."""
        self._acknowledge(self._returned)

    def shelve_top(self) -> None:
        """Open the form to shelve the alarm on the strip, with reason and duration."""
        if self._shown and self.shelve_button.isVisibleTo(self):
            self._ask_shelf(self._shown.group.alarm)

    @property
    def _shown(self) -> AlarmRow | None:
        """What the strip shows: the top alarm, or else those that have returned as one."""
        if self._standing:
            return AlarmRow(self._standing[:1])
        return AlarmRow(self._returned, is_fold=len(self._returned) > 1) if self._returned else None

    def _acknowledge(self, groups: tuple[AlarmGroup, ...]) -> None:
        from desktop.gui.panes.alarms.sheet import acknowledge_groups

        acknowledge_groups(self._screen, self._submitter, groups)

    def _ask_shelf(self, alarm: Alarm) -> None:
        from desktop.gui.panes.alarms.sheet import shelf_task

        self.form_asked.emit(shelf_task(self._screen, alarm), ())

    def _hear(self, changed: Changes) -> None:
        if changed.sources or changed & SPEC.follows:
            self.reload()

    def _show(self, groups: tuple[AlarmGroup, ...]) -> None:
        self._standing = tuple(group for group in groups if group.stands)
        self._returned = tuple(group for group in groups if group.calls and not group.stands)
        self._shelved = sum(group.alarm.state is AlarmState.SHELVED for group in groups)
        self.button.setEnabled(True)
        # An unreadable alarm may be one that calls for attention.
        self._unread = unread_of(self._screen.board.statuses(), SPEC.follows)
        self.setVisible(bool(self._shown or self._unread))
        self._say()
        self._announce()

    def _announce(self) -> None:
        """Say aloud that another alarm calls first."""
        top = self._standing[0].alarm.id if self._standing else ""
        if top and top != self._announced:
            announce(self, f"{self.priority.text()} · {self.title.text()}")
        self._announced = top

    def _say(self) -> None:
        self.unread.setVisible(self._unread > 0)
        said = translate("AlarmStrip", "%n alarm(s) could not be read", "", self._unread)
        self.unread.setText(said)
        row = self._shown
        for widget in (self.priority, self.title, self.since, self.others):
            widget.setVisible(row is not None)
        if row is None:
            self.button.hide()
            self.shelve_button.hide()
            self.setAccessibleName(said)
        else:
            self._say_row(row)
        self.update()

    def _say_row(self, row: AlarmRow) -> None:
        words, alarm = self._screen.words, row.group.alarm
        takes = partial(may_take, self._screen, alarm)
        self.priority.set_text(words.term("alarm_priority", alarm.priority))
        self.priority.setVisible(not row.is_fold)
        returned = say_returned(len(row.groups), besides=False)
        title = returned if row.is_fold else name_group(row.group, words)
        self.title.set_text(title, "text" if row.group.stands else "second")
        set_tip(self.title, words.text(alarm.detail) or title)
        self.others.setText(self._others())
        self.shelve_button.setVisible(not row.is_fold and takes(CommandKind.SHELVE))
        self.shelve_button.say(words.term("command", CommandKind.SHELVE))
        self.button.setVisible(takes(CommandKind.ACKNOWLEDGE))
        self.button.say(translate("AlarmStrip", "Acknowledge"))
        self.setAccessibleName(title)
        self._tick(self._screen.board.now())

    def _others(self) -> str:
        """Describe how many more call, how many have returned, and how many are shelved."""
        others, returned = len(self._standing) - 1, len(self._returned)
        parts = []
        if others > 0:
            parts.append(translate("AlarmStrip", "%n more unacknowledged", "", others))
        if self._standing and returned:
            parts.append(translate("AlarmStrip", "%n returned", "", returned))
        if self._shelved:
            parts.append(translate("AlarmStrip", "%n shelved", "", self._shelved))
        return " · ".join(parts) or translate("AlarmStrip", "All alarms")

    def _tick(self, now: Instant) -> None:
        row = self._shown
        if row is None:
            return
        group, said = row.group, ""
        if not row.is_fold:
            state = self._screen.words.term("alarm_state", group.alarm.state)
            said = f"{state} {formatting.format_elapsed(group.latest_at, now, self._screen.words)}"
            if group.followers:
                said = f"{said} · {say_followers(len(group.followers))}"
        self.since.set_text(said)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme, row = QPainter(self), self._screen.theme, self._shown
        if row is not None:
            if row.group.stands:
                color = symbols.level_color(theme.tokens, SHAPES[row.group.alarm.priority])
                painter.fillRect(0, 0, EDGE_PX, self.height(), color)
            box = QRectF(EDGE_PX + 10, (self.height() - 14) / 2, 14, 14)
            paint_mark(painter, box, row, self._screen)
        elif self._unread:
            painter.fillRect(0, 0, EDGE_PX, self.height(), theme.color("orange"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def retranslate(self) -> None:
        self._say()

"""The alarm strip: shown only while alarms call for attention; the worst first, one row per
cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from desktop.application.reads.read_models import AlarmGroup
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.certainty import unread_of
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting, symbols
from desktop.gui.commands.submitter import CommandSubmitter
from desktop.gui.context import UiContext
from desktop.gui.panes.alarms import SPEC
from desktop.gui.panes.bare import BarePane
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

if TYPE_CHECKING:
    from desktop.gui.panes.alarms.sheet import AlarmSheet

translate = QCoreApplication.translate

STRIP_PX = 36
EDGE_PX = 4

SHAPES = {
    AlarmPriority.HIGH: EventLevel.MAJOR,
    AlarmPriority.MEDIUM: EventLevel.LARGER,
    AlarmPriority.LOW: EventLevel.ORDINARY,
    AlarmPriority.UNKNOWN: EventLevel.UNKNOWN,
}
"""Shapes of priorities, taken from the levels; the word beside names the priority."""


def key_of(alarm: Alarm) -> Key:
    """Return an alarm's identity across all sources."""
    return Key(alarm.source, Collection.ALARMS, alarm.id)


class AlarmStrip(BarePane):
    """The worst calling alarm, its consequences, and how many others call."""

    def __init__(self, screen: UiContext, submitter: CommandSubmitter) -> None:
        super().__init__()
        self._screen, self._submitter = screen, submitter
        self.sheet: AlarmSheet | None = None
        self._sheet_asked = False
        self._calling: tuple[AlarmGroup, ...] = ()
        self._shelved = self._unread = 0
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
        """Acknowledge the alarm on the strip."""
        if self._calling and self.button.isVisibleTo(self):
            alarm = self._calling[0].alarm
            self.button.setEnabled(False)
            self._submitter.acknowledge(key_of(alarm), alarm.version or None)

    def shelve_top(self) -> None:
        """Open the form to shelve the alarm on the strip, with reason and duration."""
        if self._calling and self.shelve_button.isVisibleTo(self):
            self._ask_shelf(self._calling[0].alarm)

    def _ask_shelf(self, alarm: Alarm) -> None:
        from desktop.gui.panes.alarms.sheet import shelf_task

        self.form_asked.emit(shelf_task(self._screen, alarm), ())

    def _hear(self, changed: Changes) -> None:
        if changed.sources or changed & SPEC.follows:
            self.reload()

    def _show(self, groups: tuple[AlarmGroup, ...]) -> None:
        self._calling = tuple(group for group in groups if group.calls)
        self._shelved = sum(group.alarm.state is AlarmState.SHELVED for group in groups)
        self.button.setEnabled(True)
        # An unreadable alarm may be one that calls for attention.
        self._unread = unread_of(self._screen.board.statuses(), SPEC.follows)
        self.setVisible(bool(self._calling or self._unread))
        self._say()

    def _say(self) -> None:
        self.unread.setVisible(self._unread > 0)
        said = translate("AlarmStrip", "%n alarm(s) could not be read", "", self._unread)
        self.unread.setText(said)
        for widget in (self.priority, self.title, self.since, self.others):
            widget.setVisible(bool(self._calling))
        if not self._calling:
            self.button.hide()
            self.shelve_button.hide()
            self.setAccessibleName(said)
            self.update()
            return
        words, group = self._screen.words, self._calling[0]
        alarm = group.alarm
        self.priority.set_text(words.term("alarm_priority", alarm.priority))
        title = formatting.in_one_line(words.text(alarm.title))
        self.title.set_text(title)
        self.title.setToolTip(formatting.plain_tip(words.text(alarm.detail) or title))
        self.others.setText(self._others())
        key = key_of(alarm)
        self.shelve_button.setVisible(self._screen.board.commands.accepts(key, CommandKind.SHELVE))
        self.shelve_button.say(words.term("command", CommandKind.SHELVE))
        self.button.setVisible(self._screen.board.commands.accepts(key, CommandKind.ACKNOWLEDGE))
        self.button.say(translate("AlarmStrip", "Acknowledge"))
        self.setAccessibleName(title)
        self._tick(self._screen.board.now())
        self.update()

    def _others(self) -> str:
        """Describe how many more call, and how many are shelved."""
        others = len(self._calling) - 1
        parts = []
        if others:
            parts.append(translate("AlarmStrip", "{n} more unacknowledged").format(n=others))
        if self._shelved:
            parts.append(translate("AlarmStrip", "{n} shelved").format(n=self._shelved))
        return " · ".join(parts) or translate("AlarmStrip", "All alarms")

    def _tick(self, now: Instant) -> None:
        if not self._calling:
            return
        group = self._calling[0]
        state = self._screen.words.term("alarm_state", group.alarm.state)
        said = f"{state} {formatting.format_elapsed(group.alarm.raised_at, now)}"
        if group.followers:
            grouped = translate("AlarmStrip", "{n} that follow from it are grouped here")
            said = f"{said} · {grouped.format(n=len(group.followers))}"
        self.since.set_text(said)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._screen.theme
        if self._calling:
            shape = SHAPES[self._calling[0].alarm.priority]
            color = symbols.level_color(theme.tokens, shape)
            painter.fillRect(0, 0, EDGE_PX, self.height(), color)
            box = QRectF(EDGE_PX + 10, (self.height() - 14) / 2, 14, 14)
            symbols.paint_level(painter, box, shape, theme.tokens)
        elif self._unread:
            painter.fillRect(0, 0, EDGE_PX, self.height(), theme.color("orange"))
        painter.setPen(theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def retranslate(self) -> None:
        self._say()

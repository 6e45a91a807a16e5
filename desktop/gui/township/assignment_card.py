"""One assignment of the county: what, by when, and the buttons of what may be done about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication, QRectF, Qt, Signal
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop.application.office.assignments import Assignment
from desktop.domain.command import CommandKind
from desktop.domain.instant import Instant
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.symbols import paint_level
from desktop.gui.widgets.flow import FlowLayout
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

EDGE_PX = 16
SHAPE_PX = 20
BUTTON_PX = 40
NARROW_PX = 660
"""Below this width a title has too little room beside the time."""
STEPS = (
    CommandKind.TAKE_UP,
    CommandKind.FEEDBACK,
    CommandKind.EXTEND,
    CommandKind.RETURN,
    CommandKind.NOTE,
    CommandKind.ATTACH,
)
"""What an office does about an assignment, in the order of its buttons."""


class AssignmentCard(Retranslated, QWidget):
    """One assignment; its buttons are only those that the county takes and the stage allows."""

    accessible_role = QAccessible.Role.Grouping

    asked = Signal(object, object)
    """The `Assignment` and the `CommandKind` whose button was pressed."""
    opened = Signal(object)
    """The `Assignment` whose whole case the clerk wants to read."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.assignment: Assignment | None = None
        self.title = PlainLabel(screen, "strong", elide=False)
        self.title.setWordWrap(True)
        self.due = PlainLabel(screen, "strong", "second", elide=False)
        self.facts = PlainLabel(screen, "second", "second", elide=False)
        self.words = PlainLabel(screen, "body", elide=False)
        self.state = PlainLabel(screen, "second", "second", elide=False)
        for label in (self.facts, self.words, self.state):
            label.setWordWrap(True)
        self.buttons = {kind: self._button(kind) for kind in STEPS}
        self.whole = QPushButton()
        self.whole.setProperty("quiet", True)
        self.whole.setMinimumHeight(BUTTON_PX)
        self.whole.clicked.connect(lambda: self.opened.emit(self.assignment))
        self._arrange()
        screen.theme.changed.connect(self.update)

    def _button(self, kind: CommandKind) -> QPushButton:
        button = QPushButton()
        button.setMinimumHeight(BUTTON_PX)
        button.clicked.connect(partial(self._ask, kind))
        return button

    def _ask(self, kind: CommandKind) -> None:
        self.asked.emit(self.assignment, kind)

    def _arrange(self) -> None:
        head = self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        head.setContentsMargins(SHAPE_PX + 8, 0, 0, 0)
        head.setSpacing(16)
        head.addWidget(self.title, 1)
        head.addWidget(self.due, 0, Qt.AlignmentFlag.AlignTop)
        self._foot = QWidget()
        foot = FlowLayout(self._foot)
        for button in (*self.buttons.values(), self.whole):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(EDGE_PX, 12, EDGE_PX, 12)
        column.setSpacing(4)
        column.addLayout(head)
        for part in (self.facts, self.words, self.state, self._foot):
            column.addWidget(part)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the time below the title where the card is narrow."""
        super().resizeEvent(event)
        ways, is_narrow = QBoxLayout.Direction, self.width() < NARROW_PX
        self._head.setDirection(ways.TopToBottom if is_narrow else ways.LeftToRight)
        self._head.setSpacing(0 if is_narrow else 16)

    def show_assignment(self, assignment: Assignment) -> None:
        """Show this assignment."""
        if assignment == self.assignment:
            return
        self.assignment = assignment
        self._say()

    def _say(self) -> None:
        assignment, words = self.assignment, self._screen.words
        if assignment is None:
            return
        incident = assignment.incident
        self.title.set_text(words.text(incident.title))
        now = self._screen.board.now()
        facts = (
            words.term("event_level", incident.level),
            words.term("stage", incident.stage),
            incident.number,
            words.text(incident.address),
            translate("Township", "by {unit}").format(unit=words.text(incident.lead_unit))
            if words.text(incident.lead_unit)
            else "",
        )
        self.facts.set_text(" · ".join(part for part in facts if part))
        self.words.set_text(formatting.in_lines(self._instruction(), 400))
        self.words.setVisible(bool(self.words.text()))
        pending = [
            r for r in assignment.detail.commands if not r.state.is_final or r.state.needs_officer
        ]
        said = [
            f"{words.term('command', r.command.kind)} {formatting.record_state(r, words)}"
            for r in pending[-3:]
        ]
        self.state.set_text(" · ".join(said))
        self.state.setVisible(bool(said))
        for kind, button in self.buttons.items():
            button.setText(words.term("command", kind))
            button.setVisible(kind in assignment.steps)
        main = next((kind for kind in STEPS if kind in assignment.steps), None)
        for kind, button in self.buttons.items():
            button.setProperty("main", kind is main)
        self.whole.setText(translate("Township", "Read all of it"))
        self.tell_time(now)
        self.setAccessibleName(f"{self.title.text()}, {self.due.text()}")

    def _instruction(self) -> str:
        """Return what the county wrote when it dispatched the case, else what is known of it."""
        assert self.assignment is not None
        incident, words = self.assignment.incident, self._screen.words
        told = [e for e in incident.timeline if e.kind == CommandKind.DISPATCH]
        return words.text(told[-1].text) if told else words.text(incident.summary)

    def tell_time(self, now: Instant) -> None:
        """Say again how long there is."""
        due = None if self.assignment is None else self.assignment.incident.due_at
        if due is None:
            self.due.set_text(translate("Township", "no deadline"), "second")
            return
        left = formatting.countdown(due, now, self._screen.words)
        pattern = (
            translate("Township", "{left} left, by {time}")
            if due > now
            else translate("Township", "overdue {left}, was due {time}")
        )
        said = pattern.format(left=left.lstrip("-"), time=formatting.moment(due, now))
        self.due.set_text(said, "orange_text" if due <= now else "text")

    def retranslate(self) -> None:
        self._say()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = self._screen.theme
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(theme.color("line"), 1))
            painter.setBrush(theme.color("raised"))
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
            if self.assignment is not None:
                box = QRectF(EDGE_PX, 16, SHAPE_PX, SHAPE_PX)
                paint_level(painter, box, self.assignment.incident.level, theme.tokens)

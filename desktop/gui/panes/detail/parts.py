"""Parts of the detail pane: level, deadlines, life cycle, facts and old values.

Each is made once and filled again for every incident: picking one makes no widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QSizePolicy, QWidget

from desktop.domain.incident import Deadline, Stage, Urgency
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting, symbols
from desktop.gui.context import UiContext
from desktop.gui.widgets.accessible import set_tip
from desktop.gui.widgets.folded import BoundedText
from desktop.gui.widgets.label import PlainLabel
from desktop.protocol.stages import LIFE_CYCLE

translate = QCoreApplication.translate

TITLE_CHARS = 160
LINK_EDGE_PX = 6

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class OldValue(PlainLabel):
    """The value before a change, struck through beside the new one; Tab reaches it."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, "second", "second", elide=False)
        self.setWordWrap(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    def tell(self, field: str, old: str) -> None:
        """Show what a field was before; nothing when it has not changed."""
        said = translate("DetailPane", "{field}: was {old}").format(field=field, old=old)
        self.set_text(old, spoken=formatting.in_one_line(said) if old else "")
        set_tip(self, said if old else "")
        self.setVisible(bool(old))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(self._themed.theme.color("pick"))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _dress(self) -> None:
        super()._dress()
        font = self.font()
        font.setStrikeOut(True)
        self.setFont(font)


class OldSlot:
    """The place of a field's old value; the label is made for the first change there."""

    def __init__(self, screen: UiContext, beside: QWidget, put: Callable[[OldValue], None]) -> None:
        """`beside` is what Tab has passed just before."""
        self._screen, self._beside, self._put = screen, beside, put
        self._label: OldValue | None = None

    def tell(self, field: str, old: str) -> None:
        """Show what a field was before; nothing when it has not changed."""
        if self._label is None and old:
            self._label = OldValue(self._screen)
            self._put(self._label)
            QWidget.setTabOrder(self._beside, self._label)
        if self._label is not None:
            self._label.tell(field, old)


class DeadlineLine(NamedTuple):
    """A deadline with the time at which it fell before it was changed, if it was."""

    deadline: Deadline
    was_due_at: Instant | None = None


class ClockTable(QFrame):
    """Every deadline of an incident with the time left, ticking; a met one has a tick mark."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._lines: Sequence[DeadlineLine] = ()
        self._rows: list[tuple[PlainLabel, PlainLabel, PlainLabel]] = []
        self._old: list[OldSlot] = []
        self.setObjectName("clocks")
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(12, 8, 12, 8)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(0, 1)

    def tell(self, lines: Sequence[DeadlineLine]) -> None:
        """Show these deadlines."""
        self._lines = lines
        self.make_rows(len(lines))
        now = self._screen.board.now()
        for n, (deadline, was_due_at) in enumerate(lines):
            (kind, due, left), said = (
                self._rows[n],
                self._screen.words.term("deadline", deadline.kind),
            )
            kind.set_text(said)
            due.set_text(self._due(deadline, now))
            was = "" if was_due_at is None else formatting.moment(was_due_at, now)
            self._old[n].tell(said, was)
            for label in (kind, due, left):
                label.show()
        for n in range(len(lines), len(self._rows)):
            self._old[n].tell("", "")
            for label in self._rows[n]:
                label.set_text("")
                label.hide()
        self.tick(now)
        self.setVisible(bool(lines))

    def make_rows(self, count: int) -> None:
        """Have at least so many rows."""
        for number in range(len(self._rows), count):
            kind = PlainLabel(self._screen, elide=False)
            kind.setWordWrap(True)
            due = PlainLabel(self._screen, "number", "second", elide=False)
            left = PlainLabel(self._screen, "number", elide=False)
            for label in (due, left):
                label.setAlignment(RIGHT)
            for column, label in enumerate((kind, due, left)):
                self._layout.addWidget(label, 2 * number, column)
            self._rows.append((kind, due, left))
            self._old.append(OldSlot(self._screen, left, partial(self._put_old, 2 * number + 1)))

    def _put_old(self, place: int, old: OldValue) -> None:
        old.setAlignment(RIGHT)
        self._layout.addWidget(old, place, 1)

    def tick(self, now: Instant) -> None:
        """Update the time left."""
        words = self._screen.words
        for (deadline, _), (_, _, left) in zip(self._lines, self._rows, strict=False):
            urgency = deadline.urgency(now)
            if urgency is Urgency.DONE:
                left.set_text("✓", "second", words.term("urgency", urgency))
                continue
            said = formatting.countdown(deadline.due_at, now, words)
            if urgency is not Urgency.RUNNING:
                said = f"{words.term('urgency', urgency)} {said.removeprefix('-')}"
            color = {Urgency.OVERDUE: "red", Urgency.SOON: "orange_text"}.get(urgency, "text")
            left.set_text(said, color, formatting.say_left(deadline.due_at, now, words))

    def _due(self, deadline: Deadline, now: Instant) -> str:
        if deadline.done_at is not None:
            return translate("DetailPane", "done {time}").format(
                time=formatting.moment(deadline.done_at, now)
            )
        return translate("DetailPane", "by {time}").format(
            time=formatting.moment(deadline.due_at, now)
        )


class LifeCycle(QWidget):
    """The main line of a case as a bar of steps; a side step is shown as text."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen, self._stage = screen, Stage.UNKNOWN
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def tell(self, stage: Stage) -> None:
        """Show this stage."""
        self._stage = stage
        words = self._screen.words
        said = words.term("stage", stage)
        self.setAccessibleName(said)
        line = " → ".join(words.term("step", step) for step in LIFE_CYCLE)
        set_tip(self, f"{said}\n{line}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._screen.theme
        painter.setFont(theme.font("second"))
        on_line = self._stage in LIFE_CYCLE
        reached = LIFE_CYCLE.index(self._stage) if on_line else -1
        if not on_line:
            painter.fillRect(0, 0, self.width(), 3, theme.color("line"))
            painter.setPen(theme.color("orange_text"))
            said = self._screen.words.term("stage", self._stage)
            painter.drawText(0, 8, self.width(), 20, int(Qt.AlignmentFlag.AlignLeft), said)
            return
        left, names = 0, [self._screen.words.term("step", step) for step in LIFE_CYCLE]
        for n, (said, wide) in enumerate(zip(names, self.step_widths(names), strict=True)):
            bar = "line" if n > reached else "pick" if n == reached else "second"
            painter.fillRect(left, 0, wide - 2, 3, theme.color(bar))
            painter.setPen(theme.color("pick" if n == reached else "second"))
            line = formatting.elide(said, painter.fontMetrics(), wide - 4)
            painter.drawText(QRect(left, 8, wide, 20), int(Qt.AlignmentFlag.AlignLeft), line)
            left += wide

    def step_widths(self, names: Sequence[str]) -> list[int]:
        """Share the bar among the steps: equally, unless a longer name needs more."""
        room, metrics = self.width(), QFontMetrics(self._screen.theme.font("second"))
        needed = [metrics.horizontalAdvance(name) + 6 for name in names]
        if max(needed) <= room // len(names) or sum(needed) > room:
            ends = [room * n // len(names) for n in range(len(names) + 1)]
        else:
            spare = room - sum(needed)
            shares = [spare * n // len(names) for n in range(len(names) + 1)]
            ends = [sum(needed[:n]) + share for n, share in enumerate(shares)]
        return [end - start for start, end in pairwise(ends)]


class Fact(NamedTuple):
    """A row of the facts: name and value, what it was before, and what a press of it opens."""

    name: str
    value: str
    old: str = ""
    follow: Callable[[], None] | None = None


class Facts(QWidget):
    """Pairs of name and value; a value with a link is a quiet button."""

    def __init__(self, screen: UiContext, unfolded: set[str]) -> None:
        super().__init__()
        self._screen, self._unfolded = screen, unfolded
        self._rows: list[_FactRow] = []
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnMinimumWidth(0, 60)
        self._layout.setColumnStretch(1, 1)

    def tell(self, facts: Sequence[Fact]) -> None:
        """Show these facts; nothing is shown for an empty value."""
        shown = [fact for fact in facts if fact.value or fact.old]
        self.make_rows(len(shown))
        for row, fact in zip(self._rows, shown, strict=False):
            row.tell(fact)
        for row in self._rows[len(shown) :]:
            row.hide()
        self.setVisible(bool(shown))

    def make_rows(self, count: int) -> None:
        """Have at least so many rows."""
        for number in range(len(self._rows), count):
            self._rows.append(_FactRow(self._screen, self._unfolded, self._layout, 2 * number))


class _FactRow:
    """The widgets of one fact; the button is made for the first fact that can be pressed."""

    def __init__(
        self, screen: UiContext, unfolded: set[str], grid: QGridLayout, place: int
    ) -> None:
        self._grid, self._place = grid, place
        self._name = PlainLabel(screen, "body", "second", elide=False)
        grid.addWidget(self._name, place, 0, Qt.AlignmentFlag.AlignTop)
        self._value = BoundedText(screen, unfolded, lambda each: grid.addWidget(each, place, 1))
        self._old = OldSlot(screen, self._name, lambda old: grid.addWidget(old, place + 1, 1))
        self._button: LinkButton | None = None
        self._follow: Callable[[], None] = lambda: None

    def tell(self, fact: Fact) -> None:
        self._name.set_text(fact.name)
        self._name.show()
        self._old.tell(fact.name, fact.old)
        if fact.follow is None:
            self._value.set_text(fact.value)
        else:
            self._value.hide()
            self._offer(fact.value, fact.follow)
        if self._button is not None:
            self._button.setVisible(fact.follow is not None)

    def hide(self) -> None:
        self._name.set_text("")
        self._name.hide()
        self._value.hide()
        self._old.tell("", "")
        if self._button is not None:
            self._button.hide()

    def _go(self) -> None:
        self._follow()

    def _offer(self, text: str, follow: Callable[[], None]) -> None:
        self._follow = follow
        if self._button is None:
            self._button = LinkButton()
            self._button.clicked.connect(self._go)
            self._grid.addWidget(self._button, self._place, 1)
        self._button.say(text)


class LinkButton(QPushButton):
    """A value that opens something; of one too long its beginning and its end are shown."""

    def __init__(self) -> None:
        super().__init__()
        self._said = ""
        self.setProperty("quiet", True)
        self.setProperty("link", True)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def say(self, text: str) -> None:
        """Show a text, and say all of it to screen readers and on hovering."""
        self._said = formatting.in_one_line(text)
        self.setAccessibleName(self._said)
        set_tip(self, text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room, middle = self.width() - LINK_EDGE_PX, Qt.TextElideMode.ElideMiddle
        shown = self.fontMetrics().elidedText(self._said, middle, room)
        self.setText(shown.replace("&", "&&"))


class TitleLabel(PlainLabel):
    """A title, smaller where it would take more than two lines: the deadline must stay in sight."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, "title", elide=False)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def tell(self, said: str) -> None:
        """Show a title."""
        self.set_text(formatting.in_one_line(said, TITLE_CHARS))
        set_tip(self, said)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetrics(self._themed.theme.font("title"))
        # A line breaks at words: about a tenth of its room stays empty.
        fits = metrics.horizontalAdvance(self.text()) <= 2 * 0.9 * self.width()
        role = "title" if fits else "strong"
        if role != self._role:
            self._role = role
            self._dress()


class LevelLine(PlainLabel):
    """The level's shape and word with the category, above a title."""

    def __init__(self, screen: UiContext) -> None:
        self._screen = screen
        self._level = EventLevel.UNKNOWN
        super().__init__(screen, "second", "second", elide=False)
        self.setWordWrap(True)
        self.setContentsMargins(20, 0, 0, 0)

    def tell(self, level: EventLevel, *more: str) -> None:
        """Show a level, and what else is said in its line."""
        if level is not self._level:
            self._level = level
            self._dress()
            self.update()
        grave = level.rank <= EventLevel.LARGER.rank
        larger = level is EventLevel.LARGER
        said = (self._screen.words.term("event_level", level), *more)
        line = formatting.in_one_line(" · ".join(part for part in said if part), 80)
        self.set_text(line, "orange_text" if larger else "red" if grave else "second")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(0, (self.fontMetrics().height() - 13) // 2, 13, 13)
        symbols.paint_level(painter, box, self._level, self._screen.theme.tokens)

    def _dress(self) -> None:
        super()._dress()
        font = self.font()
        grave = self._level.rank <= EventLevel.LARGER.rank
        font.setWeight(QFont.Weight.DemiBold if grave else QFont.Weight.Normal)
        self.setFont(font)

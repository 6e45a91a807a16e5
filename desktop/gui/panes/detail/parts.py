"""Parts of the detail pane: deadlines, life cycle, facts and timeline."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QPushButton, QSizePolicy, QWidget

from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.command import CommandRecord
from desktop.domain.dating import find_entry
from desktop.domain.incident import Deadline, Stage, Urgency
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting, symbols
from desktop.gui.commands.row_text import body_words
from desktop.gui.context import UiContext
from desktop.gui.widgets.folded import make_bounded_label
from desktop.gui.widgets.label import PlainLabel
from desktop.protocol.stages import LIFE_CYCLE

translate = QCoreApplication.translate

SHOWN_ENTRIES = 100
"""How many of the newest timeline entries are shown; a longer timeline gives the number left
out."""

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ClockTable(QFrame):
    """Every deadline of an incident with the time left, ticking; a met one has a tick mark."""

    def __init__(self, screen: UiContext, deadlines: Sequence[Deadline]) -> None:
        super().__init__()
        self._screen, self._deadlines = screen, deadlines
        self._left: list[PlainLabel] = []
        self.setObjectName("clocks")
        layout = QGridLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setHorizontalSpacing(12)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(0, 1)
        for row, deadline in enumerate(deadlines):
            kind = PlainLabel(screen, elide=False)
            kind.setWordWrap(True)
            kind.set_text(screen.words.term("deadline", deadline.kind))
            due = PlainLabel(screen, "number", "second", elide=False)
            due.setAlignment(RIGHT)
            left = PlainLabel(screen, "number", elide=False)
            left.setAlignment(RIGHT)
            due.set_text(self._due(deadline, screen.board.now()))
            for column, label in enumerate((kind, due, left)):
                layout.addWidget(label, row, column)
            self._left.append(left)
        self.tick(screen.board.now())

    def tick(self, now: Instant) -> None:
        """Update the time left."""
        words = self._screen.words
        for deadline, left in zip(self._deadlines, self._left, strict=True):
            urgency = deadline.urgency(now)
            if urgency is Urgency.DONE:
                left.set_text("✓", "second")
                left.setAccessibleName(words.term("urgency", urgency))
                continue
            said = formatting.countdown(deadline.due_at, now, words)
            if urgency is not Urgency.RUNNING:
                said = f"{words.term('urgency', urgency)} {said}"
            color = {Urgency.OVERDUE: "red", Urgency.SOON: "orange_text"}.get(urgency, "text")
            left.set_text(said, color)

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

    def __init__(self, screen: UiContext, stage: Stage) -> None:
        super().__init__()
        self._screen, self._stage = screen, stage
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(screen.words.term("stage", stage))

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
        for n, step in enumerate(LIFE_CYCLE):
            left = self.width() * n // len(LIFE_CYCLE)
            right = self.width() * (n + 1) // len(LIFE_CYCLE)
            bar = "line" if n > reached else "pick" if n == reached else "second"
            painter.fillRect(left, 0, right - left - 2, 3, theme.color(bar))
            painter.setPen(theme.color("pick" if n == reached else "second"))
            said = self._screen.words.term("step", step)
            line = formatting.elide(said, painter.fontMetrics(), right - left - 4)
            painter.drawText(
                QRect(left, 8, right - left, 20), int(Qt.AlignmentFlag.AlignLeft), line
            )


class Facts(QWidget):
    """Pairs of name and value; a value with a link is a quiet button."""

    def __init__(self, screen: UiContext, unfolded: set[str]) -> None:
        super().__init__()
        self._screen, self._unfolded = screen, unfolded
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnMinimumWidth(0, 60)
        self._layout.setColumnStretch(1, 1)

    def add(self, name: str, value: str) -> None:
        """Add a row of text; nothing is shown for an empty value."""
        if value:
            self._put(name, make_bounded_label(self._screen, value, self._unfolded))

    def add_link(self, name: str, text: str, follow: Callable[[], None]) -> None:
        """Add a row that can be pressed."""
        button = QPushButton(formatting.in_one_line(text, 60).replace("&", "&&"))
        button.setProperty("quiet", True)
        button.setProperty("link", True)
        button.clicked.connect(follow)
        self._put(name, button)

    def _put(self, name: str, value: QWidget) -> None:
        row = self._layout.rowCount()
        title = PlainLabel(self._screen, "body", "second", elide=False)
        title.set_text(name)
        self._layout.addWidget(title, row, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addWidget(value, row, 1)


class Timeline(QWidget):
    """The timeline, newest first, with this desk's own commands and their states."""

    def __init__(
        self, screen: UiContext, detail: IncidentDetail, unfolded: set[str] | None = None
    ) -> None:
        super().__init__()
        self._screen = screen
        self._unfolded = unfolded if unfolded is not None else set()
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(4)
        self._layout.setColumnStretch(1, 1)
        lines = self._entries(detail)
        for line in lines[:SHOWN_ENTRIES]:
            self._add(*line[1:])
        if len(lines) > SHOWN_ENTRIES:
            said = translate("DetailPane", "and {n} earlier")
            self._add("", said.format(n=len(lines) - SHOWN_ENTRIES), "", "second")

    def _entries(self, detail: IncidentDetail) -> list[tuple[Instant, str, str, str, str]]:
        words, now = self._screen.words, self._screen.board.now()
        lines = []
        timeline = detail.incident.timeline
        told = find_entry(detail.commands, timeline)
        for entry, record in zip(timeline, told, strict=True):
            kind = words.term("timeline", entry.kind)
            said = f"{kind} · {words.text(entry.text)}" if entry.text else kind
            time = formatting.moment(entry.happened_at, now)
            aside = entry.by
            if record is not None:
                aside = formatting.record_state(record, self._screen.words)
            lines.append((entry.happened_at, time, said, aside, "second"))
        keys = {record.command.key for record in told if record is not None}
        lines += [self._own(r, now) for r in detail.commands if r.command.key not in keys]
        return sorted(lines, key=lambda line: line[0], reverse=True)

    def _own(self, record: CommandRecord, now: Instant) -> tuple[Instant, str, str, str, str]:
        words, command = self._screen.words, record.command
        said = words.term("command", command.kind)
        body = body_words(self._screen, command)
        if body:
            said = f"{said} · {body}"
        if record.reason:
            said = f"{said}\n{words.text(record.reason)}"
        color = "orange_text" if record.state.needs_officer else "pick"
        state = formatting.record_state(record, self._screen.words)
        return (command.at, formatting.moment(command.at, now), said, state, color)

    def _add(self, time: str, said: str, aside: str, color: str) -> None:
        row = self._layout.rowCount()
        when = PlainLabel(self._screen, "second", "second", elide=False)
        when.set_text(time)
        when.setContentsMargins(0, 2, 0, 0)
        what = make_bounded_label(self._screen, said, self._unfolded)
        who = PlainLabel(self._screen, "second", color, elide=False)
        who.set_text(formatting.in_one_line(aside, 24))
        who.setContentsMargins(0, 2, 0, 0)
        top = Qt.AlignmentFlag.AlignTop
        self._layout.addWidget(when, row, 0, top)
        self._layout.addWidget(what, row, 1)
        self._layout.addWidget(who, row, 2, top | Qt.AlignmentFlag.AlignRight)


class LevelLine(PlainLabel):
    """The level's shape and word with the category, above a title."""

    _weight = QFont.Weight.Normal

    def __init__(self, screen: UiContext, detail: IncidentDetail) -> None:
        self._level = detail.incident.level
        grave = self._level.rank <= EventLevel.LARGER.rank
        larger = self._level is EventLevel.LARGER
        color = "orange_text" if larger else "red" if grave else "second"
        if grave:
            self._weight = QFont.Weight.DemiBold
        super().__init__(screen, "second", color, elide=False)
        words = screen.words
        said = (
            words.term("event_level", self._level),
            words.category(detail.incident.category),
            words.channel(detail.incident.channel),
        )
        self.setWordWrap(True)
        self.set_text(formatting.in_one_line(" · ".join(part for part in said if part), 80))
        self.setContentsMargins(20, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(0, (self.fontMetrics().height() - 13) // 2, 13, 13)
        symbols.paint_level(painter, box, self._level, self._screen.theme.tokens)

    def _dress(self) -> None:
        super()._dress()
        font = self.font()
        font.setWeight(self._weight)
        self.setFont(font)

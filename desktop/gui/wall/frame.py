"""The parts of the wall around every scene: top line, age banner, heartbeat and foot."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.domain.command import Collection
from desktop.domain.freshness import Freshness
from desktop.domain.instant import SECOND, Instant
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.warnings import warning_text
from desktop.gui.symbols import paint_warning
from desktop.gui.wall.canvas import RIGHT, Canvas
from desktop.gui.wall.state import AgeLine, WallState, age_lines

translate = QCoreApplication.translate

TOP_UNITS, LINE_UNITS, FOOT_UNITS = 88, 68, 56
BEATS = 20
"""Seconds in which the heartbeat crosses its track."""
BANNER_LINES = 2


class TopLine(QWidget):
    """The wall's name, the gravest matter in one line, and the time."""

    def __init__(self, screen: UiContext, title: str) -> None:
        super().__init__()
        self._screen = screen
        self.title = title
        self.unit = 1.0
        self.now: Instant = 0
        self.state: WallState | None = None

    def headline(self) -> tuple[str, str, EventLevel | None]:
        """Return text, colour and shape of the matter that interrupts, else of the gravest
        warning."""
        state, words = self.state, self._screen.words
        if state is None:
            return "", "second", None
        calling, incident = state.calling(), state.top_incident()
        if calling is not None:
            waited = formatting.format_elapsed(calling.alarm.raised_at, self.now)
            text = translate("Wall", "{alarm} · unacknowledged for {time}").format(
                alarm=words.text(calling.alarm.title), time=waited
            )
            count = len(calling.followers)
            if count:
                more = translate("Wall", "%n more follow from it", "", count)
                text += f" · {more}"
            return text, "red", EventLevel.MAJOR
        if incident is not None:
            text = translate("Wall", "{incident} · unacknowledged").format(
                incident=words.text(incident.title)
            )
            return text, "red", incident.level
        if not state.warnings:
            return "", "second", None
        warning = state.warnings[0]
        parts = [
            warning_text.headline(warning, words),
            warning_text.rule(warning, words),
            warning_text.begins(warning, self.now),
            warning_text.area(warning, state.townships, words),
        ]
        return " · ".join(part for part in parts if part), "second", None

    def mark(self) -> tuple[WarningLevel | None, str, str]:
        """Return the gravest level in force, its words and their colour; shown in every scene."""
        state = self.state
        if state is None:
            return None, "", "second"
        known = state.certainty_of(Collection.WARNINGS)
        return warning_text.mark(state.overview.alertness, known, self._screen.words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u = Canvas(painter, self._screen.theme, self.unit), self.unit
        canvas.panel(QRectF(self.rect()))
        inner = QRectF(self.rect()).adjusted(40 * u, 0, -40 * u, 0)
        time = formatting.at_least(formatting.clock_time(self.now), self._screen.words)
        clock = canvas.write(inner, time, 40, "text", RIGHT, strong=True)
        title = canvas.write(
            QRectF(inner.left(), 0, inner.width() * 0.5, inner.height()),
            self.title,
            40,
            strong=True,
        )
        right = inner.right() - clock - 40 * u
        right = self._paint_mark(canvas, inner, right)
        text, ink, shape = self.headline()
        left = inner.left() + title + 40 * u
        if shape is not None:
            canvas.level(QRectF(left, inner.center().y() - 16 * u, 32 * u, 32 * u), shape)
            left += 48 * u
        room = QRectF(left, 0, right - left, inner.height())
        canvas.write(room, text, 28, ink, strong=shape is not None)

    def _paint_mark(self, canvas: Canvas, inner: QRectF, right: float) -> float:
        """Paint the warnings' mark left of the clock; return the right edge left for the
        headline."""
        u = self.unit
        level, text, ink = self.mark()
        if not text:
            return right
        width = min(canvas.width(text, 32, strong=True), inner.width() * 0.42)
        room = QRectF(right - width, 0, width, inner.height())
        canvas.write(room, text, 32, ink, RIGHT, strong=True)
        left = right - width
        if level is not None:
            left -= 56 * u
            plate = QRectF(left, inner.center().y() - 22 * u, 44 * u, 44 * u)
            paint_warning(canvas.painter, plate, level, self._screen.theme.tokens)
        return left - 40 * u


class AgeBanner(QWidget):
    """Old sources in words large enough for the back of the room; no height while all are fresh."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.unit = 1.0
        self.lines: list[AgeLine] = []

    def tell(self, statuses: tuple[SourceStatus, ...], now: Instant) -> None:
        """Show which sources are old at this moment."""
        lines = age_lines(statuses, now, self._screen.words)
        rest = len(lines) - BANNER_LINES
        self.lines = lines[:BANNER_LINES]
        if rest > 0:
            more = translate("Wall", "%n more source(s) not in order", "", rest)
            last = self.lines[-1]
            self.lines[-1] = AgeLine(f"{last.text} · {more}", last.ink)
        self.setAccessibleName("; ".join(line.text for line in self.lines))
        self.update()

    @property
    def height_units(self) -> int:
        """Return its height."""
        return LINE_UNITS * len(self.lines)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u = Canvas(painter, self._screen.theme, self.unit), self.unit
        for n, line in enumerate(self.lines):
            rect = QRectF(0, n * LINE_UNITS * u, self.width(), LINE_UNITS * u)
            canvas.panel(rect)
            painter.fillRect(
                QRectF(0, rect.top(), 12 * u, rect.height()), self._screen.theme.color(line.ink)
            )
            inner = rect.adjusted(40 * u, 0, -40 * u, 0)
            canvas.write(inner, line.text, 38, line.ink, strong=True)


@dataclass(frozen=True)
class Turn:
    """The state of the rotation."""

    names: str
    place: str
    """`1/3`, or empty when the rotation waits."""
    next_in_ms: int | None
    """None when an unacknowledged matter stops the rotation."""


class Foot(QWidget):
    """The heartbeat, every source's age, and the next scene."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.unit = 1.0
        self.now: Instant = 0
        self.statuses: tuple[SourceStatus, ...] = ()
        self.turn = Turn("", "", None)

    @property
    def beat(self) -> float:
        """Return the heartbeat's position on its track, 0 to 1; another one each second."""
        return (self.now // SECOND) % BEATS / (BEATS - 1)

    def ages(self) -> list[tuple[str, str]]:
        """Return each source's age in words, with its colour; first a clock that is wrong."""
        words, said = self._screen.words, []
        problem = self._screen.board.clock_problem()
        if problem is not None:
            said.append((formatting.without_stop(words.problem(problem).happened), "orange"))
        for source in self.statuses:
            fresh = source.freshness(self.now)
            mark = formatting.source_mark(source, self.now)
            title = formatting.in_one_line(words.text(source.title), 24)
            age = (
                formatting.unheard(source)
                if source.last_good_at is None
                else words.age(self.now - source.last_good_at)
            )
            ink = {Freshness.FRESH: "second", Freshness.AGEING: "orange"}.get(fresh, "red")
            if source.bad_items:
                unread = translate("Wall", "%n could not be read", "", source.bad_items)
                age = f"{age} · {unread}"
                ink = "orange" if fresh is Freshness.FRESH else ink
            said.append((f"{mark} {title} {age}", ink))
        return said

    def turn_words(self) -> str:
        """Return the scene's name and when the next one comes, or why it stays."""
        turn = self.turn
        if turn.next_in_ms is None:
            waits = translate("Wall", "stays until acknowledged")
            return f"{turn.names} · {waits}"
        left = translate("Wall", "next in {time}").format(
            time=f"00:{-(-turn.next_in_ms // SECOND):02}"
        )
        return f"{turn.names} {turn.place} · {left}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u = Canvas(painter, self._screen.theme, self.unit), self.unit
        canvas.panel(QRectF(self.rect()))
        inner = QRectF(self.rect()).adjusted(40 * u, 0, -40 * u, 0)
        track = QRectF(inner.left(), inner.center().y() - 2 * u, 200 * u, 4 * u)
        painter.fillRect(track, self._screen.theme.color("line"))
        step = (track.width() - 24 * u) * self.beat
        painter.fillRect(
            QRectF(track.left() + step, track.top(), 24 * u, 4 * u),
            self._screen.theme.color("text"),
        )
        right = canvas.write(inner, self.turn_words(), 24, "second", RIGHT)
        x, end = track.right() + 40 * u, inner.right() - right - 40 * u
        for text, ink in self.ages():
            if x >= end:
                break
            x += canvas.write(QRectF(x, 0, end - x, inner.height()), text, 24, ink) + 32 * u

"""The parts of the wall around every scene: top line, age banner, heartbeat and foot."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QDate, QLocale, QRectF, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QWidget

from desktop.application.wall_place import WallPlace
from desktop.domain.command import Collection
from desktop.domain.freshness import Freshness
from desktop.domain.instant import SECOND, Instant
from desktop.domain.levels import WarningLevel
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.warnings import warning_text
from desktop.gui.symbols import paint_warning
from desktop.gui.wall.canvas import LEFT, NARROW_UNITS, ROW, SMALL, Canvas, text_px
from desktop.gui.wall.running import RunningTexts, Wording
from desktop.gui.wall.state import AgeLine, WallState, age_lines, keyring_lines

translate = QCoreApplication.translate

TOP_UNITS, TOP_UNITS_NARROW = 76, 132
LINE_UNITS, LINE_UNITS_NARROW = 68, 52
FOOT_UNITS, FOOT_UNITS_TALL = 56, 100
EDGE_UNITS, GAP_UNITS, TRACK_UNITS = 40, 32, 200
MOST_BRIEF = 3
"""How briefly ages are said at most."""
BEATS = 20
"""Seconds in which the heartbeat crosses its track."""
BANNER_LINES = 2


class TopLine(QWidget):
    """The wall's name and the warnings; the date, the shift, the data's time and the time."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext, title: str, place: WallPlace) -> None:
        super().__init__()
        self._screen = screen
        self._place = place
        self.title = title
        self.unit = 1.0
        self.now: Instant = 0
        self.statuses: tuple[SourceStatus, ...] = ()
        self.state: WallState | None = None
        self._marked: object = None
        self._running = RunningTexts(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def tell(self, statuses: tuple[SourceStatus, ...], now: Instant) -> None:
        """Show this moment, and paint anew what of it differs."""
        self.statuses, self.now = statuses, now
        marked, self._marked = self._marked, self.mark()
        if marked != self._marked:
            self.update()
        else:
            self._running.run(self._runs())

    def _runs(self) -> dict[object, Wording]:
        """Return what runs, from the right: the time, and what stands beside it."""
        time = formatting.at_least(formatting.clock_time(self.now), self._screen.words)
        beside = [Wording(text, SMALL, ink) for text, ink in reversed(self.moment())]
        return {"time": Wording(time, ROW, strong=True), **dict(enumerate(beside))}

    def accessible_name(self) -> str:
        """Say all that stands there."""
        parts = (self.title, self.mark()[1], *(text for text, _ in self.moment()))
        return " · ".join([*filter(None, parts), formatting.clock_time(self.now)])

    def mark(self) -> tuple[WarningLevel | None, str, str]:
        """Return the gravest level in force, its words and their colour; shown in every scene."""
        state = self.state
        if state is None:
            return None, "", "second"
        known = state.certainty_of(Collection.WARNINGS)
        return warning_text.mark(state.overview.alertness, known, self._screen.words)

    def moment(self) -> list[tuple[str, str]]:
        """Return date, shift and the time of the oldest data, each with its colour."""
        there = formatting.local(self.now)
        date = QLocale(self._screen.words.language).toString(
            QDate(there.year, there.month, there.day), translate("Wall", "ddd d MMM", "date")
        )
        shift = self._place.shift_at(formatting.clock_time(self.now, seconds=False))
        said = [(date, "second")]
        said += [(self._screen.words.text(shift.title), "second")] if shift else []
        return [*said, self._data_time()]

    def _data_time(self) -> tuple[str, str]:
        heard = [s for s in self.statuses if s.last_good_at is not None]
        if not heard:
            return translate("Wall", "no data yet"), "orange"
        oldest = min(heard, key=lambda source: source.last_good_at or 0)
        at = oldest.last_good_at or 0
        is_today = formatting.local(at).date() == formatting.local(self.now).date()
        time = formatting.clock_time(at) if is_today else formatting.moment(at, self.now)
        fresh = all(s.freshness(self.now) is Freshness.FRESH for s in self.statuses)
        ink = "second" if fresh else "orange"
        return translate("Wall", "data of {time}").format(time=time), ink

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u = Canvas(painter, self._screen.theme, self.unit), self.unit
        if self._running.paint(canvas, event.region()):
            return
        self._running.forget()
        canvas.panel(QRectF(self.rect()))
        upper = QRectF(self.rect()).adjusted(40 * u, 0, -40 * u, 0)
        lower = QRectF(upper)
        is_narrow = self.width() < NARROW_UNITS * u
        if is_narrow:
            upper.setHeight(76 * u)
            lower.setTop(upper.bottom() - 12 * u)
        (name, time), *beside = self._runs().items()
        right = upper.right() - self._running.write(canvas, name, upper, time)
        room = QRectF(upper.left(), upper.top(), right - upper.left() - 32 * u, upper.height())
        left = room.left() + canvas.write(room, self.title, ROW, strong=True) + 40 * u
        if is_narrow:
            right, left = lower.right() + 32 * u, lower.left()
        for name, said in beside:
            place = QRectF(left, lower.top(), right - 32 * u - left, lower.height())
            right -= self._running.write(canvas, name, place, said) + 32 * u
        self._paint_mark(canvas, QRectF(left, lower.top(), right - 32 * u - left, lower.height()))

    def _paint_mark(self, canvas: Canvas, room: QRectF) -> None:
        """Paint the warnings' mark at the left of the room."""
        u = self.unit
        level, text, ink = self.mark()
        if text and level is not None:
            plate = QRectF(room.left(), room.center().y() - 18 * u, 36 * u, 36 * u)
            paint_warning(canvas.painter, plate, level, self._screen.theme.tokens)
            room.setLeft(room.left() + 48 * u)
        canvas.write(room, text, SMALL, ink, strong=True)


class AgeBanner(QWidget):
    """Old sources in words large enough for the back of the room, and before them the keyring that
    keeps their logins, while it is locked; no height while all is in order."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.unit = 1.0
        self.lines: list[AgeLine] = []
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def tell(self, statuses: tuple[SourceStatus, ...], now: Instant) -> None:
        """Show what is out of order at this moment."""
        lines = keyring_lines(statuses, asks=self._screen.board.asks_keyring())
        lines += age_lines(statuses, now, self._screen.words)
        rest = len(lines) - BANNER_LINES
        if rest > 0:
            more = translate("Wall", "%n more source(s) not in order", "", rest)
            last = lines[BANNER_LINES - 1]
            lines[BANNER_LINES - 1] = AgeLine(f"{last.text} · {more}", last.ink)
        if lines[:BANNER_LINES] == self.lines:
            return
        self.lines = lines[:BANNER_LINES]
        self.setAccessibleName("; ".join(line.text for line in self.lines))
        self.update()

    def height_units(self, width_units: float) -> int:
        """Return its height on a wall of this width."""
        each = LINE_UNITS_NARROW if width_units < NARROW_UNITS else LINE_UNITS
        return each * len(self.lines)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u = Canvas(painter, self._screen.theme, self.unit), self.unit
        canvas.panel(QRectF(self.rect()))
        each = self.height() / max(1, len(self.lines))
        size = SMALL if self.width() < NARROW_UNITS * u else ROW
        for n, line in enumerate(self.lines):
            rect = QRectF(0, n * each, self.width(), each)
            painter.fillRect(
                QRectF(0, rect.top(), 12 * u, rect.height()), self._screen.theme.color(line.ink)
            )
            inner = rect.adjusted(40 * u, 0, -40 * u, 0)
            canvas.write(inner, line.text, size, line.ink, strong=True)


@dataclass(frozen=True)
class Turn:
    """The state of the rotation."""

    names: str
    place: str
    """`1/3`."""
    next_at: Instant
    held: bool = False
    """Whether the scene stays longer because something calls."""


class Foot(QWidget):
    """The heartbeat, every source's age, and the next scene."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.unit = 1.0
        self.now: Instant = 0
        self.statuses: tuple[SourceStatus, ...] = ()
        self.turn = Turn("", "", 0)
        self._running = RunningTexts(self)
        self._track = QRectF()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def tell(self, statuses: tuple[SourceStatus, ...], now: Instant) -> None:
        """Show this moment, and paint anew what of it differs."""
        self.statuses, self.now = statuses, now
        if self.isVisible():
            self.update(self._track.toAlignedRect())
            self._running.run(self._runs())

    def _runs(self) -> dict[object, Wording]:
        """Return what runs: each source's age, as briefly as it must, and the turn."""
        turn, gap = self.turn_words(), GAP_UNITS * self.unit
        room = self.width() - 2 * EDGE_UNITS * self.unit
        if not self.is_tall:
            room -= self._px(turn) + (TRACK_UNITS + 2 * EDGE_UNITS) * self.unit
        for brevity in range(MOST_BRIEF + 1):
            ages = self.ages(brevity)
            if sum(self._px(text) + gap for text, _ in ages) - gap <= room:
                break
        said = enumerate(Wording(text, SMALL, ink) for text, ink in ages)
        return {"turn": Wording(turn, SMALL, "second"), **dict(said)}

    def accessible_name(self) -> str:
        """Say how old the sources are, and the turn."""
        return " · ".join([*(text for text, _ in self.ages()), self.turn_words()])

    def _px(self, text: str) -> float:
        return text_px(self._screen.theme, self.unit, text, SMALL)

    @property
    def is_tall(self) -> bool:
        """Whether the ages stand in a line of their own."""
        return self.height() > (FOOT_UNITS + FOOT_UNITS_TALL) / 2 * self.unit

    @property
    def beat(self) -> float:
        """Return the heartbeat's position on its track, 0 to 1; another one each second."""
        return (self.now // SECOND) % BEATS / (BEATS - 1)

    def ages(self, brevity: int = 0) -> list[tuple[str, str]]:
        """Return each source's age in words, with its colour; first a clock that is wrong.

        Briefer, fresh sources are said without age, at last by their shape alone.
        """
        words, said = self._screen.words, []
        problem = self._screen.board.clock_problem()
        if problem is not None:
            said.append((formatting.without_stop(words.problem(problem).happened), "orange"))
        for source in self.statuses:
            fresh = source.freshness(self.now) is Freshness.FRESH
            calm = fresh and not source.bad_items
            parts = [
                formatting.source_mark(source, self.now),
                formatting.in_one_line(words.text(source.title), 24),
                self._age(source, brevity),
            ]
            text = " ".join(parts[: MOST_BRIEF + 1 - brevity] if calm and brevity > 1 else parts)
            if source.bad_items:
                unread = translate("Wall", "%n could not be read", "", source.bad_items)
                text = f"{text} · {unread}"
            said.append((text, "second" if calm else "orange"))
        return said

    def _age(self, source: SourceStatus, brevity: int) -> str:
        if source.last_good_at is None:
            return formatting.unheard(source)
        age, words = self.now - source.last_good_at, self._screen.words
        return words.format_lasted(age) if brevity else words.age(age)

    def turn_words(self) -> str:
        """Return the scene's name and when the next one comes, or why it stays.

        A time, not what is left until then: a wall is calm where it can be.
        """
        turn = self.turn
        then = translate("Wall", "next at {time}").format(time=formatting.clock_time(turn.next_at))
        if turn.held:
            held = translate("Wall", "held: unacknowledged")
            return f"{turn.names} · {held} · {then}"
        return f"{turn.names} {turn.place} · {then}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas = Canvas(painter, self._screen.theme, self.unit)
        texts = event.region().subtracted(QRegion(self._track.toAlignedRect()))
        if not self._running.paint(canvas, texts):
            self._paint_whole(canvas)
        self._paint_beat(canvas)

    def _paint_whole(self, canvas: Canvas) -> None:
        u = self.unit
        self._running.forget()
        canvas.panel(QRectF(self.rect()))
        edge = EDGE_UNITS * u
        inner = QRectF(self.rect()).adjusted(edge, 0, -edge, 0)
        low = QRectF(inner)
        if self.is_tall:
            inner.setBottom(inner.center().y())
            low.setTop(inner.bottom())
        self._track = QRectF(inner.left(), inner.center().y() - 2 * u, TRACK_UNITS * u, 4 * u)
        beside = inner.adjusted(self._track.width() + edge, 0, 0, 0)
        (name, turn), *ages = self._runs().items()
        right = self._running.write(canvas, name, beside, turn)
        x, end = self._track.right() + edge, inner.right() - right - edge
        if self.is_tall:
            x, end = low.left(), low.right()
        for name, said in ages:
            room = QRectF(x, low.top(), end - x, low.height())
            x += self._running.write(canvas, name, room, said, LEFT) + GAP_UNITS * u

    def _paint_beat(self, canvas: Canvas) -> None:
        """Paint the heartbeat on its track."""
        track, u = self._track, self.unit
        canvas.panel(QRectF(track.toAlignedRect()))
        canvas.painter.fillRect(track, self._screen.theme.color("line"))
        step = (track.width() - 24 * u) * self.beat
        canvas.painter.fillRect(
            QRectF(track.left() + step, track.top(), 24 * u, 4 * u),
            self._screen.theme.color("text"),
        )

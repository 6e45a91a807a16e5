"""What a scene says first: the worst thing, across the wall in its largest type."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.application.i18n import Words
from desktop.application.ports import IncidentRow
from desktop.application.reads.calls import is_calling
from desktop.domain.asset import AssetState
from desktop.domain.certainty import Certainty
from desktop.domain.command import Collection, Key
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.warning import Warning
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.queues.model import figure, over_count
from desktop.gui.panes.warnings import warning_text
from desktop.gui.symbols import paint_warning
from desktop.gui.wall.canvas import LARGE, ROW, SMALL, Canvas
from desktop.gui.wall.frame import LINE_UNITS
from desktop.gui.wall.running import RunningTexts, Wording
from desktop.gui.wall.state import WallState, time_left

translate = QCoreApplication.translate

GRADED = (EventLevel.ESPECIALLY_MAJOR, EventLevel.MAJOR, EventLevel.LARGER)
GRAVE = (WarningLevel.RED, WarningLevel.ORANGE)
OTHERS = (Collection.ALARMS, Collection.WARNINGS, Collection.ASSETS, Collection.QUEUES)
INCOMPLETE = (Certainty.NEVER, Certainty.PARTIAL, Certainty.UNREAD)
"""Why there may be something worse than what came; how old that is says the banner."""
HIGH, HIGH_TALL = 196, 300
BELOW_UNITS = 44
"""The height of what is said below something else."""


@dataclass(frozen=True)
class Headline:
    """One thing said large, with a figure beside it and a line below."""

    text: str
    ink: str = "text"
    beside: str = ""
    beside_ink: str = "text"
    below: str = ""
    shape: EventLevel | WarningLevel | None = None
    key: Key | None = None
    """What the map marks."""
    brief: str = ""
    """What is said in place of the line below where there is one line for all."""


def find_worst(state: WallState, now: Instant, words: Words) -> Headline:
    """Return the county's worst thing: what calls, then what is grave, overdue or broken."""
    alarm = of_alarm(state, now, words)
    if alarm is not None:
        return alarm
    row = state.top_incident() or next(iter(state.urgent), None)
    warning = state.warnings[0] if state.warnings else None
    if row is not None and (row.level in GRADED or _is_pressing(row, now)):
        is_grave = warning is not None and warning.level in GRAVE
        if row.level in GRADED or not is_grave:
            return of_incident(row, state, now, words)
    if warning is not None:
        return of_warning(warning, state, now, words)
    if state.overview.congested:
        return of_queues(state, words)
    failed = state.asset_count(AssetState.FAILED)
    if failed:
        return Headline(translate("Wall", "%n asset(s) failed", "", failed), "orange")
    return _of_calm(state, words)


def _of_calm(state: WallState, words: Words) -> Headline:
    """Say that nothing is overdue, or why that is not certain."""
    said = state.doubt(Collection.INCIDENTS, words, any_shown=bool(state.urgent))
    missing = (c for c in OTHERS if state.certainty_of(c).certainty in INCOMPLETE)
    if said is None and (other := next(missing, None)) is not None:
        said = state.doubt(other, words, any_shown=False)
    if said is not None:
        return Headline(said.happened, "orange", below=said.meaning)
    if not state.urgent:
        return Headline(translate("Wall", "No open incident"), "second")
    count = state.overview.counts.open_incidents
    return Headline(translate("Wall", "%n open incident(s), none overdue", "", count), "second")


def _is_pressing(row: IncidentRow, now: Instant) -> bool:
    return row.due_at is not None and now >= row.due_at - row.prealarm_ms


def of_alarm(state: WallState, now: Instant, words: Words) -> Headline | None:
    """Return the alarm of top priority that has called longest."""
    calling = state.top_alarm()
    if calling is None:
        return None
    alarm, count = calling.alarm, len(calling.followers)
    since = formatting.moment(alarm.raised_at, now)
    beside = [
        translate("Wall", "%n more follow from it", "", count) if count else "",
        state.township_name(alarm.township, words),
    ]
    return Headline(
        words.text(alarm.title),
        "red",
        formatting.format_elapsed(alarm.raised_at, now, words),
        "red",
        join(translate("Wall", "unacknowledged since {time}").format(time=since), *beside),
        EventLevel.MAJOR,
        Key(alarm.source, Collection.ASSETS, alarm.asset) if alarm.asset else None,
        # How long it has called stands in that line: since when need not.
        join(translate("Wall", "unacknowledged"), *beside),
    )


def of_incident(row: IncidentRow, state: WallState, now: Instant, words: Words) -> Headline:
    """Return an incident with the time it has left."""
    calls = is_calling(row)
    said, overdue = time_left(row.due_at, now, words)
    parts = [
        translate("Wall", "unacknowledged") if calls else "",
        words.term("event_level", row.level) if row.level is not EventLevel.NONE else "",
        state.township_name(row.township, words),
        words.term("stage", row.stage),
    ]
    return Headline(
        words.text(row.title),
        "red" if calls else "text",
        said,
        "red" if overdue else "orange" if _is_pressing(row, now) else "text",
        join(*parts),
        row.level,
        row.key,
    )


def of_warning(warning: Warning, state: WallState, now: Instant, words: Words) -> Headline:
    """Return a warning with where and how long it holds."""
    parts = [
        warning_text.level(warning, words),
        warning_text.rule(warning, words),
        warning_text.area(warning, state.townships, words),
        warning_text.begins(warning, now),
        warning_text.ends(warning, now, state.unread_ends),
    ]
    return Headline(
        warning_text.headline(warning, words),
        below=join(*parts),
        shape=warning.level,
        key=Key(warning.source, Collection.WARNINGS, warning.id),
    )


def of_queues(state: WallState, words: Words) -> Headline:
    """Return the most congested queue, or that there is none."""
    congested = [line.queue for line in state.queues if line.queue.congested]
    if not congested:
        said = state.doubt(Collection.QUEUES, words, any_shown=bool(state.queues))
        if said is not None:
            return Headline(said.happened, "orange", below=said.meaning)
        return Headline(translate("Wall", "No queue is congested"), "second")
    worst = congested[0]
    by_count = over_count(worst) or worst.longest_wait_s is None
    parts = [
        translate("Wall", "%n queue(s) congested", "", len(congested)),
        translate("Wall", "{count} waiting").format(count=figure(worst.waiting)),
        f"{translate('Wall', 'longest wait')} {formatting.wait(worst.longest_wait_s)}",
    ]
    beside = figure(worst.waiting) if by_count else formatting.wait(worst.longest_wait_s)
    text = words.text(worst.name)
    return Headline(text, "orange", beside, "orange", join(*parts))


def join(*parts: str) -> str:
    """Return the parts that say something, with dots between them."""
    return " · ".join(part for part in parts if part)


class HeadlineBand(QWidget):
    """The headline across the wall."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.unit = 1.0
        self.said = Headline("")
        self._running = RunningTexts(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def say(self, said: Headline) -> None:
        """Show this headline; nothing is painted anew when it says the same, and of one that only
        runs on, the time."""
        before = self.said
        if said == before:
            return
        self.said = said
        self.setAccessibleName(join(said.text, said.beside, said.below))
        if replace(before, beside=said.beside, beside_ink=said.beside_ink) == said:
            self._running.run({"beside": self._beside()})
        else:
            self.update()

    def _beside(self) -> Wording:
        return Wording(self.said.beside, LARGE, self.said.beside_ink, strong=True)

    def height_units(self, *, tall: bool) -> int:
        """Return its height on a wall that is higher than wide, or on any other."""
        return HIGH_TALL if tall else HIGH

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u, said = Canvas(painter, self._screen.theme, self.unit), self.unit, self.said
        if self._running.paint(canvas, event.region()):
            return
        self._running.forget()
        canvas.panel(QRectF(self.rect()))
        inner = QRectF(self.rect()).adjusted(40 * u, 8 * u, -40 * u, -12 * u)
        below = BELOW_UNITS * u
        low = QRectF(inner.left(), inner.bottom() - below, inner.width(), below)
        room = QRectF(inner.left(), inner.top(), inner.width(), inner.height() - low.height())
        beside = room
        if self.height() > (HIGH + HIGH_TALL) / 2 * u:
            beside = low = QRectF(low.left(), low.bottom() - 76 * u, low.width(), 76 * u)
            room.setBottom(low.top())
        taken = self._running.write(canvas, "beside", beside, self._beside())
        taken += 40 * u if taken else 0
        (low if beside is low else room).setRight(inner.right() - taken)
        paint_shape(canvas, room, 76, said)
        if said.shape is not None:
            room.setLeft(room.left() + 100 * u)
        canvas.write_fitting(room, said.text, said.ink)
        canvas.write_lines(low, said.below, "second")


class AlarmLine(QWidget):
    """What still calls, while the wall shows another scene: in one line, or two of a tall wall."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self.unit = 1.0
        self.said: Headline | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def say(self, said: Headline | None) -> None:
        """Show this alarm, or none; nothing is painted anew when it says the same."""
        if said == self.said:
            return
        self.said = said
        self.setAccessibleName(self.text)
        self.update()

    @property
    def text(self) -> str:
        """The line in words; empty if nothing calls."""
        if self.said is None:
            return ""
        return join(self.said.beside, self.said.text, self.said.below)

    def height_units(self, *, tall: bool) -> int:
        """Return its height, which is none while nothing calls."""
        if self.said is None:
            return 0
        return LINE_UNITS + BELOW_UNITS if tall else LINE_UNITS

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas, u, said = Canvas(painter, self._screen.theme, self.unit), self.unit, self.said
        canvas.panel(QRectF(self.rect()))
        if said is None:
            return
        painter.fillRect(QRectF(0, 0, 12 * u, self.height()), self._screen.theme.color("red"))
        upper = QRectF(self.rect()).adjusted(40 * u, 0, -40 * u, 0)
        upper.setHeight(LINE_UNITS * u)
        paint_shape(canvas, upper, 36, said)
        upper.setLeft(upper.left() + 56 * u)
        text = join(said.beside, said.text)
        taken = canvas.write(upper, text, ROW, "red", strong=True)
        if self.height() > (LINE_UNITS + BELOW_UNITS / 2) * u:
            top = upper.bottom() - 8 * u
            lower = QRectF(upper.left(), top, upper.width(), BELOW_UNITS * u)
            canvas.write(lower, said.below, SMALL, "second")
        else:
            beside = upper.adjusted(taken + 24 * u, 0, 0, 0)
            canvas.write(beside, said.brief or said.below, SMALL, "second")


def paint_shape(canvas: Canvas, rect: QRectF, units: float, said: Headline) -> None:
    """Paint the headline's shape of so many units at the left of the rectangle, in its middle."""
    side = units * canvas.unit
    place = QRectF(rect.left(), rect.center().y() - side / 2, side, side)
    if isinstance(said.shape, WarningLevel):
        paint_warning(canvas.painter, place, said.shape, canvas.theme.tokens)
    elif said.shape is not None:
        canvas.level(place, said.shape)

"""The overview: four figures, the map with the worst thing marked, the most urgent incidents."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from desktop.application.ports import IncidentRow
from desktop.domain.asset import AssetState
from desktop.domain.certainty import NOT_KNOWN, NOT_SURE
from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.levels import EventLevel
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.wall.canvas import LARGE, RIGHT, ROW, SMALL, Canvas
from desktop.gui.wall.headline import join
from desktop.gui.wall.running import RunningTexts, Wording
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.sentences import describe_incidents
from desktop.gui.wall.state import WallState, time_left
from desktop.gui.wall.static_map import StillMap

translate = QCoreApplication.translate

FIGURE_UNITS, ROW_UNITS, MOST_ROW_UNITS = 128, 104, 150
LEAST_MAP_UNITS = 300
LEAST_NONE = "≥ 0"
"""Shown for zero overdue while the present time is only a minimum: there may be some."""


class OverviewScene(Scene):
    """Four figures, the map, and the most urgent incidents."""

    needs = Collection.INCIDENTS

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.map = StillMap(screen)
        self._dirty = QRectF()
        self._listed: tuple[IncidentRow, ...] = ()
        self._running = RunningTexts(self)

    def title(self) -> str:
        return translate("Wall", "Overview")

    def sentences(self, state: WallState) -> list[str]:
        figures = [
            f"{label} {number} · {' · '.join(companions)}"
            for label, number, _ink, companions in self._figures(state)
        ]
        return figures + describe_incidents(state, self.now, self.screen_context.words)

    def tick(self, now: Instant) -> None:
        """Count down what is left of each deadline; the rest stands."""
        super().tick(now)
        if self.isVisible():
            self._running.run({row.key: self._count_down(row) for row in self._listed})

    def _count_down(self, row: IncidentRow) -> Wording:
        """Return the time left of a deadline."""
        text, overdue = time_left(row.due_at, self.now, self.screen_context.words)
        soon = row.due_at is not None and self.now >= row.due_at - row.prealarm_ms
        return Wording(text, ROW, "red" if overdue else "orange" if soon else "text", overdue)

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            canvas = Canvas(painter, self.screen_context.theme, self.unit)
            if self._running.paint(canvas, event.region()):
                return
        self._dirty, self._listed = QRectF(event.rect()), ()
        self._running.forget()
        # Figures of heard sources are worth showing even before the first incident.
        if self.state is not None and any(not s.never_seen for s in self.state.overview.sources):
            canvas = Canvas(QPainter(self), self.screen_context.theme, self.unit)
            canvas.painter.fillRect(self.rect(), self.screen_context.theme.color("ground"))
            self.draw(canvas, self.state)
            canvas.painter.end()
        else:
            super().paintEvent(event)

    def draw(self, canvas: Canvas, state: WallState) -> None:
        u, gap = self.unit, max(1.0, 2 * self.unit)
        shown = self._figures(state)
        columns = 2 if self.is_tall else 4
        each = (self.width() - (columns - 1) * gap) / columns
        high = FIGURE_UNITS * u
        for n, figure in enumerate(shown):
            row, column = divmod(n, columns)
            rect = QRectF(column * (each + gap), row * (high + gap), each, high)
            if rect.intersects(self._dirty):
                canvas.panel(rect)
                self._figure(canvas, rect, *figure)
        top = (high + gap) * (len(shown) // columns)
        below = QRectF(0, top, self.width(), self.height() - top)
        if below.height() < ROW_UNITS * u:
            return
        ground, listed = self._share(below, gap)
        if ground is not None and ground.intersects(self._dirty):
            self._ground(canvas, ground, state)
        canvas.panel(listed)
        self._urgent(canvas, listed, state)

    def _share(self, rect: QRectF, gap: float) -> tuple[QRectF | None, QRectF]:
        """Return the rooms of the map and of the list: side by side, or one above the other.

        Where there is little room the map goes: what is urgent can be read without it.
        """
        u = self.unit
        if self.is_tall:
            high = min(rect.width() * 0.62, rect.height() / 2)
            if high < LEAST_MAP_UNITS * u:
                return None, rect
            ground = QRectF(rect.left(), rect.top(), rect.width(), high)
            return ground, rect.adjusted(0, high + gap, 0, 0)
        if rect.height() < LEAST_MAP_UNITS * u:
            return None, rect
        wide = min(940 * u, rect.width() * 0.49)
        ground = QRectF(rect.left(), rect.top(), rect.width() - wide - gap, rect.height())
        return ground, rect.adjusted(ground.width() + gap, 0, 0, 0)

    def _ground(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        if state.county.is_empty:
            canvas.panel(rect)
            canvas.write_wrapped(rect, translate("Wall", "Nothing has a place on the map"), SMALL)
        else:
            worst = self.headline(state).key
            self.map.paint(canvas.painter, rect, state.county, self.unit, worst)

    def _figures(self, state: WallState) -> list[tuple[str, str, str, tuple[str, str]]]:
        """Return label, figure, its colour and two companions, for each of the four."""
        counts = state.overview.counts
        overdue = formatting.at_least(
            self._certainty(state, Collection.INCIDENTS, counts.overdue), self.screen_context.words
        )
        failed = self._certainty(state, Collection.ASSETS, state.asset_count(AssetState.FAILED))
        congested = self._certainty(state, Collection.QUEUES, state.overview.congested)
        term = self.screen_context.words.term
        longest = formatting.wait(state.overview.longest_wait_s)

        def beside(word: str, collection: Collection, number: int) -> str:
            return f"{word} {self._certainty(state, collection, number)}"

        def count_assets(condition: AssetState) -> str:
            number = state.asset_count(condition)
            return beside(term("asset_state", condition), Collection.ASSETS, number)

        return [
            (
                translate("Wall", "Overdue incidents"),
                overdue,
                "red",
                (
                    beside(translate("Wall", "open"), Collection.INCIDENTS, counts.open_incidents),
                    beside(translate("Wall", "today"), Collection.INCIDENTS, counts.recorded_today),
                ),
            ),
            (
                translate("Wall", "Failed assets"),
                failed,
                "orange",
                (count_assets(AssetState.DEGRADED), count_assets(AssetState.UNKNOWN)),
            ),
            (
                translate("Wall", "Congested queues"),
                congested,
                "orange",
                (translate("Wall", "longest wait"), longest),
            ),
            (
                translate("Wall", "Commands on their way"),
                str(state.overview.unfinished),
                "text",
                (translate("Wall", "accepted today"), str(state.overview.accepted_today)),
            ),
        ]

    def _certainty(self, state: WallState, collection: Collection, number: int) -> str:
        return state.certainty_of(collection).figure(number)

    def _figure(
        self,
        canvas: Canvas,
        rect: QRectF,
        label: str,
        number: str,
        ink: str,
        companions: tuple[str, str],
    ) -> None:
        u = self.unit
        inner = rect.adjusted(40 * u, 12 * u, -40 * u, -12 * u)
        head = QRectF(inner.left(), inner.top(), inner.width(), 40 * u)
        canvas.write(head, label, SMALL, "second")
        calm = number in ("0", NOT_KNOWN)
        ink = "orange" if number in (NOT_SURE, LEAST_NONE) else ink
        low = QRectF(inner.left(), inner.top() + 40 * u, inner.width(), inner.height() - 40 * u)
        size, ink = (ROW, "second") if calm else (LARGE, ink)
        taken = canvas.write(low, number, size, ink, strong=not calm) + 24 * u
        second, first = companions[::-1]
        line = QRectF(inner.left() + taken, low.center().y(), inner.width() - taken, 40 * u)
        canvas.write(line, second, SMALL, "second", RIGHT)
        line.moveTop(line.top() - 40 * u)
        canvas.write(line, first, SMALL, "second", RIGHT)

    def _urgent(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        u = self.unit
        if not state.was_heard(Collection.INCIDENTS):
            canvas.write_wrapped(rect.adjusted(40 * u, 0, -40 * u, 0), self._never_seen(state), ROW)
            return
        what = Collection.INCIDENTS
        said = state.doubt(what, self.screen_context.words, any_shown=bool(state.urgent))
        if not state.urgent:
            none = translate("Wall", "No open incident")
            self._say_none(canvas, rect, none, said)
            return
        if said is not None:
            rect = self._say_besides(canvas, rect, said)
        rect = rect.adjusted(40 * u, 0, -40 * u, 0)
        rows = max(1, min(len(state.urgent), int(rect.height() // (ROW_UNITS * u))))
        height = min(rect.height() / rows, MOST_ROW_UNITS * u)
        self._listed = state.urgent[:rows]
        for n, row in enumerate(self._listed):
            line = QRectF(rect.left(), rect.top() + n * height, rect.width(), height)
            self._incident(canvas, line, row, state)
            if n < rows - 1:
                canvas.rule(line.left(), line.right(), line.bottom())

    def _incident(self, canvas: Canvas, rect: QRectF, row: IncidentRow, state: WallState) -> None:
        u, words = self.unit, self.screen_context.words
        side = 36 * u
        upper = QRectF(rect.left(), rect.center().y() - 46 * u, rect.width(), 48 * u)
        lower = QRectF(upper.left(), upper.bottom(), upper.width(), 44 * u)
        canvas.level(QRectF(upper.left(), upper.center().y() - side / 2, side, side), row.level)
        indent = 56 * u
        canvas.write_whole(upper.adjusted(indent, 0, 0, 0), words.text(row.title), ROW)
        taken = self._running.write(canvas, row.key, lower, self._count_down(row))
        level = words.term("event_level", row.level) if row.level is not EventLevel.NONE else ""
        place, stage = state.township_name(row.township, words), words.term("stage", row.stage)
        # The shape tells the level, and the title most often the place.
        wordings = [join(level, place, stage), join(place, stage), stage]
        canvas.write_fullest(lower.adjusted(indent, 0, -taken - 16 * u, 0), wordings, "second")

"""The overview: four figures, the map, and the most urgent incidents."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QPainter, QPaintEvent

from desktop.application.ports import IncidentRow
from desktop.domain.asset import AssetState
from desktop.domain.certainty import NOT_KNOWN, NOT_SURE
from desktop.domain.command import Collection
from desktop.domain.levels import EventLevel
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.wall.canvas import RIGHT, Canvas
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.state import WallState, time_left
from desktop.gui.wall.static_map import StillMap

translate = QCoreApplication.translate


LEAST_NONE = "≥ 0"
"""Shown for zero overdue while the present time is only a minimum: there may be some."""


class OverviewScene(Scene):
    """Four figures, the map, and the most urgent incidents."""

    needs = Collection.INCIDENTS

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.map = StillMap(screen)

    def title(self) -> str:
        return translate("Wall", "Overview")

    def paintEvent(self, event: QPaintEvent) -> None:
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
        width, height = float(self.width()), float(self.height())
        figures = min(224 * u, height * 0.3)
        each = (width - 3 * gap) / 4
        for n, shown in enumerate(self._figures(state)):
            rect = QRectF(n * (each + gap), 0, each, figures)
            canvas.panel(rect)
            self._figure(canvas, rect, *shown)
        below = QRectF(0, figures + gap, width, height - figures - gap)
        listed = min(720 * u, width * 0.42)
        ground = QRectF(below.left(), below.top(), width - listed - gap, below.height())
        if state.county.is_empty:
            canvas.panel(ground)
            canvas.write_wrapped(ground, translate("Wall", "Nothing has a place on the map"), 32)
        else:
            self.map.paint(canvas.painter, ground, state.county, u)
        right = QRectF(width - listed, below.top(), listed, below.height())
        canvas.panel(right)
        self._urgent(canvas, right, state)

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
                "red",
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
        inner = rect.adjusted(40 * u, 20 * u, -40 * u, -20 * u)
        canvas.write(QRectF(inner.left(), inner.top(), inner.width(), 40 * u), label, 28, "second")
        big = QRectF(inner.left(), inner.top() + 44 * u, inner.width(), inner.height() - 44 * u)
        calm = number in ("0", NOT_KNOWN)
        ink = "orange" if number in (NOT_SURE, LEAST_NONE) else ink
        taken = canvas.write(big, number, 112, "text" if calm else ink)
        for n, text in enumerate(reversed(companions)):
            line = QRectF(
                inner.left() + taken + 16 * u,
                inner.bottom() - (n + 1) * 38 * u - 12 * u,
                inner.width() - taken - 16 * u,
                38 * u,
            )
            canvas.write(line, text, 26, "second", RIGHT)

    def _urgent(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        u = self.unit
        if not state.was_heard(Collection.INCIDENTS):
            canvas.write_wrapped(rect.adjusted(32 * u, 0, -32 * u, 0), self._never_seen(state), 32)
            return
        what = Collection.INCIDENTS
        said = state.doubt(what, self.screen_context.words, any_shown=bool(state.urgent))
        if not state.urgent:
            none = translate("Wall", "No open incident")
            self._say_none(canvas, rect, none, said)
            return
        if said is not None:
            rect = self._say_besides(canvas, rect, said)
        rows = max(1, min(5, int(rect.height() // (112 * u))))
        height = min(rect.height() / rows, 150 * u)
        for n, row in enumerate(state.urgent[:rows]):
            line = QRectF(
                rect.left() + 32 * u, rect.top() + n * height, rect.width() - 64 * u, height
            )
            self._incident(canvas, line, row, state)
            canvas.rule(line.left(), line.right(), line.bottom())

    def _incident(self, canvas: Canvas, rect: QRectF, row: IncidentRow, state: WallState) -> None:
        u, words = self.unit, self.screen_context.words
        side = 36 * u
        upper = QRectF(rect.left(), rect.center().y() - 46 * u, rect.width(), 48 * u)
        lower = QRectF(upper.left(), upper.bottom(), upper.width(), 44 * u)
        canvas.level(QRectF(upper.left(), upper.center().y() - side / 2, side, side), row.level)
        indent = 56 * u
        canvas.write(upper.adjusted(indent, 0, 0, 0), words.text(row.title), 36)
        text, overdue = time_left(row.due_at, self.now, words)
        soon = row.due_at is not None and self.now >= row.due_at - row.prealarm_ms
        ink = "red" if overdue else "orange" if soon else "text"
        taken = canvas.write(lower, text, 34, ink, RIGHT, strong=overdue)
        township = state.townships.get(row.township)
        parts = [
            words.term("event_level", row.level) if row.level is not EventLevel.NONE else "",
            words.text(township.name) if township else row.township,
            words.term("stage", row.stage),
        ]
        said = " · ".join(part for part in parts if part)
        canvas.write(lower.adjusted(indent, 0, -taken - 16 * u, 0), said, 26, "second")

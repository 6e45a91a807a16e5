"""The map scene: the whole county, the warnings in force and what the shapes mean."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt

from desktop.domain.command import Collection
from desktop.domain.levels import EventLevel
from desktop.gui.context import UiContext
from desktop.gui.panes.map.label_text import say_left_out
from desktop.gui.wall.canvas import RIGHT, ROW, SMALL, Canvas
from desktop.gui.wall.headline import Headline, of_warning
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.sentences import describe_incidents, describe_warnings
from desktop.gui.wall.state import WallState
from desktop.gui.wall.static_map import StillMap
from desktop.gui.wall.warnings_scene import WarningRows

translate = QCoreApplication.translate

BESIDE_UNITS = 700
"""The width of what stands beside the map: area and end of most warnings fit in a line of it."""
LEAST_WARNINGS_UNITS, LEGEND_UNITS, EDGE_UNITS = 160, 5 * 48, 24
HIGH, LEAST_HIGH = 0.72, 0.6
"""The map's height on a tall wall, in parts of its width: as a rule, and at least."""


class MapScene(Scene):
    """The whole county, the warnings in force and what the shapes mean."""

    needs = Collection.TOWNSHIPS

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.map = StillMap(screen)

    def title(self) -> str:
        return translate("Wall", "Map")

    def sentences(self, state: WallState) -> list[str]:
        words = self.screen_context.words
        return describe_warnings(state, self.now, words) + describe_incidents(
            state, self.now, words
        )

    def headline(self, state: WallState) -> Headline:
        if not state.warnings:
            return super().headline(state)
        return of_warning(state.warnings[0], state, self.now, self.screen_context.words)

    def draw(self, canvas: Canvas, state: WallState) -> None:
        gap = max(1.0, 2 * self.unit)
        whole = QRectF(self.rect())
        if self.is_tall:
            explained = (LEGEND_UNITS + LEAST_WARNINGS_UNITS + 2 * EDGE_UNITS) * self.unit
            room = whole.height() - gap - explained
            high = min(room, self.width() * HIGH)
            high = high if high >= self.width() * LEAST_HIGH else self.width() * HIGH
            ground = whole.adjusted(0, 0, 0, -max(0.0, whole.height() - high))
            beside = whole.adjusted(0, ground.height() + gap, 0, 0)
        else:
            side = min(BESIDE_UNITS * self.unit, self.width() * 0.38)
            ground = whole.adjusted(0, 0, -side - gap, 0)
            beside = whole.adjusted(ground.width() + gap, 0, 0, 0)
        self.map.paint(canvas.painter, ground, state.county, self.unit, self.headline(state).key)
        if beside.height() <= 0:
            return
        canvas.panel(beside)
        self._beside(canvas, beside, state)

    def _beside(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        """Fill the room beside the map: warnings above, and what the shapes mean if it fits."""
        u = self.unit
        edge, legend = EDGE_UNITS * u, LEGEND_UNITS * u
        inner = rect.adjusted(40 * u, edge, -40 * u, -edge)
        if inner.height() < legend + LEAST_WARNINGS_UNITS * u:
            self._warnings(canvas, inner, state)
            return
        self._warnings(canvas, inner.adjusted(0, 0, 0, -legend - 24 * u), state)
        canvas.rule(inner.left(), inner.right(), inner.bottom() - legend - 12 * u)
        self._legend(canvas, inner.adjusted(0, inner.height() - legend, 0, 0), state)

    def _warnings(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        u, words = self.unit, self.screen_context.words
        canvas.write(
            QRectF(rect.left(), rect.top(), rect.width(), 40 * u),
            translate("Wall", "Warnings in force"),
            SMALL,
            "second",
        )
        y = rect.top() + 52 * u
        if not state.was_heard(Collection.WARNINGS):
            text = translate("Wall", "never received")
            canvas.write(QRectF(rect.left(), y, rect.width(), 48 * u), text, ROW, "orange")
            return
        said = state.doubt(Collection.WARNINGS, words, any_shown=bool(state.warnings))
        if said is not None:
            line = QRectF(rect.left(), y, rect.width(), 48 * u)
            canvas.write(line, said.happened, ROW, "orange")
            y += 52 * u
        elif not state.warnings:
            text = translate("Wall", "none")
            canvas.write(QRectF(rect.left(), y, rect.width(), 48 * u), text, ROW, "second")
        rows = QRectF(rect.left(), y, rect.width(), rect.bottom() - y)
        WarningRows(self.screen_context, canvas, state, self.now).fill(rows)

    def _legend(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        """Return each shape with its word and count, so that the map explains itself."""
        u, words = self.unit, self.screen_context.words
        marks = [mark for mark in state.county.marks if not mark.is_asset]
        unread = state.certainty_of(Collection.INCIDENTS).unread
        more = "+" if unread else ""
        more_on_map = "+" if unread or say_left_out(state.county) else ""
        levels = (EventLevel.MAJOR, EventLevel.LARGER, EventLevel.ORDINARY)
        lines = [(level, words.term("event_level", level)) for level in levels]
        lines[0] = levels[0], translate("Wall", "{level} and above").format(level=lines[0][1])
        for n, (level, word) in enumerate(lines):
            line = QRectF(rect.left(), rect.top() + n * 48 * u, rect.width(), 48 * u)
            shapes = (level, EventLevel.ESPECIALLY_MAJOR) if n == 0 else (level,)
            count = sum(mark.shape in shapes for mark in marks)
            canvas.level(QRectF(line.left(), line.center().y() - 14 * u, 28 * u, 28 * u), level)
            canvas.write(line.adjusted(48 * u, 0, 0, 0), word, SMALL, "second")
            said = f"{count}{more_on_map}"
            canvas.write(line, said, SMALL, "text" if count else "second", RIGHT)
        others = (
            (translate("Wall", "overdue"), state.overview.counts.overdue, more),
            (translate("Wall", "without coordinates"), state.county.unplaced, more_on_map),
        )
        for n, (word, count, more) in enumerate(others, start=len(lines)):
            line = QRectF(rect.left(), rect.top() + n * 48 * u, rect.width(), 48 * u)
            if n == len(lines):
                ring = QRectF(line.left(), line.center().y() - 14 * u, 28 * u, 28 * u)
                canvas.painter.setPen(self.screen_context.theme.color("red"))
                canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
                canvas.painter.drawEllipse(ring)
            canvas.write(line.adjusted(48 * u, 0, 0, 0), word, SMALL, "second")
            canvas.write(line, f"{count}{more}", SMALL, "text" if count else "second", RIGHT)

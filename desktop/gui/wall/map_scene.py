"""The map scene: the whole county, the warnings in force and what the shapes mean."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF, Qt

from desktop.domain.command import Collection
from desktop.domain.levels import EventLevel
from desktop.gui.context import UiContext
from desktop.gui.wall.canvas import RIGHT, Canvas
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.state import WallState
from desktop.gui.wall.static_map import StillMap
from desktop.gui.wall.warnings_scene import WarningRows

translate = QCoreApplication.translate


class MapScene(Scene):
    """The whole county, the warnings in force and what the shapes mean."""

    needs = Collection.TOWNSHIPS

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen)
        self.map = StillMap(screen)

    def title(self) -> str:
        return translate("Wall", "Map")

    def draw(self, canvas: Canvas, state: WallState) -> None:
        u = self.unit
        side = min(600 * u, self.width() * 0.38)
        gap = max(1.0, 2 * u)
        rect = QRectF(0, 0, self.width() - side - gap, self.height())
        self.map.paint(canvas.painter, rect, state.county, u)
        right = QRectF(self.width() - side, 0, side, self.height())
        canvas.panel(right)
        inner = right.adjusted(32 * u, 24 * u, -32 * u, -24 * u)
        legend = 5 * 48 * u
        self._warnings(canvas, inner.adjusted(0, 0, 0, -legend - 24 * u), state)
        canvas.rule(inner.left(), inner.right(), inner.bottom() - legend - 12 * u)
        self._legend(canvas, inner.adjusted(0, inner.height() - legend, 0, 0), state)

    def _warnings(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        u, words = self.unit, self.screen_context.words
        canvas.write(
            QRectF(rect.left(), rect.top(), rect.width(), 40 * u),
            translate("Wall", "Warnings in force"),
            28,
            "second",
        )
        y = rect.top() + 52 * u
        if not state.was_heard(Collection.WARNINGS):
            text = translate("Wall", "never received")
            canvas.write(QRectF(rect.left(), y, rect.width(), 48 * u), text, 32, "orange")
            return
        said = state.doubt(Collection.WARNINGS, words, any_shown=bool(state.warnings))
        if said is not None:
            line = QRectF(rect.left(), y, rect.width(), 48 * u)
            canvas.write(line, said.happened, 32, "orange")
            y += 52 * u
        elif not state.warnings:
            text = translate("Wall", "none")
            canvas.write(QRectF(rect.left(), y, rect.width(), 48 * u), text, 36)
        rows = QRectF(rect.left(), y, rect.width(), rect.bottom() - y)
        WarningRows(self.screen_context, canvas, state, self.now).fill(rows)

    def _legend(self, canvas: Canvas, rect: QRectF, state: WallState) -> None:
        """Return each shape with its word and count, so that the map explains itself."""
        u, words = self.unit, self.screen_context.words
        marks = [mark for mark in state.county.marks if not mark.is_asset]
        more = "+" if state.certainty_of(Collection.INCIDENTS).unread else ""
        levels = (EventLevel.MAJOR, EventLevel.LARGER, EventLevel.ORDINARY)
        lines = [(level, words.term("event_level", level)) for level in levels]
        lines[0] = levels[0], translate("Wall", "{level} and above").format(level=lines[0][1])
        for n, (level, word) in enumerate(lines):
            line = QRectF(rect.left(), rect.top() + n * 48 * u, rect.width(), 48 * u)
            shapes = (level, EventLevel.ESPECIALLY_MAJOR) if n == 0 else (level,)
            count = sum(mark.shape in shapes for mark in marks)
            canvas.level(QRectF(line.left(), line.center().y() - 14 * u, 28 * u, 28 * u), level)
            canvas.write(line.adjusted(48 * u, 0, 0, 0), word, 28, "second")
            canvas.write(line, f"{count}{more}", 28, "text", RIGHT)
        others = (
            (translate("Wall", "overdue"), state.overview.counts.overdue),
            (translate("Wall", "without coordinates"), state.county.unplaced),
        )
        for n, (word, count) in enumerate(others, start=len(lines)):
            line = QRectF(rect.left(), rect.top() + n * 48 * u, rect.width(), 48 * u)
            if n == len(lines):
                ring = QRectF(line.left(), line.center().y() - 14 * u, 28 * u, 28 * u)
                canvas.painter.setPen(self.screen_context.theme.color("red"))
                canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
                canvas.painter.drawEllipse(ring)
            canvas.write(line.adjusted(48 * u, 0, 0, 0), word, 28, "second")
            canvas.write(line, f"{count}{more}", 28, "text", RIGHT)

"""The warnings scene: every warning in force, if there are too many to fit beside the map."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF
from PySide6.QtGui import QFontMetricsF

from desktop.domain.command import Collection
from desktop.domain.instant import Instant
from desktop.domain.warning import Warning
from desktop.gui.context import UiContext
from desktop.gui.panes.warnings import warning_text
from desktop.gui.symbols import paint_warning
from desktop.gui.wall.canvas import RIGHT, ROW, SMALL, Canvas
from desktop.gui.wall.headline import Headline, of_warning
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.sentences import describe_warnings
from desktop.gui.wall.state import WallState

translate = QCoreApplication.translate

ROW_UNITS, MORE_UNITS = 104, 44
BESIDE_MAP = 4
"""How many warnings fit beside the map of a common wall; more of them have a scene of their own."""
COLUMN_UNITS = 800
"""Least width of a column; a narrower one would cut area and end of a warning."""


def needs_scene(state: WallState | None) -> bool:
    """Whether the warnings need their own scene: too many for the map's, or there is no map."""
    if state is None or not state.warnings:
        return False
    return len(state.warnings) > BESIDE_MAP or not state.was_heard(Collection.TOWNSHIPS)


class WarningRows:
    """Rows of warnings on the wall, the gravest first; those that do not fit are counted."""

    def __init__(self, screen: UiContext, canvas: Canvas, state: WallState, now: Instant) -> None:
        self._screen, self._canvas, self._state, self._now = screen, canvas, state, now

    def fill(self, rect: QRectF, columns: int = 1) -> None:
        """Fill the columns, then write how many more there are of each level."""
        u, warnings = self._canvas.unit, self._state.warnings
        rows = max(1, int(rect.height() // (ROW_UNITS * u)))
        if len(warnings) > rows * columns:
            rows = max(1, int((rect.height() - MORE_UNITS * u) // (ROW_UNITS * u)))
        gap = 48 * u
        width = (rect.width() - gap * (columns - 1)) / columns
        for n, warning in enumerate(warnings[: rows * columns]):
            column, row = divmod(n, rows)
            left = rect.left() + column * (width + gap)
            self._row(QRectF(left, rect.top() + row * ROW_UNITS * u, width, ROW_UNITS * u), warning)
        rest = warnings[rows * columns :]
        if rest:
            more = warning_text.more(rest, self._screen.words)
            top = rect.top() + rows * ROW_UNITS * u
            line = QRectF(rect.left(), top, rect.width(), MORE_UNITS * u)
            self._canvas.write(line, more, SMALL, strong=True)

    def _row(self, rect: QRectF, warning: Warning) -> None:
        canvas, u, words = self._canvas, self._canvas.unit, self._screen.words
        plate = QRectF(rect.left(), rect.top() + 4 * u, 44 * u, 44 * u)
        paint_warning(canvas.painter, plate, warning.level, self._screen.theme.tokens)
        line = QRectF(rect.left() + 60 * u, rect.top(), rect.width() - 60 * u, 48 * u)
        canvas.write_whole(line, warning_text.headline(warning, words), ROW)
        lower = line.translated(0, 46 * u)
        begins = warning_text.begins(warning, self._now)
        ends = warning_text.ends(warning, self._now, self._state.unread_ends)
        level = warning_text.level(warning, words)
        parts = (
            warning_text.rule(warning, words),
            warning_text.area(warning, self._state.townships, words),
        )
        where = "".join(f" · {part}" for part in parts if part)
        metrics = QFontMetricsF(canvas.font(SMALL, strong=True))
        gap = 16 * u
        room = lower.width() - metrics.horizontalAdvance(level + where) - gap
        span = f"{begins} {ends}"
        # Until when it holds is never cut away for where; since when it does is.
        if metrics.horizontalAdvance(span) > room:
            span = ends or begins
        taken = canvas.write(lower, span, SMALL, "second", RIGHT)
        lower.setRight(lower.right() - taken - gap)
        lower.setLeft(lower.left() + canvas.write(lower, level, SMALL, strong=True))
        canvas.write(lower, where, SMALL, "second")


class WarningsScene(Scene):
    """Every warning in force; in the rotation only while the map's scene cannot hold them."""

    needs = Collection.WARNINGS

    def title(self) -> str:
        return translate("Wall", "Warnings")

    def sentences(self, state: WallState) -> list[str]:
        return describe_warnings(state, self.now, self.screen_context.words)

    def headline(self, state: WallState) -> Headline:
        if not state.warnings:
            return super().headline(state)
        return of_warning(state.warnings[0], state, self.now, self.screen_context.words)

    def draw(self, canvas: Canvas, state: WallState) -> None:
        u, words = self.unit, self.screen_context.words
        canvas.panel(QRectF(self.rect()))
        rect = QRectF(self.rect()).adjusted(40 * u, 24 * u, -40 * u, -16 * u)
        said = state.doubt(Collection.WARNINGS, words, any_shown=bool(state.warnings))
        if not state.warnings:
            self._say_none(canvas, rect, translate("Wall", "none"), said)
            return
        if said is not None:
            rect = self._say_besides(canvas, rect, said)
        columns = max(1, int(rect.width() // (COLUMN_UNITS * u)))
        WarningRows(self.screen_context, canvas, state, self.now).fill(rect, columns)

"""The queues scene: how many people wait, against each queue's own threshold."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF

from desktop.application.reads.read_models import QueueLine
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE
from desktop.gui import formatting
from desktop.gui.charts.sparkline import paint_sparkline
from desktop.gui.panes.queues.model import figure, over_count, over_wait
from desktop.gui.panes.queues.painter import TREND_MS, paint_bar
from desktop.gui.wall.canvas import LEFT, RIGHT, ROW, SMALL, Canvas
from desktop.gui.wall.headline import Headline, of_queues
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.sentences import describe_queues
from desktop.gui.wall.state import WallState

translate = QCoreApplication.translate

ROW_UNITS, MOST_ROW_UNITS, MORE_UNITS = 84, 120, 44


class QueuesScene(Scene):
    """How many people wait, against each queue's own threshold."""

    needs = Collection.QUEUES

    def title(self) -> str:
        return translate("Wall", "Service queues")

    def sentences(self, state: WallState) -> list[str]:
        return describe_queues(state, self.screen_context.words)

    def headline(self, state: WallState) -> Headline:
        if not state.was_heard(self.needs):
            return super().headline(state)
        return of_queues(state, self.screen_context.words)

    def draw(self, canvas: Canvas, state: WallState) -> None:
        u = self.unit
        canvas.panel(QRectF(self.rect()))
        rect = QRectF(self.rect()).adjusted(40 * u, 24 * u, -40 * u, -16 * u)
        head = QRectF(rect.left(), rect.top(), rect.width(), 48 * u)
        words, what = self.screen_context.words, Collection.QUEUES
        said = state.doubt(what, words, any_shown=bool(state.queues))
        if not state.queues:
            none = translate("Wall", "The sources have sent no queues")
            self._say_none(canvas, rect, none, said)
            return
        if said is not None:
            rect = self._say_besides(canvas, rect, said)
        room = rect.height() - head.height()
        rows = max(1, int(room // (ROW_UNITS * u)))
        if len(state.queues) > rows:
            rows = max(1, int((room - MORE_UNITS * u) // (ROW_UNITS * u)))
            room -= MORE_UNITS * u
        rows = min(rows, len(state.queues))
        height = min(room / rows, MOST_ROW_UNITS * u)
        columns = self._columns(rect)
        self._head(canvas, head, columns)
        for n, line in enumerate(state.queues[:rows]):
            y = head.bottom() + n * height
            self._row(canvas, y, height, columns, line)
            canvas.rule(rect.left(), rect.right(), y + height)
        rest = len(state.queues) - rows
        if rest > 0:
            foot = QRectF(rect.left(), rect.bottom() - MORE_UNITS * u, rect.width(), MORE_UNITS * u)
            worse = sum(x.queue.congested for x in state.queues[rows:])
            text = translate("Wall", "%n more queue(s)", "", rest)
            text += f" · {translate('Wall', 'congested')} {worse}"
            canvas.write(foot, text, SMALL, "second", LEFT)

    def _columns(self, rect: QRectF) -> tuple[tuple[float, float], ...]:
        """Return left edge and width in pixels of name, state, bar, waiting, longest wait and
        trend; a narrow scene has no room for state and trend."""
        u = self.unit
        fixed = (160 * u, 140 * u, 230 * u, min(360 * u, rect.width() * 0.18))
        if self.is_narrow:
            fixed = (0.0, 100 * u, 190 * u, 0.0)
        gaps = 32 * u * (len([width for width in fixed if width]) + 1)
        room = rect.width() - sum(fixed) - gaps
        name = room * 0.7 if self.is_narrow else min(460 * u, room * 0.55)
        columns, x = [], rect.left()
        for width in (name, fixed[0], room - name, *fixed[1:]):
            columns.append((x, width))
            x += width + (32 * u if width else 0.0)
        return tuple(columns)

    def _head(self, canvas: Canvas, rect: QRectF, columns: tuple[tuple[float, float], ...]) -> None:
        words = (
            (0, translate("Wall", "Queue"), LEFT),
            (2, translate("Wall", "vs threshold"), LEFT),
            (3, translate("Wall", "waiting"), RIGHT),
            (4, translate("Wall", "longest wait"), RIGHT),
            (5, translate("Wall", "last 4 h"), LEFT),
        )
        for column, text, align in words:
            x, width = columns[column]
            if not width:
                continue
            place = QRectF(x, rect.top(), width, rect.height())
            canvas.write(place, text, SMALL, "second", align)
        canvas.rule(rect.left(), rect.right(), rect.bottom())

    def _row(
        self,
        canvas: Canvas,
        y: float,
        height: float,
        columns: tuple[tuple[float, float], ...],
        line: QueueLine,
    ) -> None:
        u, screen = self.unit, self.screen_context
        end = (self.now // MINUTE + 1) * MINUTE  # It is painted anew by the minute.
        queue, trend = line.queue, line.trend
        name, state, bar, waiting, wait, curve = (
            QRectF(x, y, width, height) for x, width in columns
        )
        if queue.congested:
            if self.is_narrow:
                name.setHeight(height / 2)
                state = name.translated(0, height / 2)
            canvas.write(state, translate("Wall", "congested"), SMALL, "orange")
        canvas.write_whole(name, screen.words.text(queue.name), ROW)
        margin = (height - 56 * u) / 2
        paint_bar(canvas.painter, bar.adjusted(0, margin, 0, -margin), queue, screen)
        ink = "orange" if over_count(queue) else "text"
        canvas.write(waiting, figure(queue.waiting), ROW, ink, RIGHT, strong=True)
        ink = "orange" if over_wait(queue) else "second"
        canvas.write(wait, formatting.wait(queue.longest_wait_s), ROW, ink, RIGHT)
        if trend is not None and curve.width() > 0:
            paint_sparkline(
                canvas.painter,
                curve.adjusted(0, margin, 0, -margin),
                trend.at,
                trend.values,
                screen.theme.color("orange" if queue.congested else "second"),
                (end - TREND_MS, end),
                width_px=2.4 * u,
            )

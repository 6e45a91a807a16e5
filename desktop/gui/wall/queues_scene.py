"""The queues scene: how many people wait, against each queue's own threshold."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRectF

from desktop.application.reads.read_models import QueueLine
from desktop.domain.command import Collection
from desktop.gui import formatting
from desktop.gui.charts.sparkline import paint_sparkline
from desktop.gui.panes.queues.model import figure, over_count, over_wait
from desktop.gui.panes.queues.painter import TREND_MS, paint_bar
from desktop.gui.wall.canvas import LEFT, RIGHT, Canvas
from desktop.gui.wall.scene import Scene
from desktop.gui.wall.state import WallState

translate = QCoreApplication.translate


class QueuesScene(Scene):
    """How many people wait, against each queue's own threshold."""

    needs = Collection.QUEUES

    def title(self) -> str:
        return translate("Wall", "Service queues")

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
        rows = max(1, int((rect.height() - 96 * u) // (84 * u)))
        columns = self._columns(rect)
        self._head(canvas, head, columns)
        for n, line in enumerate(state.queues[:rows]):
            y = head.bottom() + n * 84 * u
            self._row(canvas, y, columns, line)
            canvas.rule(rect.left(), rect.right(), y + 84 * u)
        rest = len(state.queues) - rows
        if rest > 0:
            foot = QRectF(rect.left(), rect.bottom() - 44 * u, rect.width(), 44 * u)
            worse = sum(x.queue.congested for x in state.queues[rows:])
            text = translate("Wall", "%n more queue(s)", "", rest)
            text += f" · {translate('Wall', 'congested')} {worse}"
            canvas.write(foot, text, 26, "second", LEFT)

    def _columns(self, rect: QRectF) -> tuple[tuple[float, float], ...]:
        """Return left edge and width in pixels of name, state, bar, waiting, longest wait and
        trend."""
        u = self.unit
        fixed = (150 * u, 120 * u, 220 * u, min(360 * u, rect.width() * 0.18))
        room = rect.width() - sum(fixed) - 5 * 32 * u
        name = min(460 * u, room * 0.55)
        widths = (name, fixed[0], room - name, *fixed[1:])
        columns, x = [], rect.left()
        for width in widths:
            columns.append((x, width))
            x += width + 32 * u
        return tuple(columns)

    def _head(self, canvas: Canvas, rect: QRectF, columns: tuple[tuple[float, float], ...]) -> None:
        words = (
            (0, translate("Wall", "Queue"), LEFT),
            (2, translate("Wall", "against its own threshold"), LEFT),
            (3, translate("Wall", "waiting"), RIGHT),
            (4, translate("Wall", "longest wait"), RIGHT),
            (5, translate("Wall", "last 4 h"), LEFT),
        )
        for column, text, align in words:
            x, width = columns[column]
            place = QRectF(x, rect.top(), width, rect.height())
            canvas.write(place, text, 26, "second", align)
        canvas.rule(rect.left(), rect.right(), rect.bottom())

    def _row(
        self, canvas: Canvas, y: float, columns: tuple[tuple[float, float], ...], line: QueueLine
    ) -> None:
        u, screen = self.unit, self.screen_context
        queue, trend = line.queue, line.trend
        name, state, bar, waiting, wait, curve = (
            QRectF(x, y, width, 84 * u) for x, width in columns
        )
        canvas.write(name, screen.words.text(queue.name), 36)
        if queue.congested:
            canvas.write(state, translate("Wall", "congested"), 30, "orange")
        paint_bar(canvas.painter, bar.adjusted(0, 14 * u, 0, -14 * u), queue, screen)
        ink = "orange" if over_count(queue) else "text"
        canvas.write(waiting, figure(queue.waiting), 44, ink, RIGHT, strong=True)
        ink = "orange" if over_wait(queue) else "second"
        canvas.write(wait, formatting.wait(queue.longest_wait_s), 34, ink, RIGHT)
        if trend is not None:
            paint_sparkline(
                canvas.painter,
                curve.adjusted(0, 18 * u, 0, -18 * u),
                trend.at,
                trend.values,
                screen.theme.color("orange" if queue.congested else "second"),
                (self.now - TREND_MS, self.now),
                width_px=2.4 * u,
            )

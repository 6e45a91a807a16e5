"""The common part of the wall's scenes: a state, a moment, and words for data never received."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QRect, QRectF, Qt
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.application.i18n import ProblemText
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE, Instant
from desktop.gui.context import UiContext
from desktop.gui.wall.canvas import NARROW_UNITS, ROW, SMALL, Canvas
from desktop.gui.wall.headline import Headline, find_worst
from desktop.gui.wall.state import WallState
from desktop.gui.widgets.accessible import SpokenRows

translate = QCoreApplication.translate


class Scene(QWidget):
    """One picture of the rotation; `unit` and `now` are set by the window."""

    accessible_role = QAccessible.Role.Graphic
    needs: Collection
    """The collection that must have been received once before the scene can be painted."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self.screen_context = screen
        self.state: WallState | None = None
        self.unit = 1.0
        self.now: Instant = 0
        self._spoken = SpokenRows(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def title(self) -> str:
        """Return the scene's name at the foot of the wall."""
        raise NotImplementedError

    def headline(self, state: WallState) -> Headline:
        """Return what the wall says first while it shows this scene."""
        return find_worst(state, self.now, self.screen_context.words)

    def tick(self, now: Instant) -> None:
        """Take the time of day; a scene repaints what each second changes, and nothing else."""
        is_later = now // MINUTE != self.now // MINUTE
        self.now = now
        if is_later:
            self.update()  # Begins, ends and trends stand there by the minute.

    def show_state(self, state: WallState, *, is_alike: bool = False) -> None:
        """Paint this state from now on; it may look just like the one before."""
        self.state = state
        self.setAccessibleName(self.title())
        self._spoken.tell(self._rows(state))
        if not is_alike:
            self.update()

    def sentences(self, _state: WallState) -> list[str]:
        """Return what it paints in words, a sentence a row."""
        return []

    def _rows(self, state: WallState) -> list[tuple[str, QRect]]:
        """Return its sentences, each with a part of its height."""
        said = [self._never_seen(state)]
        if state.was_heard(self.needs):
            doubt = state.doubt(self.needs, self.screen_context.words, any_shown=True)
            said = [*([] if doubt is None else [doubt.happened]), *self.sentences(state)]
        high = self.height() // max(1, len(said))
        return [(text, QRect(0, n * high, self.width(), high)) for n, text in enumerate(said)]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        canvas = Canvas(painter, self.screen_context.theme, self.unit)
        canvas.painter.fillRect(self.rect(), self.screen_context.theme.color("ground"))
        if self.state is None:
            self._say(canvas, translate("Wall", "Reading what this computer has kept …"))
        elif not self.state.was_heard(self.needs):
            self._say(canvas, self._never_seen(self.state))
        else:
            self.draw(canvas, self.state)

    @property
    def is_narrow(self) -> bool:
        """Whether it has no room for columns that only explain."""
        return self.width() < NARROW_UNITS * self.unit

    @property
    def is_tall(self) -> bool:
        """Whether its parts stand above one another."""
        return self.is_narrow and self.height() > self.width() / 2

    def draw(self, canvas: Canvas, state: WallState) -> None:
        """Paint the scene itself."""
        raise NotImplementedError

    def _say(self, canvas: Canvas, text: str) -> None:
        canvas.panel(QRectF(self.rect()))
        margin = round(80 * self.unit)
        rect = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        canvas.write_wrapped(rect, text, ROW)

    def _say_none(self, canvas: Canvas, rect: QRectF, none: str, said: ProblemText | None) -> None:
        """Write that there is nothing of this kind, or why that is not certain."""
        if said is None:
            canvas.write_wrapped(rect, none, ROW)
            return
        inner = rect.adjusted(40 * self.unit, 0, -40 * self.unit, 0)
        half = inner.height() / 2
        canvas.write_wrapped(inner.adjusted(0, 0, 0, -half), said.happened, ROW, "orange", low=True)
        canvas.write_wrapped(inner.adjusted(0, half, 0, 0), said.meaning, SMALL, high=True)

    def _say_besides(self, canvas: Canvas, rect: QRectF, said: ProblemText) -> QRectF:
        """Write at the foot what is missing from the rows; return the room left for them."""
        height = 56 * self.unit
        line = QRectF(rect.left(), rect.bottom() - height, rect.width(), height)
        inner = line.adjusted(40 * self.unit, 0, -40 * self.unit, 0)
        canvas.write(inner, said.happened, SMALL, "orange", strong=True)
        return rect.adjusted(0, 0, 0, -height)

    def _never_seen(self, state: WallState) -> str:
        words = self.screen_context.words
        missing = [s for s in state.overview.sources if self.needs in s.fills]
        names = translate("Wall", ", ").join(words.text(s.title) for s in missing)
        what = words.term("collection", self.needs)
        if not missing:
            return translate("Wall", "No source for {what} is set up.").format(what=what)
        return translate("Wall", "Never received: {what} from {sources}.").format(
            what=what, sources=names
        )

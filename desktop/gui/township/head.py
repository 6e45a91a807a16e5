"""The head of the office: whose it is, how old its data are, and whether its clock is right."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.domain.command import CommandKind
from desktop.domain.freshness import Freshness
from desktop.domain.geo import Township
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

HEAD_PX, LOW_PX = 56, 40
EDGE_PX, LOW_EDGE_PX, GAP_PX = 24, 12, 12
LEAST_PX = 32
"""The narrowest button that is hit without aiming."""
WIDE_PX = 900
"""Below this width the language and the look are changed in the settings alone."""


class _Spare(PlainLabel):
    """Words that stand whole where there is room left for them, or not at all."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__(screen, "body", "second")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width():
            super().paintEvent(event)


class Head(Retranslated, QWidget):
    """One line that tells whether what is below can be trusted, and one more for a wrong clock."""

    language_asked = Signal()
    theme_asked = Signal()
    other_asked = Signal()
    """The clerk wants to pick another township."""
    close_asked = Signal()
    help_asked = Signal()
    settings_asked = Signal()

    _is_small = False
    _edge_px = EDGE_PX

    def __init__(self, screen: UiContext, county: Text, *, demo: bool) -> None:
        super().__init__()
        self._screen, self._county = screen, county
        self._township: Township | None = None
        self._step: object = None
        self.setAutoFillBackground(True)
        self.name = PlainLabel(screen, "title", elide=False)
        self.county = PlainLabel(screen, "body", "second")
        self.office = _Spare(screen)
        self.wrong_clock = PlainLabel(screen, "body", "orange_text", elide=False)
        self.age = PlainLabel(screen, "body", "second", elide=False)
        self.demo = PlainLabel(screen, "second", "second", elide=False)
        if not demo:
            self.demo.hide()
        self.clock = PlainLabel(screen, "strong", elide=False)
        self.language, self.theme = QPushButton(), QPushButton()
        self.other, self.close_button = QPushButton(), QPushButton("×")
        self.help, self.settings = QPushButton("?"), QPushButton()
        self.help.setMinimumWidth(LEAST_PX)
        self.other.hide()
        for button, signal in (
            (self.other, self.other_asked),
            (self.close_button, self.close_asked),
            (self.help, self.help_asked),
            (self.settings, self.settings_asked),
            (self.language, self.language_asked),
            (self.theme, self.theme_asked),
        ):
            button.setProperty("quiet", True)
            button.clicked.connect(signal)
        self._arrange()
        screen.feed.ticked.connect(self._tick)
        screen.feed.changed.connect(lambda _changed: self._tick(screen.board.now()))
        screen.theme.changed.connect(self.retranslate)
        self.retranslate()

    def _arrange(self) -> None:
        self._first = QWidget()
        row = self._row = QHBoxLayout(self._first)
        row.setSpacing(GAP_PX)
        for part in (self.name, self.other, self.county):
            row.addWidget(part)
        row.addWidget(self.office, 1)
        row.addWidget(self.demo)
        row.addWidget(self.age)
        for part in (self.language, self.theme, self.settings, self.help, self.clock):
            row.addWidget(part)
        row.addWidget(self.close_button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 1)
        self._column.setSpacing(0)
        self._column.addWidget(self._first)
        self._column.addWidget(self.wrong_clock)
        self.wrong_clock.setWordWrap(True)
        self.wrong_clock.hide()
        self.settings.setVisible(self._screen.settings is not None)
        self.fold(False)

    def fold(self, is_small: bool) -> None:
        """Suit a small window, or a larger one again."""
        self._is_small = is_small
        self._first.setFixedHeight(LOW_PX if is_small else HEAD_PX)
        self._edge_px = LOW_EDGE_PX if is_small else EDGE_PX
        self._row.setContentsMargins(self._edge_px, 0, self._edge_px, 0)
        self.wrong_clock.setContentsMargins(self._edge_px, 0, self._edge_px, 8)
        self.name.set_role("strong" if is_small else "title")
        self._fit()

    def _fit(self) -> None:
        """Leave to the settings and the window's title what has no room; what is old has a line of
        its own then."""
        if self._is_small:
            self._put_age(is_below=not self._has_room(self.age))
            for part in (self.clock, self.county):
                part.setVisible(self._has_room(part))
        else:
            self._put_age(is_below=False)
            self.clock.show()
            self.county.show()
        fits = self.width() >= WIDE_PX and self._has_room(self.language, self.theme)
        for button in (self.language, self.theme):
            button.setVisible(fits)

    def _has_room(self, *parts: QWidget) -> bool:
        """Whether these stand whole beside all that is shown, but for the county."""
        spare = (self.county, self.language, self.theme)
        others = [self.name, self.other, self.demo, self.settings, self.help, self.close_button]
        others += [self.clock] if not self._is_small or self.county in parts else []
        others += [self.age] if self._row.indexOf(self.age) >= 0 else []
        shown = [part for part in others if part not in (*spare, *parts) and not part.isHidden()]
        wide = sum(_wide(part) + GAP_PX for part in (*shown, *parts))
        return wide + 2 * self._edge_px <= self.width()

    def _put_age(self, *, is_below: bool) -> None:
        """Tell the age in the line of the name, or in one of its own."""
        if is_below != (self._row.indexOf(self.age) < 0):
            if is_below:
                self._column.insertWidget(1, self.age)
            else:
                self._row.insertWidget(self._row.indexOf(self.language), self.age)
            edge = self._edge_px if is_below else 0
            self.age.setContentsMargins(edge, 0, edge, 4 if is_below else 0)
            self.age.setWordWrap(is_below)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def serve(self, township: Township, *, is_picked: bool) -> None:
        """Show this township's name; one the clerk has picked himself can be changed."""
        self._township = township
        self.other.setVisible(is_picked)
        self.retranslate()

    @property
    def title(self) -> str:
        """The window's name in the language in force."""
        parts = (self.name, self.county, self.office)
        return " · ".join(part.text() for part in parts if part.text())

    def retranslate(self) -> None:
        words = self._screen.words
        office = translate("Township", "Township office")
        name = "" if self._township is None else words.text(self._township.name)
        self.name.set_text(formatting.in_one_line(name, 30) or office)
        self.county.set_text(formatting.in_one_line(words.text(self._county), 30))
        self.office.set_text(office if name else "")
        self.demo.set_text(translate("StatusStrip", "Demo"))
        self.language.setText(translate("StatusStrip", "中文"))
        dark = self._screen.theme.name == "dark"
        self.theme.setText(
            translate("StatusStrip", "Light") if dark else translate("StatusStrip", "Dark")
        )
        self.other.setText(translate("Township", "Change …"))
        self.close_button.setAccessibleName(translate("Township", "Close the window"))
        self.help.setAccessibleName(translate("Township", "Help (F1)"))
        for button in (self.close_button, self.help):
            button.setToolTip(button.accessibleName())
        self.settings.setText(translate("Actions", "Settings"))
        self._fit()
        self._step = None
        self._tick(self._screen.board.now())

    def _tick(self, now: Instant) -> None:
        """Say the time, and the age of what came from the county."""
        words, board = self._screen.words, self._screen.board
        self.clock.set_text(formatting.clock_time(now, seconds=False))
        self._say_clock()
        counties = (
            tuple(s for s in board.statuses() if self._takes_reports(s.id)) or board.statuses()
        )
        step = formatting.step_of_ages(counties, now, words, by_minute=True), counties
        if step == self._step:
            return
        self._step = step
        worst = formatting.oldest(counties, now)
        fresh = worst is not None and worst.freshness(now) is Freshness.FRESH
        if worst is not None and worst.last_good_at is None:
            said = formatting.unheard(worst)  # There is one county: its name is not news.
        else:
            said = formatting.data_age(counties, now, words, is_brief=fresh)
        mark = "" if worst is None else f"{formatting.source_mark(worst, now)} "
        self.age.set_text(mark + said, "second" if fresh else "orange_text")
        self._fit()

    def _say_clock(self) -> None:
        """Say by how much this computer's clock is wrong and what to do, or nothing."""
        problem, words = self._screen.board.clock_problem(), self._screen.words
        said = None if problem is None else words.problem(problem)
        parts = () if said is None else (said.happened, said.todo)
        self.wrong_clock.set_text(("" if words.chinese else " ").join(parts))
        self.wrong_clock.setVisible(bool(parts))

    def _takes_reports(self, source: str) -> bool:
        accepting = self._screen.board.commands.sources_accepting(
            CommandKind.CREATE, CommandKind.CREATE.row.on[0]
        )
        return any(each.id == source for each in accepting)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("line"))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)


def _wide(part: QWidget) -> int:
    return max(part.sizeHint().width(), part.minimumWidth())

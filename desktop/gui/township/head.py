"""The head of the office: whose it is, of what time the data are, how the line is, the clock."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

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

HEAD_PX = 56


class Head(Retranslated, QWidget):
    """One line that tells whether what is below can be trusted."""

    language_asked = Signal()
    theme_asked = Signal()
    other_asked = Signal()
    """The clerk wants to pick another township."""
    close_asked = Signal()

    def __init__(self, screen: UiContext, county: Text, *, demo: bool) -> None:
        super().__init__()
        self._screen, self._county = screen, county
        self._township: Township | None = None
        self._step: object = None
        self.setFixedHeight(HEAD_PX)
        self.setAutoFillBackground(True)
        self.name = PlainLabel(screen, "title", elide=False)
        self.county = PlainLabel(screen, "body", "second")
        self.age = PlainLabel(screen, "body", "second", elide=False)
        self.demo = PlainLabel(screen, "second", "second", elide=False)
        if not demo:
            self.demo.hide()
        self.clock = PlainLabel(screen, "strong", elide=False)
        self.language, self.theme = QPushButton(), QPushButton()
        self.other, self.close_button = QPushButton(), QPushButton("×")
        self.other.hide()
        for button, signal in (
            (self.other, self.other_asked),
            (self.close_button, self.close_asked),
            (self.language, self.language_asked),
            (self.theme, self.theme_asked),
        ):
            button.setProperty("quiet", True)
            button.clicked.connect(signal)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 0, 24, 0)
        row.setSpacing(16)
        row.addWidget(self.name)
        row.addWidget(self.other)
        row.addWidget(self.county, 1)
        last = (self.clock, self.close_button)
        for part in (self.demo, self.age, self.language, self.theme, *last):
            row.addWidget(part)
        screen.feed.ticked.connect(self._tick)
        screen.feed.changed.connect(lambda _changed: self._tick(screen.board.now()))
        screen.theme.changed.connect(self.retranslate)
        self.retranslate()

    def serve(self, township: Township, *, is_picked: bool) -> None:
        """Show this township's name; one the clerk has picked himself can be changed."""
        self._township = township
        self.other.setVisible(is_picked)
        self.retranslate()

    @property
    def title(self) -> str:
        """The window's name in the language in force."""
        return f"{self.name.text()} · {self.county.text()}"

    def retranslate(self) -> None:
        words = self._screen.words
        office = translate("Township", "Township office")
        name = "" if self._township is None else words.text(self._township.name)
        self.name.set_text(formatting.in_one_line(name, 30) or office)
        county = formatting.in_one_line(words.text(self._county), 30)
        self.county.set_text(f"{county} · {office}" if name else county)
        self.demo.set_text(translate("StatusStrip", "Demo"))
        self.language.setText(translate("StatusStrip", "中文"))
        dark = self._screen.theme.name == "dark"
        self.theme.setText(
            translate("StatusStrip", "Light") if dark else translate("StatusStrip", "Dark")
        )
        self.other.setText(translate("Township", "Change …"))
        self.close_button.setAccessibleName(translate("Township", "Close the window"))
        self.close_button.setToolTip(self.close_button.accessibleName())
        self._step = None
        self._tick(self._screen.board.now())

    def _tick(self, now: Instant) -> None:
        """Say the time, and the age of what came from the county."""
        words, board = self._screen.words, self._screen.board
        self.clock.set_text(formatting.clock_time(now, seconds=False))
        counties = (
            tuple(s for s in board.statuses() if self._takes_reports(s.id)) or board.statuses()
        )
        step = formatting.step_of_ages(counties, now, words, by_minute=True), counties
        if step == self._step:
            return
        self._step = step
        worst = formatting.oldest(counties, now)
        fresh = worst is not None and worst.freshness(now) is Freshness.FRESH
        said = formatting.data_age(counties, now, words, is_brief=fresh)
        mark = "" if worst is None else f"{formatting.source_mark(worst, now)} "
        self.age.set_text(mark + said, "second" if fresh else "orange_text")

    def _takes_reports(self, source: str) -> bool:
        accepting = self._screen.board.commands.sources_accepting(
            CommandKind.CREATE, CommandKind.CREATE.row.on[0]
        )
        return any(each.id == source for each in accepting)

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("line"))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

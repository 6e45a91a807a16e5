"""A calm bar that says what has come: since the office was last open, and as it comes."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.application.office.assignments import Assignment
from desktop.application.office.news import News
from desktop.application.reads.calls import is_grave
from desktop.gui import formatting
from desktop.gui.bars.call_bell import ring
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.accessible import announce
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

BUTTON_PX = 36


class NewsBar(Retranslated, QWidget):
    """One sentence until it is noted; a new assignment comes with a sound."""

    look_asked = Signal()
    """The clerk wants to see the assignments."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._news: News | None = None
        self._arrived: tuple[Assignment, ...] = ()
        self._spoken = ""
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.words = PlainLabel(screen, "strong")
        self.look, self.noted = QPushButton(), QPushButton()
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 6)
        row.setSpacing(12)
        row.addWidget(self.words, 1)
        for button in (self.look, self.noted):
            button.setMinimumHeight(BUTTON_PX)
            row.addWidget(button)
        self.look.clicked.connect(self._look)
        self.noted.clicked.connect(self.put_away)
        self.hide()

    def fold(self, is_small: bool) -> None:
        """Say all of it in a small window, in as many lines as it needs."""
        self.words.show_whole(is_small)

    def tell(self, news: News) -> None:
        """Say what has come since the office was last open; nothing when nothing has."""
        if not news.is_none and not self._arrived:
            self._news = news
            self._say()

    def announce(self, arrived: tuple[Assignment, ...]) -> None:
        """Say that these assignments have just come, with a sound where there may be one."""
        if arrived:
            self._arrived = (*self._arrived, *arrived)
            ring(self._screen, is_grave=any(is_grave(each.incident) for each in arrived))
            self._say()

    def put_away(self) -> None:
        """Take the bar away: it has been read."""
        self._news, self._arrived = None, ()
        self.hide()

    def _look(self) -> None:
        self.put_away()
        self.look_asked.emit()

    def _say(self) -> None:
        said = self._say_arrived() if self._arrived else self._say_news()
        self.words.set_text(said)
        if said != self._spoken:
            self._spoken = said
            announce(self, said)
        self.setAccessibleName(said)
        self.look.setText(translate("Township", "Look"))
        self.noted.setText(translate("Township", "Noted"))
        self.setVisible(bool(said))

    def _say_arrived(self) -> str:
        count, words = len(self._arrived), self._screen.words
        if count > 1:
            return translate("Township", "%n new assignment(s) from the county", "", count)
        title = formatting.in_one_line(words.text(self._arrived[0].incident.title), 60)
        return translate("Township", "New from the county: {title}").format(title=title)

    def _say_news(self) -> str:
        news = self._news
        if news is None:
            return ""
        parts = []
        if news.assignments:
            parts.append(translate("Township", "%n new assignment(s)", "", news.assignments))
        if news.answers:
            parts.append(translate("Township", "%n answered", "", news.answers))
        if news.refused:
            parts.append(translate("Township", "%n sent back", "", news.refused))
        if news.warnings:
            parts.append(translate("Township", "%n warning(s)", "", news.warnings))
        since = formatting.moment(news.since, self._screen.board.now())
        said = translate("Township", "Since {time}: {what}")
        comma = translate("Township", ", ")
        return said.format(time=since, what=comma.join(parts))

    def retranslate(self) -> None:
        if self._news is not None or self._arrived:
            self._say()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            painter.setPen(self._screen.theme.color("line"))
            painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

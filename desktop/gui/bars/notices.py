"""Unobtrusive notices under the status strip, shown until dismissed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.domain.changes import Changes
from desktop.domain.source import Problem, SourceStatus
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.widgets.accessible import announce, set_tip
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

BAR_PX, MOST_PX = 32, 200
EDGE_PX = 4
REPORTED = frozenset({"ended_by_itself"})
"""Notices with which a support bundle can be saved."""
WAITING = frozenset({"county_settings_came"})
"""Notices of what counts once the program begins anew."""
LASTING = frozenset({"key_in_file", "update_offered"})
"""Notices of a state that stays: once noted, they do not come back with each start."""


class NoticeBar(Retranslated, QWidget):
    """A bar that shows one problem at a time; a problem already shown is not repeated."""

    report_asked = Signal()
    """The officer wants to save a support bundle."""

    def __init__(self, screen: UiContext, notices: tuple[Problem, ...] = ()) -> None:
        super().__init__()
        self._screen = screen
        self._problems = [each for each in notices if not self._is_noted(each)]
        self._heard: list[Problem] = []
        self._spoken = ""
        self._restart: Callable[[], None] | None = None
        self.setFixedHeight(BAR_PX)
        self.setAutoFillBackground(True)
        self.words = PlainLabel(screen, "body", "text")
        self.report = QPushButton()
        self.report.clicked.connect(self._ask_report)
        self.restart = QPushButton()
        self.restart.clicked.connect(self._begin_anew)
        self.button = QPushButton()
        self.button.clicked.connect(self.dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.report)
        layout.addWidget(self.restart)
        layout.addWidget(self.button)
        screen.feed.changed.connect(self._hear_sources)
        self._show()

    def offer_restart(self, restart: Callable[[], None]) -> None:
        """Offer to begin anew, by calling this, beside what waits for that."""
        self._restart = restart
        self._show()

    def fold(self, is_small: bool) -> None:
        """Tell all of it in a small window, in as many lines as it needs."""
        self.words.show_whole(is_small)
        self.setMaximumHeight(MOST_PX if is_small else BAR_PX)

    def say(self, problem: Problem) -> None:
        """Show a problem after those already waiting."""
        if problem not in self._problems and not self._is_noted(problem):
            if problem.code in WAITING:
                self._drop_waiting()
            self._problems.append(problem)
            self._show()

    def withdraw(self) -> None:
        """Tell no more of what would count once the program begins anew."""
        self._drop_waiting()
        self._show()

    def _drop_waiting(self) -> None:
        self._problems = [each for each in self._problems if each.code not in WAITING]

    def hear(self, statuses: Iterable[SourceStatus]) -> None:
        """Show what happened at the sources, each event once, dismissed or not."""
        for problem in (each for status in statuses for each in (status.caution, *status.notices)):
            if problem is not None and problem not in self._heard:
                self._heard.append(problem)
                self.say(problem)

    def _hear_sources(self, changed: Changes) -> None:
        if changed.sources:
            self.hear(self._screen.board.statuses())

    def dismiss(self) -> None:
        """Remove the present notice."""
        if self._problems:
            noted = self._problems.pop(0)
            if noted.code in LASTING:
                self._screen.remembered.choose(f"noted_{noted.code}", _print_of(noted))
        self._show()

    def _begin_anew(self) -> None:
        if self._restart is not None:
            self.dismiss()
            self._restart()

    def _ask_report(self) -> None:
        self.dismiss()
        self.report_asked.emit()

    def _is_noted(self, problem: Problem) -> bool:
        return self._screen.remembered.value(f"noted_{problem.code}") == _print_of(problem)

    def _show(self) -> None:
        self.setVisible(bool(self._problems))
        if not self._problems:
            self._spoken = ""
            return
        said = str(self._screen.words.problem(self._problems[0]))
        self.words.set_text(said)
        set_tip(self.words, said)
        if said != self._spoken:
            self._spoken = said
            announce(self, said)
        self.report.setText(translate("NoticeBar", "Save a report"))
        self.report.setVisible(self._problems[0].code in REPORTED)
        self.restart.setText(translate("NoticeBar", "Restart now"))
        can_restart = self._restart is not None
        self.restart.setVisible(can_restart and self._problems[0].code in WAITING)
        more = len(self._problems) - 1
        noted = translate("NoticeBar", "Noted")
        self.button.setText(f"{noted} (+{more})" if more else noted)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, EDGE_PX, self.height(), self._screen.theme.color("orange"))
        painter.setPen(self._screen.theme.color("line"))
        painter.drawLine(0, self.height() - 1, self.width(), self.height() - 1)

    def retranslate(self) -> None:
        self._show()


def _print_of(problem: Problem) -> str:
    """Return what was told, so that another file or reason is told again."""
    return "\n".join([problem.code, *problem.details.values()])

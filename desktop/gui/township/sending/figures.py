"""The figures above the plan: the day's bytes, the line, and the two buttons that steer both."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desktop.application.reads.read_models import Usage
from desktop.domain.command import CommandKind
from desktop.domain.instant import SECOND, Instant
from desktop.domain.link import LinkState
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.widgets.key_button import KeyButton
from desktop.gui.widgets.label import PlainLabel

translate = QCoreApplication.translate

BUTTON_PX, LOW_PX, SEND_PX, WORDS_PX, BAR_PX = 60, 44, 210, 190, 8
LEAST_ASKED_MS, ASKED_MS, ANSWERED_MS = SECOND, 15 * SECOND, 20 * SECOND
"""How long the button shows that the county is being asked: so that it can be read, and while
nothing comes of it; and how long its answer is then called new."""


class Figures(QWidget):
    """Today's bytes and the line at the left; only words today, and send now at the right."""

    send_asked = Signal()
    words_asked = Signal(bool)
    """Whether only words are to go today."""

    def __init__(self, screen: UiContext) -> None:
        super().__init__()
        self._screen = screen
        self._asked_at: Instant | None = None
        self._is_asking = False
        self._before: SourceStatus | None = None
        self._step: object = None
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(BAR_PX)
        self.bytes = PlainLabel(screen, "body")
        self.line = PlainLabel(screen, "body", "second")
        self.only_words = QPushButton()
        self.only_words.setCheckable(True)
        self.only_words.clicked.connect(self.words_asked)
        self.send = KeyButton(screen, "F5", main=True, local=True)
        self.send.setFont(screen.theme.font("strong"))
        self.send.clicked.connect(self.ask)
        self._arrange()
        screen.feed.ticked.connect(self._tick)

    def _arrange(self) -> None:
        figures = QVBoxLayout()
        figures.setSpacing(4)
        for part in (self.bytes, self.bar, self.line):
            figures.addWidget(part)
        buttons = QHBoxLayout()
        buttons.setSpacing(16)
        buttons.addWidget(self.only_words)
        buttons.addWidget(self.send)
        buttons.addStretch()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 4)
        self._row.addLayout(figures, 1)
        self._row.addLayout(buttons)
        self.fold(False)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def fold(self, is_small: bool) -> None:
        """Suit a small window: the buttons below the figures."""
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if is_small else ways.LeftToRight)
        self._row.setSpacing(8 if is_small else 16)
        high = LOW_PX if is_small else BUTTON_PX
        self.only_words.setFixedSize(WORDS_PX, high)
        self.send.setFixedSize(SEND_PX, high)

    def ask(self) -> None:
        """Have the county asked now, and show that it is."""
        if not self._is_asking:
            self._is_asking = True
            self._asked_at, self._before = self._screen.board.now(), self._county()
            self.send_asked.emit()
            self.say()

    def show_usage(self, usage: Usage | None) -> None:
        """Show the bytes of the day and whether only words go."""
        if usage is None:
            return
        total, budget = formatting.size(usage.total), usage.budget
        self.bar.setVisible(bool(budget))
        if budget:
            said = translate("Sending", "Today {total} of {budget}")
            self.bar.setMaximum(100)
            self.bar.setValue(min(100, usage.total * 100 // budget))
            self.bytes.set_text(
                said.format(total=total, budget=formatting.size(budget)),
                "orange_text" if usage.over else "text",
            )
        else:
            said = translate("Sending", "Today {total}; no limit is set for the day.")
            self.bytes.set_text(said.format(total=total), "text")
        self.only_words.setChecked(usage.only_words)
        self._say_switch()

    def say(self) -> None:
        """Say everything again in the current language."""
        self._say_switch()
        self._step = None
        self._tick(self._screen.board.now())

    def _say_switch(self) -> None:
        on = self.only_words.isChecked()
        said = translate("Sending", "Only words today")
        self.only_words.setText(f"✓ {said}" if on else said)
        self.only_words.setToolTip(
            translate(
                "Sending", "Photos and files wait until midnight. Press again to let them go."
            )
        )

    def _tick(self, now: Instant) -> None:
        if not self.isVisible():
            return
        statuses = self._screen.board.statuses()
        since = 0 if self._asked_at is None else abs(now - self._asked_at)
        if since >= (LEAST_ASKED_MS if self._has_heard() else ASKED_MS):
            self._is_asking = False
        if since >= ANSWERED_MS:
            self._asked_at = None
        step = statuses, self._asked_at, self._is_asking, formatting.moment(now, now)
        if step != self._step:
            self._step = step
            self._say_line(now)

    def _has_heard(self) -> bool:
        """Whether the county has answered since it was asked, or cannot for another reason."""
        status, before = self._county(), self._before
        if status is None or before is None or self._asked_at is None:
            return True
        answered = status.last_good_at is not None and status.last_good_at >= self._asked_at
        return answered or (status.problem is not None and status.problem != before.problem)

    def _say_line(self, now: Instant) -> None:
        self.send.say(
            translate("Sending", "Asking the county …")
            if self._is_asking
            else translate("Sending", "Send now")
        )
        status = self._county()
        if status is None:
            said, color = translate("Sending", "No county is set in the profile."), "second"
        elif status.problem is not None and not status.awaited:
            said = translate(
                "Sending", "No line since {time}. All is kept here and goes by itself."
            ).format(time=formatting.moment(status.failing_since or now, now))
            color = "orange_text"
        elif status.last_good_at is not None:
            said, color = self._say_heard(status.last_good_at, status.link, now), "second"
        elif status.progress is not None or status.partial:
            said = translate("Sending", "Receiving the county's data for the first time …")
            color = "second"
        else:
            said, color = translate("Sending", "The county has not answered yet."), "orange_text"
        self.line.set_text(said, color)

    def _say_heard(self, at: Instant, link: LinkState, now: Instant) -> str:
        if self._asked_at is not None and at >= self._asked_at:
            heard = translate("Sending", "The county has just answered")
        else:
            answered = translate("Sending", "The county answered at {time}")
            heard = answered.format(time=formatting.moment(at, now))
        if link.bits_per_s:
            speed = translate("Sending", "line about {rate}")
            return f"{heard} · {speed.format(rate=formatting.rate(link.bits_per_s))}"
        return f"{heard} · {translate('Sending', 'speed of the line not known yet')}"

    def _county(self) -> SourceStatus | None:
        """Return the source that takes reports, else the first."""
        board = self._screen.board
        create = CommandKind.CREATE
        accepting = board.commands.sources_accepting(create, create.row.on[0])
        return next(iter((*accepting, *board.statuses())), None)

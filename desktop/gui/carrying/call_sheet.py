"""听报: an office without a network reads its report over a telephone, and it is done here."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.application.courier.calls import Heard, Switchboard
from desktop.application.ports import SourceError, StoreError
from desktop.domain.command import CommandState
from desktop.domain.courier import BundleRefused
from desktop.gui import formatting
from desktop.gui.carrying.parts import make_button, make_label
from desktop.gui.carrying.read_aloud import ReadAloud
from desktop.gui.carrying.report_text import name_target, say_report
from desktop.gui.carrying.take_down import TakeDown
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX, CONTENT_PX = 880, 480


class CallSheet(Sheet):
    """Take a report down, see what it says, have it done, and read the receipt back.

    Without a `switchboard` the profile has no county, or several, and the sheet says so.
    """

    def __init__(self, screen: UiContext, window: QWidget, switchboard: Switchboard | None) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._switchboard = switchboard
        self.runner = TaskRunner("calls", self)
        self.heard: Heard | None = None
        self.is_doing = False
        """Whether the county is being asked to do the report."""
        self._receipt = 0
        """The number, from 0, of the receipt that is read back."""
        self._groups: tuple[str, ...] = ()
        self._check = self._on = ""
        self.intro = make_label(screen)
        self.take_down = None if switchboard is None else TakeDown(screen, switchboard.ear)
        self.whose, self.says = make_label(screen, "strong"), make_label(screen)
        self.became = make_label(screen, "strong")
        self.confirm = make_button(self._execute, main=True)
        self.again = make_button(self.begin)
        self.read_back = ReadAloud(screen)
        self.read_back.read.connect(self._read_next)
        self._arrange()

    def _arrange(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 4, 16, 8)
        column.setSpacing(12)
        column.addWidget(self.intro)
        if self.take_down is not None:
            self.take_down.taken.connect(self._look_at)
            column.addWidget(self.take_down)
        acts = QHBoxLayout()
        acts.setSpacing(12)
        for button in (self.confirm, self.again):
            acts.addWidget(button)
        acts.addStretch(1)
        for part in (self.whose, self.says, self.became):
            column.addWidget(part)
        column.addLayout(acts)
        column.addWidget(self.read_back)
        column.addStretch(1)
        self.scrolling().setWidget(inner)
        for hidden in self._of_report():
            hidden.hide()

    def _of_report(self) -> tuple[QWidget, ...]:
        return self.whose, self.says, self.became, self.confirm, self.again, self.read_back

    def fill(self) -> None:
        self.title.set_text(translate("Calls", "Take a report by telephone"))
        self._say()
        self.fit(CONTENT_PX)

    def lay(self) -> None:
        super().lay()
        if self.take_down is not None and self.take_down.isVisible():
            self.take_down.setFocus()

    def begin(self) -> None:
        """Be ready for the next call."""
        self.heard, self._groups, self._check = None, (), ""
        if self.take_down is not None:
            self.take_down.clear()
        self._say()

    def _look_at(self, groups: tuple[str, ...], check: str) -> None:
        """Ask the county what the report says; nothing is done by it."""
        self._groups, self._check = groups, check
        if self._switchboard is not None:
            switchboard, board = self._switchboard, self._screen.board

            def look() -> tuple[Heard, str]:
                heard = switchboard.check(groups, check)
                return heard, name_target(heard.command, self._screen.words, board)

            if self.take_down is not None:
                self.take_down.say_asking()
            self.runner.ask(look, self._show, self._say_refused, slot="check")

    def _show(self, found: tuple[Heard, str]) -> None:
        self.heard, self._on = found
        is_used = self._is_used()
        self._say()
        if is_used:
            self.confirm.setFocus()

    def _is_used(self) -> bool:
        """Whether the officer is at this sheet; elsewhere a space bar would have the report done
        unseen."""
        focused = self._window.focusWidget()
        return self.isVisible() and (focused is self or self.isAncestorOf(focused))

    def _say_refused(self, error: Exception) -> None:
        if self.take_down is not None:
            self.take_down.say_wrong(say_why(error, self._screen))

    def _execute(self) -> None:
        """Have the report done, once however often this is pressed."""
        if self._switchboard is not None and self.heard is not None and not self.is_doing:
            self.is_doing = True
            self.setFocus()  # A button that is disabled would pass the keyboard on to “×”.
            self._say()
            work = partial(self._switchboard.execute, self._groups, self._check)
            self.runner.ask(work, self._end, self._fail)

    def _end(self, heard: Heard) -> None:
        self.heard, self.is_doing = heard, False
        self._screen.board.commands.sync_now()  # What it did is soon in the lists.
        self._say()
        self._read_receipt(0)

    def _read_receipt(self, number: int) -> None:
        """Read this receipt back, counted from 0; does nothing where there is none."""
        self._receipt = number
        receipts = () if self.heard is None else self.heard.receipts
        if number < len(receipts):
            receipt = receipts[number]
            pattern = (
                translate("Calls", '"There is one more receipt: {count} groups of digits."')
                if number
                else translate(
                    "Calls", '"The county has it. Write my receipt down: {count} groups of digits."'
                )
            )
            first = pattern.format(count=len(receipt.lines))
            last = translate("Calls", '"That was the receipt. Does your screen say so?"')
            self.read_back.begin(receipt, first, last)

    def _read_next(self) -> None:
        """Read the next receipt back; after the last one comes the next call."""
        if self.heard is not None and self._receipt + 1 < len(self.heard.receipts):
            self._read_receipt(self._receipt + 1)
        else:
            self.begin()

    def _fail(self, error: Exception) -> None:
        self.is_doing = False
        self._say()
        self.became.set_text(say_why(error, self._screen), "orange_text")
        self.became.show()
        if self._is_used():
            self.confirm.setFocus()

    def _say(self) -> None:
        heard = self.heard
        is_done = heard is not None and bool(heard.outcomes)
        self.intro.set_text(self._say_intro())
        if self.take_down is not None:
            self.take_down.setVisible(heard is None)
        for part in (self.whose, self.says):
            part.setVisible(heard is not None)
        # Where there is something to read back, the next call comes after that.
        self.again.setVisible(heard is not None and not heard.receipts)
        self.confirm.setVisible(heard is not None and not is_done and heard.command is not None)
        for button in (self.confirm, self.again):
            button.setEnabled(not self.is_doing)
        self.became.setVisible(is_done or self.is_doing)
        self.read_back.setVisible(heard is not None and bool(heard.receipts))
        self.confirm.setText(translate("Calls", "It is right: have it done"))
        self.again.setText(
            translate("Calls", "The next call") if is_done else translate("Calls", "Do not do it")
        )
        if heard is None:
            return
        office = formatting.in_one_line(heard.name or heard.account, 40)
        pattern = translate("Calls", "From office {number} {name}; the check word is right.")
        self.whose.set_text(pattern.format(number=heard.office, name=office))
        self.says.set_text(say_report(heard.command, self._on, self._screen))
        self.became.set_text(
            translate("Calls", "The county is doing it …")
            if self.is_doing
            else self._say_outcomes(heard),
            "text",
        )

    def _say_intro(self) -> str:
        if self._switchboard is None:
            return translate("Calls", "This profile has no county, or more than one.")
        if self.heard is None:
            return translate(
                "Calls",
                "Let the office read its report, group by group. What does not fit is said at "
                "once, and nothing is done before you confirm it.",
            )
        if self.heard.outcomes:
            return translate("Calls", "Now read the receipt back, so that the office knows.")
        return translate("Calls", "Read this to the office, and ask whether that is what it means.")

    def _say_outcomes(self, heard: Heard) -> str:
        words, said = self._screen.words, []
        for outcome in heard.outcomes:
            state = (
                translate("Calls", "not read: the codes of the two ends differ")
                if outcome.state is None
                else words.term("command_state", outcome.state)
            )
            reason = formatting.in_one_line(outcome.reason, 200)
            if outcome.state is CommandState.RECEIVED:
                reason = translate("Calls", "it waits for an earlier report of this office")
            said.append(f"{state} · {reason}" if reason else state)
        return "\n".join(said)

    def close_runner(self) -> None:
        """Wait for what is being asked; the window is about to close."""
        self.runner.close()


def say_why(error: Exception, screen: UiContext) -> str:
    """Return why something was refused or failed, in one line."""
    if isinstance(error, BundleRefused):
        return formatting.in_one_line(error.why.in_language(screen.words.language), 300)
    if isinstance(error, (SourceError, StoreError)):
        return formatting.in_one_line(str(screen.words.problem(error.problem)), 300)
    return formatting.in_one_line(str(error), 300)

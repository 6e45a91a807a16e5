"""A list of reports that have not arrived, and the receipt that the county gives for one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from functools import partial

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.application.courier.office_frames import OfficeFrames, ReceiptTold
from desktop.application.office.send_items import Item
from desktop.gui import formatting
from desktop.gui.carrying.call_sheet import say_why
from desktop.gui.carrying.parts import RowButton, make_button, make_label
from desktop.gui.carrying.take_down import TakeDown
from desktop.gui.context import UiContext
from desktop.gui.language import Retranslated
from desktop.gui.task_runner import TaskRunner
from desktop.gui.township.no_network.named_report import (
    NamedReport,
    Waiting,
    read_items,
    read_waiting,
    say_item,
)

translate = QCoreApplication.translate


class Stage(Enum):
    """What the page is at."""

    LIST = "list"
    REPORT = "report"
    RECEIPT = "receipt"


class ReportsPage(Retranslated, QWidget):
    """The reports as buttons; one is handed over, and its receipt is typed in.

    A page for one way says what its buttons are, and lays out what hands a report over.
    """

    def __init__(self, screen: UiContext, frames: OfficeFrames, runner: TaskRunner) -> None:
        super().__init__()
        self._screen, self._frames, self._runner = screen, frames, runner
        self.number = 0
        self.stage = Stage.LIST
        self.reports: list[NamedReport] | None = None
        self.left = 0
        """How many others stay here, and cannot go this way."""
        self._is_checking = False
        self.chosen: NamedReport | None = None
        self.said, self.more = make_label(screen, "strong"), make_label(screen, "second")
        self.buttons: list[RowButton] = []
        self._list = QWidget()
        self._rows = QVBoxLayout(self._list)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(8)
        self.down = TakeDown(screen, frames.ear)
        self.down.taken.connect(self._take_receipt)
        self.back = make_button(self.show_list)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)

    def lay_out(self, handing: QWidget, *above: QWidget) -> None:
        """Lay the page out: `handing` hands a report over, and `above` stands before the rest."""
        self._handing = handing
        for part in (*above, self.said, self.more, self._list, handing, self.down):
            self.column.addWidget(part)
        self.column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addStretch(1)
        self.said.hide()
        self._show_stage()

    def hand_over(self) -> None:
        """Begin to hand the chosen report over."""
        raise NotImplementedError

    def explain(self) -> str:
        """Return what is to be done here."""
        raise NotImplementedError

    def say_row(self, named: NamedReport) -> str:
        """Return what a report's button says."""
        raise NotImplementedError

    def open(self, number: int) -> None:
        """Show what waits, for the office of this number; under another one all begins anew."""
        is_other, self.number = number != self.number, number
        if is_other or self.stage is Stage.LIST:
            self.show_list()

    def show_list(self) -> None:
        """Show the reports that have not arrived, as they are now."""
        self.stage, self.chosen = Stage.LIST, None
        self._show_stage()
        frames, number, board = self._frames, self.number, self._screen.board
        self._runner.ask(
            lambda: read_waiting(frames, number, board), self._show, self._fail, slot="reports"
        )

    def _show(self, waiting: Waiting) -> None:
        self.reports, self.left = waiting.reports, waiting.left
        for button in self.buttons:
            self._rows.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = []
        for named in waiting.reports:
            button = RowButton(partial(self._choose, named))
            button.setEnabled(named.report.spoken is not None)
            self._rows.addWidget(button)
            self.buttons.append(button)
        self.retranslate()
        first = next((button for button in self.buttons if button.isEnabled()), None)
        if first is not None and first.isVisible():
            first.setFocus()

    def _choose(self, named: NamedReport) -> None:
        """Hand this one over: from now on it may be known at the county."""
        self.chosen, self.stage = named, Stage.REPORT
        self.said.hide()
        self._show_stage()
        frames, number, records = self._frames, self.number, [named.report.record]
        self._runner.ask(
            lambda: frames.note_leaving(number, records), lambda _none: None, self._fail
        )
        self.hand_over()

    def ask_receipt(self) -> None:
        """Let the clerk type what the county gives back."""
        self.stage = Stage.RECEIPT
        self.down.clear()
        self._show_stage()
        self.down.setFocus()

    def _take_receipt(self, groups: tuple[str, ...], check: str) -> None:
        if self._is_checking:
            return  # A second press would be told of a receipt that is already taken.
        self._is_checking = True
        frames, number, board = self._frames, self.number, self._screen.board

        def take() -> tuple[ReceiptTold | None, list[Item]]:
            told = frames.take_receipt(number, groups, check)
            keys = () if told is None else tuple(each.command.key for each in told.records)
            return told, read_items(keys, board)

        self._runner.ask(take, self._end, self._fail_checking)

    def _fail_checking(self, error: Exception) -> None:
        self._is_checking = False
        self._fail(error)

    def _end(self, found: tuple[ReceiptTold | None, list[Item]]) -> None:
        self._is_checking = False
        told, items = found
        if told is None:
            self.down.say_wrong(
                translate(
                    "NoNetwork",
                    "It does not fit: something was misheard. Have the check word read again, or "
                    "press a group below and have it read again.",
                )
            )
            return
        self.show_told(told, items)
        self.show_list()

    def show_told(self, told: ReceiptTold, items: Sequence[Item]) -> None:
        """Say what a receipt came to."""
        words = self._screen.words
        lines = [say_item(item, self._screen) for item in items]
        lines += [formatting.in_one_line(words.text(each), 300) for each in told.remarks]
        problem = formatting.in_one_line(words.text(told.problem), 300)
        ink = "orange_text" if problem or told.remarks else "text"
        if problem:
            lines.append(problem)
        if not lines:
            lines = [translate("NoNetwork", "The receipt is about nothing that waits here.")]
        self.said.set_text("\n".join(lines), ink)
        self.said.show()

    def _fail(self, error: Exception) -> None:
        self.said.set_text(say_why(error, self._screen), "orange_text")
        self.said.show()

    def _show_stage(self) -> None:
        is_list = self.stage is Stage.LIST
        self._list.setVisible(is_list)
        self._handing.setVisible(self.stage is Stage.REPORT)
        self.down.setVisible(self.stage is Stage.RECEIPT)
        self.back.setVisible(not is_list)
        self.retranslate()

    def retranslate(self) -> None:
        self.back.setText(translate("NoNetwork", "Back to the list"))
        for button, named in zip(self.buttons, self.reports or [], strict=True):
            said = self.say_row(named)
            if named.report.spoken is None:
                said += " · " + translate("NoNetwork", "too long: by stick or by QR code")
            button.say(said)
        self.more.set_text(self._say_stage())

    def _say_stage(self) -> str:
        if self.stage is Stage.RECEIPT:
            return translate(
                "NoNetwork",
                "The county reads its receipt back: type it in. Only then is it certain that the "
                "report has arrived.",
            )
        if self.stage is Stage.REPORT and self.chosen is not None:
            return self.chosen.name(self._screen)
        if self.reports is None:
            return translate("NoNetwork", "Reading …")
        left = translate("NoNetwork", "%n item(s) stay here.", "", self.left) if self.left else ""
        if self.reports:
            return f"{self.explain()} {left}".strip()
        if left:
            nothing = translate("NoNetwork", "Nothing waits that could go this way.")
            return f"{nothing} {left}"
        return translate("NoNetwork", "Nothing waits: the county has all of it.")

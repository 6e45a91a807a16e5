"""发短信、北斗: reports by the line of the profile, or as texts to be typed into a telephone."""

from __future__ import annotations

import threading

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.application.courier.office_frames import OfficeFrames, ReceiptTold
from desktop.application.office.send_items import Item
from desktop.gui.carrying.parts import make_button, make_label
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.township.no_network.named_report import NamedReport, read_items
from desktop.gui.township.no_network.reports_page import ReportsPage, Stage
from desktop.gui.widgets.flow import FlowLayout

translate = QCoreApplication.translate

PROGRESS_PX = 12


class TextsPage(ReportsPage):
    """Send all of it by the line, if there is one; else each report as texts, part by part."""

    moved = Signal(int, int)
    """So many frames, of how many, have been sent; emitted on the runner's thread."""

    def __init__(
        self, screen: UiContext, frames: OfficeFrames, runner: TaskRunner, slow: TaskRunner
    ) -> None:
        """What is sent goes by the `slow` runner: it may take as long as the line is silent."""
        super().__init__(screen, frames, runner)
        self._slow = slow
        self._cut = threading.Event()
        self.is_sending = False
        self.part = 0
        self.send_button = make_button(self._send, main=True)
        self.cancel = make_button(self.stop)
        self.progress = QProgressBar()
        self.progress.setFixedHeight(PROGRESS_PX)
        self.progress.setTextVisible(False)
        self.where, self.text = make_label(screen, "strong"), make_label(screen, "title")
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy = make_button(self._copy, main=True)
        self.before, self.next = make_button(self._go_back), make_button(self._go_on)
        self.receipt = make_button(self.ask_receipt)
        self.moved.connect(self._show_progress)
        self.lay_out(self._lay_out_text(), self._lay_out_line())

    def _lay_out_line(self) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for part in (self.send_button, self.cancel):
            row.addWidget(part)
        row.addWidget(self.progress, 1)
        row.addStretch(1)
        return line

    def _lay_out_text(self) -> QWidget:
        handing = QWidget()
        column = QVBoxLayout(handing)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.where)
        column.addWidget(self.text)
        acts = QWidget()
        row = FlowLayout(acts, spacing=12)
        for button in (self.copy, self.before, self.next, self.receipt):
            row.addWidget(button)
        column.addWidget(acts)
        return handing

    def hand_over(self) -> None:
        self.part = 0
        self.retranslate()
        self.copy.setFocus()

    def explain(self) -> str:
        return translate(
            "NoNetwork",
            "Press a report to see it as short messages: type them into a telephone, or copy "
            "them. They go to the county's duty room.",
        )

    def say_row(self, named: NamedReport) -> str:
        count = len(named.report.texts)
        said = translate("NoNetwork", "%n message(s)", "", count)
        return f"{said} · {named.name(self._screen)}"

    def _copy(self) -> None:
        QApplication.clipboard().setText(self.text.text())

    def _go_on(self) -> None:
        self._turn_to(self.part + 1)

    def _go_back(self) -> None:
        self._turn_to(self.part - 1)

    def _turn_to(self, part: int) -> None:
        texts = () if self.chosen is None else self.chosen.report.texts
        if part in (0, len(texts) - 1):
            self.copy.setFocus()  # A button that ends here would pass the keyboard on to another.
        self.part = part
        self.retranslate()

    def _send(self) -> None:
        """Send what waits by the line of the profile."""
        self._cut.clear()
        self.is_sending = True
        self.setFocus()  # A button that is disabled would pass the keyboard on to “×”.
        self.said.hide()
        self._show_progress(0, 0)
        frames, number, board = self._frames, self.number, self._screen.board
        move, is_cut = self.moved.emit, self._cut.is_set

        def send() -> tuple[ReceiptTold, list[Item]]:
            told = frames.send(number, move, is_cut)
            keys = tuple(each.command.key for each in told.records)
            return told, read_items(keys, board)

        self._slow.ask(send, self._end_sending, self._fail_sending)
        self.retranslate()

    def stop(self) -> None:
        """Send no more, and listen no longer; what has left stays on record."""
        self._cut.set()

    def _show_progress(self, sent: int, of: int) -> None:
        self.progress.setRange(0, of)
        self.progress.setValue(sent)
        pattern = translate("NoNetwork", "{sent} of {count} sent, waiting for the county's answer")
        if of and self.stage is Stage.LIST:
            self.more.set_text(pattern.format(sent=sent, count=of))

    def _end_sending(self, found: tuple[ReceiptTold, list[Item]]) -> None:
        self.is_sending = False
        self.show_told(*found)
        self._show_what_is_left()

    def _fail_sending(self, error: Exception) -> None:
        self.is_sending = False
        self._fail(error)
        self._show_what_is_left()

    def _show_what_is_left(self) -> None:
        """Read the list anew, but take no report or receipt from under the clerk's hands."""
        if self.stage is Stage.LIST:
            self.show_list()
        else:
            self.retranslate()

    def retranslate(self) -> None:
        super().retranslate()
        has_line = bool(self._frames.way)
        self.send_button.setVisible(has_line and self.stage is Stage.LIST)
        can_go = any(each.report.frames for each in self.reports or [])
        self.send_button.setEnabled(not self.is_sending and can_go)
        self.cancel.setVisible(self.is_sending)
        self.progress.setVisible(self.is_sending)
        pattern = translate("NoNetwork", "Send all of it by {line}")
        self.send_button.setText(pattern.format(line=self._frames.way))
        self.cancel.setText(translate("NoNetwork", "Stop"))
        self.copy.setText(translate("NoNetwork", "Copy this message"))
        self.before.setText(translate("NoNetwork", "← The message before"))
        self.next.setText(translate("NoNetwork", "The next message →"))
        self.receipt.setText(translate("NoNetwork", "The county has answered: its receipt"))
        texts = () if self.chosen is None else self.chosen.report.texts
        self.before.setVisible(len(texts) > 1)
        self.next.setVisible(len(texts) > 1)
        self.before.setEnabled(self.part > 0)
        self.next.setEnabled(self.part + 1 < len(texts))
        if texts:
            pattern = translate("NoNetwork", "Message {n} of {count}: send it as it is")
            self.where.set_text(pattern.format(n=self.part + 1, count=len(texts)))
            self.text.set_text(texts[self.part])

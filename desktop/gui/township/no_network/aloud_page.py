"""读给县里听: a report as numbers that are read over a telephone, and its receipt."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop.application.courier.office_frames import OfficeFrames
from desktop.domain.directory import Contact, Phone, find_duty_phone
from desktop.domain.geo import Township
from desktop.gui import formatting
from desktop.gui.carrying.read_aloud import ReadAloud
from desktop.gui.context import UiContext
from desktop.gui.task_runner import TaskRunner
from desktop.gui.township.no_network.named_report import NamedReport
from desktop.gui.township.no_network.reports_page import ReportsPage

translate = QCoreApplication.translate


class AloudPage(ReportsPage):
    """Each report as a button with the seconds it takes; then line by line."""

    def __init__(
        self, screen: UiContext, frames: OfficeFrames, runner: TaskRunner, township: Township
    ) -> None:
        super().__init__(screen, frames, runner)
        self.township = township
        """Whose office reads."""
        self._duty: tuple[Contact, Phone] | None = None
        """Whom to call."""
        self.reading = ReadAloud(screen)
        self.reading.read.connect(self.ask_receipt)
        self.lay_out(self.reading)

    def hand_over(self) -> None:
        spoken = None if self.chosen is None else self.chosen.report.spoken
        assert spoken is not None
        office = formatting.in_one_line(self._screen.words.text(self.township.name), 40)
        first = translate(
            "NoNetwork",
            '"This is {office}, office number {number}, with a report. Please open "Take a report '
            'by telephone": {count} groups of digits."',
        ).format(office=office, number=self.number, count=len(spoken.lines))
        last = translate("NoNetwork", '"That is all of it. Please read me the receipt."')
        self.reading.begin(spoken, first, last)

    def show_list(self) -> None:
        super().show_list()
        board = self._screen.board
        self._runner.ask(
            lambda: find_duty_phone(board.contacts()), self._show_duty, self._fail, slot="duty"
        )

    def _show_duty(self, duty: tuple[Contact, Phone] | None) -> None:
        self._duty = duty
        self.retranslate()

    def explain(self) -> str:
        if self._duty is None:
            return translate(
                "NoNetwork",
                "Call the county's duty room, then press the report that you want to read to it.",
            )
        contact, phone = self._duty
        words = self._screen.words
        who = " ".join(filter(None, (words.text(contact.unit), words.text(contact.post))))
        pattern = translate(
            "NoNetwork", "Call {who}, {number}, then press the report that you want to read to it."
        )
        return pattern.format(who=formatting.in_one_line(who, 60), number=phone.number)

    def say_row(self, named: NamedReport) -> str:
        spoken, name = named.report.spoken, named.name(self._screen)
        if spoken is None:
            return name
        pattern = translate("NoNetwork", "{seconds} s · {name}")
        return pattern.format(seconds=round(spoken.seconds), name=name)

"""月报: how the desk ran in a month, to read, and to save as PDF or CSV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QHBoxLayout, QTextBrowser, QWidget

from desktop.application.export.month_report import MonthReport, report_csv
from desktop.domain.instant import DAY
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.export import ask_where, save
from desktop.gui.task_runner import TaskRunner
from desktop.gui.upkeep.parts import make_button, make_label
from desktop.gui.widgets.focus import FocusFrame
from desktop.gui.widgets.segmented import SegmentedControl
from desktop.gui.widgets.sheet import Sheet

translate = QCoreApplication.translate

WIDTH_PX = 960
LAST, PRESENT = "last", "present"


class ReportSheet(Sheet):
    """The last month's report, or the present one's as far as it has come."""

    def __init__(self, screen: UiContext, window: QWidget) -> None:
        super().__init__(screen, window, WIDTH_PX)
        self._upkeep = None if screen.upkeep is None else screen.upkeep()
        self.runner = TaskRunner("report", self)
        self.report: MonthReport | None = None
        self.months = SegmentedControl((LAST, PRESENT), screen.theme.font("second"))
        self.months.chosen.connect(lambda _name: self._read())
        self.pdf = make_button(partial(self._ask_where, "pdf", self.save_pdf))
        self.csv = make_button(partial(self._ask_where, "csv", self.save_csv))
        self.said = make_label(screen, "second", "second")
        self.page = QTextBrowser()
        self.page.setOpenLinks(False)
        FocusFrame(self.page, screen.theme)
        head = QHBoxLayout()
        head.setContentsMargins(16, 4, 16, 8)
        head.setSpacing(12)
        head.addWidget(self.months)
        head.addWidget(self.said, 1)
        head.addWidget(self.csv)
        head.addWidget(self.pdf)
        holder = QHBoxLayout()
        holder.setContentsMargins(12, 0, 12, 0)
        holder.addWidget(self.page)
        self.body.addLayout(head)
        self.body.addLayout(holder, 1)
        self.setFocusProxy(self.page)

    def close_runner(self) -> None:
        """Wait for a report under way; the window is about to close."""
        self.runner.close()

    def sheet_height(self) -> int:
        return self._window.height()

    def fill(self) -> None:
        self.title.set_text(translate("Report", "Monthly operations report"))
        self.months.say({name: self._name(name) for name in (LAST, PRESENT)})
        self.pdf.setText(translate("Report", "Save as PDF …"))
        self.csv.setText(translate("Report", "Save as CSV …"))
        self.page.setAccessibleName(self.title.text())
        self._read()

    def _name(self, which: str) -> str:
        """Return the name of the present or the last month, such as `2026-11`."""
        today = formatting.local(self._screen.board.now())
        if which == PRESENT:
            return f"{today:%Y-%m}"
        before = self._screen.board.now() - today.day * DAY
        return f"{formatting.local(before):%Y-%m}"

    def _read(self) -> None:
        self._offer(None)
        if self._upkeep is not None:
            work = partial(self._upkeep.write_month, self._name(self.months.choice))
            self.said.set_text(translate("Report", "Counting …"), "second")
            self.runner.ask(work, self._show, slot="report")

    def _offer(self, report: MonthReport | None) -> None:
        self.report = report
        for button in (self.pdf, self.csv):
            button.setEnabled(report is not None)

    def _show(self, report: MonthReport) -> None:
        from desktop.gui.printing import STYLE
        from desktop.gui.upkeep.month_pages import report_html

        self.page.document().setDefaultStyleSheet(STYLE)
        self._offer(report)
        self.said.set_text(report.said, "second")
        self.page.setHtml(report_html(report))

    def _ask_where(self, kind: str, write: Callable[[str], None]) -> None:
        report = self.report
        if report is not None:
            name = f"{report.title.replace(' · ', '-')}.{kind}"
            ask_where(
                *(self.window(), self._screen.remembered, _fit_for_name(name), write),
                title=self.title.text(),
                kinds=(kind,),
            )

    def save_csv(self, path: str) -> None:
        """Write the report as CSV there."""
        if self.report is not None:
            text = report_csv(self.report)
            self.runner.ask(lambda: save(path, text), partial(self._end, path))

    def save_pdf(self, path: str) -> None:
        """Write the report as PDF there, with events in between."""
        from desktop.gui.printing import begin, pdf_steps
        from desktop.gui.upkeep.month_pages import PrintedReport

        report, failed = self.report, list[Problem]()

        def steps(report: MonthReport) -> Iterator[None]:
            yield from pdf_steps(path, PrintedReport(report), failed.append)
            self._end(path, failed[0] if failed else None)

        if report is not None:
            begin(self, steps(report))

    def _end(self, path: str, problem: Problem | None) -> None:
        if problem is None:
            said = translate("Report", "Written: {name}").format(name=Path(path).name)
            self.said.set_text(said, "text")
        else:
            self.said.set_text(str(self._screen.words.problem(problem)), "orange_text")


def _fit_for_name(name: str) -> str:
    return "".join("-" if c in '<>:"/\\|?*' or c.isspace() else c for c in name)

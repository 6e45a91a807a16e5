"""The monthly report on pages: A4, as PDF, every text escaped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtGui import QPagedPaintDevice

from desktop.application.export.month_report import MonthReport
from desktop.domain.source import Problem
from desktop.gui.printing import (
    PrintedTable,
    as_html,
    draw_document,
    lay_out,
    lay_out_blocks,
    pdf_steps,
)


class PrintedReport:
    """See `gui.printing.Printed`."""

    def __init__(self, report: MonthReport) -> None:
        self._report = report

    @property
    def title(self) -> str:
        return self._report.title

    def draw(self, device: QPagedPaintDevice) -> Iterator[None]:
        pages = lay_out(self.title, report_html(self._report))
        yield from lay_out_blocks(device, pages)
        yield from draw_document(device, pages)


def report_html(report: MonthReport) -> str:
    """Build the HTML of a report; every text in it is escaped."""
    tables = [PrintedTable(report.title, report.said, (), ())]
    tables += [PrintedTable(s.title, s.note, s.head, s.rows, none="—") for s in report.sections]
    return "\n".join(as_html(table) for table in tables)


def save_pdf(report: MonthReport, to: Path) -> Problem | None:
    """Write a report as PDF, all or nothing; returns the problem if that fails."""
    failed: list[Problem] = []
    for _page in pdf_steps(str(to), PrintedReport(report), failed.append):
        pass
    return failed[0] if failed else None

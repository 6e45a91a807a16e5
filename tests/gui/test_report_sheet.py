"""The monthly report is read in the window and saved as PDF and CSV, every text as it is."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pytestqt.qtbot import QtBot

from desktop.application.export.month_report import MonthReport, Section
from desktop.gui.upkeep.report_sheet import ReportSheet
from support.open_desk import open_desk
from support.sample_board import empty_county


def a_report(name: str) -> MonthReport:
    section = Section("来源排名", "自 <b>日志</b>", ("来源", "中断"), (("<i>监控</i>", "2"),))
    return MonthReport(f"云溪县 · 运行月报 · {name}", "当月", (section,))


def test_either_month_is_shown_and_saved(qtbot: QtBot, tmp_path: Path) -> None:
    upkeep: Any = SimpleNamespace(write_month=a_report)
    with open_desk(qtbot, empty_county(), tmp_path, upkeep=lambda: upkeep) as desk:
        desk.run_action("report")
        sheet = desk.findChild(ReportSheet)
        assert sheet is not None

        def shown() -> str:
            qtbot.waitUntil(lambda: sheet.report is not None)
            return sheet.page.toPlainText()

        last = shown()
        assert "<i>监控</i>" in last
        assert "<b>日志</b>" in last
        sheet.months.choose("present")
        present = shown()
        assert present.splitlines()[0] > last.splitlines()[0]
        sheet.save_csv(str(tmp_path / "r.csv"))
        qtbot.waitUntil(lambda: "r.csv" in sheet.said.text())
        assert "来源,中断\r\n<i>监控</i>,2" in (tmp_path / "r.csv").read_bytes().decode("utf-8-sig")
        sheet.save_pdf(str(tmp_path / "r.pdf"))
        assert not (tmp_path / "r.pdf").exists(), "it is laid out beside the work, not at the press"
        qtbot.waitUntil(lambda: "r.pdf" in sheet.said.text())
        assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
        sheet.save_pdf(str(tmp_path / "none" / "r.pdf"))
        qtbot.waitUntil(lambda: "r.pdf" not in sheet.said.text())

"""Lists on paper: a backend's text stays text, and an empty page says what it means."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextTable
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from desktop.domain.asset import AssetState
from desktop.domain.command import CommandKind
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui import printing
from desktop.gui.desk.window import DeskWindow
from desktop.gui.panes.pane import Pane
from desktop.gui.printing import PrintedTable, as_html, document, pdf_steps
from support.builders import NOW, FakeClock, a_queue, a_warning, an_asset
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, a_status, empty_county, sample_county

MARKUP = "<b>水</b> & <img src=x>"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[PrintedTable]:
    """What is offered to be printed, in place of a dialog."""
    offered: list[PrintedTable] = []

    def offer(_parent: Any, _kept: Any, _name: str, table: PrintedTable, _failed: Any) -> None:
        offered.append(table)

    monkeypatch.setattr(printing, "offer_to_print", offer)
    return offered


def press(qtbot: QtBot, desk: DeskWindow) -> None:
    QTest.keyClick(desk, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    calm(qtbot, desk)


def a_county() -> SampleCounty:
    county = sample_county(FakeClock(), 3)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    text = Text(MARKUP, MARKUP)
    county.tell(
        msgspec.structs.replace(incident, title=text),
        a_warning(headline=text),
        a_queue(name=text),
        an_asset(name=text, state=AssetState.FAILED),
    )
    county.board.commands.submit(CommandKind.NOTE, incident_key(), {"text": MARKUP})
    return county


def test_markup_of_a_backend_is_printed_as_the_letters_it_is(qtbot: QtBot) -> None:
    table = PrintedTable("<i>t</i>", "<u>said</u>", ["<s>"], [[MARKUP], ["a\nb"], [None], [7]])
    text = document(table).toPlainText()
    assert MARKUP in text
    assert all(each in text for each in ("<i>t</i>", "<u>said</u>", "<s>", "7"))
    assert "<b>" not in as_html(table)
    assert "<img" not in as_html(table)


def test_the_head_of_a_table_is_said_again_on_each_page(qtbot: QtBot) -> None:
    pages = document(PrintedTable("t", "s", ["a", "b"], [["x", "y"]] * 200))
    assert pages.pageCount() >= 1
    (table,) = [f for f in pages.rootFrame().childFrames() if isinstance(f, QTextTable)]
    assert (table.rows(), table.columns(), table.format().headerRowCount()) == (201, 2, 1)


def test_a_list_without_rows_says_why_and_one_too_long_how_much_is_left_out(
    qtbot: QtBot,
) -> None:
    none = document(PrintedTable("t", "s", ["a"], [], none="从未收到事件")).toPlainText()
    assert "从未收到事件" in none
    long = document(PrintedTable("t", "s", ["a"], [["x"]], more=12)).toPlainText()
    assert "12" in long


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_ctrl_p_prints_what_the_pane_with_the_keyboard_lists(
    qtbot: QtBot, tmp_path: Path, printed: list[PrintedTable], language: str
) -> None:
    with open_desk(qtbot, a_county(), tmp_path, language=language) as desk:
        for name in ("incidents", "warnings", "queues", "infrastructure"):
            desk.panes[name].take_keyboard()
            press(qtbot, desk)
        desk.run_action("outbox")
        calm(qtbot, desk)
        desk.outbox_sheet.chips.choose("all")
        press(qtbot, desk)
    titles = [table.title for table in printed]
    assert (
        titles
        == {
            "zh_CN": ["事件", "预警", "服务队列", "设施", "待发箱"],
            "en": ["Incidents", "Warnings", "Service queues", "Infrastructure", "Outbox"],
        }[language]
    )
    for table in printed:
        assert MARKUP in document(table).toPlainText(), table.title
        assert table.said
        assert len(table.head) == len(table.rows[0])
    assert len(printed[0].rows) == 3


def test_the_palette_has_printing_among_its_actions(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path, language="en") as desk:
        (action,) = [a for a in desk.actions_table if a.name == "print"]
        assert (action.keys, action.title) == (("Ctrl+P",), "Print the list or save it as PDF")


def test_an_empty_list_is_printed_with_the_words_the_pane_has_for_it(
    qtbot: QtBot, tmp_path: Path, printed: list[PrintedTable]
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=None, failing_since=NOW))
    with open_desk(qtbot, county, tmp_path) as desk:
        press(qtbot, desk)
        pane = desk.panes["incidents"]
        assert isinstance(pane, Pane)
        said = pane.empty.title.text()
    assert said in document(printed[0]).toPlainText()


def test_without_a_printer_the_list_is_saved_as_pdf(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    file = tmp_path / "list.pdf"
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        press(qtbot, desk)
        (dialog,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog)]
        dialog.fileSelected.emit(str(file))
        dialog.close()
        qtbot.waitUntil(file.exists)
    assert file.read_bytes().startswith(b"%PDF-")


def test_a_pdf_that_cannot_be_written_is_told(qtbot: QtBot, tmp_path: Path) -> None:
    told: list[Problem] = []
    table = PrintedTable("t", "s", ["a"], [["x"]])
    assert len(list(pdf_steps(str(tmp_path / "no" / "a.pdf"), table, told.append))) == 1
    assert [problem.code for problem in told] == ["export_failed"]


def test_a_long_list_is_printed_a_page_at_a_step_so_that_the_desk_goes_on(
    qtbot: QtBot, tmp_path: Path
) -> None:
    told: list[Problem] = []
    table = PrintedTable("t", "s", ["a"], [["x"]] * 200)
    pages = len(list(pdf_steps(str(tmp_path / "a.pdf"), table, told.append)))
    assert pages > 3
    assert (tmp_path / "a.pdf").read_bytes().count(b"/Type /Page\n") == pages
    assert not told


def test_a_list_of_any_length_costs_no_more_than_its_first_rows(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: list[PrintedTable]
) -> None:
    monkeypatch.setattr(printing, "MOST_ROWS", 2)
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        press(qtbot, desk)
    (table,) = printed
    assert (len(table.rows), table.more) == (2, 1)

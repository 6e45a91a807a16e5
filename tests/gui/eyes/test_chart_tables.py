"""What a chart draws is there as a table: sorted, copied, written to a file, by one command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.application.export.columns import cells, heads
from desktop.domain.asset import Trend, TrendKind
from desktop.domain.link import TrafficClass
from desktop.domain.localized_text import Text
from desktop.gui.charts.data_table import CellModel
from desktop.gui.charts.table_sheet import TableSheet
from desktop.gui.charts.trend import TrendChart
from desktop.gui.desk.window import DeskWindow
from desktop.gui.qt_application import application
from support.builders import NOW, FakeClock, an_asset
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import sample_county
from support.spoken import words
from support.stage import a_stage

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
CTRL = Qt.KeyboardModifier.ControlModifier
DRAWN = {
    "go_infrastructure": ("Township by kind", "Infrastructure"),
    "go_queues": ("Service queues", "Waiting over time"),
    "go_map": ("One map",),
    "go_incidents": ("Incidents",),
    "go_warnings": ("Warnings",),
}


def table_of(qtbot: QtBot, desk: DeskWindow) -> TableSheet:
    """The sheet, opened by its key where the keyboard is."""
    desk.run_action("as_table")
    sheet = desk.findChild(TableSheet)
    assert sheet is not None
    assert sheet.isVisible()
    calm(qtbot, desk)
    return sheet


def column(sheet: TableSheet, name: str) -> list[object]:
    """The cells below a heading, as they stand."""
    cells = sheet.table.cells
    return [row[cells.head.index(name)] for row in cells.rows]


def test_every_pane_that_draws_has_its_data_as_tables(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language="en", words=words("en")) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        shown = {}
        for action in (*DRAWN, "go_detail"):
            desk.run_action(action)
            sheet = table_of(qtbot, desk)
            titles = [sheet.title.text().removesuffix(" as a table")]
            assert sheet.table.cells.rows, action
            for number in ("1",) if sheet.choices is not None else ():
                sheet.choices.choose(number)
                calm(qtbot, desk)
                assert sheet.table.cells.rows, action
                titles.append(sheet.title.text().removesuffix(" as a table"))
            shown[action] = tuple(titles)
            sheet.put_away()
        assert shown.pop("go_detail")[0].startswith("Timeline of SJ-")
        assert shown == DRAWN


def test_the_table_of_the_matrix_has_its_figures_and_any_column_sorts_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language="en", words=words("en")) as desk:
        desk.run_action("go_infrastructure")
        cells = county.board.infrastructure().cells
        sheet = table_of(qtbot, desk)
        assert sum(column(sheet, "Assets in all")) == sum(c.total for c in cells.values())
        table = sheet.table
        at = table.cells.head.index("Assets in all")
        table.setCurrentIndex(table.cells.index(0, at))
        for order in (False, True):
            QTest.keyClick(table, Qt.Key.Key_Return)
            totals = column(sheet, "Assets in all")
            assert totals == sorted(totals, reverse=order)
        table.selectRow(0)
        QTest.keyClick(table, Qt.Key.Key_C, CTRL)
        heads, first = QGuiApplication.clipboard().text().splitlines()
        assert heads.split("\t")[:2] == ["Township", "Kind"]
        assert first.split("\t")[at] == str(max(c.total for c in cells.values()))
        assert re.search(r" · As of 20\d\d.* · data ", sheet.said.text())
        assert "Exported" not in sheet.said.text()
        desk.run_action("export")
        dialog = desk.findChild(QFileDialog)
        assert dialog is not None
        assert "Township" in dialog.selectedFiles()[0]
        file = tmp_path / "matrix.csv"
        dialog.fileSelected.emit(str(file))
        dialog.close()
        qtbot.waitUntil(file.exists)
        calm(qtbot, desk)
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == len(cells) + 2
        assert lines[0].startswith("Exported 20")


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_bars_of_the_line_are_a_table_with_units(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path, language=language, words=words(language)) as desk:
        desk.run_action("link")
        calm(qtbot, desk)
        sheet = table_of(qtbot, desk)
        assert not desk.link_sheet.isVisible()
        assert sum("字节" in head or "bytes" in head for head in sheet.table.cells.head) == 3
        assert len(sheet.table.cells.rows) == len(TrafficClass)


def test_the_curve_of_an_asset_is_a_table_with_its_unit_its_gaps_and_its_limits() -> None:
    asset = an_asset(metric=Text("水位", "Level"), unit="m", low=1.0, high=3.0)
    trend = Trend("county", TrendKind.ASSET, asset.id, (NOW, NOW + 1, NOW + 2), (0.5, None, 3.5))
    application([])
    with a_stage(sample_county(FakeClock(), 5)) as screen:
        chart = TrendChart(screen)
        assert chart.readings() is None
        chart.show_trend(asset, trend)
        readings = chart.readings()
        assert readings is not None
        columns, rows, count, _title = readings
        assert heads(columns)[1:] == ["Level (m)", "Outside the limits (1 … 3)"]
        shown = [line[1:] for line in cells(columns, rows)]
        assert shown == [[0.5, "below"], [None, None], [3.5, "above"]]
        assert count == 3
        chart.deleteLater()


def test_what_is_empty_comes_last_and_figures_are_not_sorted_as_words() -> None:
    model = CellModel()
    model.show(["n"], [[10], [None], [9], [2.5]])
    for order, wanted in ((UP, [2.5, 9, 10, None]), (DOWN, [10, 9, 2.5, None])):
        model.sort(0, order)
        assert [row[0] for row in model.rows] == wanted

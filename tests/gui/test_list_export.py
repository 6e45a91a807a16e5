"""Each list is declared once: its files and its page have the same rows, and none of them acts."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from unicodedata import category

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.application.export.columns import heads
from desktop.application.export.outgoing import UNSAFE, harmless
from desktop.application.ports import IncidentRow
from desktop.domain.asset import AssetState
from desktop.domain.command import CommandKind
from desktop.domain.localized_text import Text
from desktop.gui.desk.window import DeskWindow
from desktop.gui.list_export import ListSnapshot, write
from desktop.gui.panes.incidents.columns import CHUNK
from desktop.gui.panes.incidents.pane import IncidentPane
from desktop.gui.panes.list_pane import ListPane
from desktop.gui.panes.registry import PANES
from desktop.gui.printing import as_html, document
from support.builders import FakeClock, a_queue, a_warning, an_asset
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, sample_county

EVIL = "=1+1 <b>水</b> \u202egpj\x1b[31m\x07"
LISTS = {"incidents", "infrastructure", "queues", "warnings"}
"""The panes with a list; the outbox is a sheet with one."""


def a_county() -> SampleCounty:
    """A county with a text in each list by somebody who means ill."""
    county, evil = sample_county(FakeClock(), 3), Text(EVIL, EVIL)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(
        msgspec.structs.replace(incident, title=evil),
        an_asset(name=evil, unit=EVIL, state=AssetState.FAILED),
        a_queue(name=evil),
        a_warning(headline=evil, description=evil),
    )
    county.board.commands.submit(CommandKind.NOTE, incident_key(), {"text": EVIL})
    return county


def every_list(qtbot: QtBot, desk: DeskWindow) -> dict[str, ListSnapshot[Any]]:
    """The lists of all panes and of the outbox, their rows read, to be written several times."""
    desk.run_action("outbox")
    calm(qtbot, desk)
    desk.outbox_sheet.chips.choose("all")
    assert list(desk.panes) == list(PANES)
    found = {name: pane.snapshot() for name, pane in panes(desk).items()}
    assert found.keys() == LISTS
    found["outbox"] = desk.outbox_sheet.snapshot()
    return {name: replace(each, rows=list(each.rows)) for name, each in found.items()}


def panes(desk: DeskWindow) -> dict[str, ListPane]:
    return {name: pane for name, pane in desk.panes.items() if isinstance(pane, ListPane)}


def csv_lines(found: ListSnapshot[Any]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(found.as_csv(), newline="")))


def test_csv_json_and_the_page_of_each_list_have_the_same_rows(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        for name, found in every_list(qtbot, desk).items():
            (said,), head, *lines = csv_lines(found)
            told = json.loads(replace(found, whole=None).as_json())
            table = found.as_printed_table()
            assert said == told["data_time"] == table.said, name
            assert len(lines) == len(told["rows"]) == len(table.rows) == found.count > 0, name
            for line, row, on_page in zip(lines, told["rows"], table.rows, strict=True):
                assert line == [harmless(cell) for cell in row.values()], name
                assert list(row) == [column.name for column in found.columns], name
                printed = [column.name for column in found.columns if column.printed]
                assert [row[each] for each in printed] == list(on_page), name
            assert head[: len(table.head)] == table.head, name


def test_each_column_has_a_heading_in_both_languages_and_one_name_in_all(
    qtbot: QtBot, tmp_path: Path
) -> None:
    names: list[list[list[str]]] = []
    for language, letters in (("zh_CN", "[\u4e00-\u9fff]"), ("en", "^[A-Z][ -~]+$")):
        with open_desk(qtbot, a_county(), tmp_path, language=language) as desk:
            lists = every_list(qtbot, desk).values()
        names.append([[column.name for column in found.columns] for found in lists])
        for found in lists:
            assert all(column.title for column in found.columns)
            assert [each for each in heads(found.columns) if not re.search(letters, each)] == []
            assert len(set(heads(found.columns))) == len(found.columns)
    assert names[0] == names[1]
    assert all(re.fullmatch("[a-z_]+", name) for found in names[0] for name in found)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_hostile_text_acts_in_no_file_and_on_no_page(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    with open_desk(qtbot, a_county(), tmp_path, language=language) as desk:
        for name, found in every_list(qtbot, desk).items():
            page = document(found.as_printed_table()).toPlainText()
            assert "1+1 <b>水</b>" in page, name
            for text in (found.as_csv(), found.as_json(), page):
                acting = {c for c in text if category(c) in UNSAFE} - set("\r\n\u2068\u2069")
                assert acting == set(), name
            cells = [cell for line in csv_lines(found) for cell in line]
            assert [cell for cell in cells if re.match(r"[=+@\t\r]", cell)] == [], name


def test_each_pane_offers_both_kinds_of_file_under_its_own_title(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        for name, pane in panes(desk).items():
            assert pane.save()
            (dialog,) = desk.findChildren(QFileDialog)
            assert dialog.nameFilters() == ["CSV (*.csv)", "JSON (*.json)"]
            title = pane.head.title.text()
            assert re.fullmatch(
                rf"{title}-\d{{8}}-\d{{4}}\.csv", Path(dialog.selectedFiles()[0]).name
            )
            file = tmp_path / f"{name}.json"
            dialog.fileSelected.emit(str(file))
            calm(qtbot, desk)
            assert json.loads(file.read_bytes())["rows"], name
            dialog.close()
            qtbot.waitUntil(lambda: not desk.findChildren(QFileDialog))


def test_a_copied_row_says_how_old_it_is_in_every_pane(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path) as desk:
        lists = {
            "incidents": desk.panes["incidents"].view,
            "infrastructure": desk.panes["infrastructure"].assets,
            "queues": desk.panes["queues"].list,
            "warnings": desk.panes["warnings"].list,
        }
        for name, pane in panes(desk).items():
            lists[name].setCurrentIndex(lists[name].model().index(0, 0))
            assert pane.copy()
            first, second, *_ = QApplication.clipboard().text().splitlines()
            assert first == pane.data_time(), name
            assert second == pane.describe_picked()[0], name


def test_a_long_list_is_read_in_chunks_and_written_beside_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county, file, count = sample_county(FakeClock(), 2_500), tmp_path / "list.json", 2_500
    read = county.board.incident_rows
    chunks: list[tuple[int, str]] = []

    def watched(numbers: Sequence[int]) -> list[IncidentRow]:
        chunks.append((len(numbers), threading.current_thread().name))
        return read(numbers)

    with open_desk(qtbot, county, tmp_path) as desk:
        found = desk.panes["incidents"].snapshot()
        monkeypatch.setattr(county.board, "incident_rows", watched)
        write(desk.screen_context, file, found, pytest.fail)
        calm(qtbot, desk)
    assert [size for size, _ in chunks] == [CHUNK, CHUNK, count - 2 * CHUNK]
    assert threading.main_thread().name not in {thread for _, thread in chunks}
    assert len(json.loads(file.read_bytes())["rows"]) == count


def test_a_part_of_a_list_does_not_pass_for_all_of_it(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, a_county(), tmp_path, language="en") as desk:
        lists = panes(desk)
        incidents = lists["incidents"]
        assert isinstance(incidents, IncidentPane)
        incidents.findChild(QPushButton, "all").click()
        assert "Filter" not in incidents.snapshot().said
        incidents.findChild(QPushButton, "grave").click()
        code = "T01"
        incidents.show_township(code)
        incidents.search.setText(EVIL)
        said = incidents.snapshot().said
        limits = [incidents.findChild(QPushButton, "grave").text(), incidents.model.township(code)]
        assert said.endswith(f' · Filter: {" · ".join(limits)} · "{EVIL}"'), said
        assert incidents.snapshot().as_printed_table().said == said
        assert "<b>" not in as_html(incidents.snapshot().as_printed_table())
        assert "Filter: In force 2" in lists["warnings"].snapshot().said
        assert "Filter: Not normal, worst first" in lists["infrastructure"].snapshot().said
        assert "Filter" not in lists["queues"].snapshot().said
        desk.run_action("outbox")
        desk.outbox_sheet.chips.choose("needs")
        assert "Filter: Needs you" in desk.outbox_sheet.snapshot().said
        desk.outbox_sheet.chips.choose("all")
        assert "Filter" not in desk.outbox_sheet.snapshot().said

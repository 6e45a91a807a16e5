"""The incident list stands still while it is read, and loads only what is seen."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QRect, Qt
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolTip, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from desktop.application.ports import IncidentRow
from desktop.domain.incident import Stage
from desktop.domain.instant import MINUTE
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.gui.list_export import write
from desktop.gui.panes.incidents.model import Column
from desktop.gui.panes.incidents.view import IncidentView
from support.builders import NOW, FakeClock, a_deadline, an_incident
from support.open_desk import calm, incident_key, open_desk, renamed
from support.sample_board import SampleCounty, sample_county

STREET = "road along the river"


def a_new_one(county: SampleCounty, number: int) -> None:
    """A grave incident that sorts to the very top."""
    county.tell(
        an_incident(
            id=f"N{number}",
            number=f"SJ-N{number}",
            level=EventLevel.MAJOR,
            deadlines=(a_deadline(due_at=NOW - 60 * MINUTE),),
        )
    )


def test_the_model_keeps_qts_rules_loaded_or_not(
    qtbot: QtBot, tmp_path: Path, qtmodeltester: ModelTester
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 120), tmp_path) as desk:
        qtmodeltester.check(desk.panes["incidents"].model)
        desk.panes["incidents"].view.scrollToBottom()
        calm(qtbot, desk)
        qtmodeltester.check(desk.panes["incidents"].model)


def test_the_first_click_on_a_line_shows_it_and_so_does_one_after_leaving_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        view, told = desk.panes["incidents"].view, []
        desk.panes["incidents"].picked.connect(told.append)
        place = view.visualRect(view.model().index(2, 1)).center()
        for _ in range(2):
            qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
            assert told[-1] == desk.panes["incidents"].model.key_at(2)
            told.append(None)
            desk.panes["incidents"].leave_line()


class Painted(QObject):
    """What is painted of a widget from now on."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def test_no_piece_of_the_ring_stays_around_a_row_that_had_it_and_was_not_picked(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        view = desk.panes["incidents"].view
        view.setFocus()
        keep = QItemSelectionModel.SelectionFlag.NoUpdate
        view.selectionModel().setCurrentIndex(view.model().index(0, Column.TITLE), keep)
        calm(qtbot, desk)
        painted, first = Painted(view.viewport()), view.visualRect(view.model().index(0, 0))
        view.pick_row(2)
        qtbot.waitUntil(lambda: painted.region.contains(first.topLeft()))
        assert painted.region.contains(first.bottomLeft())


def test_new_incidents_wait_while_one_is_picked_and_move_no_row(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 60)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["incidents"]
        pane.view.pick_row(4)
        before = list(pane.model.numbers())
        place = pane.view.mapTo(desk, pane.view.rect().topLeft())
        a_new_one(county, 1)
        a_new_one(county, 2)
        qtbot.waitUntil(lambda: pane.model.waiting == 2)
        assert list(pane.model.numbers()) == before
        assert pane.new_rows.isVisible()
        assert pane.new_rows.text() == "新到 2"
        assert pane.view.mapTo(desk, pane.view.rect().topLeft()) == place
        QTest.mouseClick(pane.new_rows, Qt.MouseButton.LeftButton)
        assert pane.model.rowCount() == 62
        assert pane.view.numbers_picked() == [before[4]]
        assert not pane.new_rows.isVisible()


def test_how_many_wait_is_said_in_the_plural_of_the_language(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 60)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        pane = desk.panes["incidents"]
        pane.view.pick_row(4)
        a_new_one(county, 1)
        qtbot.waitUntil(lambda: pane.new_rows.accessibleName() == "1 new incident")
        a_new_one(county, 2)
        a_new_one(county, 3)
        qtbot.waitUntil(lambda: pane.new_rows.accessibleName() == "3 new incidents")
        desk.run_action("language")
        qtbot.waitUntil(lambda: pane.new_rows.accessibleName().startswith("3 条新到"))


def test_new_incidents_come_in_at_once_where_nothing_is_left_to_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 60)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["incidents"]
        pane.view.pick_row(4)
        county.cache.purge("county", None)
        for number in range(1, 4):
            a_new_one(county, number)
        qtbot.waitUntil(lambda: pane.model.rowCount() == 3)
        assert pane.model.waiting == 0
        assert not pane.new_rows.isVisible()


def test_new_incidents_come_in_at_once_when_nobody_reads(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 60)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["incidents"]
        a_new_one(county, 1)
        qtbot.waitUntil(lambda: pane.model.rowCount() == 61)
        assert not pane.new_rows.isVisible()
        assert pane.model.line(0) is not None


def test_scroll_and_selection_survive_a_refresh_that_removes_lines_above(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 200)
    with open_desk(qtbot, county, tmp_path) as desk:
        view, model = desk.panes["incidents"].view, desk.panes["incidents"].model
        view.pick_row(50)
        view.verticalScrollBar().setValue(45 * view.row_px + 7)
        calm(qtbot, desk)
        picked = view.numbers_picked()
        top = model.number_at(45)
        for row in (3, 4):
            (line,) = county.cache.incident_rows([model.numbers()[row]])
            incident = county.cache.incident(line.key)
            assert incident is not None
            county.tell(msgspec.structs.replace(incident, stage=Stage.CLOSED))
        qtbot.waitUntil(lambda: model.rowCount() == 198)
        assert view.numbers_picked() == picked
        assert model.number_at(43) == top
        assert view.verticalScrollBar().value() == 43 * view.row_px + 7


def test_the_picked_line_stays_even_when_it_leaves_the_filter(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        view, model = desk.panes["incidents"].view, desk.panes["incidents"].model
        view.pick_row(2)
        key = model.key_at(2)
        assert key is not None
        incident = county.cache.incident(key)
        assert incident is not None
        county.tell(msgspec.structs.replace(incident, stage=Stage.CLOSED))
        calm(qtbot, desk)
        qtbot.waitUntil(lambda: model.index(2, Column.STAGE).data() == "已结案")
        QTest.keyClick(desk, Qt.Key.Key_Escape)
        QTest.keyClick(desk, Qt.Key.Key_Escape)
        calm(qtbot, desk)
        assert not view.numbers_picked()


def test_a_long_list_reads_only_the_lines_on_screen(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 3_000)
    read, lines_read = county.cache.incident_rows, []

    def watched(numbers: Sequence[int]) -> list[IncidentRow]:
        lines_read.extend(numbers)
        return read(numbers)

    monkeypatch.setattr(county.cache, "incident_rows", watched)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert desk.panes["incidents"].model.rowCount() == 3_000
        desk.panes["incidents"].view.scrollToBottom()
        desk.grab()
        qtbot.waitUntil(lambda: desk.panes["incidents"].model.line(2_999) is not None)
        assert desk.panes["incidents"].model.line(1_500) is None
        assert 0 < len(lines_read) < 600


def test_a_line_is_drawn_again_when_its_incident_or_the_language_changes(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        view, model = desk.panes["incidents"].view, desk.panes["incidents"].model

        def drawn() -> QImage:
            return view.viewport().grab(QRect(0, 0, 400, view.row_px)).toImage()

        calm(qtbot, desk)
        first = drawn()
        assert drawn() == first
        key = model.key_at(0)
        assert key is not None
        incident = county.cache.incident(key)
        assert incident is not None
        county.tell(msgspec.structs.replace(incident, title=Text("改了标题", "Another title")))
        qtbot.waitUntil(lambda: model.index(0, Column.TITLE).data() == "改了标题")
        changed = drawn()
        assert changed != first
        desk.screen_context.words.language = "en"
        assert drawn() != changed


def test_lines_are_copied_as_text_with_their_data_time(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: bool(desk.panes["incidents"].view.rows_picked()))
        desk.panes["incidents"].view.setFocus()
        QTest.keyClick(desk, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        lines = QApplication.clipboard().text().splitlines()
        assert "8 秒前" in lines[0]
        assert lines[1].startswith("SJ-2026-004127 · 较大 · 青石泵站停电")


def test_the_exported_table_carries_its_data_time_and_no_formula(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 3)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, title=Text("=1+2", "=1+2")))
    with open_desk(qtbot, county, tmp_path) as desk:
        file = tmp_path / "list.csv"
        pane = desk.panes["incidents"]
        write(desk.screen_context, file, pane.snapshot(), pane.failed.emit)
        qtbot.waitUntil(file.exists)
        calm(qtbot, desk)
        lines = file.read_text(encoding="utf-8-sig").splitlines()
        assert "8 秒前" in lines[0]
        assert lines[1].startswith("编号,等级,事件")
        assert len(lines) == 5
        assert any(",'=1+2," in line for line in lines)


def test_a_filter_chip_narrows_the_list(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        grave, everything = (desk.findChild(QPushButton, name) for name in ("grave", "open"))
        QTest.mouseClick(grave, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: desk.panes["incidents"].model.rowCount() == 2)
        QTest.mouseClick(everything, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: desk.panes["incidents"].model.rowCount() == 60)


def test_the_first_letter_of_a_search_is_searched_for_at_once_and_the_rest_together(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        pane, asked = desk.panes["incidents"], []
        ask = pane.model.set_wanted
        monkeypatch.setattr(
            pane.model, "set_wanted", lambda wanted: (asked.append(wanted.text), ask(wanted))
        )
        pane.begin_search()
        QTest.keyClick(pane.search, "r")
        assert asked == ["r"]
        for end in range(2, len(STREET) + 1):
            pane.search.setText(STREET[:end])
        qtbot.waitUntil(lambda: pane.model.wanted.text == STREET)
        calm(qtbot, desk)
        assert len(asked) < len(STREET)
        pane.search.clear()
        qtbot.waitUntil(lambda: pane.model.wanted.text == "")


LONG = Text(
    "关于云溪镇西河路与滨江大道交叉口自来水主管爆裂并影响三个小区供水情况的报告",
    "Burst water main at the crossing of Xihe Road and Riverside Avenue, three estates without",
)


@pytest.mark.parametrize(("language", "least"), [("zh_CN", 34), ("en", 56)])
def test_a_long_title_can_be_read_in_a_small_window_and_narrows_no_other_row(
    qtbot: QtBot, tmp_path: Path, language: str, least: int
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        view = desk.panes["incidents"].view
        widths = [view.columnWidth(column) for column in Column]
        for number in (1, 4, 9):
            renamed(county, LONG, number)
        calm(qtbot, desk)
        view.viewport().grab()
        assert [view.columnWidth(column) for column in Column] == widths
        row = desk.panes["incidents"].model.row_of(county.cache.incident_number(incident_key()))
        said = title_painted(view, row)
        assert len(said) >= least
        assert LONG.in_language(language).startswith(said.removesuffix("…"))


def title_painted(view: IncidentView, row: int) -> str:
    """The title of a row as it is on screen."""
    line = view.painter.line(view.model().line(row))
    lines = [each.text.text() for each in line.texts if each.ink[1] == "text"]
    return (" " if lines[0].isascii() else "").join(lines)


def test_r_reads_out_the_picked_row_in_full_and_once_more_takes_it_away(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    renamed(county, LONG)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: bool(desk.panes["incidents"].view.rows_picked()))
        QTest.keyClick(desk, Qt.Key.Key_R)
        qtbot.waitUntil(QToolTip.isVisible)
        assert LONG.zh in QToolTip.text()
        assert "青石镇" in QToolTip.text()
        QTest.keyClick(desk, Qt.Key.Key_R)
        qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_r_reads_out_the_row_of_whichever_list_has_the_keyboard_and_the_cut_figures_above_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path, language="en") as desk:
        queues = desk.panes["queues"]
        assert "…" not in queues.head.summary.text()
        desk.run_action("go_queues")
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Down)
        QTest.keyClick(desk, Qt.Key.Key_R)
        qtbot.waitUntil(QToolTip.isVisible)
        assert queues.list.table.name(queues.list.current) in QToolTip.text()
        assert queues.head.summary.text() in QToolTip.text()
        QTest.keyClick(desk, Qt.Key.Key_R)
        qtbot.waitUntil(lambda: not QToolTip.isVisible())


def test_a_filter_waits_for_no_reading_that_nobody_asked_for(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 60)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane, reader = desk.panes["incidents"], desk.screen_context.reader
        gate, order = threading.Event(), []
        pane.model.settled.connect(lambda: order.append("filter"))
        reader.ask(lambda: gate.wait(5), lambda _none: None)
        pane.model.refresh()
        reader.ask(lambda: None, lambda _none: order.append("other"))
        overdue = pane.findChild(QPushButton, "overdue")
        overdue.click()
        gate.set()
        qtbot.waitUntil(lambda: len(order) == 2)
        assert order == ["filter", "other"]
        assert pane.model.rowCount() < 60


def test_a_row_is_told_once_when_it_is_picked(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        told = []
        desk.panes["incidents"].picked.connect(told.append)
        for key in (Qt.Key.Key_J, Qt.Key.Key_J, Qt.Key.Key_K):
            QTest.keyClick(desk, key)
        model = desk.panes["incidents"].model
        assert told == [model.key_at(row) for row in (0, 1, 0)]


def test_the_row_is_painted_before_other_panes_follow(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        view, order = desk.panes["incidents"].view, []
        paint = view.painter.paint
        view.painter.paint = lambda *words: (order.append("row"), paint(*words))
        desk.panes["incidents"].picked.connect(lambda _key: order.append("panes"))
        QTest.keyClick(desk, Qt.Key.Key_J)
        assert order[:2] == ["row", "panes"]


def test_of_a_list_in_which_one_row_changed_only_that_row_is_painted(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        view, model = desk.panes["incidents"].view, desk.panes["incidents"].model
        calm(qtbot, desk)
        painted = []
        paint = view.painter.paint
        view.painter.paint = lambda painter, dirty, *more: (
            painted.append(dirty),
            paint(painter, dirty, *more),
        )
        number = county.cache.incident_number(incident_key(2))
        renamed(county, Text("改了标题", "Another title"), 2)
        qtbot.waitUntil(lambda: model.line(model.row_of(number)).title.zh == "改了标题")
        calm(qtbot, desk)
        top = model.row_of(number) * view.row_px
        assert painted
        for dirty in painted:
            assert top <= dirty.top()
            assert dirty.bottom() <= top + view.row_px

"""The queues pane: own thresholds, honest blanks, the congested first."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QFileDialog

from desktop.domain.instant import HOUR, SECOND
from desktop.domain.localized_text import Text
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.panes.queues.model import (
    QueueModel,
    ageing,
    counters,
    figure,
    over_count,
    over_wait,
)
from desktop.gui.panes.queues.painter import Columns
from desktop.gui.panes.queues.pane import QueuesPane
from desktop.gui.widgets.snapshot_list import RowList
from support.builders import NOW, FakeClock, a_queue
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

CONGESTED = a_queue(id="Q2", waiting=31)
HOTLINE = a_queue(id="Q3", kind=QueueKind.HOTLINE)


def county_with(*queues: ServiceQueue) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, expected_period_ms=HOUR))
    county.tell(*queues)
    return county


def ids(pane: QueuesPane) -> list[str]:
    return [line.queue.id for line in pane.table.rows]


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    county = sample_county(FakeClock())
    with a_stage(county) as screen:
        model = QueueModel(screen)
        tester = QAbstractItemModelTester(model)
        lines = county.board.queues()
        for part in (lines, lines[:5], lines[:5], ()):
            model.show(part)
        assert tester.model() is model


def test_what_was_not_told_is_a_dash_and_never_zero() -> None:
    blank = a_queue(waiting=None, longest_wait_s=None, counters_open=None, counters_total=None)
    assert (figure(blank.waiting), formatting.wait(blank.longest_wait_s), counters(blank)) == (
        "—",
        "—",
        "—",
    )
    assert counters(a_queue(counters_open=None)) == "—/6"
    assert (figure(0), formatting.wait(0)) == ("0", "0 min")


def test_waits_are_said_in_words() -> None:
    assert [formatting.wait(s) for s in (59, 47 * 60, 110 * 60)] == [
        "0 min",
        "47 min",
        "1h 50m",
    ]


def test_each_threshold_is_the_queues_own() -> None:
    assert over_count(CONGESTED)
    assert not over_count(a_queue(waiting=31, waiting_limit=60))
    assert over_wait(a_queue(longest_wait_s=1800))
    assert not over_wait(a_queue(longest_wait_s=1800, wait_limit_s=None))


VERSIONS = count(1)


def queue_of(id: str, waiting: int) -> ServiceQueue:
    return a_queue(id=id, waiting=waiting, waiting_limit=30, version=next(VERSIONS))


@pytest.fixture
def nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pointer stands wherever the test before left it: it is nowhere."""
    monkeypatch.setattr(RowList, "underMouse", lambda _list: False)


def after(qtbot: QtBot, pane: QueuesPane, county: SampleCounty, *, seconds: int) -> list[str]:
    """The pane's rows once that time has passed and its second has been told."""
    screen = pane.screen_context
    qtbot.waitUntil(lambda: not (screen.feed.waiting or screen.reader.pending))
    county.clock.advance(seconds * SECOND)
    screen.feed.ticked.emit(county.clock.now())
    return ids(pane)


@pytest.mark.usefixtures("nobody_there")
def test_rows_keep_their_order_whatever_their_figures_and_new_ones_follow(qtbot: QtBot) -> None:
    county = county_with(queue_of("Q1", 20), queue_of("Q2", 10))
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        assert ids(pane) == ["Q1", "Q2"]
        county.tell(queue_of("Q2", 29), queue_of("Q3", 25))
        assert after(qtbot, pane, county, seconds=300) == ["Q1", "Q2", "Q3"]


@pytest.mark.usefixtures("nobody_there")
def test_a_congestion_moves_its_row_once_it_has_lasted_a_minute(qtbot: QtBot) -> None:
    county = county_with(queue_of("Q1", 20), queue_of("Q2", 10))
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        county.tell(queue_of("Q2", 31))
        assert after(qtbot, pane, county, seconds=59) == ["Q1", "Q2"]
        county.tell(queue_of("Q2", 29))
        assert after(qtbot, pane, county, seconds=59) == ["Q1", "Q2"]
        county.tell(queue_of("Q2", 31))
        assert after(qtbot, pane, county, seconds=59) == ["Q1", "Q2"], "each begins anew"
        assert after(qtbot, pane, county, seconds=1) == ["Q2", "Q1"]


@pytest.mark.usefixtures("nobody_there")
def test_no_row_moves_under_the_keyboard_or_the_mouse(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = county_with(queue_of("Q1", 20), queue_of("Q2", 10))
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        for way in ("hasFocus", "underMouse"):
            with monkeypatch.context() as at_the_list:
                at_the_list.setattr(pane.list, way, lambda: True)
                county.tell(queue_of("Q2", 31))
                assert after(qtbot, pane, county, seconds=120) == ["Q1", "Q2"]
        assert after(qtbot, pane, county, seconds=1) == ["Q2", "Q1"]


def test_the_congested_come_first_and_are_counted(qtbot: QtBot) -> None:
    with (
        a_stage(county_with(a_queue(), CONGESTED, HOTLINE)) as screen,
        shown(QueuesPane(screen), screen) as pane,
    ):
        assert ids(pane)[0] == "Q2"
        assert pane.head.summary.text() == "3 · Congested 1"


def test_a_group_is_chosen_by_its_chip(qtbot: QtBot) -> None:
    with (
        a_stage(county_with(a_queue(), HOTLINE)) as screen,
        shown(QueuesPane(screen), screen) as pane,
    ):
        pane.chips.choose("hotline")
        assert ids(pane) == ["Q3"]


def test_a_group_without_queues_says_that_it_filtered(qtbot: QtBot) -> None:
    with a_stage(county_with(a_queue())) as screen, shown(QueuesPane(screen), screen) as pane:
        pane.chips.choose("online")
        assert pane.empty.title.text() == "Filtered out"
        pane.chips.choose("all")
        assert not pane.is_empty


def test_a_refresh_keeps_the_current_row(qtbot: QtBot) -> None:
    county = county_with(a_queue(), HOTLINE)
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        pane.list.setCurrentIndex(pane.table.index(ids(pane).index("Q3")))
        county.tell(CONGESTED)
        pane.reload()
        settle(screen)
        assert ids(pane)[pane.list.currentIndex().row()] == "Q3"


def test_a_row_older_than_its_source_promises_says_its_age() -> None:
    status = a_status(last_good_at=NOW, expected_period_ms=30 * SECOND)
    queue = a_queue(observed_at=NOW - HOUR)
    assert ageing(queue, (status,), NOW) == HOUR
    assert ageing(a_queue(observed_at=NOW - SECOND), (status,), NOW) is None


def test_columns_fit_any_width_and_the_trend_goes_first() -> None:
    for width in (360, 540, 760, 1400):
        columns = Columns.across(width)
        assert columns.trend[0] + columns.trend[1] <= width
    assert Columns.across(400).trend[1] == 0
    assert Columns.across(760).trend[1] == 120


def test_before_the_first_answer_it_says_that_it_waits(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=None))
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        assert pane.empty.title.text() == "Not yet loaded"


def test_a_source_that_was_never_reached_cannot_look_like_nobody_waiting(qtbot: QtBot) -> None:
    problem = Problem("unreachable", {"host": "county.example"})
    status = a_status(last_good_at=None, failing_since=NOW, problem=problem)
    with (
        a_stage(empty_county(FakeClock(), status)) as screen,
        shown(QueuesPane(screen), screen) as pane,
    ):
        assert pane.empty.title.text() == "Never received from County platform"


def test_an_answer_without_queues_is_called_that(qtbot: QtBot) -> None:
    with a_stage(county_with()) as screen, shown(QueuesPane(screen), screen) as pane:
        assert pane.empty.title.text() == "No queues"


def test_a_failing_source_leaves_the_rows_and_says_since_when(qtbot: QtBot) -> None:
    county = county_with(a_queue())
    county.set_sources(
        a_status(last_good_at=NOW, failing_since=NOW, problem=Problem("unreachable", {}))
    )
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        screen.feed.ticked.emit(NOW + HOUR)
        assert ids(pane) == ["Q0001"]
        assert "failing since" in pane.head.age.toolTip()


def test_backend_text_in_a_tooltip_is_inert(qtbot: QtBot) -> None:
    with (
        a_stage(county_with(a_queue(name=Text("<b>x</b>", "<b>x</b>")))) as screen,
        shown(QueuesPane(screen), screen) as pane,
    ):
        tip = str(pane.table.data(pane.table.index(0), Qt.ItemDataRole.ToolTipRole))
        assert "&lt;b&gt;x&lt;/b&gt;" in tip
        assert "threshold 30" in tip


def test_copying_a_row_copies_its_sentences(qtbot: QtBot) -> None:
    with a_stage(county_with(a_queue())) as screen, shown(QueuesPane(screen), screen) as pane:
        pane.list.setCurrentIndex(pane.table.index(0))
        qtbot.keyClick(pane, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
        assert "Waiting: 12, threshold 30" in QApplication.clipboard().text()


def test_the_csv_leaves_a_blank_for_what_was_not_told(qtbot: QtBot) -> None:
    with (
        a_stage(county_with(a_queue(waiting=None, name=Text("@x", "@x")))) as screen,
        shown(QueuesPane(screen), screen) as pane,
    ):
        row = pane.snapshot().as_csv().splitlines()[2]
        assert row.startswith("'@x,County service hall,Counter,,,30,")


def test_a_change_of_language_reaches_the_rows(qtbot: QtBot) -> None:
    with a_stage(county_with(a_queue())) as screen, shown(QueuesPane(screen), screen) as pane:
        screen.words.language = "zh_CN"
        QCoreApplication.sendEvent(pane, QEvent(QEvent.Type.LanguageChange))
        assert pane.table.data(pane.table.index(0)) == "社保窗口"
        pane.grab()


def test_a_file_is_asked_for_without_blocking_and_a_failure_is_said(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with a_stage(county_with(a_queue())) as screen, shown(QueuesPane(screen), screen) as pane:
        pane.export.click()
        (dialog,) = pane.findChildren(QFileDialog)
        dialog.fileSelected.emit(str(tmp_path / "q.csv"))
        qtbot.waitUntil((tmp_path / "q.csv").exists)
        assert "Social insurance counter" in (tmp_path / "q.csv").read_text("utf-8")
        with qtbot.waitSignal(pane.failed):
            dialog.fileSelected.emit(str(tmp_path / "missing" / "q.csv"))
        dialog.close()

"""What a change of rows or the passing of time makes a screen read and paint: just itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from desktop.domain.asset import AssetState, TrendKind, trend_key
from desktop.domain.changes import STATES, Changes
from desktop.domain.command import Collection, Key
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.source import Problem
from desktop.gui.bars import outage_line
from desktop.gui.bars.outage_line import OutageLine
from desktop.gui.change_feed import ChangeFeed
from desktop.gui.panes.infrastructure.pane import InfrastructurePane
from desktop.gui.panes.queues.pane import QueuesPane
from desktop.gui.widgets.aged_button import AgedButton
from desktop.gui.widgets.label import PlainLabel
from desktop.gui.widgets.sheet import Sheet
from support.builders import NOW, FakeClock, a_queue, a_township, an_asset, an_incident
from support.events import Events, come_to_rest
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from desktop.gui.widgets.snapshot_list import SnapshotRows

FRESH = a_status(last_good_at=NOW, expected_period_ms=HOUR)


def told(model: SnapshotRows[object]) -> list[tuple[int, int]]:
    """The first and last row of each `dataChanged` from now on; resets are (-1, -1)."""
    heard: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: heard.append((first.row(), last.row())))
    model.modelReset.connect(lambda: heard.append((-1, -1)))
    return heard


def queues(county: SampleCounty, **of: int) -> None:
    county.tell(*(a_queue(id=name, waiting=waiting, version=2) for name, waiting in of.items()))


def test_only_the_row_that_changed_is_said_to_have(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), FRESH)
    county.tell(a_queue(id="Q1"), a_queue(id="Q2"), a_queue(id="Q3"))
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        heard = told(pane.table)
        row = [line.queue.id for line in pane.table.rows].index("Q2")
        pane.table.show(
            tuple(
                type(line)(a_queue(id="Q2", served_today=9), line.trend) if n == row else line
                for n, line in enumerate(pane.table.rows)
            )
        )
        assert heard == [(row, row)]
        pane.reload()
        settle(screen)
        heard.clear()
        pane.reload()
        settle(screen)
        assert heard == [], "the same answer again"


def test_the_matrix_repaints_the_cell_that_changed_and_no_other(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), FRESH)
    assets = [an_asset(id=f"A{n}", kind=kind) for n, kind in enumerate(("power", "gas", "road"))]
    failed = an_asset(id="A9", kind="power", state=AssetState.FAILED)
    county.tell(a_township(), failed, *assets)
    with a_stage(county) as screen, shown(InfrastructurePane(screen), screen) as pane:
        heard: list[tuple[int, int]] = []
        matrix = pane.matrix.table
        matrix.dataChanged.connect(
            lambda first, last: heard.append((first.column(), last.column()))
        )
        matrix.modelReset.connect(lambda: heard.append((-1, -1)))
        matrix.headerDataChanged.connect(lambda *_: heard.append((-2, -2)))
        county.tell(an_asset(id="A1", kind="gas", state=AssetState.DEGRADED, version=2))
        pane.reload()
        settle(screen)
        gas = matrix.kinds.index("gas")
        assert heard == [(gas, gas)]
        county.tell(an_asset(id="A0", kind="power", value=7.0, version=3))
        pane.reload()
        settle(screen)
        assert heard == [(gas, gas)], "a mere reading is in no cell"


def test_a_second_that_changes_no_words_paints_nothing_in_a_list(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), FRESH)
    failed = an_asset(state=AssetState.FAILED, since_at=NOW - HOUR, observed_at=NOW - MINUTE)
    county.tell(a_township(), a_queue(), failed)
    for build, part in ((QueuesPane, "list"), (InfrastructurePane, "assets")):
        with a_stage(county) as screen, shown(build(screen), screen) as pane:
            listed = getattr(pane, part)
            settle(screen)
            qtbot.waitUntil(listed.isVisible)
            listed.tick(NOW)
            come_to_rest()
            paints = Events(listed.viewport(), QEvent.Type.Paint)
            listed.tick(NOW + SECOND)
            QApplication.processEvents()
            assert paints.got == []
            listed.tick(NOW + HOUR)
            qtbot.waitUntil(lambda paints=paints: len(paints.got) == 1)


def test_a_text_of_the_same_width_is_painted_and_nothing_laid_out_anew(qtbot: QtBot) -> None:
    with a_stage(empty_county(FakeClock())) as screen:
        box = QWidget()
        row = QHBoxLayout(box)
        label, button = PlainLabel(screen), AgedButton()
        row.addWidget(label)
        row.addWidget(button)
        label.set_text("8 s ago")
        button.setText("8 s ago")
        qtbot.addWidget(box)
        box.show()
        qtbot.waitExposed(box)
        come_to_rest()
        layouts = Events(box, QEvent.Type.LayoutRequest)
        paints = Events(label, QEvent.Type.Paint), Events(button, QEvent.Type.Paint)
        label.set_text("9 s ago")
        button.setText("9 s ago")
        qtbot.waitUntil(lambda: all(each.got for each in paints))
        assert (label.text(), button.text()) == ("9 s ago", "9 s ago")
        assert layouts.got == []
        label.set_text("10 s ago")
        button.setText("10 s ago")
        qtbot.waitUntil(lambda: bool(layouts.got))
        assert button.sizeHint().width() > QSize(0, 0).width()


def test_a_change_of_another_incident_does_not_make_the_detail_read(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        calm(qtbot, desk)
        read: list[Key] = []
        incident = county.board.incident
        monkeypatch.setattr(
            county.board, "incident", lambda key: (read.append(key), incident(key))[1]
        )
        county.tell(an_incident(id="another"))
        calm(qtbot, desk)
        assert read == []
        county.board.listeners.announce(Changes.in_rows([incident_key()]))
        calm(qtbot, desk)
        assert read == [incident_key()]


def test_the_queues_are_read_for_a_trend_of_theirs_and_not_for_an_assets(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), FRESH)
    county.tell(a_queue(id="Q1"))
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        asked: list[None] = []
        pane.reload = lambda: asked.append(None)  # type: ignore[method-assign]
        screen.feed.changed.emit(Changes.in_rows([trend_key("county", TrendKind.ASSET, "Q1")]))
        assert asked == []
        screen.feed.changed.emit(Changes.in_rows([trend_key("county", TrendKind.QUEUE, "Q1")]))
        assert asked == [None]
        screen.feed.changed.emit(Changes.in_any_row([Collection.TRENDS]))
        assert asked == [None, None]


@pytest.mark.parametrize("unseen", [QWindow.Visibility.Minimized, QWindow.Visibility.Hidden])
def test_a_window_that_nobody_sees_is_told_seldom_and_at_once_when_it_is_seen_again(
    qtbot: QtBot, unseen: QWindow.Visibility
) -> None:
    county = empty_county(FakeClock())
    feed = ChangeFeed(county.board)
    heard: list[Changes] = []
    ticks: list[int] = []
    feed.changed.connect(heard.append)
    feed.ticked.connect(ticks.append)
    window = QWindow()
    feed.rest_with(window)
    window.visibilityChanged.emit(unseen)
    county.board.listeners.announce(STATES)
    qtbot.waitUntil(lambda: len(heard) == 1)
    county.board.listeners.announce(STATES)
    with qtbot.waitSignal(feed.changed, timeout=400, raising=False):
        pass
    assert (len(heard), ticks) == (1, [])
    window.visibilityChanged.emit(QWindow.Visibility.Windowed)
    assert (len(heard), len(ticks)) == (2, 1)
    feed.close()


def test_a_sheet_that_is_put_away_looks_at_none_of_the_windows_events(qtbot: QtBot) -> None:
    with a_stage(empty_county(FakeClock())) as screen:
        window = QWidget()
        qtbot.addWidget(window)
        sheet = Sheet(screen, window, 300)
        seen: list[QEvent.Type] = []
        sheet.eventFilter = lambda _watched, event: bool(seen.append(event.type()))  # type: ignore[method-assign]
        window.resize(700, 500)
        window.show()
        qtbot.waitExposed(window)
        assert seen == []
        sheet.lay()
        window.resize(800, 500)
        qtbot.waitUntil(lambda: QEvent.Type.Resize in seen)
        sheet.put_away()
        seen.clear()
        window.resize(900, 500)
        QApplication.processEvents()
        assert seen == []


def test_a_second_says_no_age_again_that_is_said_by_the_minute(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 20)
    county.set_sources(FRESH)
    with open_desk(qtbot, county, tmp_path) as desk:
        calm(qtbot, desk)
        ages = []
        for pane in desk.panes.values():
            head = getattr(pane, "head", None)
            if head is not None:
                head.set_age = lambda *said, **more: ages.append((said, more))
        clock.advance(20 * SECOND)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert ages == []
        clock.advance(2 * HOUR)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert ages, "none is fresh any more"
        ages.clear()
        clock.advance(SECOND)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert ages == []


def test_what_is_old_is_told_within_the_second(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW, expected_period_ms=10 * SECOND))
    county.tell(a_queue())
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        told: list[tuple[str, str]] = []
        for _ in range(13):
            clock.advance(SECOND)
            screen.feed.ticked.emit(clock.now())
            told.append((pane.head.age.text(), pane.head.age.palette().windowText().color().name()))
        calm, orange = screen.theme.color("second").name(), screen.theme.color("orange_text").name()
        assert [color for _, color in told] == [calm] * 10 + [orange] * 3
        assert len({text for text, _ in told[10:]}) == 3, "its age goes on by the second"


def test_the_sentence_of_an_outage_is_made_by_the_minute_and_with_each_change(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    county = empty_county(clock)
    county.set_sources(a_status(problem=Problem("unreachable"), failing_since=NOW))
    with a_stage(county) as screen, shown(OutageLine(screen), screen) as line:
        made: list[str] = []
        sentence = outage_line.sentence
        monkeypatch.setattr(
            outage_line, "sentence", lambda *of: (made.append("x"), sentence(*of))[1]
        )
        for step_ms, count in ((SECOND, 0), (MINUTE, 1), (SECOND, 1)):
            clock.advance(step_ms)
            screen.feed.ticked.emit(clock.now())
            assert len(made) == count
        county.set_sources(a_status(last_good_at=clock.now()))
        screen.feed.ticked.emit(clock.now())
        assert line.isHidden()

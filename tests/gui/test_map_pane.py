"""The map pane: what it says, picks and keeps."""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QHelpEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QToolButton, QToolTip

from desktop.domain.asset import AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Place
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.panes.map.pane import MapPane
from support.builders import NOW, FakeClock, a_township, a_warning, an_asset, an_incident
from support.sample_board import a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

WORST = Key("county", Collection.INCIDENTS, "I000002")


def where(pane: MapPane, key: Key) -> QPoint:
    mark = pane.viewport.picture.county.mark(key)
    assert mark is not None
    return QPointF(*pane.viewport.picture.view.pixel(mark.x, mark.y)).toPoint()


def test_a_click_on_a_mark_picks_its_key(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        with qtbot.waitSignal(pane.picked) as told:
            qtbot.mouseClick(pane.viewport, Qt.MouseButton.LeftButton, pos=where(pane, WORST))
        assert told.args == [WORST]
        assert pane.viewport.picture.picked == WORST


def test_a_key_shown_from_elsewhere_is_ringed_and_brought_into_view(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        pane.viewport.zoom(12)
        assert pane.show_key(WORST)
        assert QRectF(pane.viewport.rect()).contains(QPointF(where(pane, WORST)))
        assert not pane.show_key(Key("county", Collection.INCIDENTS, "gone"))


def test_a_mark_comfortably_in_view_does_not_move_the_map(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        before = pane.viewport.picture.view
        pane.show_key(WORST)
        assert pane.viewport.picture.view == before


def test_a_refresh_keeps_place_zoom_and_choice(qtbot: QtBot) -> None:
    county = sample_county(FakeClock())
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        pane.viewport.zoom(4)
        pane.show_key(WORST)
        before = pane.viewport.picture.view
        county.tell(an_incident(id="I9", version=1))
        pane.reload()
        settle(screen)
        assert pane.viewport.picture.view == before
        assert pane.viewport.picture.picked == WORST


@pytest.mark.parametrize(
    "language, said",
    [
        ("zh_CN", "图上只含最紧急的 40 起（未结共 {all} 起） · 其中 1 起无坐标"),
        ("en", "only the worst 40 of {all} open incidents · 1 of these without coordinates"),
    ],
)
def test_a_map_of_only_the_worst_says_so_and_what_its_counts_are_of(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    county.tell(a_township(), an_incident(id="I0", level=EventLevel.MAJOR, place=None))
    county.tell(*(an_incident(id=f"I{n}") for n in range(1, 60)))
    monkeypatch.setattr(county.board, "map_layer", partial(county.board.map_layer, 40))
    with a_stage(county, language) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        assert pane.head.summary.text() == said.format(all=60)


def test_labels_on_the_real_map_never_overlap(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        pane.viewport.grab()
        labels = [label.rect for label in pane.viewport.picture.labels]
        assert len(labels) > 12
        assert not any(a.intersects(b) for a, b in combinations(labels, 2))


def test_a_pan_within_the_margin_of_ten_thousand_marks_copies_the_picture(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    rows = [
        an_asset(id=f"A{n}", place=Place(110 + n % 100 / 1000, 29.5 + n // 100 / 1000))
        for n in range(10_000)
    ]
    county.tell(a_township(), *rows)
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        assert len(pane.viewport.picture.county.marks) == 10_000
        before, place = pane.viewport.picture.paintings, pane.viewport.picture.view
        qtbot.keyClick(pane.viewport, Qt.Key.Key_Right)
        pane.viewport.grab()
        assert pane.viewport.picture.view != place
        assert not screen.reader.pending
        assert pane.viewport.picture.paintings == before


@pytest.mark.parametrize(("key", "grows"), [(Qt.Key.Key_Plus, True), (Qt.Key.Key_Minus, False)])
def test_plus_and_minus_zoom_and_zero_shows_the_county(
    qtbot: QtBot, key: Qt.Key, grows: bool
) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        before = pane.viewport.picture.view
        qtbot.keyClick(pane.viewport, key)
        assert (pane.viewport.picture.view.px_per_km > before.px_per_km) is grows
        qtbot.keyClick(pane.viewport, Qt.Key.Key_0)
        assert pane.viewport.picture.view.px_per_km == pytest.approx(before.px_per_km)


def test_arrows_pan(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        before = pane.viewport.picture.view.left_km
        qtbot.keyClick(pane.viewport, Qt.Key.Key_Right)
        assert pane.viewport.picture.view.left_km > before


def test_tab_steps_through_the_worst_marks_and_enter_picks_one(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        pane.activateWindow()
        pane.viewport.setFocus()
        qtbot.waitUntil(pane.viewport.hasFocus)
        qtbot.keyClick(pane.viewport, Qt.Key.Key_Tab)
        assert pane.viewport.picture.cursor == WORST
        with qtbot.waitSignal(pane.picked) as told:
            qtbot.keyClick(pane.viewport, Qt.Key.Key_Return)
        assert told.args == [WORST]


def test_layers_go_and_come_and_a_picked_mark_stays(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        point = where(pane, WORST)
        pane.findChild(QToolButton, "incidents").click()
        mark = pane.viewport.mark_at(point.x(), point.y())
        assert mark is None or mark.is_asset
        pane.show_key(WORST)
        mark = pane.viewport.mark_at(point.x(), point.y())
        assert mark is not None
        assert mark.key == WORST


def test_a_pick_among_what_is_drawn_chooses_nothing_anew(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        picture = pane.viewport.picture
        before = picture.shown
        picture.picked = WORST
        assert picture.shown is before
        drawn = {mark.key for mark in before.marks}
        hidden = next(mark.key for mark in picture.county.marks if mark.key not in drawn)
        picture.picked = hidden
        assert picture.mark(hidden) is not None
        assert picture.shown is picture.shown
        picture.picked = None
        assert picture.shown is before


def test_before_the_first_answer_it_says_that_it_waits(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=None))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        assert pane.is_empty
        assert pane.empty.title.text() == "Not yet loaded"


def test_a_source_that_was_never_reached_is_named_with_its_reason(qtbot: QtBot) -> None:
    problem = Problem("unreachable", {"host": "county.example"})
    status = a_status(last_good_at=None, failing_since=NOW, problem=problem)
    with (
        a_stage(empty_county(FakeClock(), status)) as screen,
        shown(MapPane(screen), screen) as pane,
    ):
        assert pane.is_empty
        assert "County platform" in pane.empty.title.text()
        assert pane.empty.sentence.text()


def test_a_source_without_anything_to_draw_is_not_called_unreached(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        assert pane.empty.title.text() == "Nothing to draw"


def test_a_source_gone_stale_leaves_the_marks_and_hatches_the_townships(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW))
    county.tell(a_township(), an_asset(), an_incident())
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        assert not pane.viewport.picture.county.areas[0].in_doubt
        clock.advance(HOUR)
        screen.feed.ticked.emit(clock.now())
        settle(screen)
        assert not pane.is_empty
        assert len(pane.viewport.picture.county.marks) == 2
        assert pane.viewport.picture.county.areas[0].in_doubt
        assert "1 h ago" in pane.head.age.text()


def test_a_fresh_head_says_of_what_time_its_data_are_and_an_ageing_one_how_old(
    qtbot: QtBot,
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        screen.feed.ticked.emit(NOW + 8 * SECOND)
        assert pane.head.age.text() == f"data {formatting.clock_time(NOW, seconds=False)}"
        for minutes in (58, 59):
            screen.feed.ticked.emit(NOW + minutes * MINUTE)
            assert f"{minutes} min ago" in pane.head.age.text()


def test_backend_text_in_a_tooltip_is_inert(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    county.tell(a_township(), an_incident(title=Text("<b>x</b>", "<img src=y>")))
    key = Key("county", Collection.INCIDENTS, "I0001")
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        assert all(
            label.textFormat() is Qt.TextFormat.PlainText for label in pane.findChildren(QLabel)
        )
        point = where(pane, key)
        at = pane.viewport.mapToGlobal(point)
        help_event = QHelpEvent(QEvent.Type.ToolTip, point, at)
        QCoreApplication.sendEvent(pane.viewport, help_event)
        assert "&lt;img src=y&gt;" in QToolTip.text()
        QToolTip.hideText()


def test_a_warning_and_an_overdue_incident_are_drawn_in_both_themes(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    county.tell(a_township(), a_warning(), an_incident(level=EventLevel.MAJOR))
    county.tell(an_asset(state=AssetState.FAILED))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        light = pane.viewport.grab().toImage()
        screen.theme.set_name("dark")
        settle(screen)
        dark = pane.viewport.grab().toImage()
        assert light != dark
        texts = [label.text for label in pane.viewport.picture.labels]
        assert any("Orange rainstorm warning" in text for text in texts)


def test_a_change_of_language_reaches_head_and_labels(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        pane.viewport.grab()
        assert any(label.text == "Shikan" for label in pane.viewport.picture.labels)
        screen.words.language = "zh_CN"
        QCoreApplication.sendEvent(pane, QEvent(QEvent.Type.LanguageChange))
        settle(screen)
        pane.viewport.grab()
        assert any(label.text == "石坎乡" for label in pane.viewport.picture.labels)


def test_the_wheel_zooms_and_a_drag_pans(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        surface = pane.viewport
        middle = surface.rect().center()
        before = pane.viewport.picture.view
        turn = QWheelEvent(
            QPointF(middle),
            QPointF(surface.mapToGlobal(middle)),
            QPoint(0, 0),
            QPoint(0, 120),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QCoreApplication.sendEvent(surface, turn)
        closer = pane.viewport.picture.view
        assert closer.px_per_km > before.px_per_km
        qtbot.mousePress(surface, Qt.MouseButton.LeftButton, pos=middle)
        for step in range(1, 9):
            qtbot.mouseMove(surface, middle + QPoint(10 * step, 0))
        qtbot.mouseRelease(surface, Qt.MouseButton.LeftButton, pos=middle + QPoint(80, 0))
        assert pane.viewport.picture.view.left_km < closer.left_km

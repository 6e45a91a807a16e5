"""What the duty officer may rely on while the desk is open."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.domain.command import CommandKind, CommandState
from desktop.domain.incident import Stage
from desktop.domain.instant import MINUTE, SECOND
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.desk import window
from desktop.gui.desk.layout import on_a_screen
from desktop.gui.panes import warnings
from desktop.gui.panes.incidents.model import Column
from support.builders import NOW, FakeClock, an_incident
from support.open_desk import calm, incident_key, open_desk, renamed, source_button
from support.sample_board import a_status, empty_county, sample_county


def test_without_cache_and_network_the_window_says_what_it_has_never_seen(
    qtbot: QtBot, tmp_path: Path
) -> None:
    problem = Problem("unreachable", {"address": "county.example", "reason": "no route"})
    status = a_status(last_good_at=None, failing_since=NOW, problem=problem)
    with open_desk(qtbot, empty_county(FakeClock(), status), tmp_path) as desk:
        assert desk.panes["incidents"].is_empty
        assert "从未收到" in desk.panes["incidents"].empty.title.text()
        assert "county.example" in desk.panes["incidents"].empty.sentence.text()
        assert desk.panes["incidents"].head.summary.text() == ""


def test_nothing_open_is_said_with_the_time_it_was_true(qtbot: QtBot, tmp_path: Path) -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW - 8 * SECOND))
    with open_desk(qtbot, county, tmp_path) as desk:
        for name, title in (("incidents", "没有未结事件"), ("warnings", "没有生效中的预警")):
            empty = desk.panes[name].empty
            qtbot.waitUntil(lambda empty=empty, title=title: empty.title.text() == title)
            assert empty.sentence.text() == f"数据 {formatting.moment(NOW - 8 * SECOND, NOW)}"
        clock.advance(4 * MINUTE)
        desk.screen_context.feed.ticked.emit(clock.now())
        for name in ("incidents", "warnings"):
            said = desk.panes[name].empty.title.text()
            assert said.startswith("最近一次收到时没有"), "it was true, and may be no more"


def test_a_filter_that_hides_everything_says_so_and_esc_brings_it_back(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_Slash)
        assert QApplication.focusWidget() is desk.panes["incidents"].search
        QTest.keyClicks(desk.panes["incidents"].search, "zzz")
        qtbot.waitUntil(lambda: desk.panes["incidents"].is_empty)
        assert desk.panes["incidents"].empty.title.text() == "没有符合条件的事件"
        QTest.keyClick(desk.panes["incidents"].search, Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: desk.panes["incidents"].model.rowCount() == 20)
        assert not desk.panes["incidents"].is_empty


def test_when_the_source_fails_the_list_stays_and_says_since_when(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        clock.advance(25 * MINUTE)
        problem = Problem("unreachable", {"address": "county.example", "reason": "no route"})
        county.set_sources(a_status(last_good_at=NOW - 8_000, failing_since=NOW, problem=problem))
        calm(qtbot, desk)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert desk.panes["incidents"].model.rowCount() == 20
        assert "25 分" in desk.panes["incidents"].head.age.toolTip()
        source = source_button(desk, "county")
        assert "起中断" in source.toolTip()
        assert "起没有应答" in desk.outage.words.text(), "said once, under the strip"
        assert source.text().startswith("○")


def test_the_key_a_acknowledges_the_picked_incident_once(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_J)
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        QTest.keyClick(desk, Qt.Key.Key_A)
        QTest.keyClick(desk, Qt.Key.Key_A)
        qtbot.waitUntil(lambda: len(county.commands()) == 1)
        calm(qtbot, desk)
        record = county.commands()[0]
        assert record.command.kind is CommandKind.ACKNOWLEDGE
        assert record.command.target == desk.panes["detail"].key
        assert not desk.panes["detail"].acknowledge_button.isVisible()
        assert len(county.commands()) == 1


def test_a_pressed_right_after_j_acknowledges_the_line_just_picked(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        picked = []
        for _ in range(3):
            QTest.keyClick(desk, Qt.Key.Key_J)
            picked.append(desk.panes["incidents"].current_line())
            QTest.keyClick(desk, Qt.Key.Key_A)
            QTest.keyClick(desk, Qt.Key.Key_A)
        calm(qtbot, desk)
        given = [(r.command.target, r.command.base) for r in county.commands()]
        assert given == [(line.key, line.version) for line in picked if not line.acknowledged]
        assert len(given) > 1


def test_a_pressed_on_a_line_that_is_still_loading_waits_for_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 300)
    with open_desk(qtbot, county, tmp_path) as desk:
        row = next(n for n in range(100, 300) if desk.panes["incidents"].model.key_at(n) is None)
        desk.panes["incidents"].view.pick_row(row)
        QTest.keyClick(desk, Qt.Key.Key_A)
        qtbot.waitUntil(lambda: desk.panes["incidents"].current_line() is not None)
        calm(qtbot, desk)
        line = desk.panes["incidents"].current_line()
        calls = [] if county.cache.incident(line.key).acknowledged_at else [line.key]
        assert [r.command.target for r in county.commands()] == calls


def test_an_acknowledgement_is_not_lost_beside_a_note_being_stored(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_J)
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText("移动泵车已到场")
        desk.panes["detail"].note.send()
        desk.panes["detail"].acknowledge()
        qtbot.waitUntil(lambda: len(county.commands()) == 2)
        kinds = [r.command.kind for r in county.commands()]
        assert kinds == [CommandKind.NOTE, CommandKind.ACKNOWLEDGE]


def test_the_keyboard_alone_picks_the_worst_first(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_G)
        QTest.keyClick(desk, Qt.Key.Key_I)
        assert QApplication.focusWidget() is desk.panes["incidents"].view
        assert desk.panes["detail"].key is None
        QTest.keyClick(desk, Qt.Key.Key_J)
        assert desk.panes["incidents"].view.rows_picked() == [0]
        QTest.keyClick(desk, Qt.Key.Key_J)
        assert desk.panes["incidents"].view.rows_picked() == [1]
        QTest.keyClick(desk, Qt.Key.Key_K)
        assert desk.panes["incidents"].view.rows_picked() == [0]
        qtbot.waitUntil(lambda: desk.panes["detail"].key == desk.panes["incidents"].current_key())


def test_shift_a_acknowledges_the_top_alarm(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert desk.panes["alarms"].isVisible()
        assert desk.panes["alarms"].title.text() == "青石变电站 失电"
        assert "17" in desk.panes["alarms"].since.text()
        QTest.keyClick(desk, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: [r.command.target.id for r in county.commands()] == ["M000"])
        qtbot.waitUntil(lambda: desk.panes["alarms"].title.text() != "青石变电站 失电")


def test_language_changes_while_running_and_keeps_the_picked_line(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: bool(desk.panes["incidents"].view.rows_picked()))
        picked = desk.panes["incidents"].view.rows_picked()
        QTest.keyClick(desk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: desk.panes["incidents"].head.title.text() == "Incidents")
        assert desk.findChild(QPushButton, "overdue").text() == "Overdue"
        assert desk.panes["incidents"].view.rows_picked() == picked
        index = desk.panes["incidents"].model.index(picked[0], Column.STAGE)
        assert index.data() == "Handling"
        QTest.keyClick(desk, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: desk.panes["incidents"].head.title.text() == "事件")


def test_the_theme_changes_every_colour_while_running(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        light = desk.grab().toImage().pixelColor(QPoint(300, 20))
        QTest.keyClick(desk, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        dark = desk.grab().toImage().pixelColor(QPoint(300, 20))
        assert light.lightness() > 200
        assert dark.lightness() < 60
        desk.run_action("theme")


def test_backend_text_is_plain_in_labels_and_tooltips(qtbot: QtBot, tmp_path: Path) -> None:
    evil = '<b>x</b><img src="http://example.invalid/a.png">'
    county = sample_county(FakeClock(), 5)
    renamed(county, Text(evil))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        labels = [label for label in desk.findChildren(QLabel) if evil in label.text()]
        assert labels
        assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
        qtbot.waitUntil(lambda: bool(desk.panes["incidents"].view.rows_picked()))
        row = desk.panes["incidents"].view.rows_picked()[0]
        tip = (
            desk.panes["incidents"].model.index(row, Column.TITLE).data(Qt.ItemDataRole.ToolTipRole)
        )
        assert "&lt;b&gt;x&lt;/b&gt;&lt;img" in tip
        assert "<b>" not in tip


def test_a_title_of_ten_megabytes_is_cut_to_what_can_be_shown(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    renamed(county, Text("长" * 10_000_000))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.grab()
        qtbot.waitUntil(lambda: bool(desk.panes["incidents"].view.rows_picked()))
        row = desk.panes["incidents"].view.rows_picked()[0]
        index = desk.panes["incidents"].model.index(row, Column.TITLE)
        assert len(index.data()) < 1_000
        assert len(index.data(Qt.ItemDataRole.ToolTipRole)) < 10_000
        assert max(len(label.text()) for label in desk.findChildren(QLabel)) < 10_000


def test_a_window_left_on_a_monitor_that_has_gone_comes_back_in_sight(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.move(9_000, 9_000)
        dock = desk.arrangement.docks["detail"]
        dock.setFloating(True)
        dock.move(9_000, 9_000)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert on_a_screen(desk)
        dock = desk.arrangement.docks["detail"]
        assert not dock.isFloating() or on_a_screen(dock)
        assert dock.isVisible()


@pytest.mark.parametrize(
    ("held", "key", "changed", "by_px"),
    [
        ("incidents", Qt.Key.Key_Right, ("incidents", "width"), 32),
        ("incidents", Qt.Key.Key_Left, ("incidents", "width"), -32),
        ("queues", Qt.Key.Key_Up, ("queues", "height"), 32),
        ("queues", Qt.Key.Key_Down, ("queues", "height"), -32),
        ("map", Qt.Key.Key_Right, ("incidents", "width"), -32),
    ],
)
def test_a_pane_is_made_larger_and_smaller_with_the_keyboard(
    qtbot: QtBot, tmp_path: Path, held: str, key: Qt.Key, changed: tuple[str, str], by_px: int
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 3), tmp_path) as desk:
        desk.resize(1920, 1080)
        calm(qtbot, desk)
        dock = desk.arrangement.docks[changed[0]]
        before = getattr(dock, changed[1])()
        desk.run_action(f"go_{held}")
        QTest.keyClick(QApplication.focusWidget(), key, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: getattr(dock, changed[1])() == before + by_px)
        assert not desk.arrangement.by_default


def test_reset_layout_puts_every_pane_back(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        dock = desk.arrangement.docks["queues"]
        dock.setFloating(True)
        next(a for a in desk.actions_table if a.name == "reset_layout").run()
        assert not dock.isFloating()


def test_a_pane_on_call_is_shown_and_put_away_by_its_key_and_takes_no_room_till_then(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    specs = [msgspec.structs.replace(s, on_call=s.name == "queues") for s in window.pane_specs()]
    monkeypatch.setattr(window, "pane_specs", lambda: tuple(specs))
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        dock, beside = (desk.arrangement.docks[n] for n in ("queues", "infrastructure"))
        assert not dock.isVisible()
        wide = beside.width()
        spare = desk.width() - wide - warnings.SPEC.width(desk.width())
        assert abs(spare) < 8, "the others have the room that they ask for"
        desk.run_action("go_queues")
        calm(qtbot, desk)
        assert dock.isVisible()
        assert dock.isAncestorOf(desk.focusWidget())
        assert dock.width() > 200
        assert beside.width() < wide
        desk.run_action("go_queues")
        calm(qtbot, desk)
        assert not dock.isVisible()
        qtbot.waitUntil(lambda: beside.width() == wide)
        desk.run_action("go_queues")
        desk.run_action("go_incidents")
        assert dock.isVisible()
    with open_desk(qtbot, county, tmp_path) as desk:
        assert desk.arrangement.docks["queues"].isVisible(), "as it was left"
        desk.run_action("reset_layout")
        assert not desk.arrangement.docks["queues"].isVisible()
    with open_desk(qtbot, county, tmp_path) as desk:
        assert not desk.arrangement.docks["queues"].isVisible()


@pytest.mark.expects_log("uncaught error")
def test_an_error_nobody_caught_is_logged_and_said_without_a_dialog(
    qtbot: QtBot, tmp_path: Path
) -> None:
    before = sys.excepthook
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        try:
            raise ZeroDivisionError
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        assert desk.notices.isVisible()
        assert "ZeroDivisionError" in desk.notices.words.text()
        assert QApplication.activeModalWidget() is None
        QTest.keyClick(desk, Qt.Key.Key_Escape)
        assert not desk.notices.isVisible()
    assert sys.excepthook is before


def test_an_incident_that_leaves_the_cache_while_read_stays_in_the_detail(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        title = desk.panes["detail"].head.title.text()
        county.take_away(incident_key())
        calm(qtbot, desk)
        assert not desk.panes["detail"].is_empty
        assert desk.panes["detail"].head.title.text() == title
        assert desk.panes["detail"].head.summary.text() == "已不在县平台列表中"


def test_refused_commands_wait_in_the_outbox_sheet_until_dismissed(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    record = county.board.commands.note(incident_key(), "请复核")
    county.outbox.set_state(record.command.key, CommandState.REJECTED, Text("无权限"), NOW)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert "需处理 1" in desk.status.outbox.text()
        desk.outbox_sheet.toggle()
        qtbot.waitUntil(lambda: "被拒" in desk.outbox_sheet.state.text())
        assert "无权限" in desk.outbox_sheet.state.text()
        QTest.keyClick(desk.outbox_sheet.table, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not county.outbox.attention())
        QTest.keyClick(desk, Qt.Key.Key_Escape)
        assert not desk.outbox_sheet.isVisible()


def test_a_source_without_such_commands_offers_no_buttons_for_them(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    county.tell(an_incident(source="monitor", id="X1", stage=Stage.HANDLING))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(msgspec.structs.replace(incident_key(), source="monitor", id="X1"))
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        assert not desk.panes["detail"].acknowledge_button.isVisible()
        assert not desk.panes["detail"].bar.buttons[CommandKind.NOTE].isVisible()


def test_every_key_of_the_table_is_bound_once_and_titled_in_both_languages(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        keys = [key for action in desk.actions_table for key in action.keys]
        assert len(keys) == len(set(keys))
        chinese = [action.title for action in desk.actions_table]
        desk.run_action("language")
        english = [action.title for action in desk.actions_table]
        assert all(zh != en for zh, en in zip(chinese, english, strict=True))


def test_the_palette_finds_a_township_by_its_initials(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 60), tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        assert QApplication.focusWidget() is desk.palette_sheet.field
        named = ("青石镇", Qt.MatchFlag.MatchStartsWith)
        qtbot.waitUntil(lambda: bool(desk.palette_sheet.listed.findItems(*named)))
        QTest.keyClicks(desk.palette_sheet.field, "qsz")
        QTest.keyClick(desk.palette_sheet.field, Qt.Key.Key_Return)
        assert not desk.palette_sheet.isVisible()
        qtbot.waitUntil(lambda: desk.panes["incidents"].model.wanted.township == "T01")
        assert desk.panes["incidents"].chips.township.isVisible()


def test_every_pane_keeps_its_title_readable_in_a_small_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        for name in ("incidents", "detail", "map", "infrastructure", "queues"):
            pane = desk.panes[name]
            title = pane.head.title
            assert title.width() >= title.fontMetrics().horizontalAdvance(title.text())


def _said(widget: object) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))  # type: ignore[attr-defined]


def test_on_a_monitor_it_would_not_fit_framed_the_desk_opens_filling_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.hide()
        desk.arrangement.was_left = False
        desk.open()
        assert desk.isMaximized()
        desk.showNormal()
        desk.hide()
        desk.arrangement.was_left = True
        desk.open()
        assert not desk.isMaximized()

"""Everything on the desk is reached by keys, and one sees where they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.incident import Stage
from desktop.domain.source import Problem
from desktop.gui.desk.tab_order import list_stops
from desktop.gui.desk.window import DeskWindow
from desktop.gui.keymap import KeyAction, Keymap
from desktop.gui.widgets.focus import find_stops
from desktop.gui.widgets.key_button import KeyButton
from support.builders import NOW, FakeClock, an_incident
from support.open_desk import calm, incident_key, open_desk
from support.sample_board import empty_county, sample_county

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PANES = {
    "go_infrastructure": "infrastructure",
    "go_queues": "queues",
    "go_map": "map",
    "go_detail": "detail",
    "go_incidents": "incidents",
    "go_warnings": "warnings",
}


def press(key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    """Press a key where the keyboard is."""
    QTest.keyClick(QApplication.focusWidget(), key, held)


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def ring_of(desk: DeskWindow, widget: QWidget) -> int:
    """How many pixels of the colour of the focus the widget shows."""
    ink = QColor(desk.screen_context.theme.tokens.pick).rgb()
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    across, along = range(picture.width()), range(picture.height())
    return sum(picture.pixel(QPoint(x, y)) == ink for x in across for y in along)


def test_the_keyboard_begins_in_the_list_and_is_seen_there(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        view = desk.panes["incidents"].view
        assert focused() is view
        with_focus = ring_of(desk, view)
        desk.run_action("search")
        assert with_focus > ring_of(desk, view) + view.viewport().width()


def test_the_ring_around_the_list_goes_whole_to_its_first_row(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 40), tmp_path) as desk:
        viewport = desk.panes["incidents"].view.viewport()
        ink = QColor(desk.screen_context.theme.tokens.pick).rgb()

        def rung() -> int:
            """How much of the list's last line, as it is on screen, shows the focus."""
            picture = desk.screen().grabWindow(desk.winId()).toImage()
            last = viewport.mapTo(desk, viewport.rect().bottomLeft())
            across = range(last.x(), last.x() + viewport.width())
            return sum(picture.pixel(x, last.y()) == ink for x in across)

        desk.panes["incidents"].leave_line()
        qtbot.waitUntil(lambda: rung() > viewport.width() // 2)
        press(Qt.Key.Key_J)
        qtbot.waitUntil(lambda: rung() == 0)


@pytest.mark.parametrize("action", PANES)
def test_going_to_a_pane_lands_on_what_takes_keys_with_a_ring(
    qtbot: QtBot, tmp_path: Path, action: str
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        desk.run_action("search")
        before = ring_of(desk, desk.panes[PANES[action]])
        desk.run_action(action)
        calm(qtbot, desk)
        landed = focused()
        assert desk.panes[PANES[action]].isAncestorOf(landed)
        assert landed.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert landed.accessibleName()
        if isinstance(landed, QAbstractItemView):
            assert landed.currentIndex().row() >= 0
        assert ring_of(desk, desk.panes[PANES[action]]) > before


def test_j_and_k_move_down_the_list_that_has_the_keyboard(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        incidents, queues = desk.panes["incidents"], desk.panes["queues"]
        press(Qt.Key.Key_J)
        picked = incidents.current_key()
        desk.run_action("go_queues")
        for key, row in ((Qt.Key.Key_J, 1), (Qt.Key.Key_J, 2), (Qt.Key.Key_K, 1)):
            press(key)
            assert queues.list.currentIndex().row() == row
        assert incidents.current_key() == picked
        desk.run_action("go_detail")
        press(Qt.Key.Key_J)
        assert incidents.current_key() != picked


@pytest.mark.parametrize("opened", [Qt.Key.Key_F, Qt.Key.Key_M])
def test_a_form_gives_the_keyboard_back_to_where_it_was(
    qtbot: QtBot, tmp_path: Path, opened: Qt.Key
) -> None:
    county = empty_county(FakeClock())
    county.tell(an_incident(stage=Stage.HANDLING, acknowledged_at=NOW, acknowledged_by="值班员"))
    with open_desk(qtbot, county, tmp_path) as desk:
        view, detail = desk.panes["incidents"].view, desk.panes["detail"]
        press(Qt.Key.Key_J)
        qtbot.waitUntil(lambda: detail.detail is not None and detail.bar.isVisible())
        press(opened)
        qtbot.waitUntil(lambda: detail.isAncestorOf(focused()))
        press(Qt.Key.Key_Escape)
        assert focused() is view


def test_tab_goes_through_the_desk_as_the_eye_does_and_every_stop_has_a_name(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        desk.run_action("go_incidents")
        seen: list[QWidget] = []
        while focused() not in seen or focused() is desk.panes["map"].viewport:
            if focused() not in seen:
                seen.append(focused())
            press(Qt.Key.Key_Tab)
        assert focused() is seen[0], "round and round"
        nameless = [
            stop
            for stop in seen
            if not QAccessible.queryAccessibleInterface(stop).text(QAccessible.Text.Name).strip()
        ]
        assert nameless == []
        parts = desk.panes | desk.arrangement.docks  # a pane's head is its dock's own
        panes = [next((n for n, p in parts.items() if p.isAncestorOf(s)), "") for s in seen]
        order = [name for n, name in enumerate(panes) if n == 0 or panes[n - 1] != name]
        assert len(order) == len(set(order)) + 1, "each pane is gone through at one go"
        assert [n for n in order if n in ("detail", "map")] == ["map", "detail"]


def test_tab_goes_through_panes_that_were_put_at_the_top(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        docks = desk.arrangement.docks
        for name in ("warnings", "queues"):
            desk.addDockWidget(Qt.DockWidgetArea.TopDockWidgetArea, docks[name])
        qtbot.waitUntil(lambda: docks["queues"].x() > docks["warnings"].x())
        stops = list_stops(desk, docks.values())
        order = [name for stop in stops for name in docks if docks[name].isAncestorOf(stop)]
        assert list(dict.fromkeys(order))[:3] == ["warnings", "queues", "incidents"]


@pytest.mark.parametrize("sheet", ["", "new_incident", "sources", "outbox", "keys", "go_alarms"])
def test_every_stop_of_tab_shows_that_it_has_the_keyboard(
    qtbot: QtBot, tmp_path: Path, sheet: str
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        if sheet:
            desk.run_action(sheet)
            calm(qtbot, desk)
        seen: list[QWidget] = []
        silent = []
        while focused() not in seen:
            seen.append(focused())
            here = seen[-1]
            with_focus = here.grab().toImage()
            press(Qt.Key.Key_Tab)
            while focused() is here is desk.panes["map"].viewport:
                press(Qt.Key.Key_Tab)
            if focused() is not here and here.grab().toImage() == with_focus:
                silent.append(here.accessibleName() or repr(here))
        assert silent == []
        assert len(seen) > 1


def test_tab_stays_inside_a_sheet_both_ways(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.run_action("new_incident")
        qtbot.waitUntil(desk.form_sheet.isVisible)
        stops = find_stops(desk.form_sheet)
        assert len(stops) > 5
        for key, held in ((Qt.Key.Key_Tab, NONE), (Qt.Key.Key_Backtab, SHIFT)):
            for _ in range(len(stops) + 2):
                press(key, held)
                assert desk.form_sheet.isAncestorOf(focused())


def test_a_long_sheet_is_read_by_keys(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.resize(1100, 420)
        desk.run_action("link")
        calm(qtbot, desk)
        sheet = desk.link_sheet
        (area,) = (a for a in sheet.findChildren(QScrollArea) if a.isVisible())
        bar = area.verticalScrollBar()
        qtbot.waitUntil(lambda: bar.maximum() > 0)
        assert focused() is sheet
        press(Qt.Key.Key_Down)
        a_row = bar.value()
        assert a_row > 0
        press(Qt.Key.Key_End)
        assert bar.value() == bar.maximum() > a_row
        press(Qt.Key.Key_Home)
        assert bar.value() == 0


def test_esc_closes_the_innermost_open_thing_and_a_notice_last(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        incidents, detail = desk.panes["incidents"], desk.panes["detail"]
        desk.show_key(incident_key())
        calm(qtbot, desk)
        incidents.show_township("T01")
        calm(qtbot, desk)
        desk.notices.say(Problem("no_taker"))
        desk.run_action("note")
        QTest.keyClicks(focused(), "there")
        desk.run_action("sources")
        calm(qtbot, desk)
        press(Qt.Key.Key_Escape)
        assert not desk.sources_sheet.isVisible()
        assert focused() is detail.note.text
        press(Qt.Key.Key_Escape)
        assert focused() is not detail.note.text
        assert incidents.filtered
        press(Qt.Key.Key_Escape)
        assert not incidents.filtered
        calm(qtbot, desk)
        incidents.view.setFocus()
        incidents.view.pick_row(0)
        assert desk.notices.isVisible()
        press(Qt.Key.Key_Escape)
        assert incidents.view.rows_picked() == []
        assert desk.notices.isVisible()
        press(Qt.Key.Key_Escape)
        assert not desk.notices.isVisible()


def test_esc_goes_back_from_the_detail_to_what_was_found_and_only_then_shows_all_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        incidents = desk.panes["incidents"]
        incidents.show_township("T01")
        calm(qtbot, desk)
        incidents.view.setFocus()
        press(Qt.Key.Key_J)
        press(Qt.Key.Key_Return)
        calm(qtbot, desk)
        assert desk.panes["detail"].isAncestorOf(focused())
        press(Qt.Key.Key_Escape)
        assert focused() is incidents.view
        assert incidents.filtered
        press(Qt.Key.Key_Escape)
        assert not incidents.filtered


def test_a_notice_takes_no_esc_from_the_search_and_has_a_key_of_its_own(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.notices.say(Problem("no_taker"))
        desk.run_action("search")
        QTest.keyClicks(focused(), "q")
        press(Qt.Key.Key_Escape)
        assert desk.panes["incidents"].search.text() == ""
        assert desk.notices.isVisible()
        press(Qt.Key.Key_Escape)
        assert focused() is desk.panes["incidents"].view
        assert desk.notices.isVisible()
        press(Qt.Key.Key_N, SHIFT)
        assert not desk.notices.isVisible()


def test_single_letters_are_switched_off_and_stay_off(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        detail = desk.panes["detail"]
        desk.show_key(incident_key())
        calm(qtbot, desk)
        cap = next(b for b in detail.findChildren(KeyButton) if b is detail.bar.more_button)
        wide = cap.sizeHint().width()
        press(Qt.Key.Key_F1, SHIFT)
        assert desk.key_sheet.page.switch.text() == "Switch off"
        desk.key_sheet.page.switch.click()
        assert desk.key_sheet.page.said.text().startswith("Commands of a single letter are off")
        press(Qt.Key.Key_Escape)
        assert cap.sizeHint().width() < wide
        assert "(X)" not in cap.accessibleName()
        press(Qt.Key.Key_J)
        press(Qt.Key.Key_N)
        assert not desk.form_sheet.isVisible()
        press(Qt.Key.Key_K, CTRL)
        assert desk.palette_sheet.isVisible()
    with open_desk(qtbot, county, tmp_path) as desk:
        assert not desk.screen_context.keymap.single
        desk.run_action("single_keys")
        press(Qt.Key.Key_N)
        qtbot.waitUntil(desk.form_sheet.isVisible)


def test_the_profile_moves_a_key_and_is_told_of_one_that_cannot_be(
    qtbot: QtBot, tmp_path: Path
) -> None:
    keys = {"new_incident": "Ctrl+J", "next": "", "previous": "Ctrl+K", "fly": "Ctrl+Y"}
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path, keys=keys) as desk:
        keymap = desk.screen_context.keymap
        assert keymap.faults == ("previous", "fly")
        assert "previous" in desk.notices.words.text()
        assert keymap.keys_of("next") == ()
        press(Qt.Key.Key_N)
        assert not desk.form_sheet.isVisible()
        press(Qt.Key.Key_J, CTRL)
        qtbot.waitUntil(desk.form_sheet.isVisible)


@pytest.mark.parametrize(
    ("language", "asked", "taken"),
    [
        ("zh_CN", "请按“下一个事件”的新按键", "Ctrl+K 不能用：全部操作"),
        ("en", 'Press the new key for "Next incident"', "Ctrl+K cannot be had: All actions"),
    ],
)
def test_a_key_pressed_in_the_sheet_of_keys_is_its_actions_from_then_on(
    qtbot: QtBot, tmp_path: Path, language: str, asked: str, taken: str
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        sheet, view = desk.key_sheet, desk.panes["incidents"].view
        press(Qt.Key.Key_F1, SHIFT)
        while sheet.page.current.name != "next":
            press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Return)
        assert sheet.page.said.text().startswith(asked)
        press(Qt.Key.Key_K, CTRL)
        assert not desk.palette_sheet.isVisible()
        assert sheet.page.said.text() == taken
        press(Qt.Key.Key_Return)
        press(Qt.Key.Key_Escape)
        assert sheet.isVisible(), "Esc left the key as it is, not the sheet"
        press(Qt.Key.Key_Return)
        press(Qt.Key.Key_U)
        press(Qt.Key.Key_Escape)
        press(Qt.Key.Key_J)
        assert view.rows_picked() == []
        press(Qt.Key.Key_U)
        assert view.rows_picked() == [0]
        calm(qtbot, desk)
    with open_desk(qtbot, county, tmp_path) as desk:
        assert desk.screen_context.keymap.keys_of("next") == ("U",)
        press(Qt.Key.Key_F1, SHIFT)
        sheet = desk.key_sheet
        while sheet.page.current.name != "next":
            press(Qt.Key.Key_Down)
        press(Qt.Key.Key_Delete)
        assert desk.screen_context.keymap.keys_of("next") == ("J",)


def test_a_key_that_begins_or_ends_in_anothers_sequence_cannot_be_had() -> None:
    keymap = Keymap({"more": "G", "search": "G, Z", "next": "Esc", "note": "Foo"})
    usual = {"go": ("G, M",), "more": ("X",), "search": ("/",), "next": ("J",), "note": ("M",)}
    keymap.learn(KeyAction(name, keys, str) for name, keys in usual.items())
    assert keymap.faults == ("more", "next", "note")
    assert keymap.cap_of("/") == "G Z"
    assert keymap.cap_of("G M") == "G M"


def test_a_usual_key_that_another_action_has_by_now_is_not_taken_from_it() -> None:
    keymap = Keymap()
    usual = {"next": ("J",), "more": ("X",)}
    keymap.learn(KeyAction(name, keys, str) for name, keys in usual.items())
    assert keymap.change("next", "") == ""
    assert keymap.change("more", "J") == ""
    assert keymap.restore("next") == "more"
    assert (keymap.keys_of("next"), keymap.keys_of("more")) == ((), ("J",))
    keymap.restore_all()
    assert (keymap.keys_of("next"), keymap.keys_of("more")) == (("J",), ("X",))
    assert not keymap.is_changed


def test_the_keyboard_comes_to_the_list_with_the_first_rows(qtbot: QtBot, tmp_path: Path) -> None:
    county = empty_county(FakeClock())
    with open_desk(qtbot, county, tmp_path) as desk:
        view = desk.panes["incidents"].view
        assert focused() is not view, "there is no list yet"
        county.tell(an_incident(source="county"))
        qtbot.waitUntil(lambda: focused() is view)


def test_hints_name_the_keys_in_force(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        keymap, detail = desk.screen_context.keymap, desk.panes["detail"]
        search = desk.panes["incidents"].search
        assert "J and K" in detail.empty.sentence.text()
        assert search.placeholderText() == "Search  /"
        keymap.change("next", "U")
        keymap.change("search", "F4")
        assert "U and K" in detail.empty.sentence.text()
        assert search.placeholderText() == "Search  F4"
        keymap.toggle_single()
        assert detail.empty.sentence.text().startswith("Click a row")

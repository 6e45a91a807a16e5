"""The detail pane stays readable whatever it shows, and follows the theme."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.reads.read_models import IncidentDetail
from desktop.domain.changes import STATES
from desktop.domain.command import CommandState, Key
from desktop.domain.incident import Stage
from desktop.domain.instant import DAY, HOUR, SECOND
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.gui.panes.detail.parts import LevelLine, LifeCycle, LinkButton, OldValue
from desktop.protocol.stages import LIFE_CYCLE
from support.builders import NOW, FakeClock
from support.open_desk import calm, incident_key, open_desk, renamed
from support.sample_board import sample_county
from support.stage import a_stage


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("said", ["Called the duty room at the bridge. " * 4, "x" * 400])
def test_the_detail_never_moves_sideways_and_shows_every_line_from_its_left_edge(
    qtbot: QtBot, tmp_path: Path, said: str, language: str
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 20)
    renamed(county, Text(f"Rockfall on the county road {said}"))
    # From another day, so that every time is said with its date.
    clock.advance(DAY)
    with open_desk(qtbot, county, tmp_path, language=language, theme="dark") as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        desk.panes["detail"].begin_note()
        desk.panes["detail"].note.text.setPlainText(said)
        desk.panes["detail"].note.send()
        qtbot.waitUntil(lambda: len(county.board.outbox()) == 1)
        key = county.board.outbox()[0].command.key
        county.outbox.set_state(key, CommandState.REJECTED, Text(said), NOW)
        county.board.listeners.announce(STATES)
        calm(qtbot, desk)
        area = desk.panes["detail"].area
        body = area.widget()
        assert body.width() <= area.viewport().width()
        area.horizontalScrollBar().setValue(500)
        assert body.x() == 0
        shown = [label for label in body.findChildren(QLabel) if label.isVisible()]
        assert shown
        for label in shown:
            inside = label.mapTo(body, label.rect().topRight()).x()
            assert inside < body.width(), label.text()
            assert label.wordWrap() or label.sizeHint().width() <= label.width(), label.text()


def test_the_level_line_takes_the_colours_of_a_theme_switched_to(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: not desk.panes["detail"].is_empty)
        line = desk.panes["detail"].findChild(LevelLine)
        for name in ("dark", "light"):
            desk.screen_context.theme.set_name(name)
            role = line.foregroundRole()
            wanted = desk.screen_context.theme.color("orange_text")
            assert line.palette().color(role) == wanted


def test_a_pressed_while_an_incident_picked_on_the_map_loads_acknowledges_it_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key(2))
        QTest.keyClick(desk, Qt.Key.Key_A)
        desk.show_key(incident_key(1))
        QTest.keyClick(desk, Qt.Key.Key_A)
        QTest.keyClick(desk, Qt.Key.Key_A)
        calm(qtbot, desk)
        assert [r.command.target for r in county.board.outbox()] == [incident_key(1)]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_incident_of_which_only_the_lists_fields_have_come_says_so(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    county = sample_county(FakeClock(), 5)
    incident = county.cache.incident(incident_key())
    assert incident is not None
    part = msgspec.structs.replace(
        incident, version=9, whole=False, summary=Text(), timeline=(), files=(), co_units=()
    )
    said = {"zh_CN": "正在下载", "en": "being downloaded"}[language]
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        assert not any(said in label.text() for label in desk.panes["detail"].findChildren(QLabel))
        county.tell(part)
        qtbot.waitUntil(
            lambda: any(said in label.text() for label in desk.panes["detail"].findChildren(QLabel))
        )
        county.tell(msgspec.structs.replace(incident, version=10))
        calm(qtbot, desk)
        assert not any(said in label.text() for label in desk.panes["detail"].findChildren(QLabel))


def test_the_next_row_is_shown_whole_at_its_key_without_a_round_trip(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        pane, rows = desk.panes["detail"], desk.panes["incidents"]
        QTest.keyClick(desk, Qt.Key.Key_J)
        calm(qtbot, desk)
        for key in (Qt.Key.Key_J, Qt.Key.Key_K):
            QTest.keyClick(desk, key)
            assert pane.detail is not None
            assert pane.detail.key == rows.current_key()
            calm(qtbot, desk)


def test_the_incident_is_painted_before_the_map_follows(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        QTest.keyClick(desk, Qt.Key.Key_J)
        calm(qtbot, desk)
        order: list[str] = []
        PaintWatch(desk.panes["detail"].findChild(LevelLine), lambda: order.append("detail"))
        located = desk.panes["map"].locate_item
        monkeypatch.setattr(
            desk.panes["map"], "locate_item", lambda key: (order.append("map"), located(key))
        )
        QTest.keyClick(desk, Qt.Key.Key_J)
        assert order[:2] == ["detail", "map"]


def test_what_was_read_ahead_goes_when_it_changes(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["detail"]
        QTest.keyClick(desk, Qt.Key.Key_J)
        calm(qtbot, desk)
        second = desk.panes["incidents"].model.line(1)
        renamed(county, Text("改了标题", "Another title"), int(second.key.id.removeprefix("I")))
        calm(qtbot, desk)
        QTest.keyClick(desk, Qt.Key.Key_J)
        assert pane.detail.incident.title.zh == "改了标题"


def test_what_changed_while_it_was_being_read_ahead_is_read_again(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        second = desk.panes["incidents"].model.line(1)
        begun, gate, read = threading.Event(), threading.Event(), county.board.incident

        def slow(key: Key) -> IncidentDetail | None:
            found = read(key)
            if key == second.key and not begun.is_set():
                begun.set()
                gate.wait(5)
            return found

        monkeypatch.setattr(county.board, "incident", slow)
        QTest.keyClick(desk, Qt.Key.Key_J)
        qtbot.waitUntil(begun.is_set)
        renamed(county, Text("改了标题", "Another title"), int(second.key.id.removeprefix("I")))
        qtbot.waitUntil(lambda: not desk.screen_context.feed.waiting)
        gate.set()
        calm(qtbot, desk)
        QTest.keyClick(desk, Qt.Key.Key_J)
        assert desk.panes["detail"].detail.incident.title.zh == "改了标题"


def test_another_incident_fills_the_same_widgets_and_is_laid_out_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        pane = desk.panes["detail"]
        for _ in range(12):
            QTest.keyClick(desk, Qt.Key.Key_J)
            calm(qtbot, desk)
        before = set(pane.findChildren(QWidget))
        for _ in range(8):
            QTest.keyClick(desk, Qt.Key.Key_K)
            at_the_key = places(pane.body)
            calm(qtbot, desk)
            assert places(pane.body) == at_the_key
        assert set(pane.findChildren(QWidget)) == before


def test_the_row_is_shown_and_marked_while_the_rest_loads(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = sample_county(FakeClock(), 40)
    gate, read = threading.Event(), county.board.incident

    def slow(key: Key) -> IncidentDetail | None:
        gate.wait(5)
        return read(key)

    monkeypatch.setattr(county.board, "incident", slow)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane, rows = desk.panes["detail"], desk.panes["incidents"]
        rows.view.pick_row(3)
        line = rows.current_line()
        assert pane.detail is None
        said = shown_words(pane)
        assert line.title.zh in said
        assert "正在读取其余内容…" in said
        assert pane.head.title.text() == line.number
        gate.set()
        qtbot.waitUntil(lambda: pane.detail is not None)
        assert "正在读取其余内容…" not in shown_words(pane)


def test_title_deadline_next_step_and_last_event_come_before_the_facts(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 20), tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        calm(qtbot, desk)
        body = desk.panes["detail"].body
        tops = {
            label.text(): label.mapTo(body, label.rect().topLeft()).y()
            for label in body.findChildren(QLabel)
            if label.isVisible()
        }
        title = desk.panes["detail"].detail.incident.title.zh
        order = [title, "初报 书面", "下一步", "最近", "初报 电话", "地点", "主办", "确认"]
        assert sorted(order, key=tops.__getitem__) == order
        fold = desk.panes["detail"].area.viewport().height()
        assert tops["最近"] + 20 <= fold


def test_an_acknowledgement_of_ones_own_says_how_far_it_has_come(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["detail"]
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: pane.detail is not None)
        pane.acknowledge()
        qtbot.waitUntil(lambda: "本机已确认，○ 本机已存" in shown_words(pane))
        key = county.board.outbox()[0].command.key
        county.outbox.set_state(key, CommandState.SENT, Text(), NOW)
        county.board.listeners.announce(STATES)
        qtbot.waitUntil(lambda: "本机已确认，→ 已发送" in shown_words(pane))


def test_a_command_that_waits_for_the_officer_is_the_next_step_until_he_has_seen_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        pane = desk.panes["detail"]
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: pane.detail is not None)
        pane.begin_note()
        pane.note.text.setPlainText("已到现场")
        pane.note.send()
        qtbot.waitUntil(lambda: len(county.board.outbox()) == 1)
        key = county.board.outbox()[0].command.key
        county.outbox.set_state(key, CommandState.CONFLICT, Text("已被他人更新"), NOW)
        county.board.listeners.announce(STATES)
        waiting = "备注 ≠ 冲突，请到待发箱决定  Ctrl+O"
        qtbot.waitUntil(lambda: waiting in shown_words(pane))
        assert any("已到现场 · 已被他人更新" in said for said in shown_words(pane))
        county.outbox.mark_seen(key)
        county.board.listeners.announce(STATES)
        qtbot.waitUntil(lambda: waiting not in shown_words(pane))


def test_a_change_of_the_incident_shown_keeps_the_old_value_beside_the_new_for_a_minute(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = sample_county(clock, 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        calm(qtbot, desk)
        pane = desk.panes["detail"]
        assert old_values(pane) == []
        incident = pane.detail.incident
        first, *others = incident.deadlines
        later = msgspec.structs.replace(first, due_at=first.due_at + HOUR)
        county.tell(
            msgspec.structs.replace(
                incident,
                version=incident.version + 1,
                level=EventLevel.MAJOR,
                stage=Stage.FED_BACK,
                township="T02",
                deadlines=(later, *others),
            )
        )
        calm(qtbot, desk)
        shown = old_values(pane)
        assert {each.text() for each in shown} >= {"较大", "处理中", "青石镇"}
        assert len(shown) == 4
        for each in shown:
            assert each.font().strikeOut()
            assert each.focusPolicy() & Qt.FocusPolicy.TabFocus
            assert each.text() in each.accessibleName()
        QTest.keyClick(desk, Qt.Key.Key_G)
        QTest.keyClick(desk, Qt.Key.Key_D)
        assert reached_by_tab(pane, len(shown)) == sorted(
            shown, key=lambda each: top_of(pane, each)
        )
        clock.advance(59 * SECOND)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert len(old_values(pane)) == 4
        clock.advance(SECOND)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert old_values(pane) == []


def test_an_old_value_is_no_other_incidents(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 20)
    with open_desk(qtbot, county, tmp_path) as desk:
        for number in (1, 2, 3):
            desk.show_key(incident_key(number))
            calm(qtbot, desk)
            assert old_values(desk.panes["detail"]) == []


class PaintWatch(QObject):
    """Tells of each painting of a widget, which owns it."""

    def __init__(self, widget: QWidget, tell: Callable[[], None]) -> None:
        super().__init__(widget)
        self._tell = tell
        widget.installEventFilter(self)

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._tell()
        return False


def places(body: QWidget) -> dict[QWidget, QRect]:
    """Where everything shown in the body is."""
    return {each: each.geometry() for each in body.findChildren(QLabel) if each.isVisible()}


def shown_words(pane: QWidget) -> list[str]:
    return [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]


def reached_by_tab(pane: QWidget, count: int) -> list[QWidget]:
    """The old values that Tab comes to, in its order."""
    found: list[QWidget] = []
    for _ in range(40):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        now = QApplication.focusWidget()
        if isinstance(now, OldValue) and now not in found:
            found.append(now)
        if len(found) == count:
            break
    return found


def top_of(pane: QWidget, widget: QWidget) -> int:
    return widget.mapTo(pane, QPoint(0, 0)).y()


def old_values(pane: QWidget) -> list[OldValue]:
    return [each for each in pane.findChildren(OldValue) if each.isVisible()]


def test_a_link_too_long_for_its_room_keeps_beginning_and_end(qtbot: QtBot) -> None:
    link = LinkButton()
    qtbot.addWidget(link)
    link.resize(160, 24)
    link.say("Chengnan Booster Station Number Four · Degraded")
    link.show()
    shown = link.text()
    assert shown.startswith("Cheng")
    assert shown.endswith("ded")
    assert "…" in shown
    assert link.fontMetrics().horizontalAdvance(shown) <= link.width()
    assert link.accessibleName() == "Chengnan Booster Station Number Four · Degraded"
    link.resize(600, 24)
    qtbot.waitUntil(lambda: "…" not in link.text())


def test_a_township_that_the_address_names_is_not_said_twice(qtbot: QtBot, tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    detail = county.board.incident(incident_key())
    assert detail is not None
    towns = {each.id: each.name for each in county.board.townships()}
    township = towns[detail.incident.township]
    address = Text(f"{township.zh}西河路", f"Xihe Road, {township.en}")
    told = msgspec.structs.replace(
        detail.incident, version=detail.incident.version + 1, address=address
    )
    county.tell(told)
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        desk.show_key(incident_key())
        calm(qtbot, desk)
        said = [label.text() for label in desk.panes["detail"].findChildren(QLabel)]
        assert address.en in said


def test_every_step_of_a_case_is_named_in_full_in_a_narrow_detail(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock(), 5), "en") as screen:
        bar = LifeCycle(screen)
        qtbot.addWidget(bar)
        metrics = QFontMetrics(screen.theme.font("second"))
        names = [screen.words.term("step", step) for step in LIFE_CYCLE]
        bar.resize(sum(map(metrics.horizontalAdvance, names)) + 48, 28)
        widths = bar.step_widths(names)
        assert sum(widths) == bar.width()
        for name, wide in zip(names, widths, strict=True):
            assert metrics.horizontalAdvance(name) <= wide - 4, name
        bar.resize(900, 28)
        assert set(bar.step_widths(names)) == {150}

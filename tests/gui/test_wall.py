"""The wall: it turns by itself, shows that it lives, is honest about age, and never asks."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from desktop.domain.alarm import AlarmPriority, AlarmState
from desktop.domain.command import Collection
from desktop.domain.incident import Stage
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, SourceStatus
from desktop.gui import formatting
from desktop.gui.theme import Theme
from desktop.gui.wall.canvas import unit_px
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.state import age_lines, time_left
from desktop.gui.wall.window import HOLD_MS, WallWindow
from support.builders import (
    NOW,
    FakeClock,
    a_deadline,
    a_queue,
    a_township,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, painted_lines, settle, shown, taken_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

TITLE = "Yunxi County"
FIGURES = ("Overdue incidents", "Failed assets", "Congested queues", "Commands on their way")


def quiet_county(clock: FakeClock | None = None) -> SampleCounty:
    """One of everything, nothing that interrupts, and a source that stays fresh for an hour."""
    county = empty_county(clock or FakeClock(), a_status(last_good_at=NOW, expected_period_ms=HOUR))
    county.tell(a_township(), an_incident(), an_asset(), a_queue())
    return county


def seen(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def scene_names(wall: WallWindow) -> list[str]:
    return [type(scene).__name__ for scene in wall.shown]


def test_the_scenes_turn_after_their_own_dwell(qtbot: QtBot) -> None:
    with a_stage(quiet_county(), theme="wall") as screen:
        wall = WallWindow(screen, TITLE, dwell_s=(20, 5, 10))
        with shown(wall, screen):
            order = []
            for second in range(41):
                wall.tick(NOW + second * SECOND)
                if not order or order[-1][1] != scene_names(wall):
                    order.append((second, scene_names(wall)))
    assert order == [
        (0, ["OverviewScene"]),
        (20, ["MapScene"]),
        (25, ["QueuesScene"]),
        (35, ["OverviewScene"]),
    ]


@pytest.mark.parametrize(
    "size", [(1920, 1080), (1280, 720), (5120, 1440), (6656, 1792), (800, 1200)]
)
def test_every_scene_is_painted_whole_on_any_wall(qtbot: QtBot, size: tuple[int, int]) -> None:
    county = sample_county(FakeClock())
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen, *size) as wall,
    ):
        wide = size[0] >= 2.6 * size[1]
        assert len(wall.shown) == (2 if wide else 1)
        for place in range(3):
            wall.go_to(place, NOW)
            assert all(not scene.visibleRegion().isEmpty() for scene in wall.shown)
            small = seen(wall).scaled(80, 60)
            assert len({small.pixel(x, y) for x in range(80) for y in range(60)}) > 8


def test_sizes_follow_the_shorter_side_of_a_wall_of_which_nothing_is_known() -> None:
    theme = Theme("wall")
    assert unit_px(1920, 1080, theme) == 1
    assert unit_px(5120, 1440, theme) == pytest.approx(4 / 3)
    assert unit_px(1080, 1920, theme) == 1


def test_the_heartbeat_moves_every_second(qtbot: QtBot) -> None:
    with (
        a_stage(quiet_county(), theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen) as wall,
    ):
        places, pictures = [], []
        for second in range(3):
            wall.tick(NOW + second * SECOND)
            places.append(wall.foot.beat)
            pictures.append(seen(wall.foot))
    assert len(set(places)) == 3
    assert pictures[0] != pictures[1] != pictures[2]


def test_the_picture_shifts_by_a_pixel_a_minute_and_stays_near(qtbot: QtBot) -> None:
    with (
        a_stage(quiet_county(), theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen) as wall,
    ):
        places = []
        for minute in range(8):
            wall.tick(NOW + minute * MINUTE)
            places.append((wall.surface.x(), wall.surface.y()))
    assert len(set(places)) == 8
    for (x0, y0), (x1, y1) in pairwise(places):
        assert abs(x0 - x1) + abs(y0 - y1) == 1
    assert all(0 <= x <= 2 and 0 <= y <= 2 for x, y in places)


def test_there_is_no_cursor_and_never_a_dialog(qtbot: QtBot) -> None:
    with (
        a_stage(sample_county(FakeClock()), theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen) as wall,
    ):
        parts = (wall, *wall.findChildren(QWidget))
        assert all(part.cursor().shape() is Qt.CursorShape.BlankCursor for part in parts)
        for minute in range(5):
            wall.tick(NOW + minute * MINUTE)
        assert not any(isinstance(w, QDialog) for w in QApplication.topLevelWidgets())
        assert QApplication.activeModalWidget() is None
        assert not any(part.toolTip() for part in parts)


def test_an_unacknowledged_top_alarm_brings_the_overview_and_keeps_it_two_minutes(
    qtbot: QtBot,
) -> None:
    county = quiet_county()
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        wall.tick(NOW)
        wall.tick(NOW + 20 * SECOND)
        assert scene_names(wall) == ["MapScene"]
        county.tell(an_alarm())
        taken_in(qtbot, screen)
        assert scene_names(wall) == ["OverviewScene"]
        began = screen.board.now()
        wall.tick(began + HOLD_MS - SECOND)
        assert scene_names(wall) == ["OverviewScene"]
        assert "Outlet pressure low" in wall.headline.said.text
        assert wall.headline.said.ink == "red"
        assert not wall.alarm.isVisible()
        ends = formatting.clock_time(began + HOLD_MS)
        assert f"held: unacknowledged · next at {ends}" in wall.foot.turn_words()
        county.tell(an_alarm(state=AlarmState.ACKNOWLEDGED, version=2))
        taken_in(qtbot, screen)
        wall.tick(NOW + 6 * MINUTE)
        assert scene_names(wall) == ["MapScene"]


def test_a_held_overview_resumes_with_the_line_of_the_alarm_and_is_held_by_the_next(
    qtbot: QtBot,
) -> None:
    county = quiet_county()
    county.tell(an_alarm(), a_warning())
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        wall.tick(NOW + HOLD_MS - SECOND)
        assert scene_names(wall) == ["OverviewScene"]
        wall.tick(NOW + HOLD_MS + 20 * SECOND)
        assert scene_names(wall) == ["MapScene"]
        assert wall.alarm.isVisible()
        assert "Outlet pressure low" in wall.alarm.text
        assert any("Outlet pressure low" in line for line in painted_lines(wall.alarm))
        county.tell(an_alarm(id="second", title=Text("水厂停电", "Waterworks without power")))
        taken_in(qtbot, screen)
        assert scene_names(wall) == ["OverviewScene"]


def test_lesser_alarms_and_lesser_incidents_do_not_interrupt(qtbot: QtBot) -> None:
    county = quiet_county()
    county.tell(an_alarm(priority=AlarmPriority.LOW), an_incident(level=EventLevel.LARGER))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        assert wall.state is not None
        assert not wall.state.matters


def test_an_alarm_that_has_returned_does_not_interrupt(qtbot: QtBot) -> None:
    county = quiet_county()
    county.tell(an_alarm(state=AlarmState.RETURNED_UNACKNOWLEDGED))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        assert wall.state is not None
        assert not wall.state.matters


def test_an_unacknowledged_major_incident_interrupts(qtbot: QtBot) -> None:
    county = quiet_county()
    county.tell(an_incident(level=EventLevel.MAJOR, version=2))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        assert wall.state is not None
        assert wall.state.matters
        assert "Burst water main" in wall.headline.said.text


def test_the_gravest_warning_is_the_headline_of_the_map(qtbot: QtBot) -> None:
    county = quiet_county()
    county.tell(a_warning(status="exercise"))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        wall.go_to(1, NOW)
        said = wall.headline.said
        assert "[Exercise]" in said.text
        assert "Orange rainstorm warning" in said.text
        assert "Shimen" in said.below


def weather(**changes: object) -> SourceStatus:
    return a_status(
        id="w", title=Text("气象预警", "Weather"), fills=frozenset({Collection.WARNINGS}), **changes
    )


def test_the_banner_says_which_source_is_old_and_what_is_shown_instead(qtbot: QtBot) -> None:
    with a_stage(quiet_county()) as screen:
        words = screen.words
        fresh = weather(last_good_at=NOW)
        assert age_lines((fresh,), NOW, words) == []
        (ageing,) = age_lines((fresh,), NOW + 45 * SECOND, words)
        (stale,) = age_lines((fresh,), NOW + 12 * MINUTE, words)
        assert ageing.ink == "orange"
        assert stale.ink == "orange"
        assert stale.text.startswith("Weather not updated for 12 min; showing data of ")


@pytest.mark.parametrize("code, why", [("read_only", "can only be read"), ("disk_full", "is full")])
def test_the_banner_says_when_it_is_this_computers_disk_that_takes_nothing(
    qtbot: QtBot, code: str, why: str
) -> None:
    with a_stage(quiet_county()) as screen:
        theirs = weather(last_good_at=NOW - HOUR, problem=Problem("unreachable", {"host": "w"}))
        ours = weather(last_good_at=NOW - HOUR, problem=Problem(code, {"file": "cache.db"}))
        (said,) = age_lines((theirs,), NOW, screen.words)
        (told,) = age_lines((ours,), NOW, screen.words)
        assert told.text.startswith(f"{said.text} · ")
        assert why in told.text


def test_the_worst_source_comes_first_in_the_banner(qtbot: QtBot) -> None:
    with a_stage(quiet_county()) as screen:
        old = a_status(last_good_at=NOW - HOUR)
        never = weather(last_good_at=None, problem=Problem("unreachable", {"host": "w"}))
        lines = age_lines((old, never), NOW, screen.words)
        assert [line.text.split(";")[0].split(" · ")[0] for line in lines] == [
            "nothing ever received from Weather",
            "County platform not updated for 1 h",
        ]


def test_a_backend_that_stops_leaves_the_picture_and_raises_the_banner(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = quiet_county(clock)
    county.set_sources(a_status(last_good_at=NOW))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        assert not wall.banner.isVisible()
        clock.advance(12 * MINUTE)
        wall.tick(clock.now())
        settle(screen)
        assert wall.banner.isVisible()
        assert "12 min" in wall.banner.lines[0].text
        assert wall.state is not None
        assert wall.state.overview.counts.open_incidents == 1
        county.set_sources(a_status(last_good_at=clock.now()))
        wall.tick(clock.now())
        assert not wall.banner.isVisible()


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_wall_that_never_saw_anything_says_so_in_every_scene(qtbot: QtBot, place: int) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=None))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        wall.go_to(place, NOW)
        scene = wall.shown[0]
        assert any("from County platform" in line for line in painted_lines(scene))
        ground = seen(scene)
        assert len({ground.pixel(x, ground.height() // 2) for x in range(ground.width())}) > 1
        assert "nothing ever received" in wall.banner.lines[0].text


def test_before_the_cache_is_read_it_says_that_it_reads(qtbot: QtBot) -> None:
    with a_stage(quiet_county(), theme="wall") as screen:
        scene = OverviewScene(screen)
        with shown(scene, screen):
            picture = seen(scene)
            middle = [picture.pixel(x, picture.height() // 2) for x in range(picture.width())]
            assert len(set(middle)) > 1


def test_a_figure_no_source_ever_told_is_a_dash_and_never_zero(qtbot: QtBot) -> None:
    told = frozenset({Collection.INCIDENTS})
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, fills=told))
    county.tell(an_incident())
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        written = painted_lines(wall)
        figures = {label: written[written.index(label) + 1] for label in FIGURES}
        assert figures == dict(zip(FIGURES, ("0", "—", "—", "0"), strict=True))


def test_an_empty_county_that_was_heard_is_called_empty(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        for place in range(3):
            wall.go_to(place, NOW)
            assert not seen(wall).isNull()
        assert wall.state is not None
        assert wall.state.urgent == ()


def test_time_left_counts_down_and_then_counts_what_is_overdue(qtbot: QtBot) -> None:
    with a_stage(quiet_county()) as screen:
        words = screen.words
        assert time_left(NOW + 12 * MINUTE + 40 * SECOND, NOW, words) == ("left 12:40", False)
        assert time_left(NOW - 8 * MINUTE - 15 * SECOND, NOW, words) == ("overdue 08:15", True)
        assert time_left(NOW + HOUR + 5 * MINUTE, NOW, words) == ("left 1h 5m", False)
        assert time_left(None, NOW, words) == ("", False)


def test_a_wall_on_its_own_cannot_be_left_by_escape(qtbot: QtBot) -> None:
    with (
        a_stage(quiet_county(), theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen) as wall,
    ):
        wall.showFullScreen()
        qtbot.keyClick(wall, Qt.Key.Key_Escape)
        assert wall.isFullScreen()


def test_a_person_who_opened_a_window_can_leave_full_screen(qtbot: QtBot) -> None:
    with (
        a_stage(quiet_county(), theme="wall") as screen,
        shown(WallWindow(screen, TITLE, windowed=True), screen) as wall,
    ):
        wall.showFullScreen()
        qtbot.keyClick(wall, Qt.Key.Key_Escape)
        assert not wall.isFullScreen()
        qtbot.keyClick(wall, Qt.Key.Key_F11)
        assert wall.isFullScreen()


def test_control_q_ends_the_wall(qtbot: QtBot) -> None:
    with (
        a_stage(quiet_county(), theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen) as wall,
    ):
        qtbot.keyClick(wall, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        assert not wall.isVisible()


def test_a_change_of_language_reaches_banner_and_scenes(qtbot: QtBot) -> None:
    county = quiet_county()
    county.tell(a_warning())
    with a_stage(county, theme="wall") as screen, shown(WallWindow(screen, TITLE), screen) as wall:
        screen.words.language = "zh_CN"
        QCoreApplication.sendEvent(wall, QEvent(QEvent.Type.LanguageChange))
        assert "暴雨橙色预警" in wall.headline.said.text
        assert wall.foot.ages()[0][0].startswith("● 县平台")


def test_the_wall_never_loads_pyqtgraph_or_numpy() -> None:
    code = (
        "import sys, desktop.gui.wall.window; "
        "print([m for m in ('pyqtgraph', 'numpy') if m in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert told.stdout.strip() == "[]"


def test_the_wall_fills_its_screen_where_no_window_manager_would_do_it(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(WallWindow, "showFullScreen", lambda wall: wall.show())
    with a_stage(sample_county(), theme="wall") as screen:
        wall = WallWindow(screen, TITLE)
        wall.open()
        size, whole = wall.size(), wall.screen().size()
        wall.close()
        wall.deleteLater()
    assert size == whole


@pytest.mark.parametrize(
    ("township", "said"),
    [
        ("Shimen", "Major · Shimen · Dispatched"),
        ("Shimen Tujia Town", "Shimen Tujia Town · Dispatched"),
        ("Shimen Tujia and Miao Ethnic Township", "Dispatched"),
    ],
)
def test_the_second_line_of_a_listed_incident_leaves_words_out_before_any_is_cut(
    qtbot: QtBot, township: str, said: str
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, expected_period_ms=HOUR))
    county.tell(
        a_township(name=Text("石门乡", township)),
        an_incident(
            level=EventLevel.MAJOR,
            stage=Stage.DISPATCHED,
            deadlines=(a_deadline(due_at=NOW - 3 * HOUR),),
        ),
    )
    with (
        a_stage(county, theme="wall", language="en") as screen,
        shown(WallWindow(screen, TITLE), screen, 1366, 768) as wall,
    ):
        tried = [line for line in painted_lines(wall.scenes[0]) if "Dispatched" in line]
        assert tried[-1] == said

"""The wall's map: what is on it, what it leaves out, and when it is painted anew."""

from __future__ import annotations

from functools import partial
from itertools import combinations

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.levels import EventLevel
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.static_map import needs_eyes
from desktop.gui.wall.window import WallWindow
from support.builders import FakeClock, an_incident
from support.sample_board import sample_county
from support.stage import a_stage, painted_lines, shown, taken_in

TITLE = "Yunxi County"


def test_ordinary_things_stay_off_the_walls_map(qtbot: QtBot) -> None:
    county = sample_county(FakeClock())
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen, 1920, 1080) as wall,
    ):
        wall.grab()
        overview = wall.scenes[0]
        assert isinstance(overview, OverviewScene)
        labels = [label.rect for label in overview.map.labels]
        assert len(labels) > 10
        assert not any(a.intersects(b) for a, b in combinations(labels, 2))
        assert wall.state is not None
        kept = [mark for mark in wall.state.county.marks if needs_eyes(mark)]
        assert 0 < len(kept) < 40


@pytest.mark.parametrize(
    "language, said",
    [
        ("zh_CN", "图上只含最紧急的 3 起（未结共 {all} 起）"),
        ("en", "only the worst 3 of {all} open incidents"),
    ],
)
@pytest.mark.parametrize("scene", [0, 1])
def test_the_walls_map_says_when_it_has_only_the_worst(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, language: str, said: str, scene: int
) -> None:
    county = sample_county(FakeClock(), 40)
    opened = county.board.overview().counts.open_incidents
    monkeypatch.setattr(county.board, "map_layer", partial(county.board.map_layer, 3))
    with (
        a_stage(county, language, theme="wall") as screen,
        shown(WallWindow(screen, TITLE), screen, 1920, 1080) as wall,
    ):
        shows_map = wall.scenes[scene]
        assert isinstance(shows_map, OverviewScene | MapScene)
        assert wall.state is not None
        shows_map.show_state(wall.state)
        shows_map.resize(1600, 900)
        lines = painted_lines(shows_map)
        assert said.format(all=opened) in lines
        if scene == 1:
            assert [line for line in lines if line.endswith("+")], "its counts are of those alone"


def test_the_walls_map_is_painted_again_only_for_what_a_wall_shows(qtbot: QtBot) -> None:
    county = sample_county(FakeClock())
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen, 1920, 1080) as wall,
    ):
        overview = wall.shown[0]
        assert isinstance(overview, OverviewScene)
        wall.grab()
        labels = overview.map.labels
        county.tell(an_incident(id="calm", level=EventLevel.NONE))
        taken_in(qtbot, screen)
        wall.grab()
        assert overview.map.labels is labels
        county.tell(an_incident(id="grave", level=EventLevel.MAJOR))
        taken_in(qtbot, screen)
        wall.grab()
        assert overview.map.labels is not labels

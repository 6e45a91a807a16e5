"""No label of the map is cut: it stands whole, in two lines, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from desktop.domain.geo import Place
from desktop.domain.incident import Incident
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.label_text import NEVER_FIRST, NEVER_LAST, break_in_two
from desktop.gui.panes.map.pane import MapPane
from desktop.gui.wall.canvas import SMALL
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.window import WallWindow
from support.builders import NOW, FakeClock, a_township, a_warning, an_incident
from support.sample_board import SampleCounty, a_status, empty_county
from support.stage import a_stage, settle, shown

TITLES = (
    Text("城北泵站停电，西河路积水上涨", "Chengbei pumps without power, water rising on Xihe Road"),
    Text("沈家桥村小水库测压管读数偏高", "Small reservoir by Shenjiaqiao Village: high piezometer"),
    Text("王家沟村粮食烘干塔发生险情", "Incident at a grain dryer near Wangjiagou Village"),
    Text("停电", "No power"),
)
SIZES = [(1920, 1080), (3840, 1080), (6656, 1792)]


def graded(*titles: Text) -> list[Incident]:
    """One major incident for each title, spread over the township."""
    return [
        an_incident(
            id=f"I{n}", title=title, level=EventLevel.MAJOR, place=Place(110.03 + n * 0.02, 29.55)
        )
        for n, title in enumerate(titles)
    ]


def county_with(*rows: object) -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    county.tell(a_township(), *rows)
    return county


@given(st.text(alphabet="城北泵站，（）。 a b%", min_size=2, max_size=40))
def test_a_text_in_two_lines_is_whole_and_no_mark_stands_where_none_may(text: str) -> None:
    lines = break_in_two(text, len)
    if lines:
        first, second = lines
        assert (first + second).replace(" ", "") == text.replace(" ", "")
        assert first[-1] not in NEVER_LAST
        assert second[0] not in NEVER_FIRST


def test_a_text_is_broken_near_its_middle_between_words() -> None:
    said = "Rockfall on County Road 310, one lane open"
    assert break_in_two(said, len) == ("Rockfall on County", "Road 310, one lane open")
    assert break_in_two("城北泵站停电，西河路积水上涨", len) == ("城北泵站停电，", "西河路积水上涨")
    assert break_in_two("Unbreakable", len) == ()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", SIZES)
def test_every_label_of_the_walls_maps_is_whole_and_within_its_room(
    qtbot: QtBot, language: str, size: tuple[int, int]
) -> None:
    with (
        a_stage(county_with(*graded(*TITLES)), language, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen, *size) as wall,
    ):
        whole = {screen.words.text(title) for title in TITLES}
        for place in (0, 1):
            wall.go_to(place, NOW)
            wall.grab()
            scene = wall.shown[0]
            assert isinstance(scene, OverviewScene | MapScene)
            said = [label for label in scene.map.labels if label.role == "incident"]
            metrics = QFontMetricsF(screen.theme.font("body", max(8, round(SMALL * wall.top.unit))))
            assert len(said) >= 2
            assert {label.text for label in said} <= whole
            assert any(label.lines for label in said)
            assert all(fits(label, metrics) for label in said)


def fits(label: Label, metrics: QFontMetricsF) -> bool:
    """Whether a label's lines are all of its text, and lie inside its rectangle."""
    lines = label.lines or (label.text,)
    whole = "".join(lines).replace(" ", "") == label.text.replace(" ", "")
    wide = all(metrics.horizontalAdvance(line) <= label.rect.width() for line in lines)
    return whole and wide and len(lines) * metrics.height() <= label.rect.height() + len(lines)


def test_a_title_too_long_for_two_lines_leaves_its_mark_alone(qtbot: QtBot) -> None:
    county = county_with(*graded(Text("很长" * 60, "very long " * 40), Text("停电", "No power")))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        pane.viewport.grab()
        picture = pane.viewport.picture
        assert [label.text for label in picture.labels if label.role == "incident"] == ["No power"]
        assert len(picture.shown.marks) == 2


@pytest.mark.parametrize(
    "language, said", [("zh_CN", "[演练] 橙色预警"), ("en", "[Exercise] Orange warning")]
)
def test_a_warning_without_room_for_its_headline_still_says_what_it_is(
    qtbot: QtBot, language: str, said: str
) -> None:
    county = county_with(
        a_warning(status="exercise", headline=Text("很长" * 60, "very long " * 40))
    )
    with a_stage(county, language) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        pane.viewport.grab()
        labels = [a.text for a in pane.viewport.picture.labels if a.role.startswith("warning")]
        assert labels == [said]

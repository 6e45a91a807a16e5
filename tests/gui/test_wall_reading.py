"""The wall across the room: large enough, worst first, and no part of it left empty."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop.application.wall_place import (
    LEAST_ARC_MINUTES,
    UNKNOWN_PLACE,
    Shift,
    Viewing,
    WallPlace,
)
from desktop.domain.command import Collection, Key
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import SourceStatus
from desktop.gui import formatting
from desktop.gui.theme import Theme
from desktop.gui.wall.canvas import HUGE, Canvas
from desktop.gui.wall.overview import OverviewScene
from desktop.gui.wall.window import WallWindow
from support.builders import NOW, FakeClock, a_queue, a_township, an_asset, an_incident
from support.painted import Painted, contrast
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, painted_lines, shown

TITLE = "Yunxi County"
PORTRAIT = (1080, 1920)
SCENES = 3
PROBE_PX = 1000
"""The font in which the wall finds out how high a letter is; nothing is written in it."""


@contextmanager
def a_wall(
    county: SampleCounty,
    size: tuple[int, int],
    place: WallPlace = UNKNOWN_PLACE,
    language: str = "en",
) -> Iterator[WallWindow]:
    with (
        a_stage(county, language, theme="wall") as screen,
        shown(WallWindow(screen, TITLE, place=place), screen, *size) as wall,
    ):
        yield wall


def storm() -> SampleCounty:
    return sample_county(FakeClock())


def calm() -> SampleCounty:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, expected_period_ms=HOUR))
    county.tell(a_township(), an_incident(), an_asset(), a_queue())
    return county


def ink_height_px(font: QFont) -> int:
    """Rows of pixels that a capital letter really covers."""
    side = font.pixelSize() * 2
    picture = QImage(side, side, QImage.Format.Format_Grayscale8)
    picture.fill(Qt.GlobalColor.black)
    with QPainter(picture) as painter:
        painter.setFont(font)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(QPoint(side // 4, side * 3 // 4), "H")
    lit = [y for y in range(side) if max(bytes(picture.constScanLine(y))[:side]) > 96]
    return lit[-1] - lit[0] + 1


def fonts_painted(size: tuple[int, int], place: WallPlace = UNKNOWN_PLACE) -> dict[int, QFont]:
    """Every font that a wall asks for from its first picture on, by its pixels; the map's too."""
    asked: dict[int, QFont] = {}
    give = Theme.font

    def keep(theme: Theme, role: str, px: int | None = None) -> QFont:
        font = give(theme, role, px)
        asked.setdefault(font.pixelSize(), font)
        return font

    with patch.object(Theme, "font", keep), a_wall(storm(), size, place) as wall:
        for scene in range(SCENES):
            wall.go_to(scene, NOW)
            wall.grab()
    asked.pop(PROBE_PX, None)
    return asked


@pytest.mark.parametrize(
    ("size", "viewing"),
    [
        ((1920, 1080), Viewing(6.0, 1.6)),
        ((1920, 1080), Viewing(10.0, 2.0)),
        ((3840, 2160), Viewing(3.0, 2.4)),
        ((5120, 1440), Viewing(8.0, 1.8)),
        (PORTRAIT, Viewing(4.0, 1.21)),
    ],
)
def test_no_letter_is_smaller_than_sixteen_minutes_of_arc_for_the_farthest_reader(
    qtbot: QtBot, size: tuple[int, int], viewing: Viewing
) -> None:
    fonts = fonts_painted(size, WallPlace(viewing))
    assert len(fonts) > 2
    for font in fonts.values():
        letter_m = ink_height_px(font) * viewing.height_m / size[1]
        arc = math.degrees(2 * math.atan(letter_m / 2 / viewing.distance_m)) * 60
        assert arc >= LEAST_ARC_MINUTES, (font.pixelSize(), arc)


@pytest.mark.parametrize("size", [(1920, 1080), PORTRAIT])
def test_a_wall_of_an_unknown_room_is_read_from_four_times_its_shorter_side(
    qtbot: QtBot, size: tuple[int, int]
) -> None:
    fonts = fonts_painted(size)
    smallest = fonts[min(fonts)]
    letter = ink_height_px(smallest) / min(size)
    assert math.degrees(math.atan(letter / 4)) * 60 >= LEAST_ARC_MINUTES


def test_a_wall_has_at_most_four_sizes_of_text_and_the_headline_the_largest(qtbot: QtBot) -> None:
    sizes = sorted(fonts_painted((1920, 1080)))
    assert len(sizes) <= 4
    assert sizes[-1] == round(HUGE)


@pytest.mark.parametrize("size", [(1920, 1080), PORTRAIT])
@pytest.mark.parametrize("place", range(SCENES))
def test_at_a_tenth_of_its_size_a_scene_still_shows_its_headline(
    qtbot: QtBot, size: tuple[int, int], place: int
) -> None:
    with a_wall(storm(), size) as wall:
        wall.go_to(place, NOW)
        assert wall.headline.said.text
        band = QRect(wall.headline.mapTo(wall, QPoint(0, 0)), wall.headline.size())
        picture = wall.grab().toImage()
        ground = wall.headline.grab().toImage().pixelColor(1, 1)
    mode = Qt.TransformationMode.SmoothTransformation
    small = picture.scaled(size[0] // 10, size[1] // 10, mode=mode)
    rows = [
        y
        for y in range(band.top() // 10, band.bottom() // 10)
        if sum(contrast(small.pixelColor(x, y), ground) >= 2 for x in range(small.width())) >= 5
    ]
    assert len(rows) >= 6, "letters of six pixels can be read"


@pytest.mark.parametrize("size", [(1920, 1080), PORTRAIT, (3840, 2160)])
@pytest.mark.parametrize("place", range(SCENES))
def test_no_large_part_of_a_wall_is_left_empty(
    qtbot: QtBot, size: tuple[int, int], place: int
) -> None:
    with a_wall(storm(), size) as wall:
        wall.go_to(place, NOW)
        picture = wall.grab().toImage().scaled(size[0] // 4, size[1] // 4)
    ground = QColor(Theme("wall").tokens.panel)
    bands, width = 10, picture.width()
    high = picture.height() // bands
    inked = [
        sum(
            contrast(picture.pixelColor(x, y), ground) >= 2
            for x in range(0, width, 3)
            for y in range(band * high, (band + 1) * high, 3)
        )
        / (width / 3 * high / 3)
        for band in range(bands)
    ]
    assert min(inked) > 0.004, [round(share, 4) for share in inked]


def test_an_upright_wall_sets_the_list_below_the_map_and_fills_it(qtbot: QtBot) -> None:
    with a_wall(storm(), PORTRAIT) as wall:
        scene, state = wall.shown[0], wall.state
        assert isinstance(scene, OverviewScene)
        assert state is not None
        titles = {row.title.en for row in state.urgent}
        listed = [each for each in Painted(scene).writings if each.text in titles]
        assert len(listed) >= 5
        assert all(each.rect.left() < scene.width() / 8 for each in listed), "not beside the map"
        assert listed[-1].rect.bottom() > scene.height() * 0.9


def test_the_worst_thing_is_marked_on_the_map(qtbot: QtBot) -> None:
    county = calm()
    county.tell(an_incident(level=EventLevel.MAJOR, version=2))
    with a_wall(county, (1920, 1080)) as wall:
        scene, state = wall.shown[0], wall.state
        assert isinstance(scene, OverviewScene)
        assert state is not None
        key = wall.headline.said.key
        assert key == Key("county", Collection.INCIDENTS, "I0001")
        scene.grab()
        labelled = scene.map.labels
        bright = []
        for worst in (key, None):
            picture = QImage(800, 600, QImage.Format.Format_RGB32)
            with QPainter(picture) as painter:
                scene.map.paint(painter, QRectF(0, 0, 800, 600), state.county, 1.0, worst)
            text = QColor(Theme("wall").tokens.text)
            bright.append(
                sum(picture.pixelColor(x, y) == text for x in range(800) for y in range(600))
            )
    assert any("Burst water main" in label.text for label in labelled)
    assert bright[0] > bright[1] + 100, "a ring of the colour of writing stands around it"


def test_without_anything_that_calls_the_headline_is_what_is_overdue_then_that_nothing_is(
    qtbot: QtBot,
) -> None:
    with a_wall(calm(), (1920, 1080)) as wall:
        assert wall.headline.said.text == "1 open incident, not overdue"
        assert wall.headline.said.ink == "second"
        late = NOW + 12 * HOUR
        for scene in wall.scenes:
            scene.now = late
        wall.go_to(0, late)
        assert wall.headline.said.text == "Burst water main"
        assert wall.headline.said.beside.startswith("overdue")
        assert wall.headline.said.beside_ink == "red"


def test_a_zero_is_small_and_grey(qtbot: QtBot) -> None:
    with a_wall(calm(), (1920, 1080)) as wall:
        written: dict[str, tuple[float, str]] = {}
        write = Canvas.write

        def keep(canvas: Canvas, rect, text, size, ink="text", *rest, **more) -> float:  # type: ignore[no-untyped-def]
            written.setdefault(text, (size, ink))
            return write(canvas, rect, text, size, ink, *rest, **more)

        with patch.object(Canvas, "write", keep):
            wall.shown[0].grab()
    assert written["0"] == (38.0, "second")


def test_a_tall_wall_says_all_of_what_calls_and_still_explains_its_map(qtbot: QtBot) -> None:
    with a_wall(storm(), PORTRAIT) as wall:
        wall.go_to(1, NOW)
        said = wall.alarm.said
        assert said is not None
        assert painted_lines(wall.alarm) == [f"{said.beside} · {said.text}", said.below]
        (scene,) = wall.shown
        assert {"Larger", "overdue", "without coordinates"} <= set(painted_lines(scene))


def test_the_foot_leaves_out_how_new_the_new_is_before_it_cuts_how_old_the_old_is(
    qtbot: QtBot,
) -> None:
    def a_source(id: str, title: str, age: int) -> SourceStatus:
        names = Text(title, title)
        return a_status(id=id, title=names, last_good_at=NOW - age, expected_period_ms=MINUTE)

    old = a_source("old", "Weather warnings", HOUR)
    for count, said in (
        (1, ["● Platform 0 s ago", "○ Weather warnings 1 h ago"]),
        (4, [*["● Platform"] * 4, "○ Weather warnings 1 h"]),
        (12, [*["●"] * 12, "○ Weather warnings 1 h"]),
    ):
        new = (a_source(f"new {n}", "Platform", 0) for n in range(count))
        with a_wall(empty_county(FakeClock(), *new, old), (1920, 1080)) as wall:
            written = [line for line in painted_lines(wall.foot) if line[0] in "●○"]
            assert written[-len(said) :] == said, "what comes before was only measured"


def test_the_head_says_date_shift_and_the_time_of_the_data(qtbot: QtBot) -> None:
    shifts = (
        Shift("08:30", Text("白班", "Day shift")),
        Shift("20:30", Text("夜班", "Night shift")),
    )
    with a_wall(calm(), (1920, 1080), WallPlace(None, shifts)) as wall:
        date, shift, data = (text for text, _ in wall.top.moment())
        there = formatting.local(NOW)
        assert date == there.strftime("%a ") + str(there.day) + there.strftime(" %b")
        assert shift in ("Day shift", "Night shift")
        assert data == f"data of {formatting.clock_time(NOW)}"
        assert {date, shift, data} <= set(painted_lines(wall.top))


def test_a_shift_lasts_until_the_next_also_beyond_midnight() -> None:
    place = WallPlace(None, (Shift("08:30", Text("白班")), Shift("20:30", Text("夜班"))))
    at = {time: place.shift_at(time) for time in ("08:29", "08:30", "20:29", "23:59", "00:00")}
    assert [shift.title.zh for shift in at.values() if shift] == [
        "夜班",
        "白班",
        "白班",
        "夜班",
        "夜班",
    ]
    assert UNKNOWN_PLACE.shift_at("12:00") is None


def test_old_data_turn_their_time_in_the_head_orange(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW))
    county.tell(a_township(), an_incident())
    with a_wall(county, (1920, 1080)) as wall:
        assert wall.top.moment()[-1][1] == "second"
        clock.advance(10 * MINUTE + SECOND)
        wall.tick(clock.now())
        assert wall.top.moment()[-1][1] == "orange"

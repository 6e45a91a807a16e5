"""Labels and picking on the map, without a window."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF

from desktop.domain.asset import AssetState
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Place
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.gui.panes.map.drawing import View
from desktop.gui.panes.map.geometry import County, Mark, nearest
from desktop.gui.panes.map.label_placement import Occupied, SpotsWithin, Wish, declutter, spots_away
from desktop.gui.panes.map.layout import lay_out
from support.builders import NOW, FakeClock, a_township, an_asset, an_incident
from support.sample_board import a_status, empty_county, sample_county

BOUNDS = QRectF(0, 0, 800, 600)
places = st.tuples(st.floats(0, 800), st.floats(0, 600))


def a_mark(x: float, y: float, rank: int = 10, id: str = "I1") -> Mark:
    return Mark(
        Key("county", Collection.INCIDENTS, id), x, y, EventLevel.ORDINARY, rank, Text("事", "x")
    )


def a_wish(x: float, y: float, width: float) -> Wish:
    return Wish("name", "incident", width, 18, spots_away(x, y, width, 18, 10))


@given(
    wanted=st.lists(st.tuples(places, st.floats(10, 200)), max_size=30),
    marks=st.lists(places, max_size=60),
)
def test_no_label_touches_another_or_a_mark_or_leaves_the_map(
    wanted: list[tuple[tuple[float, float], float]], marks: list[tuple[float, float]]
) -> None:
    taken = [QRectF(x - 6, y - 6, 12, 12) for x, y in marks]
    labels = declutter([a_wish(*at, width) for at, width in wanted], Occupied(taken), BOUNDS)
    for one, other in combinations([label.rect for label in labels], 2):
        assert not one.intersects(other)
    for label in labels:
        assert BOUNDS.contains(label.rect)
        assert not any(label.rect.intersects(mark) for mark in taken)


def test_the_more_important_label_takes_the_place_and_the_other_moves_away() -> None:
    first, second = declutter([a_wish(100, 100, 80), a_wish(100, 100, 80)], Occupied(), BOUNDS)
    assert first.rect.left() == 110
    assert second.rect.right() < 100


def test_a_label_without_room_is_left_out() -> None:
    assert declutter([a_wish(100, 100, 80)], Occupied([BOUNDS]), BOUNDS) == []


def test_the_name_of_an_area_stays_inside_its_outline() -> None:
    slanted = QPolygonF([QPointF(0, 0), QPointF(300, 0), QPointF(0, 300)])
    spots = list(SpotsWithin(slanted, QPointF(100, 100), 60, 16))
    assert spots
    assert all(spot.x() + 60 + spot.y() + 16 <= 301 for spot in spots)


def test_a_click_means_the_nearest_mark_within_reach() -> None:
    near, far = a_mark(10, 10, id="near"), a_mark(16, 10, id="far")
    assert nearest([far, near], 12, 10, 12) is near
    assert nearest([far, near], 100, 100, 12) is None


def test_of_two_marks_in_one_place_a_click_means_the_worse() -> None:
    calm, grave = a_mark(10, 10, rank=22, id="calm"), a_mark(10, 10, rank=5, id="grave")
    assert nearest([grave, calm], 10, 10, 12) is grave


def test_pixels_and_kilometres_lead_back_to_one_another() -> None:
    view = View.fitting(QRectF(-30, -20, 60, 40), 800, 600)
    assert view.plane(*view.pixel(3.5, -7.25)) == pytest.approx((3.5, -7.25))
    left, top = view.pixel(-30, -20)
    right, bottom = view.pixel(30, 20)
    assert left >= -1e-6
    assert top >= -1e-6
    assert right <= 800 + 1e-6
    assert bottom <= 600 + 1e-6


def test_a_square_of_kilometres_is_a_square_on_the_map() -> None:
    """At 60° a degree of longitude is half a degree of latitude."""
    outline = ((10.0, 60.0), (10.2, 60.0), (10.2, 60.1), (10.0, 60.1), (10.0, 60.0))
    extent = county_of(a_township(outline=outline)).areas[0].outline.boundingRect()
    assert extent.width() == pytest.approx(extent.height(), rel=0.01)


def test_the_whole_county_is_what_its_shapes_fill_now() -> None:
    """The extent is taken over from the county before only where every shape is."""
    made = empty_county(FakeClock(), a_status(last_good_at=NOW))
    places = ((110.0, 29.5), (110.1, 29.6), (110.2, 29.7))
    county, extents = None, []
    for number, (lon, lat) in enumerate(places):
        for value in (1.0, 2.0):
            made.tell(an_asset(id=f"A{number}", place=Place(lon, lat), value=value))
            county = lay_out(made.board.map_layer(), made.board.statuses(), NOW, county)
            extents.append(county.extent)
    assert extents[2] is extents[3], "a reading moves nothing"
    assert extents[4] is extents[5]
    assert extents[2] != extents[4]
    assert extents[4].contains(extents[2])


def county_of(*rows: object, last_good_at: int | None = NOW) -> County:
    made = empty_county(FakeClock(), a_status(last_good_at=last_good_at))
    made.tell(*rows)  # type: ignore[arg-type]
    return lay_out(made.board.map_layer(), made.board.statuses(), NOW)


def test_a_township_half_of_whose_devices_are_unknown_is_in_doubt() -> None:
    """A link that is down shows as its failed gateway and everything behind it unknown."""
    unknown = an_asset(state=AssetState.UNKNOWN)
    gateway = an_asset(id="A2", state=AssetState.FAILED)
    assert county_of(a_township(), unknown, gateway).areas[0].in_doubt
    assert not county_of(a_township(), unknown, gateway, an_asset(id="A3")).areas[0].in_doubt


def test_a_township_of_a_stale_source_is_in_doubt() -> None:
    assert county_of(a_township(), an_asset(), last_good_at=NOW - 3_600_000).areas[0].in_doubt
    assert not county_of(a_township(), an_asset()).areas[0].in_doubt


def test_the_worst_mark_is_drawn_last_and_failed_assets_above_all_incidents() -> None:
    made = sample_county(FakeClock())
    county = lay_out(made.board.map_layer(), made.board.statuses(), NOW)
    failed = [mark.has_failed for mark in county.marks]
    first = failed.index(True)
    assert all(failed[first:])
    ranks = [mark.rank for mark in county.marks[:first]]
    assert ranks == sorted(ranks, reverse=True)


def test_incidents_without_a_place_are_counted() -> None:
    county = county_of(an_incident(), an_incident(id="I2", place=None))
    assert (len(county.marks), county.unplaced) == (1, 1)

"""The map's picture: what a change paints anew, and what it leaves as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent

from desktop.application.reads.read_models import MapLayer, MapMark
from desktop.domain.asset import Asset, AssetState
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, Key
from desktop.domain.geo import Place
from desktop.domain.incident import Deadline, DeadlineKind
from desktop.domain.instant import HOUR, MINUTE
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import Batch
from desktop.gui.context import UiContext
from desktop.gui.panes.map.geometry import County
from desktop.gui.panes.map.layout import lay_out
from desktop.gui.panes.map.pane import MapPane
from desktop.gui.panes.map.rendered_map import Picture
from support.builders import NOW, FakeClock, a_township, an_asset, an_incident
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown, taken_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PUMP = Key("county", Collection.ASSETS, "A0001")


def settled(pane: MapPane, screen: UiContext) -> tuple[int, int]:
    """How often the picture was painted and patched, once the view has come to rest."""
    pane.viewport.settle()
    settle(screen)
    return pane.viewport.picture.paintings, pane.viewport.picture.patched


def small_county(clock: FakeClock | None = None) -> SampleCounty:
    county = empty_county(clock or FakeClock(), a_status(last_good_at=NOW))
    county.tell(a_township(), an_asset(), an_incident(), an_asset(id="A2", place=A_CORNER))
    return county


A_CORNER = Place(110.02, 29.52)


def out_of_service(**more: object) -> Asset:
    return an_asset(**{"id": "A2", "place": A_CORNER, "state": AssetState.OUT_OF_SERVICE} | more)


def painted_whole(picture: Picture) -> QImage:
    """The picture as it is when nothing of one before is taken over."""
    return picture.drawing.render().image


def kept(picture: Picture) -> QImage:
    rendering = picture.rendering
    assert rendering is not None
    return rendering.image


def test_a_mere_reading_paints_nothing(qtbot: QtBot) -> None:
    county = small_county()
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        before = settled(pane, screen)
        reading = an_asset(value=0.5, observed_at=NOW, version=2)
        county.tell(reading)
        taken_in(qtbot, screen)
        layer = pane.viewport.picture.county.layer
        assert layer is not None
        assert reading in layer.assets
        assert settled(pane, screen) == before


def test_a_mark_that_changed_is_painted_where_it_is_and_the_rest_is_left(qtbot: QtBot) -> None:
    county = small_county()
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        paintings, patched = settled(pane, screen)
        image = kept(pane.viewport.picture)
        county.tell(out_of_service(version=2))
        taken_in(qtbot, screen)
        after = settled(pane, screen)
        assert after[0] == paintings
        assert 0 < after[1] - patched <= 2
        assert kept(pane.viewport.picture) is image
        assert image == painted_whole(pane.viewport.picture)


@pytest.mark.parametrize("row", [a_township(name=Text("石", "Stone"), version=2)])
def test_a_change_of_the_ground_paints_the_whole(qtbot: QtBot, row: object) -> None:
    county = small_county()
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        paintings, _ = settled(pane, screen)
        county.tell(row)  # type: ignore[arg-type]
        taken_in(qtbot, screen)
        assert settled(pane, screen)[0] == paintings + 1
        assert any(label.text == "Stone" for label in pane.viewport.picture.labels)


changes = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from([*EventLevel, *AssetState]),
        st.tuples(st.floats(109.99, 110.11), st.floats(29.49, 29.61)),
        st.booleans(),
    ),
    max_size=6,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(changes, min_size=1, max_size=4))
def test_a_picture_mended_in_places_is_the_one_painted_whole(
    steps: list[list[tuple[int, EventLevel | AssetState, tuple[float, float], bool]]],
) -> None:
    county = small_county()
    with a_stage(county) as screen, shown(MapPane(screen), screen, 500, 400) as pane:
        settled(pane, screen)
        viewport, laid = pane.viewport, pane.viewport.picture.county
        assert laid.layer is not None
        for step in steps:
            laid = lay_out(_with(laid, step), (), NOW, laid)
            viewport.show_county(laid)
            settle(screen)
            assert kept(viewport.picture) == painted_whole(viewport.picture)
    county.close()


def _with(
    county: County,
    step: list[tuple[int, EventLevel | AssetState, tuple[float, float], bool]],
) -> MapLayer:
    layer = county.layer
    assert layer is not None
    incidents = {mark.key: mark for mark in layer.incidents}
    assets = {asset.id: asset for asset in layer.assets}
    for number, shape, (lon, lat), overdue in step:
        if isinstance(shape, AssetState):
            found = an_asset(id=f"A{number}", state=shape, place=Place(lon, lat))
            assets[found.id] = found
            continue
        key = Key("county", Collection.INCIDENTS, f"I{number}")
        if incidents.pop(key, None) is None or overdue:
            incidents[key] = MapMark(
                key, Text("事", f"No. {number}"), shape, lon, lat, overdue, "T01"
            )
    return msgspec.structs.replace(
        layer, incidents=tuple(incidents.values()), assets=tuple(assets.values())
    )


def test_labels_keep_their_places_until_a_mark_comes_to_lie_under_one(qtbot: QtBot) -> None:
    county = small_county()
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        settled(pane, screen)
        picture = pane.viewport.picture
        labels = picture.labels
        county.tell(out_of_service(version=2))
        taken_in(qtbot, screen)
        assert picture.labels is labels
        [name] = [label for label in labels if label.text == "Shimen"]
        under = picture.view.plane(name.rect.center().x(), name.rect.center().y())
        place = Place(*picture.county.projection.degrees(*under))
        county.tell(out_of_service(id="A3", place=place))
        taken_in(qtbot, screen)
        mark = picture.mark(Key("county", Collection.ASSETS, "A3"))
        assert mark is not None
        [name] = [label for label in picture.labels if label.text == "Shimen"]
        assert not name.rect.contains(QPointF(*picture.view.pixel(mark.x, mark.y)))


def test_a_deadline_that_passes_is_seen_without_any_row_changing(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW))
    due = Deadline(DeadlineKind.HANDLE, NOW + MINUTE)
    county.tell(a_township(), an_incident(deadlines=(due,)))
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        assert not pane.viewport.picture.county.marks[0].overdue
        clock.advance(2 * MINUTE)
        screen.feed.ticked.emit(clock.now())
        settle(screen)
        assert pane.viewport.picture.county.marks[0].overdue
        assert pane.viewport.picture.county.changes_at is None


def test_only_what_changed_is_read_again() -> None:
    county = sample_county(FakeClock())
    before = county.board.map_layer()
    county.tell(an_incident(id="I9"), an_asset(id="A9999"))
    layer = county.board.map_layer(since=before, changed={Collection.INCIDENTS})
    assert len(layer.incidents) == len(before.incidents) + 1
    assert layer.assets is before.assets
    assert layer.townships is before.townships
    assert len(county.board.map_layer(since=layer, changed={Collection.ASSETS}).assets) == 501


def test_changes_that_were_not_read_yet_are_read_with_the_next(qtbot: QtBot) -> None:
    county = small_county()
    with a_stage(county) as screen, shown(MapPane(screen), screen) as pane:
        county.cache.apply(Batch("county", puts=(an_incident(id="I2"), an_asset(id="A3"))))
        screen.feed.changed.emit(Changes.in_any_row({Collection.INCIDENTS}))
        screen.feed.changed.emit(Changes.in_any_row({Collection.ASSETS}))
        settle(screen)
        ids = {mark.key.id for mark in pane.viewport.picture.county.marks}
        assert {"I2", "A3"} <= ids


def turn_wheel(pane: MapPane, up: bool) -> None:
    surface = pane.viewport
    middle = surface.rect().center()
    turn = QWheelEvent(
        QPointF(middle),
        QPointF(surface.mapToGlobal(middle)),
        QPoint(0, 0),
        QPoint(0, 120 if up else -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(surface, turn)


def test_a_turn_of_the_wheel_shows_the_picture_scaled_at_once_and_the_true_one_after(
    qtbot: QtBot,
) -> None:
    with a_stage(sample_county(FakeClock())) as screen, shown(MapPane(screen), screen) as pane:
        paintings, _ = settled(pane, screen)
        before = pane.viewport.grab().toImage()
        turn_wheel(pane, up=True)
        scaled = pane.viewport.grab().toImage()
        assert scaled != before
        assert pane.viewport.picture.paintings == paintings
        assert settled(pane, screen)[0] == paintings + 1
        assert pane.viewport.grab().toImage() != scaled


def test_a_source_that_is_an_hour_old_changes_the_ground_and_no_mark(qtbot: QtBot) -> None:
    clock = FakeClock()
    with a_stage(small_county(clock)) as screen, shown(MapPane(screen), screen) as pane:
        before = pane.viewport.picture.county
        clock.advance(HOUR)
        screen.feed.ticked.emit(clock.now())
        settle(screen)
        county = pane.viewport.picture.county
        assert county.areas[0].in_doubt
        assert county.areas[0].outline is before.areas[0].outline
        assert county.lines is before.lines

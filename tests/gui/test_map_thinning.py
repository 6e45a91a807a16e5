"""The map of few things: what is a mark of its own, and what is counted."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QColor, QImage

from desktop.domain.asset import AssetState
from desktop.domain.command import Key
from desktop.domain.geo import Place
from desktop.domain.levels import EventLevel
from desktop.gui.panes.map.drawing import Layers, View
from desktop.gui.panes.map.geometry import County
from desktop.gui.panes.map.label_placement import Label
from desktop.gui.panes.map.layer_switch import LayerSwitch
from desktop.gui.panes.map.layout import lay_out
from desktop.gui.panes.map.pane import MapPane
from desktop.gui.panes.map.thinning import Shown, thin_out
from desktop.gui.widgets.accessible import give_roles
from support.builders import NOW, FakeClock, a_deadline, a_township, an_asset, an_incident
from support.sample_board import a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

FAR = ((110.4, 29.5), (110.5, 29.5), (110.5, 29.6), (110.4, 29.6), (110.4, 29.5))


def county_of(*rows: object) -> County:
    """Shimen, with these rows in it, and another township far from it."""
    made = empty_county(FakeClock(), a_status(last_good_at=NOW))
    made.tell(a_township(), a_township(id="T02", outline=FAR), *rows)  # type: ignore[arg-type]
    return lay_out(made.board.map_layer(), made.board.statuses(), NOW)


def several(count: int, level: EventLevel = EventLevel.NONE, **more: object) -> list[object]:
    return [an_incident(id=f"{level}{n}", level=level, **more) for n in range(count)]


def thinned(county: County, zoom: float = 1.0, picked: Key | None = None) -> Shown:
    view = View.fitting(county.extent, 1000, 600)
    middle = county.areas[0].centre
    scale = view.px_per_km * zoom
    near = View(middle.x() - 500 / scale, middle.y() - 300 / scale, scale, 1000, 600)
    return thin_out(county, Layers(), near if zoom > 1 else view, picked)


def test_ungraded_incidents_are_counted_by_township() -> None:
    found = thinned(county_of(*several(5), an_incident(id="T", township="T02")))
    assert [(c.township, c.level, c.number) for c in found.counts] == [("T01", EventLevel.NONE, 5)]
    assert [mark.key.id for mark in found.marks] == ["T"]


@pytest.mark.parametrize(
    "level", [EventLevel.LARGER, EventLevel.MAJOR, EventLevel.ESPECIALLY_MAJOR]
)
def test_graver_incidents_are_marks_of_their_own_however_many(level: EventLevel) -> None:
    found = thinned(county_of(*several(40, level)))
    assert len(found.marks) == 40
    assert found.counts == ()


def test_overdue_incidents_are_marks_of_their_own() -> None:
    due = a_deadline(due_at=NOW - 1)
    found = thinned(county_of(*several(4, deadlines=(due,)), *several(0)))
    assert len(found.marks) == 4


def test_the_picked_incident_is_a_mark_of_its_own_and_not_counted() -> None:
    county = county_of(*several(5))
    picked = county.marks[0].key
    found = thinned(county, picked=picked)
    assert [mark.key for mark in found.marks] == [picked]
    assert [count.number for count in found.counts] == [4]


@pytest.mark.parametrize(("number", "apart"), [(6, 6), (7, 0)])
def test_ordinary_incidents_stand_apart_until_there_are_too_many(number: int, apart: int) -> None:
    found = thinned(county_of(*several(number, EventLevel.ORDINARY)))
    assert len(found.marks) == apart
    assert sum(count.number for count in found.counts) == number - apart


def test_a_township_that_fills_the_view_shows_each_of_its_incidents() -> None:
    found = thinned(county_of(*several(5)), zoom=5)
    assert len(found.marks) == 5
    assert found.counts == ()


def test_incidents_of_a_township_without_an_outline_are_never_counted_away() -> None:
    found = thinned(county_of(*several(5, township="nowhere")))
    assert len(found.marks) == 5


@pytest.mark.parametrize("zoom", [1.0, 5.0])
def test_every_open_incident_with_a_place_is_drawn_or_counted(zoom: float) -> None:
    made = sample_county(FakeClock(), 300)
    county = lay_out(made.board.map_layer(), made.board.statuses(), NOW)
    found = thinned(county, zoom)
    drawn = sum(not mark.is_asset for mark in found.marks)
    total = sum(not mark.is_asset for mark in county.marks)
    assert drawn + sum(count.number for count in found.counts) == total


def test_a_failed_asset_stands_beside_a_grave_incident_at_its_place_so_that_both_are_seen() -> None:
    place = Place(110.05, 29.55)
    failed = an_asset(state=AssetState.FAILED, place=place)
    county = county_of(failed, an_incident(level=EventLevel.MAJOR, place=place))
    view = View.fitting(county.extent, 1000, 600)
    incident, asset = thinned(county).marks
    assert asset.has_failed
    (x, y), (u, v) = view.pixel(incident.x, incident.y), view.pixel(asset.x, asset.y)
    assert (u - x, v - y) == (pytest.approx(12), pytest.approx(12))


def test_a_failed_asset_is_drawn_above_an_ungraded_incident(qtbot: QtBot) -> None:
    place = Place(110.05, 29.55)
    made = empty_county(FakeClock(), a_status(last_good_at=NOW))
    made.tell(a_township(), an_asset(state=AssetState.FAILED, place=place))
    made.tell(an_incident(level=EventLevel.NONE, place=place))
    with a_stage(made) as screen, shown(MapPane(screen), screen) as pane:
        settle(screen)
        mark = next(m for m in pane.viewport.picture.shown.marks if m.has_failed)
        x, y = (round(at) for at in pane.viewport.picture.view.pixel(mark.x, mark.y))
        image = pane.viewport.grab().toImage()
        red = QColor(screen.theme.tokens.red)
        assert image.pixelColor(x - 5, y) == red
        assert image.pixelColor(x + 5, y) == red


def counted(pane: MapPane) -> list[Label]:
    return [label for label in pane.viewport.picture.labels if label.counts]


def test_each_count_is_on_the_map_and_a_click_on_it_brings_its_marks(qtbot: QtBot) -> None:
    made = sample_county(FakeClock(), 200)
    with a_stage(made) as screen, shown(MapPane(screen), screen, 1000, 700) as pane:
        settle(screen)
        picture = pane.viewport.picture
        on_labels = sum(count.number for label in counted(pane) for count in label.counts)
        assert on_labels == sum(count.number for count in picture.shown.counts)
        label = counted(pane)[0]
        at = label.rect.center().toPoint()
        qtbot.mouseClick(pane.viewport, Qt.MouseButton.LeftButton, pos=at)
        assert not [count for count in picture.shown.counts if count.township == label.area]
        assert sum(mark.township == label.area for mark in picture.shown.marks) >= 2


@pytest.mark.parametrize(("width", "height"), [(300, 220), (200, 160)])
def test_no_count_is_lost_on_a_small_map(qtbot: QtBot, width: int, height: int) -> None:
    made = sample_county(FakeClock(), 200)
    with a_stage(made) as screen, shown(MapPane(screen), screen, width, height) as pane:
        settle(screen)
        told = {label.area for label in counted(pane)}
        assert told == {count.township for count in pane.viewport.picture.shown.counts}


def test_page_down_goes_through_the_counts_and_enter_opens_one(qtbot: QtBot) -> None:
    made = sample_county(FakeClock(), 200)
    with a_stage(made) as screen, shown(MapPane(screen), screen, 1000, 700) as pane:
        pane.activateWindow()
        pane.viewport.setFocus()
        qtbot.waitUntil(pane.viewport.hasFocus)
        assert "Page Down" in pane.viewport.accessibleDescription()
        areas = []
        for _ in counted(pane):
            qtbot.keyClick(pane.viewport, Qt.Key.Key_PageDown)
            areas.append(pane.viewport.picture.cursor)
        assert sorted(areas) == sorted(label.area for label in counted(pane))
        area = areas[-1]
        label = pane.viewport.picture.label_of(area)
        assert label is not None
        assert f"Ungraded {label.counts[0].number}" in pane.viewport.accessibleDescription()
        qtbot.keyClick(pane.viewport, Qt.Key.Key_PageUp)
        assert pane.viewport.picture.cursor == areas[-2]
        qtbot.keyClick(pane.viewport, Qt.Key.Key_PageDown)
        qtbot.keyClick(pane.viewport, Qt.Key.Key_Return)
        assert not any(c.township == area for c in pane.viewport.picture.shown.counts)
        qtbot.keyClick(pane.viewport, Qt.Key.Key_0)
        assert any(c.township == area for c in pane.viewport.picture.shown.counts)


def test_a_reader_of_the_screen_is_told_what_the_keyboard_is_on(qtbot: QtBot) -> None:
    give_roles()
    made = sample_county(FakeClock(), 40)
    with a_stage(made) as screen, shown(MapPane(screen), screen, 1000, 700) as pane:
        face = QAccessible.queryAccessibleInterface(pane.viewport)
        assert face is not None
        assert face.role() is QAccessible.Role.Graphic
        assert face.text(QAccessible.Text.Value).isdecimal()
        qtbot.keyClick(pane.viewport, Qt.Key.Key_PageDown)
        assert "Ungraded" in face.text(QAccessible.Text.Value)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_switch_looks_different_when_off_without_any_colour(qtbot: QtBot, theme: str) -> None:
    made = sample_county(FakeClock())
    with a_stage(made, theme=theme) as screen, shown(MapPane(screen), screen) as pane:
        screen.theme.apply()
        switch = pane.findChild(LayerSwitch, "assets")
        on = switch.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        qtbot.keyClick(switch, Qt.Key.Key_Space)
        assert not switch.isChecked()
        assert not pane.viewport.picture.layers.assets
        off = switch.grab().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
        middle = [image.pixelColor(14, image.height() // 2).value() for image in (on, off)]
        assert abs(middle[0] - middle[1]) > 100
        assert switch.height() >= 24
        assert switch.width() >= 24


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("scale", [1, 2])
def test_no_button_lies_on_the_review_number_at_any_size(
    qtbot: QtBot, language: str, scale: int
) -> None:
    with (
        a_stage(sample_county(FakeClock()), language) as screen,
        shown(MapPane(screen), screen) as pane,
    ):
        font = pane.furniture.review.font()
        font.setPixelSize(12 * scale)
        pane.furniture.review.setFont(font)
        for button in pane.furniture.zooms:
            button.setFont(font)
        for width, height in product(range(120, 1000, 73), range(90, 700, 61)):
            pane.viewport.setFixedSize(width, height)
            pane.furniture.place(10.0)
            _assert_apart(pane)


def _assert_apart(pane: MapPane) -> None:
    furniture = pane.furniture
    buttons = [button.geometry() for button in furniture.zooms if not button.isHidden()]
    review = furniture.review.geometry()
    size = (pane.viewport.width(), pane.viewport.height())
    needed = furniture.review.heightForWidth(review.width())
    assert review.height() >= needed, size
    assert review.right() <= size[0], size
    for number, button in enumerate(buttons):
        assert not button.intersects(review), size
        assert button.left() >= 0, size
        assert button.right() <= size[0], size
        assert button.top() >= 0, size
        assert not any(button.intersects(other) for other in buttons[:number]), size
        assert min(button.width(), button.height()) >= 24, size
        if not furniture.bar.isHidden():
            assert not button.intersects(furniture.bar.geometry()), size

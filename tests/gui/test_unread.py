"""What came and could not be read never lets a pane, a strip or the wall look calm."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.domain.certainty import NOT_SURE
from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, SourceStatus
from desktop.gui import formatting
from desktop.gui.context import UiContext
from desktop.gui.panes.incidents.pane import IncidentPane
from desktop.gui.panes.infrastructure.pane import InfrastructurePane
from desktop.gui.panes.map.pane import MapPane
from desktop.gui.panes.pane import Pane
from desktop.gui.panes.queues.pane import QueuesPane
from desktop.gui.wall.state import age_lines
from desktop.gui.wall.window import WallWindow
from support.builders import NOW, FakeClock, a_bad_item, a_batch, a_queue, an_alarm, an_asset
from support.open_desk import calm, open_desk, source_buttons
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, painted_lines, settle, shown

PANES: list[tuple[Callable[[UiContext], Pane], Collection]] = [
    (IncidentPane, Collection.INCIDENTS),
    (InfrastructurePane, Collection.ASSETS),
    (QueuesPane, Collection.QUEUES),
    (MapPane, Collection.TOWNSHIPS),
]


def unread(*collections: Collection, count: int = 12, **changes: object) -> SourceStatus:
    """The county heard a moment ago, with so many items of these that nobody could read."""
    return a_status(last_good_at=NOW, unread=dict.fromkeys(collections, count), **changes)


def begun(pane: Pane) -> Pane:
    pane.show_first()
    return pane


@pytest.mark.parametrize(("make", "collection"), PANES)
def test_a_pane_of_which_nothing_could_be_read_does_not_say_that_there_is_none(
    qtbot: QtBot, make: Callable[[UiContext], Pane], collection: Collection
) -> None:
    county = empty_county(FakeClock(), unread(collection))
    with a_stage(county) as screen, shown(begun(make(screen)), screen) as pane:
        assert pane.empty.title.text().startswith("Could not be read: 12")
        assert ("rows" in pane.empty.title.text()) == isinstance(pane, MapPane)
        assert pane.head.unread.text() == "12 could not be read"
        with qtbot.waitSignal(pane.unread_asked):
            pane.head.unread.click()


@pytest.mark.parametrize(("make", "collection"), PANES)
def test_a_pane_of_which_all_was_read_says_nothing_of_it(
    qtbot: QtBot, make: Callable[[UiContext], Pane], collection: Collection
) -> None:
    other = Collection.TRENDS
    county = empty_county(FakeClock(), unread(other))
    with a_stage(county) as screen, shown(begun(make(screen)), screen) as pane:
        assert pane.head.unread.isHidden()
        assert "read" not in pane.empty.title.text()


@pytest.mark.parametrize(
    ("statuses", "title"),
    [
        ((a_status(last_good_at=NOW),), "Nothing open"),
        ((a_status(last_good_at=NOW, problem=Problem("x")),), "None when last heard: incidents"),
        (
            (a_status(last_good_at=NOW), a_status(id="b", last_good_at=None)),
            "Not all received: incidents",
        ),
    ],
)
def test_nothing_open_is_said_only_where_everybody_was_heard(
    qtbot: QtBot, statuses: tuple[SourceStatus, ...], title: str
) -> None:
    county = empty_county(FakeClock(), *statuses)
    with a_stage(county) as screen, shown(begun(IncidentPane(screen)), screen) as pane:
        assert pane.empty.title.text() == title


def test_a_pane_with_rows_says_how_many_are_missing(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), unread(Collection.QUEUES, count=1))
    county.tell(a_queue())
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        assert not pane.is_empty
        assert pane.head.unread.text() == "1 could not be read"


@pytest.mark.parametrize(
    ("make", "known"),
    [
        (InfrastructurePane, "1 · Failed 0 · Degraded 0 · Unknown 0"),
        (QueuesPane, "1 · Congested 0"),
    ],
)
def test_figures_become_sure_with_the_source_though_no_row_changes(
    qtbot: QtBot, make: Callable[[UiContext], Pane], known: str
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=None))
    county.tell(a_queue(), an_asset())
    with a_stage(county) as screen, shown(make(screen), screen) as pane:
        assert not pane.is_empty
        assert "—" in pane.head.summary.text()
        county.set_sources(a_status(last_good_at=NOW))
        settle(screen)
        screen.feed.ticked.emit(NOW)
        assert pane.head.summary.text() == known
        county.set_sources(a_status(last_good_at=NOW), a_status(id="b", last_good_at=None))
        settle(screen)
        screen.feed.ticked.emit(NOW)
        assert pane.head.summary.text() != known
        assert "1+" in pane.head.summary.text()


def test_the_strip_colours_a_fresh_source_that_could_not_be_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = empty_county(FakeClock(), unread(Collection.INCIDENTS))
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        (button,) = source_buttons(desk)
        assert "12 could not be read" in button.text()
        assert button.text().startswith("◐")
        assert button.property("tone") == "orange"
        assert "incidents: 12" in button.toolTip()


def test_the_count_on_a_pane_opens_what_could_not_be_read(qtbot: QtBot, tmp_path: Path) -> None:
    county = empty_county(FakeClock(), unread(Collection.QUEUES, Collection.INCIDENTS, count=42))
    bad = [
        a_bad_item(where=f"Q{n:02}", id=f"Q{n:02}", collection=Collection.QUEUES,
                   reason="Expected `int`, got `str` - at `$.n`")
        for n in range(42)
    ]  # fmt: skip
    county.cache.apply(a_batch(bad_items=tuple(bad)))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.panes["queues"].head.unread.click()
        calm(qtbot, desk)
        said = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert "服务队列 42 项未能读取" in said
        assert any(text.startswith("◐ 县平台") for text in said)
        assert "服务队列 Q00: 位置 $.n：应为 int，实为 str" in said
        assert any(text.startswith("另有 2 项") for text in said)
        desk.sources_sheet.put_away()
        desk.panes["incidents"].head.unread.click()
        calm(qtbot, desk)
        assert desk.sources_sheet.isVisible()


def test_alarms_that_could_not_be_read_bring_the_strip(qtbot: QtBot, tmp_path: Path) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with open_desk(qtbot, county, tmp_path, language="en") as desk:
        assert desk.panes["alarms"].isHidden()
        county.set_sources(unread(Collection.ALARMS, count=3))
        calm(qtbot, desk)
        assert not desk.panes["alarms"].isHidden()
        assert desk.panes["alarms"].unread.text() == "3 alarms could not be read"
        assert desk.panes["alarms"].button.isHidden()
        desk.panes["alarms"].unread.click()
        calm(qtbot, desk)
        assert desk.sources_sheet.isVisible()
        county.tell(an_alarm())
        calm(qtbot, desk)
        assert not desk.panes["alarms"].button.isHidden()
        assert not desk.panes["alarms"].unread.isHidden()


def test_the_sheet_of_alarms_says_none_only_when_all_were_read(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = empty_county(FakeClock(), unread(Collection.ALARMS, count=3))
    with open_desk(qtbot, county, tmp_path, language="en") as desk:

        def said() -> list[str]:
            desk.panes["alarms"].sheet.lay()
            calm(qtbot, desk)
            return [label.text() for label in desk.panes["alarms"].sheet.findChildren(QLabel)]

        assert "Could not be read: 3 (alarms)" in said()
        county.tell(an_alarm())
        calm(qtbot, desk)
        assert "Could not be read besides: 3 (alarms)" in said()


def wall_county(*collections: Collection) -> SampleCounty:
    return empty_county(FakeClock(), unread(*collections, expected_period_ms=60 * MINUTE))


def test_no_figure_of_the_wall_is_a_calm_zero_where_items_could_not_be_read(
    qtbot: QtBot,
) -> None:
    county = wall_county(Collection.INCIDENTS, Collection.ASSETS, Collection.QUEUES)
    county.tell(an_asset())
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen) as wall,
    ):
        written = painted_lines(wall)
        for label in ("Overdue incidents", "Failed assets", "Congested queues"):
            assert written[written.index(label) + 1] == NOT_SURE
        assert {"Degraded ?", "Unknown ?"} <= set(written)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_scene_of_the_wall_says_what_could_not_be_read(qtbot: QtBot, place: int) -> None:
    what = (Collection.INCIDENTS, Collection.WARNINGS, Collection.QUEUES)[place]
    county = wall_county(what)
    with (
        a_stage(county, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen) as wall,
    ):
        wall.go_to(place, NOW)
        written = painted_lines(wall)
    assert any(text.startswith("Could not be read: 12") for text in written)
    assert not {"none", "No open incident", "The sources have sent no queues"} & set(written)


@pytest.mark.parametrize("what", [Collection.ALARMS, Collection.WARNINGS, Collection.ASSETS])
def test_the_walls_headline_is_not_calm_over_what_was_not_read(
    qtbot: QtBot, what: Collection
) -> None:
    with (
        a_stage(wall_county(what), theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen) as wall,
    ):
        assert wall.headline.said.text.startswith("Could not be read: 12")


def test_the_wall_tells_the_room_beneath_its_name(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock()), theme="wall") as screen:
        status = unread(Collection.WARNINGS, title=Text("气象", "Weather"))
        (line,) = age_lines((status,), NOW, screen.words)
        assert line.text == "Weather · warnings: 12 could not be read"
        assert line.ink == "orange"


def test_fields_that_could_not_be_read_are_counted_apart_from_rows(qtbot: QtBot) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, spoiled={Collection.QUEUES: 2}))
    county.tell(a_queue())
    with a_stage(county) as screen, shown(QueuesPane(screen), screen) as pane:
        assert pane.head.unread.text() == "2 fields could not be read"
        assert not pane.head.unread.isHidden()


def test_no_head_shows_a_calm_zero_over_what_was_not_read(qtbot: QtBot) -> None:
    collections = (Collection.ASSETS, Collection.QUEUES, Collection.INCIDENTS)
    county = empty_county(FakeClock(), unread(*collections))
    county.tell(an_asset(), a_queue())
    with a_stage(county) as screen:
        with shown(QueuesPane(screen), screen) as queues:
            assert queues.head.summary.text() == "1+ · Congested ?"
        with shown(InfrastructurePane(screen), screen) as assets:
            assert "Failed ?" in assets.head.summary.text()
            assert assets.scope.text() == "Not normal, worst first · ?"
        with shown(begun(IncidentPane(screen)), screen) as incidents:
            assert isinstance(incidents, IncidentPane)
            incidents.show_overview(county.board.overview())
            assert incidents.head.summary.text() == "open ?"


def test_the_sources_sheet_says_what_cannot_be_compared(qtbot: QtBot) -> None:
    with a_stage(sample_county(FakeClock())) as screen:
        status = unread(Collection.INCIDENTS, uncompared={Collection.INCIDENTS: 3})
        lines = formatting.unread_lines(status, screen.words)
        assert lines[-1].startswith("incidents: 3 · Without an id or version to be read")

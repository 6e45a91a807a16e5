"""What a second, a minute or a change makes the wall read and paint: just itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QRect
from PySide6.QtGui import QImage, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.application.board import Board
from desktop.domain.asset import AssetState
from desktop.domain.changes import NOTHING, STATES, Changes
from desktop.domain.geo import Place
from desktop.domain.incident import Deadline, DeadlineKind
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.levels import EventLevel
from desktop.domain.source import Row
from desktop.gui.context import UiContext
from desktop.gui.wall.state import WallState, read_wall
from desktop.gui.wall.window import WallWindow
from support.builders import (
    NOW,
    FakeClock,
    a_queue,
    a_township,
    a_warning,
    an_alarm,
    an_asset,
    an_incident,
)
from support.events import Events, come_to_rest
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, settle, shown, taken_in

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

SIZE = (1920, 1080)
EDGE = 40
"""By so much of 255 an edge's pixel may differ; a figure in another place differs by far more."""
READS = {"incident_numbers", "queues", "alarms", "townships", "unread_ends"}


@contextmanager
def a_wall(
    county: SampleCounty, size: tuple[int, int] = SIZE, language: str = "zh_CN"
) -> Iterator[tuple[WallWindow, UiContext]]:
    with (
        a_stage(county, language, theme="wall") as screen,
        shown(WallWindow(screen, "云溪县"), screen, *size) as wall,
    ):
        come_to_rest()
        yield wall, screen


def on_screen(wall: WallWindow) -> QImage:
    """The picture as it stands on the screen, painted part by part over time."""
    come_to_rest()
    return wall.screen().grabWindow(wall.winId()).toImage()


def painted_whole(wall: WallWindow) -> QImage:
    return wall.grab().toImage().convertToFormat(on_screen(wall).format())


def differ(one: QImage, other: QImage) -> bool:
    """Whether more differs than the soft edges of letters that were painted at another time."""
    pixels = [np.frombuffer(each.constBits(), np.uint8).astype(np.int16) for each in (one, other)]
    return bool(np.any(np.abs(pixels[0] - pixels[1]) > EDGE))


def values(state: WallState) -> tuple[list[object], list[object]]:
    """All that a state says, to be compared."""
    said = [getattr(state, each.name) for each in fields(state) if each.name != "county"]
    return said, [getattr(state.county, each.name) for each in fields(state.county)]


def dirty(paints: Events) -> list[QRect]:
    return [
        rect for event in paints.got if isinstance(event, QPaintEvent) for rect in event.region()
    ]


def parts(wall: WallWindow) -> tuple[QWidget, ...]:
    return wall.top, wall.alarm, wall.headline, wall.banner, wall.foot, *wall.scenes


def test_a_second_paints_the_figures_that_run_and_nothing_under_or_beside_them(
    qtbot: QtBot,
) -> None:
    with a_wall(sample_county(FakeClock())) as (wall, _screen):
        wall.tick(NOW + 11 * SECOND)
        come_to_rest()
        painted = {part: Events(part, QEvent.Type.Paint) for part in parts(wall)}
        ground = [Events(each, QEvent.Type.Paint) for each in (wall, wall.surface)]
        wall.tick(NOW + 12 * SECOND)
        come_to_rest()
        assert not any(each.got for each in ground)
        areas = {part: dirty(paints) for part, paints in painted.items() if paints.got}
        assert {wall.top, wall.foot, wall.scenes[0]} <= areas.keys()
        for part, rects in areas.items():
            if part is not wall.alarm:
                assert all(rect.width() < wall.width() / 3 for rect in rects), part
        whole = sum(r.width() * r.height() for rects in areas.values() for r in rects)
        assert whole < wall.width() * wall.height() / 10


@pytest.mark.parametrize("place", [1, 2])
def test_a_second_paints_nothing_of_the_map_and_of_the_queues(qtbot: QtBot, place: int) -> None:
    with a_wall(sample_county(FakeClock())) as (wall, _screen):
        wall.go_to(place, NOW)
        come_to_rest()
        wall.scenes[place].tick(NOW)
        come_to_rest()
        paints = Events(wall.scenes[place], QEvent.Type.Paint)
        wall.scenes[place].tick(NOW + SECOND)
        come_to_rest()
        assert paints.got == []
        wall.scenes[place].tick(NOW + MINUTE)
        come_to_rest()
        assert paints.got, "begins, ends and trends stand there by the minute"


@pytest.mark.parametrize(
    ("place", "size", "language"),
    [
        (0, SIZE, "zh_CN"),
        (1, SIZE, "zh_CN"),
        (2, SIZE, "zh_CN"),
        (0, (1080, 1920), "en"),
        (0, (1400, 800), "en"),
        (0, SIZE, "en"),
        (0, (3840, 1080), "en"),
    ],
)
def test_the_picture_is_at_each_moment_as_if_it_were_painted_whole(
    qtbot: QtBot, place: int, size: tuple[int, int], language: str
) -> None:
    clock = FakeClock()
    county = sample_county(clock)
    with a_wall(county, size, language) as (wall, screen):
        for step_s in (1, 1, 8, 1, 47, 1, 600, 1, 3600, 1, 24 * 3600, 1):
            clock.advance(step_s * SECOND)
            wall.go_to(place, clock.now())
            wall.tick(clock.now())
            settle(screen)
            assert not differ(on_screen(wall), painted_whole(wall)), clock.now() - NOW


def told(county: SampleCounty, *puts: Row) -> Changes:
    """What is announced of rows that a source puts."""
    heard: list[Changes] = []
    unsubscribe = county.board.listeners.subscribe(heard.append)
    county.tell(*puts)
    unsubscribe()
    [changed] = heard
    return changed


def reads(board: Board, before: WallState, changed: Changes) -> tuple[WallState, set[str]]:
    """The state read anew, and what was asked for it besides the cheap figures."""
    with ExitStack() as stack:
        asked = {
            name: stack.enter_context(patch.object(board, name, side_effect=getattr(board, name)))
            for name in READS
        }
        after = read_wall(board, before, changed)
    return after, {name for name, call in asked.items() if call.called}


def test_a_wall_reads_again_only_what_changed() -> None:
    county = sample_county(FakeClock())
    board = county.board
    before = read_wall(board)
    for row, asked in (
        (an_incident(id="new"), {"incident_numbers"}),
        (an_asset(id="new", state=AssetState.FAILED), set()),
        (a_queue(id="new"), {"queues"}),
        (an_alarm(id="new"), {"alarms"}),
        (a_warning(id="new"), {"unread_ends"}),
        (a_township(id="T99"), {"townships"}),
    ):
        before, found = reads(board, before, told(county, row))
        assert found == asked, row
        assert values(before) == values(read_wall(board)), "what was not read is as it was"
    assert reads(board, before, NOTHING)[1] == set()
    assert reads(board, before, STATES)[1] == READS, "a source may have lost all its rows"
    assert reads(board, before, Changes(commands=True))[1] == {"incident_numbers", "alarms"}


def test_a_deadline_that_passes_is_seen_without_any_change() -> None:
    clock = FakeClock()
    county = empty_county(clock, a_status(last_good_at=NOW, expected_period_ms=HOUR))
    due = Deadline(kind=DeadlineKind.HANDLE, due_at=NOW + MINUTE)
    county.tell(a_township(), an_incident(deadlines=(due,)))
    before = read_wall(county.board)
    clock.advance(2 * MINUTE)
    after = read_wall(county.board, before)
    assert [mark.overdue for mark in (*before.county.marks, *after.county.marks)] == [False, True]
    assert after.overview.counts.overdue == 1
    assert not after.looks_like(before)


def test_an_answer_like_the_one_before_paints_no_scene_again(qtbot: QtBot) -> None:
    clock = FakeClock()
    county = sample_county(clock)
    with a_wall(county) as (wall, screen):
        scenes = [Events(scene, QEvent.Type.Paint) for scene in wall.scenes]
        clock.advance(SECOND)
        wall.reload()
        settle(screen)
        come_to_rest()
        assert all(rect.width() < wall.width() / 3 for each in scenes for rect in dirty(each))
        county.tell(an_asset(id="new", state=AssetState.FAILED))
        taken_in(qtbot, screen)
        come_to_rest()
        assert any(rect.width() == wall.scenes[0].width() for rect in dirty(scenes[0]))


def test_a_mark_that_stands_as_before_is_the_same_on_the_map() -> None:
    county = sample_county(FakeClock())
    before = read_wall(county.board)
    broken = an_asset(id="new", state=AssetState.FAILED, place=Place(110.4, 29.6))
    after = read_wall(county.board, before, told(county, broken))
    known = {id(mark) for mark in before.county.marks}
    assert [mark.key.id for mark in after.county.marks if id(mark) not in known] == ["new"]
    raised = told(county, an_incident(id="new", level=EventLevel.MAJOR))
    last = read_wall(county.board, after, raised)
    known = {id(mark) for mark in after.county.marks}
    assert [mark.key.id for mark in last.county.marks if id(mark) not in known] == ["new"]

"""The score sheet of every screen, by look: from what is painted, and from the tree of widgets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bench.gallery import Gallery
from desktop.domain.asset import AssetState
from desktop.domain.instant import DAY, HOUR, MINUTE
from desktop.domain.source import SourceStatus
from desktop.gui.theme import THEMES
from desktop.gui.views.desk import desk_views
from desktop.gui.wall.window import WallWindow
from support import score_sheet
from support.builders import (
    NOW,
    FakeClock,
    a_deadline,
    a_queue,
    a_township,
    a_warning,
    an_asset,
    an_incident,
)
from support.checkout import ROOT
from support.open_desk import calm, open_desk
from support.painted import picture_of
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.scoring import (
    ActiveAccessibility,
    Scores,
    add_troubles,
    desk_screens,
    score,
    score_desk,
    score_wall,
)
from support.settings_desk import AnsweringDesk
from support.spoken import words
from support.stage import a_stage, settle, shown

FULL, SMALL, HIGH, TALL = (1920, 1080), (1366, 768), (3840, 2160), (1080, 1920)
LEGENDS = ("new-incident", "MapScene")
"""Screens on which the four levels stand with their own shapes, to be chosen or explained."""
LANGUAGES = {"light": "zh_CN", "dark": "en"}
TITLES = {"zh_CN": "云溪县", "en": "Yunxi County"}
ENLARGED_S = 100


@pytest.mark.parametrize("theme", list(LANGUAGES))
def test_every_screen_of_the_desk_keeps_every_rule(qtbot: QtBot, theme: str) -> None:
    scores: Scores = {}
    language = LANGUAGES[theme]
    county = sample_county(FakeClock())
    add_troubles(county)
    folder = Path(tempfile.mkdtemp())
    changes = {"theme": theme, "language": language, "words": words(language)}
    settings = AnsweringDesk(folder)
    with (
        ActiveAccessibility(),
        open_desk(qtbot, county, folder, settings=lambda: settings, **changes) as window,
    ):
        for size in (FULL, SMALL):
            window.resize(*size)
            calm(qtbot, window)
            look = f"{size[0]}x{size[1]}"
            rest = partial(calm, qtbot, window)
            score_desk(window, desk_views, rest, first=size == FULL, look=look, scores=scores)
    assert scores == {}


@pytest.mark.parametrize("theme", list(LANGUAGES))
def test_every_form_and_every_shared_widget_keeps_every_rule(qtbot: QtBot, theme: str) -> None:
    scores: Scores = {}
    county = sample_county(FakeClock(), 20)
    with (
        ActiveAccessibility(),
        a_stage(county, LANGUAGES[theme], theme) as screen,
        shown(Gallery(screen, county), screen, 1180, 760) as gallery,
    ):
        screen.theme.apply()
        for place in range(gallery.names.count()):
            name = gallery.names.item(place).text()
            if not name.startswith(("form", "widget")) or name == "widget wall":
                continue
            gallery.names.setCurrentRow(place)
            settle(screen)
            gallery.activateWindow()  # A form may have been a window of its own before.
            qtbot.waitUntil(gallery.isActiveWindow)
            score("desk", name, gallery.shown[name], scores)
    assert scores == {}


@pytest.mark.parametrize(
    ("size", "language"),
    [(FULL, "zh_CN"), (SMALL, "en"), (HIGH, "zh_CN"), (TALL, "zh_CN"), (TALL, "en")],
)
def test_every_scene_of_the_wall_keeps_every_rule(
    qtbot: QtBot, size: tuple[int, int], language: str
) -> None:
    scores: Scores = {}
    with (
        ActiveAccessibility(),
        a_stage(sample_county(FakeClock()), language, "wall") as screen,
        shown(WallWindow(screen, TITLES[language]), screen, *size) as wall,
    ):
        screen.theme.apply()
        score_wall(wall, scores)
    assert scores == {}


def test_every_screen_of_an_enlarged_desk_keeps_every_rule() -> None:
    """How much larger Qt draws is settled as a program starts: it is one of its own."""
    program = [sys.executable, os.fspath(ROOT / "tests" / "bench" / "enlarged.py")]
    ended = subprocess.run(
        program, capture_output=True, check=False, encoding="utf-8", timeout=ENLARGED_S
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {}


def broken_without_alarm() -> SampleCounty:
    """Much is wrong, but nothing calls and nothing is overdue."""
    old: SourceStatus = a_status(last_good_at=NOW - HOUR, expected_period_ms=MINUTE)
    county = empty_county(FakeClock(), old)
    later = a_deadline(due_at=NOW + DAY)
    county.tell(
        a_township(),
        an_incident(deadlines=(later,)),
        an_asset(state=AssetState.DEGRADED),
        a_queue(waiting=64),
        a_warning(),
    )
    return county


def test_nothing_is_red_but_alarms_and_what_is_overdue(qtbot: QtBot, tmp_path: Path) -> None:
    found = {}
    with open_desk(qtbot, broken_without_alarm(), tmp_path, theme="light") as window:
        for theme in ("light", "dark"):
            for name, widget in desk_screens(window, desk_views, partial(calm, qtbot, window)):
                reds = score_sheet.red(picture_of(widget), THEMES[theme])
                if reds and name not in LEGENDS:
                    found[theme, name] = reds
            window.run_action("theme")
    assert found == {}


def test_nothing_on_the_wall_is_red_but_alarms_and_what_is_overdue(qtbot: QtBot) -> None:
    found, storm = {}, []
    for county in (broken_without_alarm(), sample_county(FakeClock())):
        with (
            a_stage(county, theme="wall") as screen,
            shown(WallWindow(screen, "Yunxi"), screen, *FULL) as wall,
        ):
            for place in range(3):
                wall.go_to(place, NOW)
                name = type(wall.shown[0]).__name__
                found[name] = score_sheet.red(picture_of(wall), THEMES["wall"])
        storm.append({name for name, reds in found.items() if reds} - {*LEGENDS})
    assert storm == [set(), {"OverviewScene", "QueuesScene"}]

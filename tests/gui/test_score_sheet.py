"""The score sheet of every screen, by theme: from what is painted, and from the tree of widgets."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bench.gallery import Gallery
from bench.views import desk_views
from desktop.domain.asset import AssetState
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.source import SourceStatus
from desktop.gui.desk.window import DeskWindow
from desktop.gui.theme import THEMES
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.window import WallWindow
from desktop.gui.widgets.sheet import Sheet
from support import score_controls, score_sheet
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
from support.open_desk import calm, open_desk
from support.painted import Painted
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.spoken import words
from support.stage import a_stage, settle, shown

DESK, WALL = (1920, 1080), (1920, 1080)
HEARTBEAT_PX = 204
"""The track of the wall's heartbeat: it moves to prove that the wall lives."""
LEGENDS = ("new-incident", "MapScene")
"""Screens on which the four levels stand with their own shapes, to be chosen or explained."""
MOST_SIZES = {"desk": 3, "wall": 4}
LANGUAGES = {"light": "zh_CN", "dark": "en", "wall": "zh_CN"}
ON_PICTURES: tuple[Callable[[Painted], list[str]], ...] = (
    score_sheet.faint_text,
    score_sheet.faint_marks,
    score_sheet.colour_alone,
    score_sheet.too_many_hues,
    score_sheet.crooked_columns,
    score_sheet.crooked_figures,
    score_sheet.crooked_baselines,
)
ON_WIDGETS: tuple[Callable[[QWidget], list[str]], ...] = (
    score_controls.small_targets,
    score_controls.unnamed,
    score_controls.off_grid,
    score_controls.fast_timers,
    score_controls.unseen_focus,
)
RULES = [rule.__name__ for rule in (*ON_PICTURES, *ON_WIDGETS)] + [
    "too_many_sizes",
    "faint_labels",
    "flashing",
    "unseen",
]
Scores = dict[str, dict[str, list[str]]]
"""What breaks each rule, by rule and screen; screens that keep it are not in it."""


def desk_screens(qtbot: QtBot, window: DeskWindow) -> Iterator[tuple[str, QWidget]]:
    """Every screen of the desk, one after the other: the window, or the sheet over it."""
    for name, arrange in desk_views(window):
        arrange()
        calm(qtbot, window)
        over = [sheet for sheet in window.findChildren(Sheet) if sheet.isVisible()]
        if name:
            yield name, over[-1] if over else window


LEAST = {
    "writing": {"desk": 50, "wall": 40},
    "marks": {"desk": 8, "wall": 4},
    "rows of lists": {"desk": 15, "wall": 0},
    "controls": {"desk": 20, "wall": 1},
    "stops of the Tab key": {"desk": 15, "wall": 0},
}
"""What the rules must have to judge; of less, none of them could fail."""


def unseen(screen: str, painted: Painted) -> list[str]:
    """What there is too little of to be judged."""
    counts = {
        "writing": len(painted.seen),
        "marks": len(list(score_sheet.marks_of(painted))),
        "rows of lists": sum(len(rows) for _, rows in score_sheet.rows_of(painted)),
        "controls": len(score_controls.controls_in(painted.widget)),
        "stops of the Tab key": len(score_controls.tab_stops(painted.widget)),
    }
    return [
        f"{counts[what]} {what}" for what, least in LEAST.items() if counts[what] < least[screen]
    ]


def score(screen: str, name: str, widget: QWidget, scores: Scores) -> Painted:
    """Hold one screen to every rule but that of flashing."""
    painted = Painted(widget)
    if name in ("desk", "OverviewScene"):
        missed = unseen(screen, painted)
        scores["unseen"] = {name: missed} if missed else {}
    found = {rule.__name__: rule(painted) for rule in ON_PICTURES}
    found["too_many_sizes"] = score_sheet.too_many_sizes(painted, MOST_SIZES[screen])
    found |= {rule.__name__: rule(widget) for rule in ON_WIDGETS}
    for rule, broken in found.items():
        if broken:
            scores.setdefault(rule, {})[name] = broken
    return painted


_scored: dict[str, Scores] = {}


def scores_of(qtbot: QtBot, theme: str) -> Scores:
    """Score all screens of a theme at once: they share one window, which closes here."""
    if theme not in _scored:
        QAccessible.setActive(True)  # Else faces of rows would outlive the rows.
        _scored[theme] = _score_wall() if theme == "wall" else _score_desk(qtbot, theme)
        QAccessible.setActive(False)
    return _scored[theme]


def _score_desk(qtbot: QtBot, theme: str) -> Scores:
    scores: Scores = {}
    language = LANGUAGES[theme]
    county = sample_county(FakeClock())
    folder = Path(tempfile.mkdtemp())
    changes = {"theme": theme, "language": language, "words": words(language)}
    with open_desk(qtbot, county, folder, **changes) as window:
        window.resize(*DESK)
        calm(qtbot, window)
        viewport = window.panes["map"].viewport
        places = [label.rect for label in viewport.picture.labels]
        labels = score_sheet.faint_labels(Painted(viewport), places)
        scores["faint_labels"] = {"map": labels} if labels or not places else {}
        for name, widget in desk_screens(qtbot, window):
            score("desk", name, widget, scores)
            before = Painted(widget)
            window.screen_context.feed.ticked.emit(NOW + SECOND)
            moved = score_sheet.flashing(before, Painted(widget))
            if moved:
                scores.setdefault("flashing", {})[name] = moved
    _score_gallery(qtbot, theme, scores)
    return scores


def _score_gallery(qtbot: QtBot, theme: str, scores: Scores) -> None:
    """Score every form of a command and every widget that screens share, each by itself."""
    county = sample_county(FakeClock(), 20)
    with (
        a_stage(county, LANGUAGES[theme], theme) as screen,
        shown(Gallery(screen, county), screen, 1180, 760) as gallery,
    ):
        screen.theme.apply()
        for place in range(gallery.names.count()):
            gallery.names.setCurrentRow(place)
            settle(screen)
            name = gallery.names.item(place).text()
            if name.startswith(("form", "widget")) and name != "widget wall":
                gallery.activateWindow()  # A form may have been a window of its own before.
                qtbot.waitUntil(gallery.isActiveWindow)
                score("desk", name, gallery.shown[name], scores)


def _score_wall() -> Scores:
    scores: Scores = {}
    with (
        a_stage(sample_county(FakeClock()), LANGUAGES["wall"], "wall") as screen,
        shown(WallWindow(screen, "云溪县"), screen, *WALL) as wall,
    ):
        screen.theme.apply()
        for place in range(3):
            wall.go_to(place, NOW)
            name = type(wall.shown[0]).__name__
            before = score("wall", name, wall, scores)
            if isinstance(wall.shown[0], MapScene):
                labels = score_sheet.faint_labels(before, _labels(wall, wall.shown[0]))
                scores["faint_labels"] = {name: labels} if labels else {}
            wall.tick(NOW + SECOND)
            wall.go_to(place, NOW + SECOND)
            moved = score_sheet.flashing(before, Painted(wall), HEARTBEAT_PX)
            if moved:
                scores.setdefault("flashing", {})[name] = moved
    return scores


def _labels(wall: WallWindow, scene: MapScene) -> list[QRectF]:
    """Where the map's labels stand on the wall; the map begins where its scene does."""
    assert scene.map.labels
    begins = scene.mapTo(wall, QPoint(0, 0))
    return [label.rect.translated(QPointF(begins)) for label in scene.map.labels]


@pytest.mark.parametrize("theme", list(LANGUAGES))
@pytest.mark.parametrize("rule", RULES)
def test_every_screen_keeps(qtbot: QtBot, rule: str, theme: str) -> None:
    assert scores_of(qtbot, theme).get(rule, {}) == {}


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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_red_but_alarms_and_what_is_overdue(
    qtbot: QtBot, tmp_path: Path, theme: str
) -> None:
    tokens, found = THEMES[theme], {}
    with open_desk(qtbot, broken_without_alarm(), tmp_path, theme=theme) as window:
        for name, widget in desk_screens(qtbot, window):
            reds = score_sheet.red(Painted(widget), tokens)
            if reds and name not in LEGENDS:
                found[name] = reds
    assert found == {}
    (tmp_path / "storm").mkdir()
    with open_desk(qtbot, sample_county(FakeClock()), tmp_path / "storm", theme=theme) as window:
        assert score_sheet.red(Painted(window), tokens), "an alarm calls, and it is red"


def test_nothing_on_the_wall_is_red_but_alarms_and_what_is_overdue(qtbot: QtBot) -> None:
    found, storm = {}, []
    for county in (broken_without_alarm(), sample_county(FakeClock())):
        with (
            a_stage(county, theme="wall") as screen,
            shown(WallWindow(screen, "Yunxi"), screen, *WALL) as wall,
        ):
            for place in range(3):
                wall.go_to(place, NOW)
                name = type(wall.shown[0]).__name__
                found[name] = score_sheet.red(Painted(wall), THEMES["wall"])
        storm.append({name for name, reds in found.items() if reds} - {*LEGENDS})
    assert storm == [set(), {"OverviewScene", "QueuesScene"}]

"""Holds every screen of a desk to all rules of the score sheet, one picture of it for them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QWidget

from desktop.domain.command import Collection, CommandKind, CommandState, Hold, Key
from desktop.domain.instant import SECOND
from desktop.domain.localized_text import Text
from desktop.gui.theme import THEMES
from desktop.gui.wall.map_scene import MapScene
from desktop.gui.wall.window import WallWindow
from desktop.gui.widgets.sheet import Sheet
from support import score_controls, score_room, score_sheet
from support.builders import NOW
from support.painted import Painted
from support.prompt import wait_until
from support.sample_board import SampleCounty

HEARTBEAT_PX = 204
"""The track of the wall's heartbeat: it moves to prove that the wall lives."""
MOST_SIZES = {"desk": 3, "wall": 4}
ON_PICTURES: tuple[Callable[[Painted], list[str]], ...] = (
    score_sheet.faint_text,
    score_sheet.faint_marks,
    score_sheet.colour_alone,
    score_sheet.too_many_hues,
    score_sheet.crooked_columns,
    score_sheet.crooked_figures,
    score_sheet.crooked_baselines,
    score_room.cut_text,
    score_room.cut_controls,
    score_room.lost_words,
    score_room.overlapping,
)
ON_WIDGETS: tuple[Callable[[QWidget], list[str]], ...] = (
    score_controls.small_targets,
    score_controls.unnamed,
    score_controls.off_grid,
    score_controls.fast_timers,
)
LEAST = {
    "writing": {"desk": 50, "wall": 40},
    "marks": {"desk": 8, "wall": 4},
    "rows of lists": {"desk": 15, "wall": 0},
    "controls": {"desk": 20, "wall": 1},
    "stops of the Tab key": {"desk": 15, "wall": 0},
    "places of red": {"desk": 1, "wall": 1},
}
"""What the rules must have to judge; of less, none of them could fail."""
ONCE = ("detail", "search", "settings-source")
"""Screens of which others show as much, once they were judged in the first look."""
Views = Callable[[Any], Iterator[tuple[str, Callable[[], None]]]]
Scores = dict[str, dict[str, list[str]]]
"""What breaks each rule, by rule and screen; what keeps them all is not in it."""


def add_troubles(county: SampleCounty) -> None:
    """Give a county a command that came back, and one that is held for a decision."""
    first, second = county.cache.open_incidents(2)
    commands, outbox = county.board.commands, county.outbox
    at = Key(first.source, Collection.INCIDENTS, first.id)
    stale = commands.submit(CommandKind.FEEDBACK, at, {"text": "已处置"}, base=first.version)
    why = Text("县里已有更新的版本", "The county has a newer version")
    outbox.set_state(stale.command.key, CommandState.CONFLICT, why, NOW, first)
    at = Key(second.source, Collection.INCIDENTS, second.id)
    held = commands.note(at, "已到场")
    outbox.offering([held.command.key], NOW)
    copied = Text("这台电脑的磁盘被复制过", "This computer's disk was copied")
    outbox.hold([held.command.key], Hold.COPY, copied, NOW)


def desk_screens(window: Any, views: Views, calm: Callable[[], None]) -> Iterator[tuple[str, Any]]:
    """Every screen of the desk, one after the other: the window, or the sheet over it."""
    listed = window.panes["incidents"]
    for name, arrange in views(window):
        arrange()
        # What is typed is searched for after a pause, and rows are read as they are painted.
        wait_until(lambda: listed.model.wanted.text == listed.search.text().strip())
        calm()
        listed.view.viewport().repaint()
        calm()
        over = [sheet for sheet in window.findChildren(Sheet) if sheet.isVisible()]
        if name:
            yield name, over[-1] if over else window


def score_desk(
    window: Any, views: Views, calm: Callable[[], None], *, first: bool, look: str, scores: Scores
) -> None:
    """Hold every screen of a desk to every rule; some only in the look that comes `first`."""
    viewport = window.panes["map"].viewport
    if first:
        places = [label.rect for label in viewport.picture.labels]
        labels = score_sheet.faint_labels(Painted(viewport), places)
        note(scores, "faint_labels", f"{look} map", labels if places else ["no label"])
    for name, widget in desk_screens(window, views, calm):
        if name in ONCE and not first:
            continue
        before = score("desk", f"{look} {name}", widget, scores)
        if first and name == "desk":
            note(scores, "unseen", f"{look} {name}", unseen("desk", before))
        if first:
            window.screen_context.feed.ticked.emit(NOW + SECOND)
            note(scores, "flashing", f"{look} {name}", score_sheet.flashing(before, widget))
            unseen_focus = score_controls.unseen_focus(widget)
            note(scores, "unseen_focus", f"{look} {name}", unseen_focus)


def score_wall(wall: WallWindow, scores: Scores) -> None:
    """Hold every scene of a wall to every rule."""
    for place in range(3):
        wall.go_to(place, NOW)
        scene = wall.shown[0]
        name = type(scene).__name__
        wall.grab()  # Letters look a little different the first time that they are painted.
        before = score("wall", name, wall, scores)
        if place == 0:
            note(scores, "unseen", name, unseen("wall", before))
        note(scores, "unseen_focus", name, score_controls.unseen_focus(wall))
        if isinstance(scene, MapScene):
            # The map begins where its scene does.
            begins = QPointF(scene.mapTo(wall, QPoint(0, 0)))
            places: list[QRectF] = [label.rect.translated(begins) for label in scene.map.labels]
            labels = score_sheet.faint_labels(before, places)
            note(scores, "faint_labels", name, labels if places else ["no label"])
        wall.tick(NOW + SECOND)
        wall.go_to(place, NOW + SECOND)
        note(scores, "flashing", name, score_sheet.flashing(before, wall, HEARTBEAT_PX))


def score(screen: str, name: str, widget: QWidget, scores: Scores) -> Painted:
    """Hold one screen to the rules that neither wait for a second nor move the keyboard."""
    painted = Painted(widget)
    for rule in ON_PICTURES:
        note(scores, rule.__name__, name, rule(painted))
    sizes = score_sheet.too_many_sizes(painted, MOST_SIZES[screen])
    note(scores, "too_many_sizes", name, sizes)
    for judge in ON_WIDGETS:
        note(scores, judge.__name__, name, judge(widget))
    return painted


def note(scores: Scores, rule: str, name: str, broken: list[str]) -> None:
    """Keep what breaks a rule on a screen."""
    if broken:
        scores.setdefault(rule, {})[name] = broken


def unseen(screen: str, painted: Painted) -> list[str]:
    """What there is too little of to be judged."""
    themes = THEMES.values() if screen == "desk" else [THEMES["wall"]]
    counts = {
        "writing": len(painted.seen),
        "marks": len(list(score_sheet.marks_of(painted))),
        "rows of lists": sum(len(rows) for _, rows in score_sheet.rows_of(painted)),
        "controls": len(score_controls.controls_in(painted.widget)),
        "stops of the Tab key": len(score_controls.tab_stops(painted.widget)),
        "places of red": sum(len(score_sheet.red(painted.pixels, theme)) for theme in themes),
    }
    return [
        f"{counts[what]} {what}" for what, least in LEAST.items() if counts[what] < least[screen]
    ]


class ActiveAccessibility:
    """While it lasts, widgets have faces for readers of the screen."""

    def __enter__(self) -> None:
        QAccessible.setActive(True)

    def __exit__(self, *_failure: object) -> None:
        QAccessible.setActive(False)  # Else faces of rows would outlive the rows.

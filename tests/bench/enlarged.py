"""The score sheet of a desk enlarged to 125 and 200 % on monitors of several sizes, as JSON.

One window is moved from one screen to the next, each with a scale of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

FULL, SMALL, HIGH = (1920, 1080), (1366, 768), (3840, 2160)
APART = 2 * HIGH[0]


class Look(NamedTuple):
    """A monitor's pixels, how much is enlarged on it, and the language of the window then."""

    pixels: tuple[int, int]
    scale: float
    language: str
    only: tuple[str, ...] = ()
    """The screens that are judged, if not all."""

    @property
    def monitor(self) -> str:
        """Return the name of its monitor, as Qt is told it."""
        wide, high = self.pixels
        return f"{wide}x{high} at {self.scale:.0%}"


SHARP = ("desk", "detail", "alarms", "outbox", "new-incident")
"""What stands for the others where only the pixels are finer: lists, map, table, form."""
LOOKS = (
    Look(SMALL, 1.25, "en"),
    Look(FULL, 1.25, "en"),
    Look(FULL, 2.0, "en"),
    Look(FULL, 2.0, "zh_CN"),
    Look(SMALL, 1.25, "zh_CN"),
    Look(FULL, 1.25, "zh_CN"),
    Look(HIGH, 2.0, "zh_CN", SHARP),
)
"""Each costs a second and a half; the window becomes small and large again between them."""


def main() -> int:
    """Print what breaks each rule, by screen."""
    with tempfile.TemporaryDirectory() as folder:
        _make_screens(Path(folder))
        print(json.dumps(_score(Path(folder)), ensure_ascii=False, indent=1))
    return 0


def _make_screens(folder: Path) -> None:
    """Give this process a screen for each scale, before Qt begins."""
    monitors = {look.monitor: look for look in LOOKS}
    screens = [
        {"name": name, "x": APART * place, "y": 0, "width": look.pixels[0]}
        | {"height": look.pixels[1], "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for place, (name, look) in enumerate(monitors.items())
    ]
    file = folder / "screens.json"
    file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
    factors = (f"{name}={look.scale}" for name, look in monitors.items())
    os.environ["QT_SCREEN_SCALE_FACTORS"] = ";".join(factors)


def _score(folder: Path) -> dict[str, dict[str, list[str]]]:
    from PySide6.QtGui import QGuiApplication

    from desktop.gui.desk.layout import is_small
    from desktop.gui.qt_application import application
    from support.builders import FakeClock
    from support.events import come_to_rest
    from support.open_desk import calm, open_desk
    from support.prompt import wait_until
    from support.sample_board import close_counties, sample_county
    from support.scoring import ActiveAccessibility, Scores, add_troubles, score_desk

    application([])
    scores: Scores = {}
    county = sample_county(FakeClock())
    add_troubles(county)
    hand = cast(Any, Hand())
    with ActiveAccessibility(), open_desk(hand, county, folder) as window:
        screens = {screen.name(): screen for screen in QGuiApplication.screens()}
        for look in LOOKS:
            if window.screen_context.words.language != look.language:
                window.run_action("language")
            screen = screens[look.monitor]
            window.setScreen(screen)
            window.move(screen.geometry().topLeft())
            window.resize(screen.geometry().size())
            wait_until(lambda ratio=look.scale: window.devicePixelRatio() == ratio)
            small = is_small(window.size())
            wait_until(lambda small=small: window.arrangement.is_small == small)
            calm(hand, window)
            come_to_rest()
            rest = partial(calm, hand, window)
            name = f"{look.monitor} {look.language}"
            views = partial(_views, look)
            score_desk(window, views, rest, first=False, look=name, scores=scores)
    close_counties()
    return scores


def _views(look: Look, window: Any) -> Iterator[tuple[str, Callable[[], None]]]:
    """Every screen of the desk; those that are not judged in this look have no name."""
    from desktop.gui.views.desk import desk_views

    for name, arrange in desk_views(window):
        yield name if name in (look.only or (name,)) else "", arrange


class Hand:
    """What opens a desk, without a test around it."""

    def waitUntil(self, holds: Any, timeout: int) -> None:
        """Wait until this holds."""
        from support.prompt import wait_until

        wait_until(holds, timeout=timeout)

    @contextmanager
    def waitActive(self, window: Any) -> Iterator[None]:
        """Wait until what is shown within has the keyboard."""
        yield
        self.waitUntil(window.isActiveWindow, 5000)


if __name__ == "__main__":
    sys.exit(main())

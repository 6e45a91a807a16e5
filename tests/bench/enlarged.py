"""The score sheet of a desk enlarged to 125 and 200 %, as JSON: enlarged.py.

One window is moved from one screen to the next, each with a scale of its own.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

PIXELS = (1920, 1080)
SCALES = {"100 %": 1.0, "125 %": 1.25, "200 %": 2.0}
LOOKS = (("125 %", "en"), ("200 %", "en"), ("200 %", "zh_CN"))
"""Scales with the language of the window then; each look costs a second and a half."""


def main() -> int:
    """Print what breaks each rule, by screen."""
    with tempfile.TemporaryDirectory() as folder:
        _make_screens(Path(folder))
        print(json.dumps(_score(Path(folder)), ensure_ascii=False, indent=1))
    return 0


def _make_screens(folder: Path) -> None:
    """Give this process a screen for each scale, before Qt begins."""
    wide, high = PIXELS
    screens = [
        {"name": name, "x": 2 * wide * place, "y": 0, "width": wide, "height": high}
        | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
        for place, name in enumerate(SCALES)
    ]
    file = folder / "screens.json"
    file.write_text(json.dumps({"screens": screens}), encoding="utf-8")
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={file}"
    factors = (f"{name}={scale}" for name, scale in SCALES.items())
    os.environ["QT_SCREEN_SCALE_FACTORS"] = ";".join(factors)


def _score(folder: Path) -> dict[str, dict[str, list[str]]]:
    from PySide6.QtGui import QGuiApplication

    from bench.views import desk_views
    from desktop.gui.app import application
    from desktop.gui.desk.layout import is_small
    from support.builders import FakeClock
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
        for scale, language in LOOKS:
            if window.screen_context.words.language != language:
                window.run_action("language")
            screen = screens[scale]
            window.setScreen(screen)
            window.move(screen.geometry().topLeft())
            window.resize(screen.geometry().size())
            wait_until(lambda scale=scale: window.devicePixelRatio() == SCALES[scale])
            small = is_small(window.size())
            wait_until(lambda small=small: window.arrangement.is_small == small)
            calm(hand, window)
            rest = partial(calm, hand, window)
            look = f"{scale} {language}"
            score_desk(window, desk_views, rest, first=False, look=look, scores=scores)
    close_counties()
    return scores


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

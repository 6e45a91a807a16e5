"""Larger text: windows are as large as the profile says, and nothing in them is cut by that."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.commands import refusal, screen
from desktop.commands.opening import CannotOpen
from desktop.commands.text_size import SCALE
from desktop.domain.source import Problem
from support import score_room
from support.every_screen import (
    SMALL,
    Screens,
    every_screen_of_an_office,
    every_screen_of_the_desk,
)
from support.painted import Painted

SMALL_AT_200 = (683, 384)
"""1366 × 768 enlarged to 200 %."""
WIDE_AT_200 = (960, 540)
"""1920 × 1080 enlarged to 200 %."""
RULES = (
    score_room.cut_text,
    score_room.cut_controls,
    score_room.lost_words,
    score_room.overlapping,
)
SIDEWAYS = re.compile(r" in (DataTable|QHeaderView|PageView) ")
"""Tables of data scroll sideways with their heads (WCAG 1.4.10); a page of the help has fonts of
its own, in which its words are not measured here."""
PROFILE = """[desk]
text_size = "200"
[[source]]
id = "county"
kind = "county"
url = "http://127.0.0.1:9"
"""


@pytest.mark.parametrize(("command", "scale"), [("desk", "2"), ("township", "2"), ("wall", None)])
def test_every_window_but_a_walls_is_as_large_as_its_profile_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, scale: str | None
) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(PROFILE, encoding="utf-8")
    found: list[str | None] = []

    def no_desk(*_given: object, **_more: object) -> None:
        found.append(os.environ.get(SCALE))
        raise CannotOpen(Problem("keyring_silent"))

    monkeypatch.setattr(screen, "open_desk", no_desk)
    monkeypatch.setattr(refusal, "refuse", lambda *_given, **_more: 2)
    monkeypatch.setattr("os.environ", dict(os.environ))
    options = argparse.Namespace(
        command=command, demo=False, profile=file, lang="en", key="auto", profile_dir=tmp_path
    )
    assert screen.main(options) == 2
    assert found == [scale]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_desk_at_200_per_cent_on_a_small_monitor_cuts_nothing_and_fits_it(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    only = ("desk", "infrastructure", "detail", "note", "keys", "backup", "settings-look")
    look = qtbot, tmp_path, language, "light"
    assert (
        cuts_of(every_screen_of_the_desk(*look, size=SMALL_AT_200, only=only), SMALL_AT_200) == {}
    )


def test_an_office_at_200_per_cent_on_a_wide_monitor_cuts_nothing_and_fits_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    look = qtbot, tmp_path, "en", "light"
    screens = every_screen_of_an_office(*look, size=WIDE_AT_200, only=("sending",))
    assert cuts_of(screens, WIDE_AT_200) == {}


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_no_screen_cuts_a_text_in_its_usual_size_nor_at_200_per_cent(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    look = qtbot, tmp_path, language, "light"
    assert cuts_of(every_screen_of_the_desk(*look), SMALL) == {}
    assert cuts_of(every_screen_of_an_office(*look), SMALL) == {}
    assert cuts_of(every_screen_of_the_desk(*look, size=SMALL_AT_200), SMALL_AT_200) == {}
    assert cuts_of(every_screen_of_an_office(*look, size=WIDE_AT_200), WIDE_AT_200) == {}


def cuts_of(screens: Screens, room: tuple[int, int]) -> dict[str, list[str]]:
    """Return what is cut off or lies over other text, by screen, and windows that need more."""
    found: dict[str, list[str]] = {}
    for name, widget in screens:
        if name in ("tour", "picked") and room == SMALL_AT_200:
            continue  # The tour stands beside the desk, and wants a window of 960 pixels.
        painted = Painted(widget)
        told = [said for rule in RULES for said in rule(painted) if not SIDEWAYS.search(said)]
        least = widget.window().minimumSizeHint()
        if least.width() > room[0] or least.height() > room[1]:
            told.append(f"the window needs {least.width()}x{least.height()}")
        if told:
            found[name] = told
    assert painted.seen
    return found

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
from desktop.connectors.county.mapping import ROWS
from desktop.county_server.load.forms import read_forms
from desktop.domain.command import Collection
from desktop.domain.source import Problem
from desktop.gui.task_runner import TaskRunner
from desktop.gui.views.township import office_views
from desktop.paths import county_table
from support import score_room
from support.every_screen import (
    SMALL,
    SMALL_AT_200,
    Screens,
    every_screen_of_an_office,
    every_screen_of_the_desk,
    walk,
)
from support.open_desk import calm, open_office
from support.painted import Painted
from support.paired_office import PairedOffice
from support.spoken import words

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
        command=command,
        demo=False,
        profile=file,
        lang="en",
        theme=None,
        key="auto",
        profile_dir=tmp_path,
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


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_office_at_200_per_cent_on_a_small_monitor_cuts_nothing_and_fits_it(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    look = qtbot, tmp_path, language, "light"
    only = ("assignments", "report", "sending", "found", "outbox")
    screens = every_screen_of_an_office(*look, size=SMALL_AT_200, only=only)
    assert cuts_of(screens, SMALL_AT_200) == {}


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
    for size in (WIDE_AT_200, SMALL_AT_200):
        assert cuts_of(every_screen_of_an_office(*look, size=size), size) == {}


@pytest.mark.long
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_what_an_office_does_without_a_network_fits_at_200_per_cent(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, language: str
) -> None:
    forms = read_forms(county_table("forms.toml"))
    office.county.tell(*[ROWS[Collection.FORMS]("county", form) for form in forms])
    with open_office(
        *(qtbot, office.county, tmp_path, "T01"),
        language=language,
        words=words(language),
        stick=office.courier,
        no_network=lambda: office.ways,
    ) as window:
        window.resize(*SMALL_AT_200)

        def rest() -> None:
            calm(qtbot, window)
            qtbot.waitUntil(lambda: not any(r.pending for r in window.findChildren(TaskRunner)))

        rest()
        screens = walk(window, office_views(window, lambda _cut: None), rest)
        assert cuts_of(screens, SMALL_AT_200) == {}


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

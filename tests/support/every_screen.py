"""Every screen and sheet of every window, one after the other, for what judges them all."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtWidgets import QAbstractItemView, QWidget
from pytestqt.qtbot import QtBot

from desktop.application.export.month_report import MonthReport, Section
from desktop.diagnostics.doctor.finding import fail, fine, look, unknown
from desktop.diagnostics.doctor.words import DoctorWords
from desktop.diagnostics.support.bundle import Part
from desktop.gui.help.window import HelpWindow
from desktop.gui.keyring_window import KeyringWindow
from desktop.gui.passphrase import PassphraseWindow
from desktop.gui.settings.window import SettingsWindow
from desktop.gui.township.window import TownshipWindow
from desktop.gui.views.desk import desk_views
from desktop.gui.views.sheets import sheet_views
from desktop.gui.views.view import View
from desktop.gui.wall.window import WallWindow
from desktop.gui.widgets.sheet import Sheet
from support.builders import NOW, FakeClock
from support.events import come_to_rest
from support.open_desk import RESOURCES, calm, open_desk, open_office
from support.sample_board import sample_county
from support.scoring import add_troubles
from support.settings_desk import AnsweringDesk
from support.spoken import words
from support.stage import a_stage, shown

Screens = Iterator[tuple[str, Any]]
"""A screen's name and the widget that is it: the window, or the sheet over it."""
Only = tuple[str, ...]
"""The screens that are wanted, if not all."""
SMALL = (1366, 768)
SMALL_AT_200 = (683, 384)
"""The same enlarged to 200 %."""


class FoundDoctor:
    """A doctor who finds one of each kind."""

    def __init__(self, language: str) -> None:
        self.words = DoctorWords(RESOURCES, words(language))

    def run(self) -> list[Any]:
        """Return the findings."""
        calm_ones = fine("disk", "enough", free_mb=9000), unknown("clock", "not_told")
        return [*calm_ones, look("printer", "none"), fail("keyring", "absent")]

    def gather(self, _findings: object, *, hosts: bool = False) -> tuple[Part, ...]:
        """Return what would leave."""
        return (Part("doctor.json", "[]"), Part("hosts.txt", "county" if hosts else "…"))


def an_upkeep(folder: Path) -> Any:
    """What finds a log of a few lines, and a report of a month."""
    log = folder / "log"
    log.mkdir(exist_ok=True)
    lines = [
        {"at": "2026-11-27T08:00:00+0800", "level": level, "says": f"line {n}", "source": "county"}
        for n, level in enumerate(("INFO", "WARNING", "ERROR") * 20)
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (log / "desk.log").write_text(text, encoding="utf-8")
    section = Section("来源排名", "自日志", ("来源", "中断"), (("监控", "2"),))
    report = MonthReport("云溪县 · 运行月报", "当月", (section,))
    return SimpleNamespace(log_folder=log, write_month=lambda _name: report)


def every_screen_of_the_desk(
    qtbot: QtBot,
    folder: Path,
    language: str,
    theme: str,
    *,
    size: tuple[int, int] = SMALL,
    only: Only = (),
) -> Screens:
    """The desk's own screens, all its sheets, its tour, and the window of its help."""
    county = sample_county(FakeClock())
    add_troubles(county)
    settings, upkeep = AnsweringDesk(folder), an_upkeep(folder)
    changes: dict[str, Any] = {
        "theme": theme,
        "language": language,
        "words": words(language),
        "settings": lambda: settings,
        "upkeep": lambda: upkeep,
        "doctor": partial(FoundDoctor, language),
    }
    with open_desk(qtbot, county, folder, **changes) as window:
        window.resize(*size)
        calm(qtbot, window)
        rest = partial(calm, qtbot, window)
        yield from walk(window, desk_views(window), rest, only)
        yield from walk(window, sheet_views(window), rest, only)
        if not only:
            yield from walk(window, _picked_views(window), rest)


def every_screen_of_an_office(
    qtbot: QtBot,
    folder: Path,
    language: str,
    theme: str,
    *,
    size: tuple[int, int] = SMALL,
    only: Only = (),
) -> Screens:
    """The pages of a township office, and the sheets over them."""
    county = sample_county(FakeClock())
    add_troubles(county)
    settings = AnsweringDesk(folder)
    changes: dict[str, Any] = {
        "theme": theme,
        "language": language,
        "words": words(language),
        "settings": lambda: settings,
        "doctor": partial(FoundDoctor, language),
    }
    if not only:
        with open_office(qtbot, county, folder, **changes) as window:
            window.resize(*size)
            calm(qtbot, window)
            come_to_rest()
            yield "choose", window
    with open_office(qtbot, county, folder, "T01", **changes) as window:
        window.resize(*size)
        calm(qtbot, window)
        yield from walk(window, _office_views(window), partial(calm, qtbot, window), only)


def every_scene_of_the_wall(language: str, size: tuple[int, int] = (1920, 1080)) -> Screens:
    """The scenes of a wall."""
    with (
        a_stage(sample_county(FakeClock()), language, "wall") as screen,
        shown(WallWindow(screen, "云溪县"), screen, *size) as wall,
    ):
        screen.theme.apply()
        for place in range(3):
            wall.go_to(place, NOW)
            wall.grab()
            yield type(wall.shown[0]).__name__, wall


def walk(window: Any, views: Iterator[View], rest: Callable[[], None], only: Only = ()) -> Screens:
    """Arrange each view and find what is in front then: the window, or what lies over it."""
    for name, arrange in views:
        if name and only and name not in only:
            continue
        arrange()
        rest()
        come_to_rest()
        over = [sheet for sheet in window.findChildren(Sheet) if sheet.isVisible()]
        others = [w for w in window.findChildren(HelpWindow) if w.isVisible()]
        if name:
            yield name, (*others, *over, window)[0]


def _picked_views(window: Any) -> Iterator[View]:
    """The desk with a row picked in every list of it."""

    def pick() -> None:
        for view in window.findChildren(QAbstractItemView):
            if view.isVisible() and view.selectionModel() and view.model().rowCount() > 1:
                view.setCurrentIndex(view.model().index(1, 0))

    yield "picked", pick


def _office_views(window: TownshipWindow) -> Iterator[View]:
    for task in ("assignments", "report", "sending", "look_up"):
        yield task, partial(window.show_task, task)
    found: Any = window.pages["look_up"]
    search = found.search
    yield "found", lambda: search.setText("泵")
    yield "nothing-found", lambda: search.setText("没有这样的东西")
    sheets = window.sheets
    yield "settings", sheets.settings.toggle
    yield "", sheets.settings.toggle
    for name in ("sources", "outbox", "photos", "doctor"):
        yield name, partial(_call, sheets, name, "lay")
        yield "", partial(_call, sheets, name, "put_away")


def _call(sheets: object, name: str, method: str) -> None:
    getattr(getattr(sheets, name), method)()


def every_first_window(qtbot: QtBot, folder: Path, language: str, theme: str) -> Screens:
    """The windows before any other: the welcome, a first source, a keyring's and a passphrase's."""
    window = SettingsWindow(words(language), RESOURCES, AnsweringDesk(folder, None), greets=True)
    qtbot.addWidget(window)
    window.theme.set_name(theme)
    with qtbot.waitActive(window):
        window.show()
    yield "welcome", window
    window.welcome.buttons["settings"].click()
    yield "first-source", window
    for name, small in _small_windows(language):
        with qtbot.waitActive(small):
            small.show()
            small.activateWindow()
        yield name, small
        small.close()
        small.deleteLater()
    window.close()


def _small_windows(language: str) -> Iterator[tuple[str, QWidget]]:
    is_chinese = language == "zh_CN"
    yield "passphrase", PassphraseWindow(is_chinese, True, lambda _typed: b"")
    given_up = threading.Event()

    def look_up(is_cut: Callable[[], bool]) -> bytes:
        while not is_cut():
            given_up.wait(0.01)
        return b""

    yield "keyring", KeyringWindow(is_chinese, look_up)

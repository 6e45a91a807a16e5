"""What has come is said by itself: once at the start, and with a sound as it comes."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.profile import Sound
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.incident import TimelineEntry
from desktop.domain.instant import DAY, HOUR
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult
from support.builders import NOW, FakeClock, a_township, a_warning, an_incident
from support.open_desk import calm, open_office
from support.sample_board import SampleCounty, a_status, empty_county

SHIMEN = Text("石门乡", "Shimen")


@pytest.fixture
def sounds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(QApplication, "beep", lambda: heard.append("beep"))
    return heard


def county_of(clock: FakeClock) -> SampleCounty:
    status = a_status(last_good_at=NOW, expected_period_ms=DAY)
    county = empty_county(clock, status)
    county.accepting.add("county")
    county.tell(a_township(), an_incident(id="old", lead_unit=SHIMEN))
    return county


def dispatched(at: int, **changes: object) -> object:
    entry = TimelineEntry("dispatch", Text("请处理"), at, at, "县值班室")
    return msgspec.structs.replace(an_incident(lead_unit=SHIMEN, **changes), timeline=(entry,))


def test_the_start_says_what_came_since_the_office_was_open(
    qtbot: QtBot, tmp_path: Path, sounds: list[str]
) -> None:
    clock = FakeClock()
    county = county_of(clock)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        assert not window.news.isVisible()
        key = Key("county", Collection.INCIDENTS, "old")
        given = county.board.commands.note(key, "看过")
    clock.advance(12 * HOUR)
    later = clock.now() - HOUR
    county.outbox.answer_all(
        [CommandResult(given.command.key, CommandState.ACCEPTED)], county.board.now()
    )
    county.tell(
        dispatched(later, id="new", title=Text("新任务")),
        a_warning(id="w", townships=("T01",), issued_at=later, starts_at=later, ends_at=None),
    )
    with open_office(qtbot, county, tmp_path, "T01") as window:
        qtbot.waitUntil(window.news.isVisible)
        said = window.news.words.text()
        assert "新任务 1 件" in said
        assert "已答复 1 件" in said
        assert "预警 1 条" in said
        qtbot.mouseClick(window.news.noted, Qt.MouseButton.LeftButton)
        assert not window.news.isVisible()
    assert sounds == []
    with open_office(qtbot, county, tmp_path, "T01") as window:
        calm(qtbot, window)
        assert not window.news.isVisible()


def test_a_new_assignment_comes_with_a_sound_and_a_calm_bar(
    qtbot: QtBot, tmp_path: Path, sounds: list[str]
) -> None:
    county = county_of(FakeClock())
    with open_office(qtbot, county, tmp_path, "T01") as window:
        county.tell(an_incident(id="new", title=Text("河堤渗水"), lead_unit=SHIMEN))
        qtbot.waitUntil(window.news.isVisible)
        assert "河堤渗水" in window.news.words.text()
        assert sounds == ["beep"]
        window.show_task("report")
        qtbot.mouseClick(window.news.look, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(window.pages["assignments"].isVisible)


def test_in_quiet_hours_only_a_grave_assignment_is_heard(
    qtbot: QtBot, tmp_path: Path, sounds: list[str]
) -> None:
    county = county_of(FakeClock())
    quiet = Sound(quiet_hours=("00:00", "23:59"))
    with open_office(qtbot, county, tmp_path, "T01", sound=quiet) as window:
        for number, level in enumerate((EventLevel.LARGER, EventLevel.MAJOR)):
            title = Text(f"河堤渗水 {number}")
            county.tell(an_incident(id=title.zh, title=title, lead_unit=SHIMEN, level=level))
            said = (title.zh, "2 件新任务")[number]
            qtbot.waitUntil(lambda said=said: said in window.news.words.text())
            assert len(sounds) == number


def test_what_others_are_asked_for_makes_no_sound(
    qtbot: QtBot, tmp_path: Path, sounds: list[str]
) -> None:
    county = county_of(FakeClock())
    with open_office(qtbot, county, tmp_path, "T01") as window:
        county.tell(an_incident(id="theirs", title=Text("别人办")))
        page = window.pages["assignments"]
        qtbot.waitUntil(lambda: len(page.cards) == 2)  # type: ignore[attr-defined]
        assert (sounds, window.news.isVisible()) == ([], False)

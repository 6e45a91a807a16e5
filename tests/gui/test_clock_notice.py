"""An officer is told wherever it matters that this computer's clock is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.application.i18n import Words
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import CommandKind
from desktop.domain.instant import DAY, MINUTE
from desktop.gui import formatting
from desktop.gui.wall.frame import Foot
from desktop.gui.wall.overview import LEAST_NONE
from support.builders import NOW, FakeClock, a_township
from support.open_desk import RESOURCES, calm, incident_key, open_desk, open_office
from support.sample_board import a_status, empty_county, sample_county
from support.stage import a_stage

SLOW = {"zh_CN": "本机时钟慢了 2 天", "en": "This computer's clock is 2 d slow"}
EARLIER = {
    "zh_CN": "本机时钟早于已知的时间，至少慢 3650 天",
    "en": "This computer's clock is behind a time that was, by at least 3650 d",
}
A_YEAR_SLOW = {
    "zh_CN": "本机时钟慢了 365 天。请校准这台电脑的时钟。",
    "en": "This computer's clock is 365 d slow. Set this computer's clock.",
}
CORRECTED = {"zh_CN": "都按县平台时间校正", "en": "corrected by the county"}
languages = pytest.mark.parametrize("language", ["zh_CN", "en"])


def a_slow_clock() -> CorrectedClock:
    """Two days slow, as a server told."""
    clock = CorrectedClock(FakeClock(NOW - 2 * DAY))
    clock.follow(2 * DAY)
    return clock


@languages
def test_a_wrong_clock_is_said_on_the_strip_in_the_sheet_and_at_the_form(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    clock = a_slow_clock()
    county = sample_county(clock, 5)
    with open_desk(
        qtbot, county, tmp_path, language=language, words=Words(RESOURCES, language)
    ) as desk:
        assert desk.status.drift.isVisible()
        assert desk.status.drift.text() == SLOW[language]
        assert CORRECTED[language] in desk.status.drift.toolTip()
        desk.sources_sheet.lay()
        calm(qtbot, desk)
        said = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert any(text.startswith(SLOW[language]) for text in said)
        desk.sources_sheet.put_away()
        desk.show_key(incident_key())
        qtbot.waitUntil(lambda: desk.panes["detail"].detail is not None)
        calm(qtbot, desk)
        desk.panes["detail"].begin(CommandKind.ESCALATE)
        form = desk.panes["detail"].form
        assert form.clock_warning.isVisible()
        assert SLOW[language] in form.clock_warning.text()
        assert CORRECTED[language] in form.clock_warning.text()
        clock.follow(0)
        desk.screen_context.feed.ticked.emit(clock.now())
        assert not form.clock_warning.isVisible()
        assert not desk.status.drift.isVisible()


def test_a_clock_right_to_the_minute_is_not_worth_a_word(qtbot: QtBot, tmp_path: Path) -> None:
    clock = CorrectedClock(FakeClock())
    clock.follow(MINUTE)
    with open_desk(qtbot, empty_county(clock), tmp_path) as desk:
        assert not desk.status.drift.isVisible()


@languages
def test_a_clock_from_before_the_last_contact_is_said_without_any_server(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    dead = CorrectedClock(FakeClock(NOW - 3650 * DAY))
    county = empty_county(dead, a_status(last_good_at=NOW))
    with open_desk(
        qtbot, county, tmp_path, language=language, words=Words(RESOURCES, language)
    ) as desk:
        assert desk.status.drift.text() == EARLIER[language]
        desk.status.drift.click()
        calm(qtbot, desk)
        said = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert any(text.startswith(EARLIER[language]) for text in said)


@languages
def test_the_office_says_by_how_much_its_clock_is_wrong_until_it_is_right(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    clock = CorrectedClock(FakeClock(NOW - 365 * DAY))
    clock.follow(365 * DAY)
    county = empty_county(clock, a_status(last_good_at=NOW))
    county.tell(a_township())
    with open_office(
        qtbot, county, tmp_path, "T01", language=language, words=Words(RESOURCES, language)
    ) as office:
        said = office.head.wrong_clock
        assert said.isVisible()
        assert said.text() == A_YEAR_SLOW[language]
        assert office.head.clock.text() == formatting.clock_time(NOW, seconds=False)
        clock.follow(0)
        office.screen_context.feed.ticked.emit(clock.now())
        assert not said.isVisible()


@languages
def test_the_wall_says_it_in_its_foot(qtbot: QtBot, language: str) -> None:
    county = empty_county(a_slow_clock(), a_status(last_good_at=NOW))
    with a_stage(county, language=language) as screen:
        foot = Foot(screen)
        qtbot.addWidget(foot)
        foot.now, foot.statuses = NOW, county.board.statuses()
        assert foot.ages()[0] == (SLOW[language], "orange")
        assert len(foot.ages()) == 2


def test_a_time_that_is_a_bound_is_said_to_be_one_and_so_is_what_grows_with_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    dead = CorrectedClock(FakeClock(NOW - 3650 * DAY))
    dead.not_before(NOW)
    words = Words(RESOURCES, "en")
    words.is_later = lambda: bool(dead.behind_ms)
    county = sample_county(dead, 5)
    with open_desk(qtbot, county, tmp_path, language="en", words=words) as desk:
        calm(qtbot, desk)
        assert desk.status.clock.text().startswith("≥ ")
        assert "overdue ≥ " in desk.panes["incidents"].head.summary.text()
        dead.follow(3650 * DAY)
        desk.screen_context.feed.ticked.emit(dead.now())
        assert not desk.status.clock.text().startswith("≥ ")


def test_the_walls_overdue_figure_is_never_a_plain_none_by_a_bound(qtbot: QtBot) -> None:
    with a_stage(empty_county(FakeClock(), a_status(last_good_at=NOW)), language="en") as screen:
        assert formatting.at_least("0", screen.words) == "0"
        screen.words.is_later = lambda: True
        assert formatting.at_least("0", screen.words) == LEAST_NONE

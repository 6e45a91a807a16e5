"""Offline is said once, in one sentence under the strip; panes only mark it, and none lies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject
from pytestqt.qtbot import QtBot

from desktop.domain.command import Collection
from desktop.domain.instant import MINUTE, SECOND
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, Progress, SourceStatus
from desktop.gui import formatting
from desktop.gui.bars.outage_line import OutageLine
from desktop.gui.desk.window import DeskWindow
from support.builders import NOW, FakeClock
from support.open_desk import calm, open_desk, source_button
from support.sample_board import SampleCounty, a_status, empty_county, sample_county
from support.stage import a_stage, shown

GONE = Problem("unreachable", {"address": "county.example", "reason": "no route"})
FAILS = a_status(last_good_at=NOW - 8_000, failing_since=NOW, problem=GONE)
OTHER = a_status(
    id="monitor",
    title=Text("监测", "Monitor"),
    last_good_at=NOW,
    fills=frozenset({Collection.QUEUES}),
)


@contextmanager
def a_desk(
    qtbot: QtBot, folder: Path, *statuses: SourceStatus, language: str = "en"
) -> Iterator[tuple[DeskWindow, SampleCounty]]:
    county = sample_county(FakeClock(), 3)
    county.sources[:] = statuses
    with open_desk(qtbot, county, folder, language=language) as desk:
        yield desk, county


SENTENCES = {
    "en": (
        "No answer from County platform since {since}. You see data of {data}. "
        "What you write is stored here and goes out once it answers."
    ),
    "zh_CN": (
        "县平台从 {since} 起没有应答；画面是 {data} 的数据；您写的都存在本机，接通后自动发出。"
    ),
}


def test_a_sentence_without_room_in_a_line_stands_whole_in_several(qtbot: QtBot) -> None:
    county = sample_county(FakeClock(), 3)
    county.sources[:] = [FAILS]
    with a_stage(county, "en") as screen, shown(OutageLine(screen), screen, 400, 28) as line:
        since, data = (formatting.moment(at, NOW) for at in (NOW, NOW - 8_000))
        lines = line.words.text().split("\n")
        assert len(lines) > 1
        assert " ".join(lines) == SENTENCES["en"].format(since=since, data=data)
        widths = [line.words.fontMetrics().horizontalAdvance(each) for each in lines]
        assert max(widths) <= line.words.width()
        assert line.height() >= len(lines) * line.words.fontMetrics().lineSpacing()
        line.resize(1900, line.height())
        assert "\n" not in line.words.text()
        assert line.height() == 28


@pytest.mark.parametrize("language", SENTENCES)
def test_one_sentence_says_who_since_when_what_is_seen_and_what_becomes_of_commands(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    with a_desk(qtbot, tmp_path, FAILS, language=language) as (desk, county):
        assert desk.outage.isVisible()
        since, data = (formatting.moment(at, NOW) for at in (NOW, NOW - 8_000))
        assert desk.outage.words.text() == SENTENCES[language].format(since=since, data=data)
        for name in ("incidents", "queues", "infrastructure", "map"):
            head = desk.panes[name].head
            assert head.is_hatched, name
            assert head.age.text() == "", name
            assert head.age.toolTip(), name
        desk.outage.words.click()
        assert desk.sources_sheet.isVisible()
        county.set_sources(a_status(last_good_at=NOW))
        calm(qtbot, desk)
        assert not desk.outage.isVisible()
        desk.screen_context.feed.ticked.emit(county.clock.now())
        assert not desk.panes["incidents"].head.is_hatched


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The keyring asks for its password: it keeps the logins of the sources"),
        ("zh_CN", "密钥环在要口令：来源的登录存在它里面"),
    ],
)
@pytest.mark.parametrize("statuses", [(a_status(last_good_at=NOW),), (FAILS,)])
def test_what_the_keyring_asks_over_the_desk_is_said_with_why_until_it_is_unlocked(
    qtbot: QtBot, tmp_path: Path, language: str, said: str, statuses: tuple[SourceStatus, ...]
) -> None:
    with a_desk(qtbot, tmp_path, *statuses, language=language) as (desk, county):
        before = desk.outage.isVisible(), desk.outage.words.text()
        county.board.asks_keyring = lambda: True
        desk.screen_context.feed.ticked.emit(county.clock.now())
        assert desk.outage.isVisible()
        assert desk.outage.words.text().startswith(said)
        county.board.asks_keyring = lambda: False
        desk.screen_context.feed.ticked.emit(county.clock.now())
        assert desk.outage.isVisible() == before[0]
        assert not before[0] or desk.outage.words.text() == before[1]


def test_heads_that_say_nothing_of_an_outage_do_no_work_with_its_seconds(
    qtbot: QtBot, tmp_path: Path
) -> None:
    class TipsSet(QObject):
        seen = 0

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            self.seen += event.type() is QEvent.Type.ToolTipChange
            return False

    with a_desk(qtbot, tmp_path, FAILS) as (desk, county):
        tips = TipsSet()
        heads = [desk.panes[name].head for name in ("incidents", "queues", "infrastructure", "map")]
        assert all(head.is_hatched for head in heads)
        for head in heads:
            head.age.installEventFilter(tips)
        for _ in range(5):
            county.clock.advance(SECOND)
            desk.screen_context.feed.ticked.emit(county.clock.now())
        assert tips.seen == 0
        assert "ago" not in heads[0].age.toolTip(), "an age that stands still would lie"


def test_of_one_failing_source_among_several_its_panes_still_say_so(
    qtbot: QtBot, tmp_path: Path
) -> None:
    failing = msgspec.structs.replace(OTHER, failing_since=NOW, problem=GONE)
    with a_desk(qtbot, tmp_path, a_status(last_good_at=NOW), failing) as (desk, _county):
        assert "Monitor" in desk.outage.words.text()
        assert "What you write" not in desk.outage.words.text(), "the county still takes it"
        head = desk.panes["queues"].head
        assert not head.is_hatched
        assert head.age.text() != ""


def test_a_pane_whose_data_is_of_another_time_says_its_own(qtbot: QtBot, tmp_path: Path) -> None:
    older = msgspec.structs.replace(
        OTHER, last_good_at=NOW - 90 * MINUTE, failing_since=NOW, problem=GONE
    )
    newer = msgspec.structs.replace(FAILS, fills=frozenset({Collection.INCIDENTS}))
    with a_desk(qtbot, tmp_path, newer, older) as (desk, _county):
        assert desk.panes["queues"].head.is_hatched
        assert not desk.panes["incidents"].head.is_hatched


def test_another_problem_than_silence_is_not_called_silence(qtbot: QtBot, tmp_path: Path) -> None:
    locked = msgspec.structs.replace(FAILS, problem=Problem("password_refused", {"address": "a"}))
    with a_desk(qtbot, tmp_path, locked) as (desk, _county):
        assert desk.outage.words.text().startswith("No data from County platform")


def test_before_the_first_answer_is_due_nothing_warns(qtbot: QtBot, tmp_path: Path) -> None:
    for before in ({}, {"failing_since": NOW, "problem": GONE}):
        due = a_status(last_good_at=None, awaited=True, **before)
        county = empty_county(FakeClock(), due)
        with open_desk(qtbot, county, tmp_path, language="en") as desk:
            assert not desk.outage.isVisible()
            button = source_button(desk, "county")
            assert "waiting" in button.text()
            assert button.property("tone") != "orange"
            pane = desk.panes["incidents"]
            assert pane.empty.title.text() == "Loading"
            assert pane.head.age.text() == "County platform: waiting for its answer"


def test_loading_says_how_many_rows_of_how_many_and_for_how_long(
    qtbot: QtBot, tmp_path: Path
) -> None:
    loading = a_status(last_good_at=None, awaited=True, progress=Progress(1_200, 60_000, 0.02, 8))
    with open_desk(qtbot, empty_county(FakeClock(), loading), tmp_path, language="en") as desk:
        pane = desk.panes["queues"]
        assert pane.empty.title.text() == "Loading from County platform"
        assert pane.empty.sentence.text() == "1,200 of 60,000 rows · about 8 s to go"
        assert "1,200 of 60,000 rows" in source_button(desk, "county").text()
        loaded = msgspec.structs.replace(loading, progress=Progress(60_000, 60_000, 1.0, 1))
        assert formatting.unheard(loaded) == "all 60,000 rows are here, being stored"

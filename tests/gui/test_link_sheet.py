"""The line is named when it is weak, and the day's bytes are told by class."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.application.reads.read_models import Usage
from desktop.domain.link import ByteCount, LinkState, LinkTier, TrafficClass
from desktop.gui.charts.bar_chart import BarChart
from support.builders import NOW, FakeClock
from support.open_desk import calm, open_desk
from support.sample_board import SampleCounty, a_status, empty_county

WEAK = LinkState(96_000.0, 640.0, LinkTier.TEXT, NOW - 60_000)
GOOD = LinkState(20_000_000.0, 8.0, LinkTier.ORIGINALS, NOW)
SPENT = {
    TrafficClass.COMMANDS: ByteCount(1_200, 800),
    TrafficClass.SNAPSHOT: ByteCount(900, 1_100_000),
}


def _county(link: LinkState, usage: Usage | None = None) -> SampleCounty:
    return empty_county(FakeClock(), a_status(last_good_at=NOW, link=link), usage=usage)


def _usage(budget: int | None, *, over: bool = False) -> Usage:
    return Usage("2026-11-23", budget, SPENT, over, ("22:00", "06:00"))


def test_a_good_line_is_not_worth_a_word_in_the_strip(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, _county(GOOD), tmp_path) as desk:
        assert not desk.status.link.isVisible()


@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "弱网 96 kbit/s"), ("en", "weak line 96 kbit/s")]
)
def test_a_weak_line_is_named_with_its_measure(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    with open_desk(qtbot, _county(WEAK), tmp_path, language=language) as desk:
        assert desk.status.link.isVisible()
        assert desk.status.link.text() == said


def test_the_chip_opens_the_sheet_with_measures_tier_and_bytes(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with open_desk(qtbot, _county(WEAK, _usage(2_000_000)), tmp_path) as desk:
        desk.status.link.click()
        calm(qtbot, desk)
        said = [label.text() for label in desk.link_sheet.findChildren(QLabel)]
        assert "96 kbit/s · 延时 640 毫秒" in said
        assert any("仅文字" in text for text in said)
        assert "今日 1.1 MB，限额 2.0 MB" in said
        bars = desk.link_sheet.findChild(BarChart)
        assert isinstance(bars, BarChart)
        assert "全量 ↑ 900 B ↓ 1.1 MB" in bars.accessibleName()
        assert "限额 55%" in bars.accessibleName()


def test_a_spent_budget_says_what_waits_and_what_goes_on(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, _county(GOOD, _usage(500_000, over=True)), tmp_path) as desk:
        calm(qtbot, desk)
        assert desk.status.link.text() == "今日流量已用完"
        desk.link_sheet.lay()
        calm(qtbot, desk)
        said = [label.text() for label in desk.link_sheet.findChildren(QLabel)]
        assert any("指令和变更照常" in text for text in said)


def test_a_line_never_measured_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, _county(LinkState(), _usage(None)), tmp_path) as desk:
        desk.link_sheet.lay()
        calm(qtbot, desk)
        said = [label.text() for label in desk.link_sheet.findChildren(QLabel)]
        assert "尚未测量" in said
        assert "配置中没有设每日限额。" in said


def test_deletions_not_believed_are_said_on_their_source(qtbot: QtBot, tmp_path: Path) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, quarantined_deletes=812))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.sources_sheet.lay()
        calm(qtbot, desk)
        said = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert any(text.startswith("812 ") for text in said)

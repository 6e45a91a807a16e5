"""Send and receive: the day's bytes, the line, and the two buttons that steer both."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.application.budget.byte_budget import Allowance
from desktop.application.reads.read_models import Usage
from desktop.domain.instant import HOUR, MINUTE, SECOND
from desktop.domain.link import ByteCount, LinkState, TrafficClass
from desktop.domain.source import Problem
from desktop.gui.sources.link_sheet import LinkSheet
from support.builders import NOW, FakeClock
from support.open_desk import calm, open_office
from support.sample_board import a_status
from support.sent_items import (
    LINE,
    attached,
    county_of,
    noted,
    page_of,
)


def test_of_a_line_that_is_down_it_says_since_when_and_that_all_is_kept(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of(failing_since=NOW - HOUR, problem=Problem("unreachable"), link=LinkState())
    noted(county, 1)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page = page_of(qtbot, window)
        assert (
            page.figures.line.text() == "线路不通，自 11-22 23:00。写好的都存在本机，通了自动发。"
        )
        assert "要多久说不准" in page.sentence.text()
        assert window.buttons["sending"].line == "还有 1 条在本机"


def test_before_any_answer_of_the_county_it_does_not_claim_a_line(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = county_of(last_good_at=None, link=LinkState())
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page = page_of(qtbot, window)
        assert page.figures.line.text() == "还没有联系上县里。"
        assert page.empty.isVisible()
        assert page.empty.title.text() == "这里还没有写过东西"
        assert window.buttons["sending"].line == "没有要发的"


def test_while_the_first_data_come_it_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    county = county_of(last_good_at=None, partial=True)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page = page_of(qtbot, window)
        assert page.figures.line.text() == "正在第一次接收县里的数据…"


def test_of_a_spent_day_it_says_what_waits_and_words_go(qtbot: QtBot, tmp_path: Path) -> None:
    usage = Usage("2026-11-23", 1_000_000, {TrafficClass.FILES: ByteCount(0, 999_000)}, True, None)
    county = county_of(usage)
    attached(county, 1)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page = page_of(qtbot, window)
        assert page.figures.bytes.text() == "今日 999 KB，限额 1.0 MB"
        assert page.figures.bar.value() == 99
        assert "今天的流量不够：2 个文件（210 KB）明天再发。" in page.sentence.text()
        assert "先发文字 1 条" in page.sentence.text()


def test_only_words_today_is_one_switch_seen_everywhere_and_holds_over_a_restart(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = county_of(Allowance(daily_bytes=50_000_000), clock)
    nudged: list[int] = []
    county.board.files.on_nudge = lambda: nudged.append(1)
    attached(county, 1)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page = page_of(qtbot, window)
        qtbot.mouseClick(page.figures.only_words, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        assert county.board.usage().only_words
        assert "今天只发文字：2 个文件（210 KB）等过了半夜再发。" in page.sentence.text()
        assert page.figures.only_words.text() == "✓ 今天只发文字"
        sheet = LinkSheet(window.screen_context, window)
        sheet.lay()
        calm(qtbot, window)
        assert any("今天只发文字" in label.text() for label in sheet.findChildren(QLabel))
        sheet.put_away()
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page = page_of(qtbot, window)
        assert page.figures.only_words.isChecked()
        assert nudged == []
        qtbot.mouseClick(page.figures.only_words, Qt.MouseButton.LeftButton)
        calm(qtbot, window)
        assert not county.board.usage().only_words
        assert nudged == [1]
        assert "再发照片" in page.sentence.text()


def test_send_now_asks_the_county_and_shows_it_until_something_comes_of_it(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = county_of(clock=clock)
    asked: list[int] = []
    county.board.commands.on_nudge = lambda: asked.append(1)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page, feed = page_of(qtbot, window), window.screen_context.feed
        send = page.figures.send
        QTest.keyClick(page, Qt.Key.Key_F5)
        QTest.keyClick(page, Qt.Key.Key_F5)
        assert (asked, send.text()) == ([1], "正在联系县里…")
        county.set_sources(a_status(last_good_at=NOW + 1, link=LINE))
        feed.ticked.emit(clock.now())
        assert send.text() == "正在联系县里…", "an answer at once would not be seen to come"
        clock.advance(SECOND)
        feed.ticked.emit(clock.now())
        assert send.text() == "现在就发"
        assert page.figures.line.text().startswith("刚刚联系上县里了")
        clock.advance(MINUTE)
        feed.ticked.emit(clock.now())
        assert page.figures.line.text().startswith("县里 00:00 有回音")
        qtbot.mouseClick(send, Qt.MouseButton.LeftButton)
        clock.advance(14 * SECOND)
        feed.ticked.emit(clock.now())
        assert send.text() == "正在联系县里…"
        clock.advance(SECOND)
        feed.ticked.emit(clock.now())
        assert send.text() == "现在就发"
        assert asked == [1, 1]


def test_send_now_on_a_dead_line_is_over_when_the_county_answers_or_fails_otherwise(
    qtbot: QtBot, tmp_path: Path
) -> None:
    clock = FakeClock()
    county = county_of(clock=clock)
    dead = a_status(last_good_at=NOW - HOUR, failing_since=NOW, problem=Problem("timed_out", {}))
    county.set_sources(dead)
    with open_office(qtbot, county, tmp_path, "T01") as window:
        page, feed = page_of(qtbot, window), window.screen_context.feed
        send = page.figures.send
        for other, is_over in (
            (msgspec.structs.replace(dead, link=LINE), False),
            (msgspec.structs.replace(dead, problem=Problem("refused", {})), True),
            (a_status(last_good_at=NOW + HOUR), True),
        ):
            county.set_sources(dead)
            QTest.keyClick(page, Qt.Key.Key_F5)
            county.set_sources(other)
            clock.advance(2 * SECOND)
            feed.ticked.emit(clock.now())
            assert (send.text() == "现在就发") is is_over, other
            clock.advance(MINUTE)
            feed.ticked.emit(clock.now())

"""Shared wording and translations."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop.application.i18n import Words
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem
from desktop.gui import formatting
from desktop.gui.wall.state import time_left
from desktop.gui.widgets.label import PlainLabel
from support.builders import NOW
from support.open_desk import RESOURCES
from support.sample_board import a_status, empty_county
from support.stage import a_stage


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (12 * MINUTE + 40 * SECOND, "00:12:40"),
        (-(8 * MINUTE + 15 * SECOND), "-00:08:15"),
        (0, "00:00:00"),
        (2 * DAY, "2 天"),
        (-3 * DAY, "-3 天"),
    ],
)
def test_a_countdown_reads_at_a_glance(left: int, said: str) -> None:
    assert formatting.countdown(NOW + left, NOW, Words(RESOURCES)) == said


def test_from_an_hour_on_only_minutes_change_a_countdown() -> None:
    said = [
        formatting.countdown(NOW + left, NOW, Words(RESOURCES, "en"))
        for left in (HOUR - SECOND, HOUR, HOUR + 59 * SECOND, HOUR + MINUTE, -25 * HOUR // 2)
    ]
    assert said == ["00:59:59", "1h 0m", "1h 0m", "1h 1m", "-12h 30m"]


def test_where_the_time_is_a_bound_no_more_than_that_is_left() -> None:
    words = Words(RESOURCES, "en")
    words.is_later = lambda: True
    assert formatting.countdown(NOW + MINUTE, NOW, words) == "≤ 00:01:00"
    assert formatting.countdown(NOW - MINUTE, NOW, words) == "≤ -00:01:00"
    assert time_left(NOW + MINUTE, NOW, words)[0].endswith("≤ 01:00")
    assert time_left(NOW - MINUTE, NOW, words)[0].endswith("≥ 01:00")


def test_what_begins_later_than_now_has_not_lasted_for_nothing() -> None:
    words = Words(RESOURCES, "en")
    assert formatting.format_elapsed(NOW - 41 * SECOND, NOW, words) == "00:00:41"
    assert formatting.format_elapsed(NOW + 5 * MINUTE, NOW, words) == "-00:05:00"


def test_what_has_lasted_for_hours_does_not_tick_with_the_seconds() -> None:
    words = Words(RESOURCES, "en")
    assert formatting.format_elapsed(NOW - 110 * MINUTE, NOW, words) == "1h 50m"
    assert formatting.format_elapsed(NOW - 50 * HOUR, NOW, words) == "2 d"


def test_a_tooltip_shows_tags_as_they_are() -> None:
    assert formatting.plain_tip("<b>x</b>\ny") == "<span>&lt;b&gt;x&lt;/b&gt;<br>y</span>"


def test_eliding_a_huge_text_measures_only_what_can_be_seen(qtbot: QtBot) -> None:
    line = formatting.elide("x" * 10_000_000, QFontMetrics(QFont()), 200)
    assert len(line) < 200
    assert line.endswith("…")


def test_line_breaks_and_control_characters_do_not_break_a_line() -> None:
    assert formatting.in_one_line("a\nb\u202ec\x00d") == "a b[U+202E]c d"


def test_every_message_is_said_in_chinese() -> None:
    tree = ET.parse(RESOURCES / "i18n" / "zh_CN.ts")
    unsaid = [
        message.findtext("source")
        for message in tree.iter("message")
        if (translation := message.find("translation")) is None
        or translation.get("type") == "unfinished"
    ]
    assert unsaid == []


def test_a_source_that_gave_only_a_part_is_not_said_to_be_silent() -> None:
    assert formatting.unheard(a_status(last_good_at=None)) == "never received"
    assert formatting.unheard(a_status(last_good_at=None, partial=True)) == "not all received yet"


HOSTILE = "安\u202e全\u2066 a"
SHOWN = "安[U+202E]全[U+2066] a"


def test_format_characters_are_seen_in_wrapped_texts_lines_and_tooltips(qtbot: QtBot) -> None:
    with a_stage(empty_county()) as screen:
        for elide in (True, False):
            label = PlainLabel(screen, elide=elide)
            qtbot.addWidget(label)
            label.set_text(HOSTILE)
            assert QLabel.text(label) == label.accessibleName() == SHOWN
        assert SHOWN in formatting.plain_tip(HOSTILE)
        assert screen.words.text(Text(HOSTILE, "")) == SHOWN
        assert screen.words.term("stage", HOSTILE) == SHOWN
        assert SHOWN in str(screen.words.problem(Problem("unlisted", {"x": HOSTILE})))


def test_what_is_written_from_the_right_does_not_turn_its_neighbours_round() -> None:
    line = formatting.in_one_line("שלום\nעולם")
    assert line == "\u2068שלום\u2069 \u2068עולם\u2069"
    assert formatting.in_one_line(f"{line} · 3") == f"{line} · 3"
    cut = formatting.in_one_line("\u2068" + "ש" * 50 + "\u2069 3", 20)
    assert cut.count("\u2068") == cut.count("\u2069") == 1

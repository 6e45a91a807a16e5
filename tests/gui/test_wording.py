"""Shared wording, drafts and translations."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontMetrics
from pytestqt.qtbot import QtBot

from desktop.application.words import Words
from desktop.domain.instant import DAY, MINUTE, SECOND
from desktop.gui import phrases
from desktop.gui.desk.drafts import Draft, Drafts
from fakes.builders import NOW
from fakes.open_desk import RESOURCES, incident_key


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
    assert phrases.countdown(NOW + left, NOW, Words(RESOURCES)) == said


def test_a_tooltip_shows_tags_as_they_are() -> None:
    assert phrases.plain_tip("<b>x</b>\ny") == "<span>&lt;b&gt;x&lt;/b&gt;<br>y</span>"


def test_eliding_a_huge_text_measures_only_what_can_be_seen(qtbot: QtBot) -> None:
    line = phrases.elided("x" * 10_000_000, QFontMetrics(QFont()), 200)
    assert len(line) < 200
    assert line.endswith("…")


def test_line_breaks_and_control_characters_do_not_break_a_line() -> None:
    assert phrases.in_one_line("a\nb\u202ec\x00d") == "a b c d"


def test_a_draft_is_kept_per_incident_and_its_file_name_tells_nothing(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    drafts.save(incident_key(1), Draft("一"))
    drafts.save(incident_key(2), Draft("二", "k"))
    assert drafts.load(incident_key(1)) == Draft("一")
    assert drafts.load(incident_key(2)) == Draft("二", "k")
    assert all("I00000" not in file.name for file in (tmp_path / "drafts").iterdir())
    drafts.save(incident_key(1), Draft())
    assert drafts.load(incident_key(1)) == Draft()


def test_a_damaged_draft_is_an_empty_one(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.save(incident_key(), Draft("x"))
    next(tmp_path.iterdir()).write_bytes(b"{")
    assert drafts.load(incident_key()) == Draft()


def test_every_message_is_said_in_chinese() -> None:
    tree = ET.parse(RESOURCES / "i18n" / "zh_CN.ts")
    unsaid = [
        message.findtext("source")
        for message in tree.iter("message")
        if (translation := message.find("translation")) is None
        or translation.get("type") == "unfinished"
    ]
    assert unsaid == []


def test_nothing_heavy_is_imported_before_the_first_paint() -> None:
    code = (
        "import sys; import desktop.gui.app, desktop.gui.desk.window; "
        "print([m for m in ('pyqtgraph', 'numpy', 'requests', 'keyring', 'pypinyin', "
        "'desktop.gui.map.pane') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

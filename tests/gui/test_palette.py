"""The command palette answers whatever is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from support.builders import FakeClock
from support.open_desk import calm, open_desk
from support.sample_board import sample_county


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh_CN", "没有符合的操作、乡镇、电话或预案"),
        ("en", "No action, township, phone or plan matches"),
    ],
)
def test_the_palette_says_when_nothing_matches_and_takes_it_back(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path, language=language) as desk:
        palette = desk.palette_sheet
        QTest.keyClick(desk, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        calm(qtbot, desk)
        assert not palette.nothing.isVisible()
        QTest.keyClicks(palette.field, "zzz")
        assert palette.nothing.isVisible()
        assert palette.nothing.text() == said
        QTest.keyClick(palette.field, Qt.Key.Key_Return)
        assert palette.isVisible()
        palette.field.clear()
        assert not palette.nothing.isVisible()
        assert palette.listed.isVisible()


def test_the_palette_finds_an_action_by_its_initials(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.run_action("palette")
        palette = desk.palette_sheet
        QTest.keyClicks(palette.field, "yxyb")
        named = ("运行月报", Qt.MatchFlag.MatchStartsWith)
        qtbot.waitUntil(lambda: bool(palette.listed.findItems(*named)))

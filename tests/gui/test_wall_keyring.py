"""A wall whose sources wait for the keyring says so, and what to do; it never asks itself."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.instant import HOUR
from desktop.domain.source import Problem
from desktop.gui.wall.canvas import NARROW_UNITS, ROW, SMALL, text_px
from desktop.gui.wall.window import WallWindow
from support.builders import NOW, FakeClock
from support.sample_board import a_status, sample_county
from support.stage import a_stage, shown

ASKS = {
    "zh_CN": "密钥环锁着，有来源在等它：请在它的窗口里输入口令",
    "en": "Sources wait for the locked keyring: type its password in its window",
}
LOCKED = {
    "zh_CN": "密钥环锁着，有来源在等它：请在本机解锁密钥环",
    "en": "Sources wait for the locked keyring: unlock it on this computer",
}


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (3840, 1080), (6656, 1792)])
def test_the_banner_says_first_that_the_keyring_asks_until_it_is_unlocked(
    qtbot: QtBot, language: str, size: tuple[int, int]
) -> None:
    county = sample_county(FakeClock(), 20)
    county.set_sources(a_status(last_good_at=NOW - HOUR))
    with (
        a_stage(county, language, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen, *size) as wall,
    ):
        [old] = wall.banner.lines
        county.board.asks_keyring = lambda: True
        wall.tick(NOW)
        asks, still_old = wall.banner.lines
        assert (asks.text, still_old) == (ASKS[language], old)
        assert ASKS[language] in wall.banner.accessibleName()
        unit = wall.banner.unit
        letters = SMALL if wall.banner.width() < NARROW_UNITS * unit else ROW
        taken = text_px(screen.theme, unit, asks.text, letters, strong=True)
        assert taken <= wall.banner.width() - 80 * unit, "it is not cut"
        assert QApplication.activeModalWidget() is None
        county.board.asks_keyring = lambda: False
        wall.tick(NOW)
        assert wall.banner.lines == [old]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("last_good_at", [NOW, NOW - HOUR, None])
def test_a_keyring_that_stayed_locked_is_said_while_a_source_waits_for_it(
    qtbot: QtBot, language: str, last_good_at: int | None
) -> None:
    county = sample_county(FakeClock(), 20)
    county.set_sources(a_status(last_good_at=last_good_at, problem=Problem("logins_locked")))
    with (
        a_stage(county, language, theme="wall") as screen,
        shown(WallWindow(screen, "X"), screen, 1920, 1080) as wall,
    ):
        assert wall.banner.lines[0].text == LOCKED[language]
        assert wall.banner.isVisible()

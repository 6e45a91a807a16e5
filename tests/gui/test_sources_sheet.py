"""The sources sheet tells what answers at each source and what is worth knowing of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop.application.i18n import Words
from desktop.domain.changes import STATES
from desktop.domain.command import Collection
from desktop.domain.source import ProbeResult, Problem
from support.builders import NOW, FakeClock
from support.open_desk import RESOURCES, calm, open_desk, source_button
from support.sample_board import a_status, empty_county

FOUND = ProbeResult(
    product="Prometheus <b>2.42.0</b>",
    fills=frozenset({Collection.ASSETS, Collection.ALARMS}),
    counts={Collection.ASSETS: 512, Collection.ALARMS: 1_204},
    clock_offset_ms=-2_300,
    remarks=(Problem("clock_differs", {"seconds": "-2"}), Problem("drill")),
)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh_CN", "首次连接时：Prometheus <b>2.42.0</b> · 告警 1204、设施 512 · 时钟差 -2.3 秒"),
        (
            "en",
            "At first contact: Prometheus <b>2.42.0</b> · alarms 1204, assets 512 · clock -2.3 s",
        ),
    ],
)
def test_the_sheet_shows_product_counts_and_remarks(
    qtbot: QtBot, tmp_path: Path, language: str, said: str
) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, found=FOUND))
    words = Words(RESOURCES, language)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        desk.sources_sheet.lay()
        calm(qtbot, desk)
        labels = {label.text(): label for label in desk.sources_sheet.findChildren(QLabel)}
        assert said in labels
        assert labels[said].textFormat() is Qt.TextFormat.PlainText
        for remark in FOUND.remarks:
            assert str(words.problem(remark)) in labels


def test_a_source_that_counts_nothing_beforehand_says_what_it_offers(
    qtbot: QtBot, tmp_path: Path
) -> None:
    found = ProbeResult("CAP 1.2", frozenset({Collection.WARNINGS}))
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, found=found))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.sources_sheet.lay()
        calm(qtbot, desk)
        said = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert "首次连接时：CAP 1.2 · 预警" in said


def test_a_source_not_probed_this_time_says_nothing_of_it(qtbot: QtBot, tmp_path: Path) -> None:
    county = empty_county(FakeClock(), a_status(last_good_at=NOW))
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.sources_sheet.lay()
        calm(qtbot, desk)
        said = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert not [text for text in said if text.startswith("首次连接时")]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_another_server_is_accepted_only_at_the_second_press(
    qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    problem = Problem("other_server", {"address": "http://x/", "server": "abc"})
    status = a_status(last_good_at=NOW, problem=problem, failing_since=NOW)
    county = empty_county(FakeClock(), status)
    accepted: list[str] = []
    county.board.commands.on_accept_server = lambda source: accepted.append(source) or True
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        sheet = desk.sources_sheet

        def press() -> None:
            words = "改用这个平台" if language == "zh_CN" else "Go on with this server"
            (button,) = [b for b in sheet.findChildren(QPushButton) if words in b.text()]
            button.click()
            calm(qtbot, desk)

        sheet.lay()
        calm(qtbot, desk)
        press()
        assert accepted == []
        press()
        assert accepted == [status.id]


def test_what_happened_at_a_source_is_said_once(qtbot: QtBot, tmp_path: Path) -> None:
    notice = Problem("server_went_back", {"count": "3"})
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, notices=(notice,)))
    with open_desk(qtbot, county, tmp_path) as desk:
        county.board.listeners.announce(STATES)
        calm(qtbot, desk)
        qtbot.waitUntil(lambda: "3 条指令" in desk.notices.words.text())
        desk.notices.dismiss()
        county.board.listeners.announce(STATES)
        calm(qtbot, desk)
        assert not desk.notices.isVisible()


@pytest.mark.parametrize(
    ("language", "mark"), [("zh_CN", "登录未加密"), ("en", "login unencrypted")]
)
def test_a_login_anybody_can_read_stays_on_the_source_when_its_notice_is_dismissed(
    qtbot: QtBot, tmp_path: Path, language: str, mark: str
) -> None:
    caution = Problem("login_exposed", {"address": "http://10.1.2.3:9090"})
    county = empty_county(FakeClock(), a_status(last_good_at=NOW, caution=caution))
    said = Words(RESOURCES, language).problem(caution)
    with open_desk(qtbot, county, tmp_path, language=language) as desk:
        county.board.listeners.announce(STATES)
        qtbot.waitUntil(lambda: said.happened in desk.notices.words.text())
        desk.notices.dismiss()
        county.board.listeners.announce(STATES)
        calm(qtbot, desk)
        assert not desk.notices.isVisible()
        source = source_button(desk, "county")
        assert mark in source.text()
        assert said.happened in source.toolTip()
        desk.sources_sheet.lay()
        calm(qtbot, desk)
        shown = [label.text() for label in desk.sources_sheet.findChildren(QLabel)]
        assert {said.happened, said.meaning, said.todo} <= set(shown)

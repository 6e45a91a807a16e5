"""A night without road, power and network: an office reads, the county's desk types, once.

The real programs' desks and their county: the office's window, a telephone, the duty officer's
window, the receipt read back; and in the morning the network brings the same outbox.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop import bootstrap
from desktop.application.courier.calls import Dictation
from desktop.application.courier.codes import NoNetwork
from desktop.application.ports import IncidentFilter
from desktop.commands.courier.desk import CourierDesk
from desktop.commands.courier.pairing import keep_pairing, load_pairing
from desktop.commands.courier.spoken_words import show_sheet
from desktop.commands.courier.switchboard import CountySwitchboard
from desktop.commands.frames.desk import FramesDesk
from desktop.connectors.county.courier import end_pairing
from desktop.county_server.courier.offices import Offices
from desktop.domain.command import CommandState
from desktop.gui.carrying.call_sheet import CallSheet
from desktop.gui.carrying.read_aloud import ReadAloud
from desktop.gui.desk.window import DeskWindow
from desktop.gui.township.window import TownshipWindow
from desktop.storage.keys.encryption_key import KeyFile
from desktop.wire import courier
from desktop.wire.courier import Pairing
from desktop.wire.frames.spoken import PhoneSheet
from support.open_desk import an_opening, open_window
from support.program import County, county_desk, write_profile
from support.sample_board import SampleCounty
from support.typed_calls import take_down

QUIET = ("--speed", "0", "--incidents", "60")
SAID = "东桥已断，十二户已转移"


@contextmanager
def a_desk(folder: Path, name: str, url: str) -> Iterator[bootstrap.Desk]:
    """A desk that has met its county, and asks it no more by itself."""
    profile, own = write_profile(folder / f"{name}.toml", url), folder / name
    with profile.open("a", encoding="utf-8") as file:
        file.write("\n[frames]\noffice = 7\n")
    met = county_desk("sync", "--once", "--profile", profile, "--profile-dir", own, "--key", "file")
    assert met.returncode == 0, met.stderr
    read = bootstrap.load_profile(profile)
    words = bootstrap.words_in("zh_CN")
    desk = bootstrap.Desk(read, own, KeyFile().key(own), words, notices=[])
    with closing(desk):
        yield desk


def pair(desk: bootstrap.Desk, county: County, folder: Path) -> None:
    """Pair the office with its county, and start the county so that it takes its reports."""
    offices, office = Offices(county.database), CourierDesk(desk, "county")
    told = courier.read_pairing(office.begin_pairing("liulin")[0])
    offices.pair(told, "")
    own = offices.own().public
    names = (told.county, told.office, own.signing, own.agreement, told.keys.id)
    begun = load_pairing(desk, "county")
    assert begun is not None
    line = courier.write_pairing(Pairing("county", *names))
    keep_pairing(desk, "county", end_pairing(begun, line))
    (folder / "offices.toml").write_text('[[office]]\nnumber = 7\npairing = "liulin"\n')


@contextmanager
def a_window(qtbot: QtBot, desk: bootstrap.Desk, folder: Path, **more: Any) -> Iterator[Any]:
    """The desk's window, in its own words."""
    board = cast(SampleCounty, SimpleNamespace(board=desk.board))
    with open_window(qtbot, an_opening(board, folder, words=desk.words, **more)) as window:
        yield window


def read_with_the_space_bar(reading: ReadAloud) -> Dictation:
    """What somebody reads from the screen, to its end, as somebody else hears it."""
    heard = []
    assert reading.sheet is not None
    for _ in reading.sheet.lines:
        QTest.keyClick(reading, Qt.Key.Key_Space)
        heard.append(reading.big.text().replace(" ", ""))
    QTest.keyClick(reading, Qt.Key.Key_Space)
    check = reading.said.text().replace(" ", "")
    for _ in range(2):
        QTest.keyClick(reading, Qt.Key.Key_Space)
    return show_sheet(PhoneSheet(tuple(heard), check))


def choose_report(qtbot: QtBot, window: TownshipWindow) -> Any:
    """The clerk's page of reports to be read, with its only report chosen."""
    window.show_task("sending")
    window.show_no_network()
    sheet = window.carriers.no_network
    assert sheet is not None
    qtbot.waitUntil(lambda: not sheet.runner.pending)
    [button] = sheet.aloud.buttons
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not sheet.runner.pending)
    return sheet


def take_the_call(qtbot: QtBot, window: DeskWindow, told: Dictation) -> Dictation:
    """What the duty officer reads back after typing and confirming what was read."""
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier)
    sheet = window.findChild(CallSheet)
    assert sheet is not None
    assert sheet.take_down is not None
    take_down(sheet.take_down, told)
    qtbot.waitUntil(lambda: not sheet.runner.pending, timeout=20_000)
    assert SAID in sheet.says.text(), sheet.take_down.told.text()
    qtbot.mouseClick(sheet.confirm, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not sheet.runner.pending, timeout=20_000)
    return read_with_the_space_bar(sheet.read_back)


def times_said(county: County, incident: str) -> int:
    entries = county.row("incidents", incident)["timeline"]
    return sum(SAID in json.dumps(each["text"], ensure_ascii=False) for each in entries)


@contextmanager
def a_county(folder: Path) -> Iterator[tuple[County, bootstrap.Desk]]:
    """A county that takes reports by telephone, and the office that is paired with it."""
    with County(folder, *QUIET) as county, a_desk(folder, "office", county.url) as office:
        pair(office, county, folder)
        county.stop()
        port = int(county.url.rpartition(":")[2])
        words = (*QUIET, "--frames-offices", folder / "offices.toml")
        with County(folder, *words, port=port) as served:
            yield served, office


@pytest.mark.timeout(180)
@pytest.mark.parametrize("is_read_back", [True, False], ids=["receipt read back", "line broke off"])
def test_a_report_by_telephone_is_done_once_and_the_network_does_nothing_twice(
    qtbot: QtBot, tmp_path: Path, is_read_back: bool
) -> None:
    with a_county(tmp_path) as (county, office):
        numbers = office.board.incident_numbers(IncidentFilter(), 1)
        [row] = office.board.incident_rows(numbers)
        key = office.board.commands.note(row.key, SAID).command.key
        ways = NoNetwork(FramesDesk(office, "county"), CourierDesk(office, "county"))
        clerk = {"posture": "township", "township": "liulin", "no_network": lambda: ways}
        with a_window(qtbot, office, tmp_path, **clerk) as window:
            told = read_with_the_space_bar(choose_report(qtbot, window).aloud.reading)
        with a_desk(tmp_path, "duty", county.url) as duty:
            switchboard = CountySwitchboard(duty, "county")
            officer = {"switchboard": lambda: switchboard}
            with a_window(qtbot, duty, tmp_path / "duty", **officer) as window:
                receipt = take_the_call(qtbot, window, told)
        assert times_said(county, row.key.id) == 1
        if is_read_back:
            with a_window(qtbot, office, tmp_path, **clerk) as window:
                sheet = choose_report(qtbot, window)
                read_with_the_space_bar(sheet.aloud.reading)
                take_down(sheet.aloud.down, receipt)
                qtbot.waitUntil(lambda: not sheet.runner.pending)
                assert "县里签收" in sheet.aloud.said.text()
        expected = CommandState.ACCEPTED if is_read_back else CommandState.STORED
        assert state_of(office, key) is expected
        office.engine.exchange_once()
        assert state_of(office, key) is CommandState.ACCEPTED
        assert times_said(county, row.key.id) == 1
        assert county.commands() == 1


def state_of(desk: bootstrap.Desk, key: str) -> CommandState:
    record = desk.outbox.record(key)
    assert record is not None
    return record.state

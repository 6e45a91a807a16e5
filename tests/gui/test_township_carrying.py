"""A clerk without a network: pairing once, out on a stick, and the receipt back, with real keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.bootstrap import Desk
from desktop.commands.courier_desk import CourierDesk
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Attachments
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.instant import HOUR
from desktop.domain.source import Binding
from desktop.gui.township.carry_sheet import CarrySheet
from desktop.gui.township.window import TownshipWindow
from desktop.wire import courier
from desktop.wire.courier import Pairing
from support.builders import NOW, FakeClock, a_township, an_incident
from support.county_rows import incident
from support.open_desk import open_office
from support.sample_board import SampleCounty, a_status, empty_county

LIMIT = 10_000_000


class Far:
    """The county that only a stick reaches."""

    def __init__(self, folder: Path) -> None:
        path = folder / "county.db"
        self.database = Database(path, time_s=lambda: NOW / 1000)
        self.database.put("incidents", [incident("I0001")])
        self.offices = Offices(path)
        self.server = identity_of(path)
        files = Attachments(self.database, LIMIT)
        rules = Rules(file_limit=LIMIT)
        self.deliveries = Deliveries(self.database, files, rules, dict)

    def pair(self, file: Path, answer: Path) -> str:
        """Take an office's pairing file and write the county's; return its fingerprint."""
        told = courier.read_pairing(file.read_text("ascii").strip())
        self.offices.pair(told, "")
        own = self.offices.own().public
        names = (told.county, told.office, own.signing, own.agreement, told.keys.id)
        answer.write_text(courier.write_pairing(Pairing("county", *names)), "ascii")
        return own.fingerprint

    def take(self, stick: Path) -> None:
        for bundle in sorted(stick.glob("*.cdb")):
            receipt = self.deliveries.take(bundle.read_bytes()).receipt
            (stick / f"receipt-{bundle.name}").write_bytes(receipt)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Far]:
    made = Far(tmp_path)
    yield made
    made.database.close()


@pytest.fixture
def county(far: Far) -> SampleCounty:
    made = empty_county(
        CorrectedClock(FakeClock()), a_status(last_good_at=NOW, expected_period_ms=HOUR)
    )
    made.accepting.add("county")
    made.tell(a_township(), an_incident())
    binding = Binding(server=far.server, epoch=far.database.epoch, fence=3)
    made.outbox.bind("county", binding)
    return made


def stick_of(county: SampleCounty) -> CourierDesk:
    secrets: dict[str, str] = {}
    desk = SimpleNamespace(
        outbox=county.outbox, files=county.stores.files, clock=county.clock, cache=county.cache,
        board=county.board, read_secret=secrets.get, keep_secret=secrets.__setitem__,
    )  # fmt: skip
    return CourierDesk(cast(Desk, desk), "county")


def opened(qtbot: QtBot, window: TownshipWindow, folder: Path) -> CarrySheet:
    """The sheet as the clerk opens it, with a folder for a stick."""
    window.show_task("sending")
    page = cast(Any, window.pages["sending"])
    qtbot.mouseClick(page.carry, Qt.MouseButton.LeftButton)
    sheet = window.carrying
    assert sheet is not None
    settle(qtbot, sheet)
    folder.mkdir(exist_ok=True)
    sheet.choose(folder)
    return sheet


def settle(qtbot: QtBot, sheet: CarrySheet) -> None:
    qtbot.waitUntil(lambda: not sheet.runner.pending)


def press(qtbot: QtBot, sheet: CarrySheet, button: QPushButton) -> None:
    assert button.isVisible()
    assert button.isEnabled()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    settle(qtbot, sheet)


def test_pairing_then_out_on_a_stick_and_the_receipt_back(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far
) -> None:
    stick = tmp_path / "stick"
    note = county.board.commands.note(Key("county", Collection.INCIDENTS, "I0001"), "路已断")
    key = note.command.key
    with open_office(qtbot, county, tmp_path, "T01", stick=stick_of(county)) as window:
        sheet = opened(qtbot, window, stick)
        assert not sheet.write_button.isVisible()
        press(qtbot, sheet, sheet.pair_button)
        theirs = far.pair(stick / "T01.cdp", stick / "county.cdp")
        sheet.take_county_file(stick / "county.cdp")
        settle(qtbot, sheet)
        assert theirs in sheet.said.text()
        press(qtbot, sheet, sheet.same_button)
        press(qtbot, sheet, sheet.write_button)
        assert "1 条" in sheet.said.text()
        assert "读入回执之前，都不算送到" in sheet.more.text()
        record = county.outbox.record(key)
        assert record is not None
        assert record.state is not CommandState.ACCEPTED
        far.take(stick)
        press(qtbot, sheet, sheet.read_button)
        assert "1 条有了答复" in sheet.said.text()
        record = county.outbox.record(key)
        assert record is not None
        assert record.state is CommandState.ACCEPTED
        press(qtbot, sheet, sheet.read_button)
        record = county.outbox.record(key)
        assert record is not None
        assert record.state is CommandState.ACCEPTED, "reading twice changes nothing"


def test_a_stick_pulled_out_loses_nothing_and_says_so(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far
) -> None:
    stick = tmp_path / "stick"
    with open_office(qtbot, county, tmp_path, "T01", stick=stick_of(county)) as window:
        sheet = opened(qtbot, window, stick)
        stick.rmdir()
        press(qtbot, sheet, sheet.pair_button)
        assert sheet.more.text() == "什么都没有丢：都还在本机。"


def test_an_empty_stick_has_no_receipt_and_others_are_passed_over(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far
) -> None:
    stick = tmp_path / "stick"
    carrier = stick_of(county)
    stick.mkdir()
    file, _fingerprint = carrier.write_pairing(stick, "T01")
    far.pair(file, stick / "county.cdp")
    carrier.end_pairing(stick / "county.cdp")
    (stick / "torn.cdb").write_bytes(b"CDB")
    (stick / "empty.cdb").touch()
    with open_office(qtbot, county, tmp_path, "T01", stick=carrier) as window:
        sheet = opened(qtbot, window, stick)
        press(qtbot, sheet, sheet.read_button)
        assert sheet.said.text() == "上面没有给我们的回执"

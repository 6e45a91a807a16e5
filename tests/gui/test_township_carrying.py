"""A clerk without a network: pairing once, out on a stick, and the receipt back, with real keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.application.sync.engine import Engine
from desktop.bootstrap import Desk
from desktop.commands.courier.desk import CourierDesk
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Attachments
from desktop.domain.clock import CorrectedClock
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.instant import HOUR
from desktop.domain.source import Binding, Problem
from desktop.gui.township.carry_sheet import CarrySheet
from desktop.gui.township.window import TownshipWindow
from desktop.wire import courier
from desktop.wire.courier import Direction, Pairing, PrivateKeys
from support.builders import NOW, FakeClock, a_township, an_incident
from support.county_rows import incident
from support.cut_off import engine_of
from support.open_desk import open_office
from support.sample_board import SampleCounty, a_status, empty_county
from support.sources import source_settings

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


def stick_of(county: SampleCounty, engine: Engine | None = None) -> CourierDesk:
    secrets: dict[str, str] = {}
    settings = [source_settings("county")]
    desk = SimpleNamespace(
        outbox=county.outbox, files=county.stores.files, clock=county.clock, cache=county.cache,
        board=county.board, read_secret=secrets.get, keep_secret=secrets.__setitem__,
        engine=engine or engine_of(county), profile=SimpleNamespace(sources=settings),
    )  # fmt: skip
    return CourierDesk(cast(Desk, desk), "county")


@pytest.fixture
def paired(tmp_path: Path, county: SampleCounty, far: Far) -> Iterator[CourierDesk]:
    """The courier of an open desk, its worker running, that was paired before."""
    engine = engine_of(county)
    made, stick = stick_of(county, engine), tmp_path / "stick"
    stick.mkdir()
    file, _fingerprint = made.write_pairing(stick, "T01")
    far.pair(file, stick / "county.cdp")
    made.end_pairing(stick / "county.cdp")
    engine.start()
    yield made
    engine.close()


def opened(qtbot: QtBot, window: TownshipWindow, folder: Path) -> CarrySheet:
    """The sheet as the clerk opens it, with a folder for a stick."""
    window.show_task("sending")
    page = cast(Any, window.pages["sending"])
    qtbot.mouseClick(page.carry, Qt.MouseButton.LeftButton)
    sheet = window.carriers.stick
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


def test_a_receipt_that_the_program_was_opened_with_is_read_with_one_press(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far, paired: CourierDesk
) -> None:
    stick = tmp_path / "stick"
    county.board.commands.note(Key("county", Collection.INCIDENTS, "I0001"), "路已断")
    written = paired.write(stick)
    far.take(stick)
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        window.offer_bundle(stick / f"receipt-{written.file.name}")
        sheet = window.carriers.stick
        assert sheet is not None
        settle(qtbot, sheet)
        assert sheet.folder == stick
        assert written.file.name in sheet.said.text()
        assert sheet.read_button.hasFocus()
        press(qtbot, sheet, sheet.read_button)
        assert "1 条有了答复" in sheet.said.text()


def test_an_office_that_is_not_paired_is_told_to_pair_before_it_reads_a_receipt(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty
) -> None:
    file = tmp_path / "receipt-1.cdb"
    file.touch()
    with open_office(qtbot, county, tmp_path, "T01", stick=stick_of(county)) as window:
        window.offer_bundle(file)
        sheet = window.carriers.stick
        assert sheet is not None
        settle(qtbot, sheet)
        assert sheet.said.text() == f"已打开：{file.name}。请先与县里配对。"
        assert sheet.pair_button.hasFocus()
        assert not sheet.read_button.isVisible()


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
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, paired: CourierDesk
) -> None:
    stick = tmp_path / "stick"
    (stick / "torn.cdb").write_bytes(b"CDB")
    (stick / "empty.cdb").touch()
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        sheet = opened(qtbot, window, stick)
        press(qtbot, sheet, sheet.read_button)
        assert sheet.said.text() == "上面没有给我们的回执"


def test_county_data_of_a_receipt_is_read_beside_a_line_that_is_down(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far, paired: CourierDesk
) -> None:
    stick = tmp_path / "stick"
    far.database.put("incidents", [incident("I0009", title="桥面塌陷", version=3)])
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        sheet = opened(qtbot, window, stick)
        press(qtbot, sheet, sheet.write_button)
        far.take(stick)
        press(qtbot, sheet, sheet.read_button)
        first, second = sheet.said.text().splitlines()
        assert first.startswith("读到回执")
        assert second.startswith("县里 ")
        assert "的数据已读入：变动" in second
        row = county.cache.incident(Key("county", Collection.INCIDENTS, "I0009"))
        assert row is not None
        assert row.title.zh == "桥面塌陷"
        (status,) = county.sources
        assert (status.last_good_at, status.problem) == (NOW, Problem("unreachable"))
        press(qtbot, sheet, sheet.read_button)
        assert len(sheet.said.text().splitlines()) == 1
        assert "没有采用：本机现有的一样新，或者更新" in sheet.more.text()


def test_a_restored_county_and_receipts_of_others_are_told_in_plain_words(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far, paired: CourierDesk
) -> None:
    stick = tmp_path / "stick"
    note = county.board.commands.note(Key("county", Collection.INCIDENTS, "I0001"), "路已断")
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        sheet = opened(qtbot, window, stick)
        press(qtbot, sheet, sheet.write_button)
        far.take(stick)
        press(qtbot, sheet, sheet.read_button)
        for file in stick.glob("*.cdb"):
            file.unlink()
        far.database.begin_epoch()
        own, keys = far.offices.own(), PrivateKeys().public
        foreign = courier.seal(Direction.RECEIPT, (far.server, "T02", 1), b"", own, keys)
        (stick / "T02-1.receipt.cdb").write_bytes(foreign)
        press(qtbot, sheet, sheet.write_button)
        (bundle,) = (each for each in stick.glob("*.cdb") if "receipt" not in each.name)
        receipt = far.deliveries.take(bundle.read_bytes()).receipt
        (stick / "ours.receipt.cdb").write_bytes(receipt)
        press(qtbot, sheet, sheet.read_button)
        assert "县平台恢复过数据" in sheet.more.text()
        assert "另有 1 份回执是给别的单位或别的县的" in sheet.more.text()
        record = county.outbox.record(note.command.key)
        assert record is not None
        assert record.state is CommandState.SENT, "it may be lost, and goes again"


def test_a_receipt_from_before_a_restore_is_refused_in_plain_words(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far, paired: CourierDesk
) -> None:
    stick = tmp_path / "stick"
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        sheet = opened(qtbot, window, stick)
        press(qtbot, sheet, sheet.write_button)
        far.take(stick)
        binding = county.outbox.binding("county")
        county.outbox.bind("county", msgspec.structs.replace(binding, epoch="later"))
        press(qtbot, sheet, sheet.read_button)
        assert sheet.said.text() == "没有一份可以采用"
        assert "回执是县平台恢复数据之前写的" in sheet.more.text()


def test_an_office_whose_county_lost_its_keys_can_pair_again(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, far: Far, paired: CourierDesk
) -> None:
    stick = tmp_path / "stick"
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        sheet = opened(qtbot, window, stick)
        assert not sheet.pair_button.isVisible()
        press(qtbot, sheet, sheet.anew_button)
        assert not sheet.write_button.isVisible()
        press(qtbot, sheet, sheet.anew_button)
        assert sheet.write_button.isVisible()
        press(qtbot, sheet, sheet.anew_button)
        press(qtbot, sheet, sheet.pair_button)
        far.pair(stick / "T01.cdp", stick / "county.cdp")
        sheet.take_county_file(stick / "county.cdp")
        settle(qtbot, sheet)
        press(qtbot, sheet, sheet.same_button)
        assert not sheet.pair_button.isVisible()
        press(qtbot, sheet, sheet.write_button)
        far.take(stick)
        press(qtbot, sheet, sheet.read_button)
        assert sheet.said.text().startswith("读到回执")


def test_nobody_turns_to_pairing_while_the_stick_is_written(
    qtbot: QtBot, tmp_path: Path, county: SampleCounty, paired: CourierDesk
) -> None:
    county.board.commands.note(Key("county", Collection.INCIDENTS, "I0001"), "路已断")
    with open_office(qtbot, county, tmp_path, "T01", stick=paired) as window:
        sheet = opened(qtbot, window, tmp_path / "stick")
        assert sheet.anew_button.isVisible()
        sheet.write_button.click()
        assert not sheet.anew_button.isEnabled()
        qtbot.waitUntil(lambda: not sheet.runner.pending)
        assert sheet.anew_button.isEnabled()

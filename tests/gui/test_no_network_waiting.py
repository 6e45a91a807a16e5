"""没有网络: what is said of reports that cannot go, did not go, or have already arrived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.connectors.county.frame_ways import Way
from desktop.domain.command import CommandState, Hold
from desktop.domain.localized_text import Text
from desktop.gui.township.no_network.reports_page import Stage
from support.builders import NOW
from support.no_network import ON, open_sheet, press, settle
from support.open_desk import open_office
from support.paired_office import NUMBER, FarCounty, PairedOffice
from support.typed_calls import digits, take_down

TOO_LONG = "".join(chr(0x4E00 + place * 7) for place in range(900))


@pytest.fixture
def office(tmp_path: Path, far: FarCounty) -> Iterator[PairedOffice]:
    line = str(tmp_path / "no-such-line")
    with closing(PairedOffice(far, office=NUMBER, serial=line)) as made:
        far.pair(made.desk, made.courier)
        yield made


class SilentWay(Way):
    """A way that takes every frame and hears nothing."""

    failure = None

    def send(self, frame: bytes) -> bool:
        return True

    def listen(self, wait_s: float, is_cut: object) -> Iterator[bytes]:
        return iter(())

    def close(self) -> None:
        pass


def test_nothing_is_sent_where_all_that_waits_is_too_long(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.county.board.commands.note(ON, TOO_LONG)
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        page = open_sheet(qtbot, window, "texts").texts
        assert len(page.buttons) == 1
        assert not page.send_button.isEnabled()
    monkeypatch.setattr("desktop.commands.frames.desk.open_way", lambda *_: SilentWay())
    told = office.ways.frames.send(NUMBER, lambda _sent, _of: None, lambda: False)
    assert "什么也没有发" in told.problem.zh


def test_a_sending_stopped_on_its_way_says_how_many_went(
    office: PairedOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (office.county.board.commands.note(ON, text) for text in ("路已断", "水退了"))
    monkeypatch.setattr("desktop.commands.frames.desk.open_way", lambda *_: SilentWay())
    cuts = iter([False, True])
    told = office.ways.frames.send(NUMBER, lambda _sent, _of: None, lambda: next(cuts))
    assert "2 条里发出了 1 条" in told.problem.zh
    assert office.state(first.command.key) is CommandState.SENT
    assert office.state(second.command.key) is CommandState.STORED


def test_what_is_held_is_not_called_arrived(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    key = office.county.board.commands.note(ON, "路已断").command.key
    office.county.outbox.hold([key], Hold.ACCOUNT, Text(), NOW)
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        page = open_sheet(qtbot, window).aloud
        assert page.buttons == []
        assert page.more.text() == "没有能这样报的。 另有 1 条留在本机。"


def test_the_list_is_read_anew_each_time_the_sheet_is_opened(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice
) -> None:
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        assert sheet.aloud.buttons == []
        sheet.put_away()
        office.county.board.commands.note(ON, "路已断")
        sheet.lay()
        settle(qtbot, sheet)
        assert len(sheet.aloud.buttons) == 1


def test_a_receipt_pressed_twice_is_taken_once(
    qtbot: QtBot, tmp_path: Path, office: PairedOffice, far: FarCounty
) -> None:
    office.county.board.commands.note(ON, "路已断")
    with open_office(
        qtbot, office.county, tmp_path, "T01", no_network=lambda: office.ways
    ) as window:
        sheet = open_sheet(qtbot, window)
        page = sheet.aloud
        press(qtbot, sheet, page.buttons[0])
        spoken = page.reading.sheet
        assert spoken is not None
        receipt = far.receipt(digits(spoken), spoken.check)
        page.ask_receipt()
        assert page.stage is Stage.RECEIPT
        take_down(page.down, receipt)
        page.down.check.confirm.click()
        settle(qtbot, sheet)
        assert "县里签收" in page.said.text()

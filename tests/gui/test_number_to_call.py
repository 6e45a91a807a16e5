"""The number that is to be called with a report, at the head of those that wait."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desktop.domain.command import Collection, Key
from support.builders import a_contact
from support.open_desk import open_office
from support.paired_office import NUMBER, FarCounty, PairedOffice


def test_it_is_the_countys_own_duty_number_where_it_gives_one(qtbot: QtBot, tmp_path: Path) -> None:
    with closing(FarCounty(tmp_path)) as far, closing(PairedOffice(far, office=NUMBER)) as office:
        far.pair(office.desk, office.courier)
        county, ways = office.county, office.ways
        county.board.commands.note(Key("county", Collection.INCIDENTS, "I0001"), "路已断")
        with open_office(qtbot, county, tmp_path, "T01", no_network=lambda: ways) as window:
            window.show_task("sending")
            page = cast(Any, window.pages["sending"])
            qtbot.mouseClick(page.no_network, Qt.MouseButton.LeftButton)
            sheet = window.carriers.no_network
            assert sheet is not None
            qtbot.waitUntil(lambda: not sheet.runner.pending)
            assert "先打通县值班室的电话" in sheet.aloud.more.text()
            own = a_contact(id="own", position=0, township="T01")
            county.tell(own, a_contact(position=1))
            sheet.aloud.show_list()
            qtbot.waitUntil(lambda: not sheet.runner.pending)
            assert "县防汛抗旱指挥部 值班室 0000-0010110" in sheet.aloud.more.text()

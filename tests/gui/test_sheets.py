"""The sheets behind the status strip."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from support.builders import FakeClock
from support.open_desk import open_desk
from support.sample_board import sample_county


def test_a_sheet_takes_the_place_of_another(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.outbox_sheet.toggle()
        desk.sources_sheet.toggle()
        assert not desk.outbox_sheet.isVisible()
        assert desk.sources_sheet.isVisible()

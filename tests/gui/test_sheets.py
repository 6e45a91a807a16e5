"""The sheets behind the status strip."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.command import Receipt
from desktop.domain.text import Text
from fakes.builders import NOW, FakeClock
from fakes.open_desk import incident_key, open_desk
from fakes.sample_board import sample_county


def said(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def test_an_accepted_command_stands_under_answered_by_the_name_of_its_incident(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    record = county.board.note(incident_key(), "已到场")
    county.outbox.set_receipt(record.command.key, Receipt.ACCEPTED, Text(), NOW)
    detail = county.board.incident(incident_key())
    assert detail is not None
    with open_desk(qtbot, county, tmp_path) as desk:
        desk.outbox_sheet.toggle()
        qtbot.waitUntil(lambda: any("县级已签收" in line for line in said(desk.outbox_sheet)))
        lines = said(desk.outbox_sheet)
        assert "需要处理" not in lines
        (line,) = [line for line in lines if "县级已签收" in line]
        assert detail.incident.number in line
        assert incident_key().id not in line.replace(detail.incident.number, "")


def test_a_sheet_takes_the_place_of_another(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        desk.outbox_sheet.toggle()
        desk.sources_sheet.toggle()
        assert not desk.outbox_sheet.isVisible()
        assert desk.sources_sheet.isVisible()

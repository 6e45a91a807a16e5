"""An officer can read, without a network, by whose leave the program and its libraries are used."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.diagnostics.parts import list_parts
from desktop.gui.help.licences import LicencesSheet
from desktop.gui.widgets.label import PlainLabel
from support.builders import FakeClock
from support.open_desk import calm, open_desk
from support.sample_board import sample_county


def test_the_sheet_tells_qts_licence_and_names_every_library(qtbot: QtBot, tmp_path: Path) -> None:
    with open_desk(qtbot, sample_county(FakeClock(), 5), tmp_path) as desk:
        calm(qtbot, desk)
        desk.run_action("licences")
        [sheet] = desk.findChildren(LicencesSheet)

        def read() -> str:
            return "\n".join(label.text() for label in sheet.findChildren(PlainLabel))

        qtbot.waitUntil(lambda: "msgspec" in read())
        assert "LGPL-3.0" in read()
        program, *libraries = list_parts()
        assert f"县域指挥台 {program.version}\n" in read()
        for part in libraries:
            assert f"{part.name} {part.version} · " in read()


def test_the_libraries_are_those_of_the_program_and_not_of_its_developers() -> None:
    parts = {part.name.lower().replace("_", "-"): part for part in list_parts()[1:]}
    assert {"pyside6-essentials", "shiboken6", "numpy", "starlette"} <= parts.keys()
    assert parts.keys().isdisjoint({"county-desk", "pytest", "ruff", "mypy"})
    assert "LGPL-3.0-only" in parts["pyside6-essentials"].licence

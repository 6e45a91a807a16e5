"""A kind of command that the product does not have, driven end to end.

Run in a copy of the checkout to which `e2e/test_toy_command.py` has added it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.command import Collection, CommandKind, Key
from desktop.domain.incident import Stage
from desktop.gui.desk.window import DeskWindow
from desktop.gui.forms.lookup import LookupEntry
from desktop.gui.panes.detail.pane import DetailPane
from desktop.protocol.commands import InvalidField
from support.builders import FakeClock
from support.open_desk import calm, incident_key, open_desk
from support.program import County, county_desk, write_profile
from support.sample_board import SampleCounty, sample_county

INSPECT = CommandKind("inspect")
BODY = {"team": "县水务局", "text": "查看堤脚"}


def at_stage(county: SampleCounty, stage: Stage) -> Key:
    incident = county.cache.incident(incident_key())
    assert incident is not None
    county.tell(msgspec.structs.replace(incident, stage=stage, version=incident.version + 1))
    return incident_key()


def show(qtbot: QtBot, desk: DeskWindow, key: Key) -> None:
    desk.show_key(key)
    qtbot.waitUntil(lambda: _detail(desk).detail is not None)
    calm(qtbot, desk)


def _detail(desk: DeskWindow) -> DetailPane:
    pane = desk.panes["detail"]
    assert isinstance(pane, DetailPane)
    return pane


def test_its_fields_are_in_the_form_and_what_is_entered_is_what_it_says(
    qtbot: QtBot, tmp_path: Path
) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.DISPATCHED)
    with open_desk(qtbot, county, tmp_path) as desk:
        show(qtbot, desk, key)
        pane = _detail(desk)
        pane.show_more()
        assert "查勘" in [action.text() for action in pane.bar.menu.actions()]
        pane.bar.menu.close()
        pane.begin(INSPECT)
        form = pane.form
        assert form.title.text().startswith("查勘")
        assert list(form.entries) == ["team", "text"]
        labels = [form.labels[name].text() for name in form.entries]
        assert labels == ["查勘组 *", "看什么"]
        team = form.entries["team"]
        assert isinstance(team, LookupEntry)
        form.submit()
        calm(qtbot, desk)
        assert county.commands() == []
        team.put(BODY["team"])
        form.entries["text"].put(BODY["text"])
        form.submit()
        qtbot.waitUntil(lambda: [each.command.body for each in county.commands()] == [BODY])
        calm(qtbot, desk)
        assert county.commands()[0].command.base is not None
        detail = county.board.incident(key)
        assert detail is not None
        assert detail.incident.stage is Stage.HANDLING
        assert INSPECT in county.board.commands.steps(key)


def test_it_is_offered_and_stored_only_as_its_row_has_it(tmp_path: Path) -> None:
    county = sample_county(FakeClock(), 5)
    key = at_stage(county, Stage.VERIFYING)
    assert INSPECT not in county.board.commands.steps(key)
    for body, fault in (({}, "missing"), ({**BODY, "boat": "1"}, "unknown")):
        with pytest.raises(InvalidField) as refused:
            county.board.commands.submit(INSPECT, key, body)
        assert refused.value.reason == fault
    assert county.commands() == []


class Office:
    """A county's server and one desk beside it, both as programs of their own."""

    def __init__(self, folder: Path, county: County) -> None:
        self.county = county
        self._profile = write_profile(folder / "desk.toml", county.url)
        self._folder = folder / "desk"
        assert self.run("sync").returncode == 0

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return county_desk(
            *words,
            *("--profile", str(self._profile), "--profile-dir", str(self._folder)),
            *("--key", "file", "--lang", "zh_CN"),
        )

    def inspect(self, target: str, *words: str) -> tuple[int, str]:
        team = f"team={BODY['team']}"
        done = self.run("command", "inspect", target, team, *words, "--sync")
        return done.returncode, done.stdout + done.stderr

    def listed(self, collection: str) -> list[dict[str, str]]:
        rows = json.loads(self.run("list", collection, "--offline", "--json").stdout)["rows"]
        return [row for row in rows if isinstance(row, dict)]

    def at(self, stage: str) -> str:
        return next(row["id"] for row in self.listed("incidents") if row["stage"] == stage)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with County(tmp_path, "--speed", "0", "--incidents", "60") as county:
        yield Office(tmp_path, county)


def test_the_county_does_it_refuses_it_and_sees_others_changes(office: Office) -> None:
    target = office.at("dispatched")
    before = office.county.row("incidents", target)
    status, said = office.inspect(target, "text=查看堤脚")
    assert (status, "accepted" in said) == (0, True), said
    after = office.county.row("incidents", target)
    assert after["stage"] == "handling"
    last = after["timeline"][-1]
    assert (last["kind"], last["text"]["zh"]) == ("inspect", "县水务局查勘：查看堤脚")
    assert len(after["timeline"]) == len(before["timeline"]) + 1

    status, said = office.inspect(office.at("filed"))
    assert (status, "rejected" in said) == (1, True), said
    status, said = office.inspect(office.at("handling"), "--base", "999")
    assert (status, "conflict" in said) == (1, True), said
    alarm = office.listed("alarms")[0]["id"]
    status, said = office.inspect(alarm, "--collection", Collection.ALARMS)
    assert status == 2, said

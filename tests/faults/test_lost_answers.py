"""Invariants L and D on a line that loses answers: nothing lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from desktop.application.ports import SourceSettings
from desktop.application.sync.exchange import exchange
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, Command, CommandKind, CommandState, Key, mint_key
from desktop.domain.localized_text import Text
from desktop.wire import level1
from support.builders import FakeClock
from support.contexts import a_context
from support.cutting_proxy import CuttingProxy
from support.sources import services
from support.stores import Stores

COMMANDS = b"/v1/commands"
INCIDENT = Key("county", Collection.INCIDENTS, "i1")


class Bench:
    """A desk, a line that may lose answers, and a real county."""

    def __init__(self, folder: Path) -> None:
        self.database = Database(folder / "county.db")
        self.report("i1", "落石")
        self.server = CountyServer(self.database)
        there = urlsplit(self.server.start())
        self.line = CuttingProxy(str(there.hostname), there.port or 0)
        (folder / "desk").mkdir()
        self.clock = SystemClock()
        self.stores = Stores(folder / "desk", FakeClock())
        settings = SourceSettings("county", "county", Text("县"), 30.0, {}, self.line.url)
        self.county = CountyConnector(
            settings, services(lambda _source: None, self.clock, client="desk-1")
        )

    def report(self, name: str, title: str) -> None:
        """An incident comes to the county."""
        row = level1.Incident(id=name, title=title, recorded_at=datetime.now(UTC))
        self.database.put("incidents", [row])

    def exchange(self) -> None:
        exchange(a_context(self.county, self.stores.cache, self.stores.outbox, self.clock))

    def note(self, text: str) -> None:
        now = self.clock.now()
        command = Command(mint_key(), CommandKind.NOTE, INCIDENT, now, "甲", body={"text": text})
        self.stores.outbox.append(command, now)

    def states(self) -> list[CommandState]:
        return [record.state for record in reversed(self.stores.outbox.recent(99))]

    def notes_at_the_county(self) -> list[str]:
        (row,) = self.database.rows("incidents", ["i1"])
        assert isinstance(row, level1.Incident)
        texts = [entry.text for entry in row.timeline if entry.kind == "note"]
        return [text if isinstance(text, str) else text.zh for text in texts]

    def close(self) -> None:
        self.county.close()
        self.line.close()
        self.server.close()
        self.database.close()
        self.stores.close()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


def test_a_response_lost_after_the_commit_leaves_one_note_and_ends_accepted(bench: Bench):
    bench.exchange()
    bench.note("泵车已到场")
    bench.line.losing = COMMANDS
    bench.exchange()
    assert bench.line.lost >= 1
    assert bench.notes_at_the_county() == ["泵车已到场"]
    assert bench.states() == [CommandState.SENT], "the county has it, and this desk cannot know"
    bench.line.losing = b""
    bench.exchange()
    assert bench.states() == [CommandState.ACCEPTED]
    assert bench.notes_at_the_county() == ["泵车已到场"]


def test_notes_written_while_answers_are_lost_arrive_once_and_in_order(bench: Bench):
    bench.exchange()
    for number in range(5):
        bench.note(f"第 {number} 条")
        bench.line.losing = COMMANDS if number % 2 == 0 else b""
        bench.exchange()
    bench.line.losing = b""
    bench.exchange()
    assert bench.notes_at_the_county() == [f"第 {n} 条" for n in range(5)]
    assert bench.states() == [CommandState.ACCEPTED] * 5


def test_downloads_go_on_while_no_command_gets_an_answer(bench: Bench):
    bench.exchange()
    bench.note("等着")
    bench.line.losing = COMMANDS
    bench.report("i2", "新事件")
    bench.exchange()
    assert bench.stores.cache.incident(Key("county", Collection.INCIDENTS, "i2")) is not None

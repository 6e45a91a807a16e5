"""A month without network, then a line that flaps: the office's 500 commands, on the real stack."""

from __future__ import annotations

import random
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, CommandKind, CommandState, Key
from desktop.domain.instant import DAY, MINUTE
from desktop.wire.level1 import Incident
from support.breaking_proxy import BreakingProxy
from support.builders import FakeClock
from support.county_rows import incident
from support.whole_desk import Desk

MONTH = 31 * DAY
"""Longer than the county remembers what it deleted: the office's token is no longer valid."""
ROWS = 24
COMMANDS = 500
STEADY_BYTES = 120
"""For each command on a line that holds: both ways, with everything else that is asked."""
FLAPPING_BYTES = 200
MOST_EXCHANGES = 2_000
WORDS = (
    *("水位", "已到", "现场", "上涨", "巡查", "两户", "转移", "道路", "塌方", "电话"),
    *("无人", "泵车", "停电", "抢修", "学校", "河堤", "渗水", "警戒", "桥头", "封路"),
)


class Office:
    """An office, its line and the county, all by one clock.

    `broken` counts exchanges that the line ended.
    """

    def __init__(self, folder: Path) -> None:
        self.seed, self.broken = 4, 0
        self._folder, self._file = folder / "desk", folder / "county.db"
        self.clock = FakeClock()
        self.database = Database(self._file, time_s=lambda: self.clock.at / 1000)
        self.database.put("incidents", [incident(f"i{number}") for number in range(ROWS)])
        self.database.put("incidents", [incident("gone")])
        self._server = CountyServer(self.database)
        there = urlsplit(self._server.start())
        self.line = BreakingProxy(str(there.hostname), there.port or 0)
        self.desk = self._start()

    def _start(self) -> Desk:
        return Desk(self._folder, self.line.url, clock=self.clock)

    def restart(self) -> None:
        """Another start of the program on the same disk."""
        self.desk.close()
        self.desk = self._start()

    def click(self, kind: CommandKind, target: Key, text: str) -> str:
        detail = self.desk.board.incident(target)
        assert detail is not None
        bodies = {
            CommandKind.NOTE: {"text": text},
            CommandKind.ESCALATE: {"level": "major", "text": text},
        }
        base = detail.incident.version
        given = self.desk.board.commands.submit(kind, target, bodies.get(kind, {}), base=base)
        return given.command.key

    def spend_a_month(self, count: int) -> list[str]:
        """Give that many commands, evenly over a month without a line; their keys in order."""
        targets = [Key("county", Collection.INCIDENTS, f"i{number}") for number in range(ROWS)]
        keys: list[str] = []
        chance = random.Random(9)
        for number in range(count):
            self.clock.advance(MONTH // count)
            text = f"{number}：{''.join(chance.sample(WORDS, 6))}"
            if number % 25 == 10:
                record = self.desk.board.commands.create(
                    "county", {"title": text, "level": "ordinary"}
                )
                targets.append(record.command.target)
                keys.append(record.command.key)
            elif number < ROWS:
                keys.append(self.click(CommandKind.ACKNOWLEDGE, targets[number], text))
            elif number % 21 == 0 and number // 21 < ROWS:
                keys.append(self.click(CommandKind.ESCALATE, targets[number // 21], text))
            else:
                keys.append(self.click(CommandKind.NOTE, chance.choice(targets), text))
        return keys

    def meanwhile(self) -> None:
        """What the county did in that month: rows of its own, one gone, its old marks dropped."""
        self.database.put("incidents", [incident("new", title="县里新报")])
        self.database.delete("incidents", ["gone"])
        self.clock.advance(MONTH)
        self.database.forget()
        self.clock.advance(-MONTH)

    def drain(self, *, flapping: bool) -> int:
        """Exchange until nothing waits; bytes on the line, both ways."""
        before, chance, turns = self.line.carried, random.Random(self.seed), 0
        while self.desk.outbox.list_unfinished():
            turns += 1
            assert turns < MOST_EXCHANGES
            if flapping:
                self.line.break_after = chance.choice((0, 150, 400, 1_500, 4_000))
                if turns % 10 == 0:
                    self.restart()
            self.clock.advance(MINUTE)
            self.broken += self.desk.exchange() is not None or bool(self.desk.unsent)
        self.line.break_after = None
        assert self.desk.exchange() is None
        return self.line.carried - before

    def done(self) -> list[str]:
        """Keys in the county's log, in the order it did them."""
        with closing(sqlite3.connect(self._file)) as county:
            return [key for (key,) in county.execute("SELECT key FROM commands ORDER BY number")]

    def notes(self) -> dict[str, list[str]]:
        """What was noted on each row at the county, in its timeline's order."""
        rows = [row for row in self.database.rows("incidents") if isinstance(row, Incident)]
        return {
            row.id: [each.text.zh for each in row.timeline if each.kind == "note"] for row in rows
        }

    def close(self) -> None:
        self.desk.close()
        self.line.close()
        self._server.close()
        self.database.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path)
    yield made
    made.close()


def check(office: Office, keys: list[str]) -> None:
    """Every command was accepted and done once, on each row in the order of the clicks."""
    records = [office.desk.outbox.record(key) for key in keys]
    assert {record.state for record in records if record} == {CommandState.ACCEPTED}
    done = office.done()
    assert sorted(done) == sorted(keys)
    clicked: dict[str, list[str]] = defaultdict(list)
    noted: dict[str, list[str]] = defaultdict(list)
    for record in records:
        assert record is not None
        clicked[record.command.target.id].append(record.command.key)
        if record.command.kind is CommandKind.NOTE:
            noted[record.command.target.id].append(str(record.command.body["text"]))
    for row, wanted in clicked.items():
        assert [key for key in done if key in set(wanted)] == wanted, row
    assert {row: texts for row, texts in office.notes().items() if texts} == noted
    board = office.desk.board
    assert board.incident(Key("county", Collection.INCIDENTS, "gone")) is None
    assert board.incident(Key("county", Collection.INCIDENTS, "new")) is not None


def play(office: Office, count: int, *, flapping: bool) -> float:
    """A month, its commands and the line; bytes a command once all is checked."""
    assert office.desk.exchange() is None
    keys = office.spend_a_month(count)
    office.meanwhile()
    office.restart()
    carried = office.drain(flapping=flapping)
    check(office, keys)
    return carried / count


def test_L_O_B_a_month_of_commands_goes_out_in_order_and_within_its_bytes(office: Office) -> None:
    assert play(office, COMMANDS, flapping=False) < STEADY_BYTES
    assert office.broken == 0


def test_L_D_O_B_over_a_flapping_line_a_month_of_commands_goes_out_once_and_in_order(
    office: Office,
) -> None:
    assert play(office, COMMANDS, flapping=True) < FLAPPING_BYTES
    assert office.broken >= 10


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
def test_L_D_O_B_longer_months_on_other_lines(office: Office, seed: int) -> None:
    office.seed = seed
    assert play(office, 4 * COMMANDS, flapping=True) < FLAPPING_BYTES

"""Desks whose clocks are wrong, against the real county: what it makes of their commands."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.level1 import read_row
from desktop.county_server.db.database import Database
from desktop.county_server.server import CountyServer
from desktop.domain.clock import CorrectedClock, SystemClock
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState
from desktop.domain.dating import find_entry, with_county_date
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND, from_datetime
from desktop.domain.source import CommandResult
from desktop.wire.level1 import Deadline, Incident, Phrase
from support.county_rows import incident
from support.servers import Asked, Said, ScriptedServer, said_json
from support.sources import record, services, source_settings


class Hands(SystemClock):
    """This computer's clock, off by what a test says."""

    def __init__(self) -> None:
        self.off_ms = 0

    def now(self) -> int:
        return super().now() + self.off_ms


class Desk:
    """A desk at the county: clicks as `the command service` stamps them, and sends them."""

    def __init__(self, url: str) -> None:
        self.hands = Hands()
        self.clock = CorrectedClock(self.hands)
        where = source_settings("county", url=url)
        self.connector = CountyConnector(
            where, services(lambda _name: None, self.clock, client="d1")
        )
        self.seq = 0

    def click(self, kind: CommandKind, text: str = "", **fields: Any) -> CommandRecord:
        self.seq += 1
        made = record(self.seq, "i1", kind=kind, text=text)
        at = self.clock.now()
        stamped = {"at": at, "clock_at": self.hands.now(), "offset_known": self.clock.is_told}
        command = msgspec.structs.replace(made.command, **(stamped | fields))
        return msgspec.structs.replace(made, command=command)

    def send(self, click: CommandRecord) -> CommandResult:
        """Send a command as an exchange does, once the session is looked at."""
        self.connector.epoch()
        (answer,) = self.connector.send([click])
        return answer

    def contact(self) -> None:
        """Hear the time, as an exchange does."""
        self.connector.epoch()
        self.clock.follow(self.connector.clock_offset_ms() or 0)


@pytest.fixture
def database() -> Iterator[Database]:
    found = Database()
    now = datetime.now(UTC)
    due = (Deadline("handle", now - timedelta(hours=1)),)
    row = incident("i1", stage="dispatched", deadlines=due, recorded_at=now - timedelta(days=9))
    found.put("incidents", [row])
    yield found
    found.close()


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    with CountyServer(database) as server:
        made = Desk(server.base_url)
        yield made
        made.connector.close()


def the_case(database: Database) -> Incident:
    (row,) = database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    return row


def from_now(moment: datetime) -> float:
    """How many minutes ago that was."""
    return abs((datetime.now(UTC) - moment).total_seconds()) / 60


@pytest.mark.parametrize("off_ms", [-2 * DAY, -3650 * DAY, 2 * DAY, 3650 * DAY])
def test_a_desk_that_was_never_told_the_time_closes_no_overdue_case_in_time(
    desk: Desk, database: Database, off_ms: int
):
    desk.hands.off_ms = off_ms
    handled = desk.click(CommandKind.FEEDBACK, "已修复", base=the_case(database).version)
    (answer,) = desk.connector.send([handled])
    assert answer.state is CommandState.ACCEPTED
    done_at = the_case(database).deadlines[0].done_at
    assert done_at is not None
    assert from_now(done_at) < 1
    (entry,) = the_case(database).timeline
    assert isinstance(entry.text, Phrase)
    assert "席位时钟示" in entry.text.zh
    assert "the desk's clock read" in answer.reason.en


def test_the_county_keeps_the_computers_time_beside_the_corrected_one(
    desk: Desk, database: Database
):
    desk.hands.off_ms = -2 * DAY
    desk.contact()
    click = desk.click(CommandKind.NOTE, "已到")
    desk.connector.send([click])
    with database.reading() as connection:
        [(asked, given, offset_ms)] = connection.execute(
            "SELECT asked, given, offset_ms FROM commands"
        ).fetchall()
    kept = json.loads(asked)
    assert abs(from_now(datetime.fromisoformat(kept["clock"])) - 2 * 24 * 60) < 1
    assert from_now(datetime.fromisoformat(kept["at"])) < 1
    assert abs(given - from_datetime(datetime.now(UTC))) < MINUTE
    assert abs(offset_ms - 2 * DAY) < MINUTE


def test_a_clock_put_right_between_click_and_sending_costs_no_time(desk: Desk, database: Database):
    desk.hands.off_ms = -2 * DAY
    desk.contact()
    click = desk.click(CommandKind.NOTE, "已到")
    desk.hands.off_ms = 0
    answer = desk.send(click)
    assert (answer.state, answer.reason.zh) == (CommandState.ACCEPTED, "")
    assert from_now(the_case(database).timeline[0].happened_at) < 1


def test_a_clock_set_ahead_between_two_clicks_has_the_time_asked_anew(
    desk: Desk, database: Database
):
    desk.contact()
    desk.hands.off_ms = 2 * DAY
    answer = desk.send(desk.click(CommandKind.NOTE, "已到"))
    assert answer.state is CommandState.ACCEPTED
    assert from_now(the_case(database).timeline[0].happened_at) < 1


def test_a_command_kept_for_days_by_a_slow_desk_keeps_its_own_time(desk: Desk, database: Database):
    desk.hands.off_ms = -2 * DAY
    at = from_datetime(datetime.now(UTC)) - 3 * HOUR - 2 * DAY
    click = desk.click(CommandKind.NOTE, "已到", at=at, clock_at=at)
    desk.connector.send([click])
    happened_at = the_case(database).timeline[0].happened_at
    assert abs(from_now(happened_at) - 180) < 1


def test_what_lies_in_the_future_all_the_same_is_refused_with_words(desk: Desk):
    desk.contact()
    at = desk.clock.now() + 2 * MINUTE
    (answer,) = desk.connector.send([desk.click(CommandKind.NOTE, "好", at=at, clock_at=at)])
    assert answer.state is CommandState.REJECTED
    assert "校准本机时钟" in answer.reason.zh
    assert "set this computer's clock" in answer.reason.en


def test_a_level_2_server_from_before_clocks_is_sent_json(desk: Desk, database: Database):
    sent: list[bytes] = []
    here = desk.connector.settings.address

    def sessions(asked: Asked) -> Said:
        headers = {name: asked.headers[name] for name in ("accept", "content-type")}
        wanted = urllib.request.Request(here + "/v1/session", asked.body, headers)
        with urllib.request.urlopen(wanted) as answer:
            return Said(answer.read(), headers={"Content-Type": answer.headers["Content-Type"]})

    def commands(asked: Asked) -> Said:
        sent.append(asked.body)
        if not asked.body.startswith(b"{"):
            return Said(b'{"type":"body","title":"Bad","status":400}', status=400)
        keys = [each["key"] for each in json.loads(asked.body)["commands"]]
        results = [{"key": key, "status": "accepted"} for key in keys]
        return said_json({"magic": "county-desk/1", "epoch": database.epoch, "results": results})

    with ScriptedServer({"/v1/session": sessions, "/v1/commands": commands}) as older:
        slow = Desk(older.url)
        slow.hands.off_ms = -2 * DAY
        slow.contact()
        (answer,) = slow.connector.send([slow.click(CommandKind.NOTE, "已到")])
        slow.connector.close()
    assert answer.state is CommandState.ACCEPTED
    assert [body.startswith(b"{") for body in sent] == [False, True]
    assert abs(json.loads(sent[1])["offset_ms"] - 2 * DAY) < MINUTE


@pytest.mark.parametrize("off_ms", [-2 * DAY, 2 * DAY])
@pytest.mark.parametrize("is_known", [False, True], ids=["never told", "told"])
def test_the_entry_the_county_dates_anew_is_known_for_the_desks_own_command(
    desk: Desk, database: Database, off_ms: int, is_known: bool
):
    desk.hands.off_ms = off_ms
    if is_known:
        desk.contact()
    click = desk.click(CommandKind.NOTE, "已到")
    desk.contact()
    left_at = desk.clock.now()
    (answer,) = desk.connector.send([click])
    done = msgspec.structs.replace(
        click, state=answer.state, changed_at=desk.clock.now(), left_at=left_at
    )
    told = msgspec.json.encode(the_case(database))
    row: Any = read_row("county", Collection.INCIDENTS, told)
    assert find_entry([done], row.timeline) == [done]
    (entry,) = row.timeline
    shown = with_county_date(done, desk.clock.offset_ms, desk.clock.now())
    assert abs(shown.command.at - entry.happened_at) < 2 * SECOND

"""D: nothing is done twice by a county that has forgotten its key, whatever else happened."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.sync.exchange import exchange
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.command_log import KEYS_KEPT_S
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.domain.command import Collection, CommandKind, CommandRecord, CommandState, Hold, Key
from desktop.domain.instant import DAY
from desktop.domain.outbox_state import TOO_OLD
from support.builders import FakeClock, a_command
from support.contexts import a_context
from support.county_rows import incident
from support.openings import forget_as_time_passes
from support.sources import services, source_settings
from support.stores import Stores


class Ends:
    """A county and a desk whose years pass together."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.database = Database(folder / "county.db", time_s=lambda: self.clock.at / 1000)
        self.database.put("incidents", [incident("i1")])
        self.server = CountyServer(self.database, Settings(snapshot_level=1))
        self.server.start()
        self.stores = Stores(folder, self.clock)
        self.outbox = self.stores.outbox
        self.connector = CountyConnector(
            source_settings("county", url=self.server.base_url),
            services(clock=self.clock, installation=self.outbox),
        )

    def note(self, text: str) -> str:
        target = Key("county", Collection.INCIDENTS, "i1")
        now = self.clock.now()
        command = a_command(kind=CommandKind.NOTE, target=target, at=now, body={"text": text})
        self.outbox.append(command, now)
        return command.key

    def exchange(self) -> None:
        for _ in range(2):
            exchange(a_context(self.connector, self.stores.cache, self.outbox, self.clock))

    def send_and_hear_nothing(self, key: str) -> None:
        """The county does it, and its answer is lost."""
        self.outbox.offering([key], self.clock.now())
        self.connector.send([self.record(key)])

    def outlive_the_keys(self) -> None:
        self.clock.advance((KEYS_KEPT_S + 1) * 1000)
        forget_as_time_passes(self.database, lambda: self.clock.advance(DAY))

    def record(self, key: str) -> CommandRecord:
        record = self.outbox.record(key)
        assert record is not None
        return record

    def notes(self) -> list[str]:
        (row,) = self.database.rows("incidents", ["i1"])
        return [each.text.zh for each in row.timeline]  # type: ignore[attr-defined]

    def close(self) -> None:
        self.connector.close()
        self.server.close()
        self.database.close()
        self.stores.close()


@pytest.fixture
def ends(tmp_path: Path) -> Iterator[Ends]:
    made = Ends(tmp_path)
    yield made
    made.close()


def test_an_answered_command_is_not_done_again_by_an_epoch_after_its_key_was_forgotten(ends: Ends):
    key = ends.note("已到场")
    ends.exchange()
    assert ends.record(key).state is CommandState.ACCEPTED
    ends.outlive_the_keys()
    ends.database.begin_epoch()
    ends.exchange()
    assert ends.notes() == ["已到场"]
    record = ends.record(key)
    assert (record.state, record.reason, record.seen) == (CommandState.ACCEPTED, TOO_OLD, False)


def test_an_unanswered_command_is_not_done_again_after_its_key_was_forgotten(ends: Ends):
    ends.exchange()
    key = ends.note("已到场")
    ends.send_and_hear_nothing(key)
    ends.outlive_the_keys()
    later = ends.note("再报一次")
    ends.exchange()
    record = ends.record(key)
    assert (record.state, record.hold) == (CommandState.HELD, Hold.EXPIRED)
    assert ends.notes()[0] == "已到场"
    assert ends.notes().count("已到场") == 1
    assert ends.record(later).state is CommandState.ACCEPTED


def test_what_a_clock_that_leapt_ahead_makes_look_old_is_not_done_again(ends: Ends):
    """The server tidies up within seconds of the leap."""
    key = ends.note("已到场")
    ends.exchange()
    assert ends.record(key).state is CommandState.ACCEPTED
    ends.clock.advance(730 * DAY)
    ends.database.forget()
    ends.clock.advance(-730 * DAY)
    for _ in range(2):
        ends.exchange()
    assert ends.notes() == ["已到场"]
    assert ends.record(key).state is CommandState.ACCEPTED


def test_a_year_later_the_county_still_knows_the_key_and_is_asked(ends: Ends):
    ends.exchange()
    key = ends.note("已到场")
    ends.send_and_hear_nothing(key)
    ends.clock.advance(365 * DAY)
    ends.exchange()
    assert ends.record(key).state is CommandState.ACCEPTED
    assert ends.notes() == ["已到场"]

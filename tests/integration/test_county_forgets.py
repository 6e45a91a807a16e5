"""What the county forgets in time, and what no leap of its clock makes it forget."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db.command_log import KEYS_KEPT_S
from desktop.county_server.db.database import Database
from desktop.county_server.db.witnesses import DAY_S, WITNESSES
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import Commands
from support.county_rows import incident
from support.courier_county import RULES
from support.courier_office import note
from support.openings import open_session

TABLES = ("commands", "makers", "clients")
KEPT_DAYS = KEYS_KEPT_S // DAY_S


class County:
    """A county whose time the test tells."""

    def __init__(self, path: Path) -> None:
        self.now_s = 1_800_000_000.0
        self.database = Database(path, time_s=lambda: self.now_s)
        self.database.put("incidents", [incident("i1")])
        self._seq = 0

    def take_note(self, client: str) -> None:
        """Do a note of a client that opens its session with it."""
        fence = open_session(self.database, client)
        self._seq += 1
        given = note(self._seq, at=datetime.fromtimestamp(self.now_s, UTC))
        asked = Commands(self.database.epoch, fence, client, (given,))
        (result,) = do_commands(self.database, asked, ANYBODY, RULES).results
        assert result.status == "accepted"

    def live(self, days: int, *, notes: int = 1) -> None:
        """Let days pass on which another desk gives notes, and the county tidies up."""
        for _ in range(days):
            self.now_s += DAY_S
            for _ in range(notes):
                self.take_note("another")
            self.database.forget()

    def counts(self) -> dict[str, int]:
        with self.database.reading() as connection:
            return {
                table: int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
                for table in TABLES
            }


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = County(tmp_path / "county.db")
    yield made
    made.database.close()


def test_in_normal_running_keys_makers_and_clients_end_in_time(county: County) -> None:
    county.take_note("desk")
    county.live(KEPT_DAYS)
    assert county.counts() == {"commands": 401, "makers": 401, "clients": 2}
    county.live(WITNESSES)
    assert county.counts() == {"commands": 430, "makers": 430, "clients": 1}


def test_a_clock_that_leaps_ahead_makes_the_county_forget_nothing(county: County) -> None:
    county.take_note("desk")
    county.live(WITNESSES + 5)
    before = county.counts()
    county.now_s += 2 * 365 * DAY_S
    county.database.forget()
    assert county.counts() == before
    county.live(1, notes=200)
    assert county.counts() == {**before, "commands": 236, "makers": 236}
    county.now_s -= (2 * 365 + 1) * DAY_S
    county.live(WITNESSES)
    assert county.counts() == {"commands": 266, "makers": 266, "clients": 2}


def test_a_clock_that_leaps_again_and_again_counts_as_no_more_than_its_days(
    county: County,
) -> None:
    county.take_note("desk")
    for _ in range(2 * WITNESSES):
        county.now_s += 2 * 365 * DAY_S
        county.take_note("another")
        county.database.forget()
        county.now_s -= 2 * 365 * DAY_S
    assert county.counts()["clients"] == 2
    assert county.counts()["commands"] == 2 * WITNESSES + 1


def test_a_county_that_was_switched_off_for_years_forgets_after_days_of_use(
    county: County,
) -> None:
    county.take_note("desk")
    county.now_s += 3 * 365 * DAY_S
    county.live(WITNESSES - 1)
    assert county.counts()["clients"] == 2
    county.live(1)
    assert county.counts() == {"commands": WITNESSES, "makers": WITNESSES, "clients": 1}


def test_what_was_done_under_a_clock_far_behind_stays_once_it_is_righted(county: County) -> None:
    county.live(WITNESSES)
    county.now_s -= 5 * 365 * DAY_S
    county.take_note("desk")
    county.now_s += 5 * 365 * DAY_S
    before = county.counts()
    county.database.forget()
    assert county.counts() == before
    county.live(KEPT_DAYS - WITNESSES)
    assert county.counts()["clients"] == 2
    county.live(2 * WITNESSES)
    assert county.counts()["clients"] == 1

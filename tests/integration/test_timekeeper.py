"""A computer whose clock was set back while the program was off, and nobody tells it the time."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.application.sync.engine import Engine
from desktop.application.sync.timekeeper import KEPT_EVERY_MS, Timekeeper
from desktop.domain.clock import CorrectedClock
from desktop.domain.freshness import Freshness
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND
from desktop.domain.source import SyncState
from support.builders import NOW, FakeClock
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores

YEARS = 3650 * DAY


@pytest.fixture
def stores(tmp_path: Path):
    made = Stores(tmp_path, FakeClock())
    yield made
    made.close()


def an_engine(stores: Stores, clock: CorrectedClock) -> Engine:
    return Engine(
        [source_of(ScriptedConnector())], stores.cache, stores.outbox, clock, lambda _changed: None
    )


def test_the_next_run_begins_where_the_one_before_had_surely_come(stores: Stores):
    inner = FakeClock()
    first = CorrectedClock(inner)
    engine = an_engine(stores, first)
    first.follow(HOUR)
    inner.advance(MINUTE)
    engine.close()
    dead = FakeClock(NOW - YEARS)
    second = CorrectedClock(dead)
    an_engine(stores, second).close()
    assert second.now() == NOW + HOUR + MINUTE
    dead.advance(HOUR)
    third = CorrectedClock(FakeClock(NOW - YEARS))
    an_engine(stores, second).close()
    an_engine(stores, third).close()
    assert third.now() == NOW + 2 * HOUR + MINUTE, "time goes on from run to run"


def test_rows_seen_before_a_clock_went_back_are_stale_and_at_least_so_old(stores: Stores):
    source = ScriptedConnector().settings.id
    stores.cache.mark_good(source, NOW, 0)
    clock = CorrectedClock(FakeClock(NOW - YEARS))
    engine = an_engine(stores, clock)
    (status,) = engine.statuses()
    assert (status.is_older, status.freshness(clock.now())) == (True, Freshness.STALE)
    clock.follow(YEARS)
    (status,) = engine.statuses()
    assert (status.is_older, status.freshness(clock.now())) == (False, Freshness.FRESH)
    engine.close()


def test_a_killed_program_forgets_a_few_minutes_of_time_at_most(stores: Stores):
    inner = FakeClock()
    clock = CorrectedClock(inner)
    keeper = Timekeeper(clock, stores.outbox)
    keeper.go_on_from([SyncState("county")])
    keeper.look()
    assert stores.outbox.last_time() == 0, "its own clock is nobody's word"
    clock.follow(0)
    keeper.look()
    assert stores.outbox.last_time() == NOW
    inner.advance(KEPT_EVERY_MS - 1)
    keeper.look()
    assert stores.outbox.last_time() == NOW, "each write waits for the disk"
    inner.advance(1)
    keeper.look()
    assert stores.outbox.last_time() == NOW + KEPT_EVERY_MS


def test_a_time_told_wrong_once_is_put_right_by_the_next_server(stores: Stores):
    clock = CorrectedClock(FakeClock())
    clock.follow(YEARS)
    keeper = Timekeeper(clock, stores.outbox)
    keeper.keep()
    again = CorrectedClock(FakeClock())
    later = Timekeeper(again, stores.outbox)
    later.go_on_from([])
    assert again.now() == NOW + YEARS
    again.follow(0)
    later.keep()
    assert stores.outbox.last_time() == NOW


@pytest.mark.parametrize(
    ("own", "offset_ms", "now"),
    [
        (NOW - 2 * DAY + HOUR, 2 * DAY, NOW + HOUR),
        (NOW + HOUR, 2 * DAY, NOW + 2 * DAY + HOUR),
        (NOW + HOUR, YEARS, NOW + HOUR),
        (NOW + YEARS + HOUR, -YEARS, NOW + HOUR),
        (NOW + YEARS - 2 * SECOND, -YEARS, NOW),
        (NOW + HOUR, -YEARS, NOW + HOUR),
    ],
    ids=[
        "slow still",
        "slow, and off for days",
        "put right",
        "fast still",
        "fast, started again at once",
        "fast, put right",
    ],
)
def test_a_clock_put_right_since_is_not_corrected_once_more(
    stores: Stores, own: int, offset_ms: int, now: int
):
    clock = CorrectedClock(FakeClock(own))
    Timekeeper(clock, stores.outbox).go_on_from([SyncState("county", "", "", NOW, offset_ms)])
    assert (clock.now(), clock.behind_ms) == (now, 0)


def test_a_clock_that_was_ahead_and_is_behind_now_is_behind_by_no_more_than_it_shows(
    stores: Stores,
):
    clock = CorrectedClock(FakeClock(NOW - HOUR))
    Timekeeper(clock, stores.outbox).go_on_from([SyncState("county", "", "", NOW, -2 * DAY)])
    assert (clock.now(), clock.behind_ms) == (NOW, HOUR)

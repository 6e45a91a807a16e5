"""Sleep, other networks and quiet streams: when a lane begins anew, and when it may rest."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import SourceError
from desktop.application.sync.connectivity_watch import (
    GAP_S,
    Addresses,
    ConnectivityWatch,
    SleepDetector,
)
from desktop.application.sync.rest import QUIET_POLL_S
from desktop.application.sync.source_worker import SourceWorker
from desktop.domain.link import RequestStats, TrafficClass
from desktop.domain.source import Problem
from support.builders import FakeClock
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores

ASLEEP_MS = 3_600_000


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.connector = ScriptedConnector()
        self.heard_s: float | None = None
        self.connector.stream_heard_s = lambda: self.heard_s
        self.announced: list[frozenset] = []
        self.lane = SourceWorker(
            *(source_of(self.connector), self.stores.cache, self.stores.outbox, self.clock),
            *(random.Random(1), self.announced.append),
        )


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.lane.close()
    made.stores.close()


def test_a_busy_computer_has_not_slept():
    clock = FakeClock()
    slumber = SleepDetector(clock)
    clock.advance(round((5 + GAP_S) * 1000))
    assert not slumber.has_slept(5)


@pytest.mark.parametrize("monotonic_stops", [True, False])
def test_sleep_is_noticed_whether_or_not_the_monotonic_clock_stops_in_it(monotonic_stops: bool):
    clock = FakeClock()
    slumber = SleepDetector(clock)
    clock.advance(5_000)
    assert not slumber.has_slept(5)
    clock.at += ASLEEP_MS
    clock.elapsed_s += 0 if monotonic_stops else ASLEEP_MS / 1000
    assert slumber.has_slept(5)
    clock.advance(5_000)
    assert not slumber.has_slept(5)


def test_another_address_is_another_network_and_a_gap_is_none(bench: Bench):
    told: list[str | None] = ["10.0.0.5", None, "10.0.0.5", "192.168.1.7", "192.168.1.7"]
    addresses = Addresses(lambda settings: told.pop(0))
    moved = [addresses.has_moved(bench.connector.settings) for _ in range(5)]
    assert moved == [False, False, False, True, False]


def test_after_sleep_every_connection_is_made_anew_and_the_line_is_unknown(bench: Bench):
    watch = ConnectivityWatch([bench.lane], bench.clock, None)
    bench.lane.run_once()
    bench.connector.on_traffic(RequestStats(TrafficClass.SNAPSHOT, 1, 64_000, 50.0, 100.0))
    bench.clock.advance(5_000)
    watch.look(5)
    assert bench.connector.resets == 0
    bench.clock.advance(ASLEEP_MS)
    watch.look(5)
    assert bench.connector.resets == 1
    assert bench.lane.link.state().bits_per_s is None


def test_on_another_network_only_the_sources_it_concerns_begin_anew(bench: Bench):
    told = iter(["10.0.0.5", "192.168.1.7", "192.168.1.7"])
    watch = ConnectivityWatch([bench.lane], bench.clock, lambda settings: next(told))
    bench.lane.run_once()
    for _ in range(3):
        bench.clock.advance(5_000)
        watch.look(5)
    assert bench.connector.resets == 1


def test_a_heartbeat_spares_the_poll_and_is_said_to_be_the_last_contact(bench: Bench):
    rest = bench.lane.run_once()
    bench.clock.advance(round(rest.wait_s * 1000) + 1)
    bench.heard_s = bench.clock.elapsed_s - 1
    assert bench.lane.due_in_s(rest) == pytest.approx(rest.wait_s - 1)
    assert bench.lane.status.last_good_at == bench.clock.now() - 1_000


def test_before_the_poll_is_due_a_heartbeat_changes_nothing(bench: Bench):
    rest = bench.lane.run_once()
    bench.clock.advance(500)
    bench.heard_s = bench.clock.elapsed_s
    assert bench.lane.due_in_s(rest) == pytest.approx(rest.wait_s - 0.5)
    assert bench.lane.status.last_good_at == bench.clock.now() - 500


def test_a_silent_stream_spares_no_poll(bench: Bench):
    rest = bench.lane.run_once()
    bench.clock.advance(24_000)
    assert bench.lane.due_in_s(rest) == 0.0
    bench.heard_s = 0.0
    assert bench.lane.due_in_s(rest) == 0.0, "heard before the poll, it says nothing new"


def test_a_failing_source_is_not_made_fresh_by_a_heartbeat(bench: Bench):
    bench.lane.run_once()
    bench.connector.pulls = [[SourceError(Problem("server_error"))]]
    rest = bench.lane.run_once()
    bench.clock.advance(24_000)
    bench.heard_s = bench.clock.elapsed_s
    assert bench.lane.due_in_s(rest) == 0.0


def test_however_lively_the_stream_a_poll_comes_now_and_then(bench: Bench):
    rest = bench.lane.run_once()
    bench.clock.advance(round(QUIET_POLL_S * 1000) + 1)
    bench.heard_s = bench.clock.elapsed_s
    assert bench.lane.due_in_s(rest) == 0.0

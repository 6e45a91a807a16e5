"""The meter: bytes by class and day, and what a spent day still does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.application.budget.byte_budget import BUDGET_SPENT, Allowance, ByteBudget, within_hours
from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.ports import SourceError, StoreError
from desktop.application.sync.exchange import exchange
from desktop.domain.command import CommandState
from desktop.domain.instant import HOUR
from desktop.domain.link import ByteCount, RequestStats, TrafficClass
from desktop.domain.source import Problem, Staged
from support.builders import FakeClock, a_batch, a_command, an_asset, an_incident
from support.contexts import a_context
from support.scripted_connector import ScriptedConnector
from support.stores import Stores

BUDGET = 1_000_000


def used(kind: TrafficClass, received: int, sent: int = 100) -> RequestStats:
    return RequestStats(kind, sent, received, 50.0, 10.0)


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.cache, self.outbox = self.stores.cache, self.stores.outbox
        self.meter = self.open()

    def open(self, **allowed) -> ByteBudget:
        allowance = Allowance(**({"daily_bytes": BUDGET} | allowed))
        return ByteBudget(self.cache, self.clock, "Asia/Shanghai", allowance)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def test_bytes_are_told_by_class_both_ways(bench: Bench):
    bench.meter.count_request(used(TrafficClass.COMMANDS, 300))
    bench.meter.count_request(used(TrafficClass.COMMANDS, 200))
    bench.meter.count_request(used(TrafficClass.FILES, 7_000))
    usage = bench.meter.usage()
    assert usage.spent == {
        TrafficClass.COMMANDS: ByteCount(200, 500),
        TrafficClass.FILES: ByteCount(100, 7_000),
    }
    assert (usage.total, usage.over, usage.day) == (7_800, False, "2026-11-23")


def test_what_was_counted_is_written_gathered_and_at_the_latest_at_the_end(bench: Bench):
    bench.meter.count_request(used(TrafficClass.CHANGES, 900))
    bench.meter.write()
    assert bench.cache.traffic("2026-11-23") == {}
    bench.clock.advance(30_000)
    bench.meter.write()
    assert bench.cache.traffic("2026-11-23") == {TrafficClass.CHANGES: ByteCount(100, 900)}
    bench.meter.count_request(used(TrafficClass.CHANGES, 1))
    bench.meter.write(at_once=True)
    assert bench.open().usage().spent == {TrafficClass.CHANGES: ByteCount(200, 901)}


def test_a_disk_that_refuses_loses_no_count(bench: Bench, monkeypatch):
    def full(day, spent):
        raise StoreError(Problem("disk_full"))

    bench.meter.count_request(used(TrafficClass.FILES, 900))
    with monkeypatch.context() as patched:
        patched.setattr(bench.cache, "add_traffic", full)
        bench.meter.write(at_once=True)
    bench.meter.write(at_once=True)
    assert bench.cache.traffic("2026-11-23") == {TrafficClass.FILES: ByteCount(100, 900)}


def test_a_new_day_begins_at_the_countys_midnight_with_nothing_spent(bench: Bench):
    bench.meter.count_request(used(TrafficClass.SNAPSHOT, BUDGET))
    assert bench.meter.over
    bench.clock.advance(16 * HOUR - 1)
    assert bench.meter.over
    bench.clock.advance(1)
    assert not bench.meter.over
    assert bench.meter.usage().day == "2026-11-24"


def test_a_clock_put_back_finds_the_day_as_it_was(bench: Bench):
    bench.meter.count_request(used(TrafficClass.SNAPSHOT, BUDGET))
    bench.clock.advance(24 * HOUR)
    assert not bench.meter.over
    bench.clock.at -= 24 * HOUR
    assert bench.meter.over


def test_a_line_that_outlives_the_closed_cache_over_midnight_is_counted_silently(bench: Bench):
    bench.meter.count_request(used(TrafficClass.HINTS, 900))
    bench.stores.close()
    bench.clock.advance(24 * HOUR)
    bench.meter.count_request(used(TrafficClass.HINTS, 50))
    usage = bench.meter.usage()
    assert (usage.day, usage.spent) == ("2026-11-24", {TrafficClass.HINTS: ByteCount(100, 50)})


def test_a_day_that_could_not_be_read_is_read_as_soon_as_it_can(bench: Bench, monkeypatch):
    def unreadable(day):
        raise StoreError(Problem("disk_full"))

    bench.meter.count_request(used(TrafficClass.SNAPSHOT, BUDGET))
    bench.meter.write(at_once=True)
    bench.clock.advance(24 * HOUR)
    assert not bench.meter.over
    with monkeypatch.context() as patched:
        patched.setattr(bench.cache, "traffic", unreadable)
        bench.clock.at -= 24 * HOUR
        bench.meter.count_request(used(TrafficClass.SNAPSHOT, 1))
    assert bench.meter.usage().spent == {TrafficClass.SNAPSHOT: ByteCount(200, BUDGET + 1)}
    assert bench.meter.over


def test_without_a_budget_nothing_is_ever_over(bench: Bench):
    meter = bench.open(daily_bytes=None)
    meter.count_request(used(TrafficClass.FILES, 10**12))
    assert (meter.over, meter.bulk_left()) == (False, None)


@pytest.mark.parametrize(
    ("local", "hours", "within"),
    [
        ("23:10", ("22:00", "06:00"), True),
        ("05:59", ("22:00", "06:00"), True),
        ("06:00", ("22:00", "06:00"), False),
        ("12:00", ("22:00", "06:00"), False),
        ("12:00", ("11:30", "13:00"), True),
        ("13:00", ("11:30", "13:00"), False),
    ],
)
def test_hours_may_go_over_midnight(local, hours, within):
    assert within_hours(local, hours) is within


def test_the_hours_are_the_countys_own(bench: Bench):
    # The fake clock stands at 08:00 in Shanghai.
    assert bench.open(originals_hours=("07:30", "08:30")).in_original_hours()
    assert not bench.open(originals_hours=("23:30", "00:30")).in_original_hours()


class Metered(ScriptedConnector):
    """A source with a snapshot in pieces, that tells what each request used."""

    def __init__(self, piece_bytes: int, pieces: int) -> None:
        super().__init__()
        self._size, self._count = piece_bytes, pieces
        self.snapshots = 0

    def pull(self, state, plan=None):
        self.on_traffic(used(TrafficClass.CHANGES, 100))
        yield a_batch(an_asset())
        if state.token is not None or not plan.allow_snapshot:
            return
        for _ in range(self._count):
            size = min(self._size, plan.piece_bytes)
            self.on_traffic(used(TrafficClass.SNAPSHOT, size))
            yield a_batch(staged=Staged("/s", '"1"', b"x"))
        self.snapshots += 1
        yield a_batch(an_incident(), token="t", epoch="e")


def spend(bench: Bench, connector: Metered, exchanges: int) -> list[SourceError]:
    """Exchange so often on one day; what it was refused for."""
    link = LinkEstimator(bench.clock)
    refused = []

    def heard(traffic: RequestStats) -> None:
        link.add_request(traffic)
        bench.meter.count_request(traffic)

    connector.on_traffic = heard
    for _ in range(exchanges):
        try:
            exchange(
                a_context(
                    *(connector, bench.cache, bench.outbox, bench.clock),
                    link=link,
                    meter=bench.meter,
                )
            )
        except SourceError as error:
            refused.append(error)
    return refused


@settings(max_examples=12, deadline=None)
@given(st.integers(16_384, 1_048_576), st.integers(1, 200))
def test_no_day_spends_more_on_snapshots_than_its_budget(
    tmp_path_factory, piece_bytes: int, pieces: int
):
    made = Bench(tmp_path_factory.mktemp("budget"))
    try:
        spend(made, Metered(piece_bytes, pieces), 4)
        spent = made.meter.usage().spent.get(TrafficClass.SNAPSHOT, ByteCount())
        assert spent.received <= BUDGET
    finally:
        made.stores.close()


def test_a_spent_day_says_so_and_goes_on_with_commands_and_changes(bench: Bench):
    bench.meter.count_request(used(TrafficClass.FILES, BUDGET))
    bench.outbox.append(a_command(), bench.clock.now())
    connector = Metered(100_000, 5)
    refused = spend(bench, connector, 1)
    assert [error.problem for error in refused] == [BUDGET_SPENT]
    assert bench.outbox.recent(1)[0].state is CommandState.ACCEPTED
    assert connector.snapshots == 0
    bench.cache.apply(a_batch(token="t", epoch="e"))
    assert spend(bench, connector, 1) == []
    assert bench.meter.usage().over

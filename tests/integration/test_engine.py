"""Lanes: how a source's health is told, and how everything ends."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import Cache, Cancelled, SourceError, StoreError
from desktop.application.reads.pending_overlay import PendingOverlay
from desktop.application.sync.engine import Engine
from desktop.domain.changes import Changes
from desktop.domain.clock import CorrectedClock, clock_problem
from desktop.domain.command import Collection, CommandKind, CommandState, Key
from desktop.domain.freshness import Freshness
from desktop.domain.instant import DAY, MINUTE, SECOND
from desktop.domain.source import Batch, Binding, ProbeResult, Problem, Progress, Staged
from support.builders import FakeClock, a_batch, a_command, an_incident
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores

REFUSED = SourceError(Problem("refused"))


class Bench:
    def __init__(self, folder: Path, *connectors: ScriptedConnector) -> None:
        self.inner = FakeClock()
        self.clock = CorrectedClock(self.inner)
        self.stores = Stores(folder, self.inner)
        self.cache, self.outbox = self.stores.cache, self.stores.outbox
        self.connectors = connectors or (ScriptedConnector(),)
        self.heard: list[Changes] = []
        self.told = threading.Event()
        self.engine = self.open()

    def open(self) -> Engine:
        return Engine(
            [source_of(each) for each in self.connectors],
            *(self.cache, self.outbox, self.clock, self._hear, random.Random(1)),
        )

    def _hear(self, changed: Changes) -> None:
        self.heard.append(changed)
        if changed:
            self.told.set()

    def status(self):
        return self.engine.statuses()[0]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def test_a_source_never_heard_of_is_unknown_not_calm(bench: Bench):
    assert bench.status().never_seen
    assert bench.status().freshness(bench.clock.now()) is Freshness.UNKNOWN
    assert not bench.engine.is_settled()


def test_a_failure_says_since_when_and_why_and_a_success_clears_it(bench: Bench):
    bench.engine.exchange_once()
    bench.inner.advance(20 * SECOND)
    failed_at = bench.clock.now()
    bench.connectors[0].pulls = [[REFUSED], [REFUSED]]
    bench.engine.exchange_once()
    bench.inner.advance(20 * SECOND)
    bench.engine.exchange_once()
    assert bench.status().failing_since == failed_at
    assert bench.status().problem == Problem("refused")
    assert bench.status().last_good_at == failed_at - 20 * SECOND
    bench.engine.exchange_once()
    assert (bench.status().failing_since, bench.status().problem) == (None, None)


def test_a_status_tells_the_login_it_was_heard_under_after_a_restart_too(bench: Bench):
    bench.connectors[0].login = "wang"
    bench.connectors[0].pulls = [[a_batch(an_incident(), account="wang")]]
    bench.engine.exchange_once()
    assert bench.status().account == "wang"
    bench.connectors[0].login = ""
    assert bench.open().statuses()[0].account == "wang"


def test_what_a_source_does_not_offer_is_known_after_a_restart_until_it_says_otherwise(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    told: list[frozenset[Collection] | None] = [frozenset({Collection.INCIDENTS})]
    monkeypatch.setattr(bench.connectors[0], "collections_offered", lambda: told[-1])
    bench.engine.exchange_once()
    told.append(None)
    bench.engine = bench.open()
    assert bench.status().fills == {Collection.INCIDENTS}
    bench.connectors[0].pulls = [[REFUSED]]
    bench.engine.exchange_once()
    assert bench.status().fills == {Collection.INCIDENTS}, "no session has said otherwise"
    told.append(frozenset({Collection.INCIDENTS, Collection.ASSETS}))
    bench.engine.exchange_once()
    assert bench.status().fills == {Collection.INCIDENTS, Collection.ASSETS}


def test_a_clock_off_by_more_than_a_minute_is_told_once(bench: Bench):
    bench.connectors[0].offset_ms = 40 * SECOND
    bench.engine.exchange_once()
    assert bench.status().notices == ()
    for offset_ms in (-48 * 3600 * SECOND, -47 * 3600 * SECOND):
        bench.connectors[0].offset_ms = offset_ms
        bench.engine.exchange_once()
    (told,) = bench.status().notices
    assert told == Problem("clock_fast", {"by_ms": str(2 * DAY)})


def test_a_failing_source_is_ageing_at_once_and_stale_in_time(bench: Bench):
    bench.engine.exchange_once()
    bench.connectors[0].pulls = [[REFUSED]]
    bench.engine.exchange_once()
    now = bench.clock.now()
    assert bench.status().freshness(now) is Freshness.AGEING
    assert bench.status().freshness(now + 25 * SECOND) is Freshness.STALE


def test_a_failure_is_still_told_after_a_restart(bench: Bench):
    bench.connectors[0].pulls = [[REFUSED]]
    bench.engine.exchange_once()
    bench.inner.advance(60 * SECOND)
    again = bench.open()
    assert again.statuses()[0].problem == Problem("refused")
    assert again.statuses()[0].failing_since == bench.inner.now() - 60 * SECOND
    assert not again.is_settled()


def test_a_source_is_probed_before_its_first_use_and_not_after(bench: Bench):
    bench.connectors[0].probe_error = SourceError(Problem("captive_portal"))
    bench.engine.exchange_once()
    assert bench.connectors[0].asked == []
    assert bench.status().problem == Problem("captive_portal")
    bench.connectors[0].probe_error = None
    bench.engine.exchange_once()
    bench.connectors[0].probe_error = SourceError(Problem("captive_portal"))
    bench.engine.exchange_once()
    assert len(bench.connectors[0].asked) == 2
    assert bench.status().problem is None


def test_a_broken_connector_is_a_failed_source_and_not_a_dead_lane(bench: Bench, caplog):
    bench.connectors[0].pulls = [[ZeroDivisionError("a bug")]]
    with caplog.at_level("CRITICAL", logger="desktop.application.sync.source_worker"):
        results = bench.engine.exchange_once()
    assert isinstance(results["county"], SourceError)
    assert bench.status().problem == Problem("internal_error", {"what": "ZeroDivisionError"})
    bench.engine.exchange_once()
    assert bench.status().problem is None


def test_the_clock_follows_the_first_source_that_tells_the_time(tmp_path: Path):
    silent, leader, other = (ScriptedConnector(name) for name in ("a", "b", "c"))
    leader.offset_ms, other.offset_ms = -90 * SECOND, 40 * SECOND
    bench = Bench(tmp_path, silent, leader, other)
    bench.engine.exchange_once()
    bench.stores.close()
    assert bench.clock.now() == bench.inner.now() - 90 * SECOND
    assert clock_problem(bench.clock, 0) == Problem("clock_fast", {"by_ms": str(MINUTE)})


def test_the_clock_follows_another_source_while_the_first_fails_after_it_told(tmp_path: Path):
    leader, other = ScriptedConnector("a"), ScriptedConnector("b")
    leader.offset_ms, other.offset_ms = 50 * SECOND, 40 * SECOND
    leader.pulls = [[SourceError(Problem("cut_short"))]]
    bench = Bench(tmp_path, leader, other)
    bench.engine.exchange_once()
    assert bench.clock.now() == bench.inner.now() + 40 * SECOND
    bench.engine.exchange_once()
    bench.stores.close()
    assert bench.clock.now() == bench.inner.now() + 50 * SECOND


def test_a_lane_keeps_its_source_in_step_until_closed(bench: Bench):
    connector = bench.connectors[0]
    connector.pulls = [[a_batch(an_incident())]]
    bench.engine.start()
    assert bench.told.wait(5)
    assert connector.pulled.acquire(timeout=5)
    bench.engine.sync_now()
    assert connector.pulled.acquire(timeout=5)
    bench.engine.close()
    assert connector.closed.is_set()
    assert not [t for t in threading.enumerate() if t.name.startswith(("lane-", "hints-"))]
    bench.engine.close()


def test_only_commands_a_source_declares_are_offered(bench: Bench):
    accepts = bench.engine.accepts
    assert accepts(Key("county", Collection.INCIDENTS, "1"), CommandKind.NOTE)
    assert not accepts(Key("county", Collection.INCIDENTS, "1"), CommandKind.ACKNOWLEDGE)
    assert not accepts(Key("county", Collection.ASSETS, "1"), CommandKind.NOTE)
    assert not accepts(Key("other", Collection.INCIDENTS, "1"), CommandKind.NOTE)


def test_a_command_kept_back_is_not_offered_nor_what_follows_it_on_its_row(bench: Bench):
    kept = {"first"}
    bench.engine.keep_back(kept.__contains__)
    for key, target in (("first", "1"), ("second", "1"), ("other", "2")):
        bench.outbox.append(
            a_command(key=key, target=Key("county", Collection.INCIDENTS, target)), 0
        )
    bench.engine.exchange_once()
    assert bench.connectors[0].sent == [("other",)]
    assert not bench.outbox.record("first").offered
    kept.clear()
    bench.engine.exchange_once()
    assert [key for keys in bench.connectors[0].sent[1:] for key in keys] == ["first", "second"]


class FullDisk:
    """A cache whose disk has no room for anything new while `full`."""

    def __init__(self, cache: Cache) -> None:
        self.cache, self.full = cache, True

    def __getattr__(self, name: str) -> object:
        found = getattr(self.cache, name)
        if self.full and name in ("apply", "mark_good", "mark_failed"):
            return self._refuse
        return found

    def _refuse(self, *_: object) -> None:
        raise StoreError(Problem("disk_full", {"file": "cache.db"}))


def test_a_full_disk_is_said_in_its_own_words_and_ends_no_lane(bench: Bench):
    disk = bench.cache = FullDisk(bench.cache)  # type: ignore[assignment]
    engine = bench.open()
    assert isinstance(engine.exchange_once()["county"], SourceError)
    assert engine.statuses()[0].problem == Problem("disk_full", {"file": "cache.db"})
    disk.full = False
    assert not isinstance(engine.exchange_once()["county"], SourceError)
    assert engine.statuses()[0].problem is None


def test_an_exchange_whose_files_are_closed_under_it_is_no_failure(bench: Bench):
    bench.engine.close()
    bench.stores.close()
    with pytest.raises(Cancelled):
        bench.engine.exchange_once()
    assert bench.status().problem is None


def test_the_first_success_is_dated_by_the_servers_clock_not_by_a_wrong_one_here(bench: Bench):
    connector = bench.connectors[0]
    connector.offset_ms = -DAY
    bench.engine.exchange_once()
    assert bench.status().last_good_at == bench.inner.now() - DAY
    assert bench.cache.sync_state("county").last_good_at == bench.inner.now() - DAY
    assert bench.status().freshness(bench.clock.now()) is Freshness.FRESH


def laid_over(bench: Bench) -> list[str]:
    standing = PendingOverlay(bench.cache, bench.outbox, bench.engine.statuses, bench.clock)
    assert standing.on(a_command().target) == standing.records()
    return [record.command.key for record in standing.records()]


@pytest.mark.parametrize("offset_ms", [-DAY, DAY])
def test_an_accepted_command_lies_over_its_row_until_a_pull_whatever_the_clock_here(
    bench: Bench, offset_ms: int
):
    connector, command = bench.connectors[0], a_command()
    connector.pulls = [[REFUSED]]
    bench.outbox.append(command, bench.clock.now())
    bench.engine.exchange_once()
    assert laid_over(bench) == [command.key]
    bench.engine = bench.open()
    assert laid_over(bench) == [command.key]
    connector.offset_ms = offset_ms
    bench.engine.exchange_once()
    assert laid_over(bench) == []


def test_a_pull_that_began_before_the_answer_does_not_tell_the_outcome(bench: Bench):
    connector, command = bench.connectors[0], a_command()

    def pull(state, plan=None):
        bench.outbox.append(command, bench.clock.now())
        yield a_batch(an_incident())

    pull_nothing, connector.pull = connector.pull, pull
    bench.engine.exchange_once()
    assert bench.outbox.record(command.key).state.is_final
    assert laid_over(bench) == [command.key]
    connector.pull = pull_nothing
    bench.engine.exchange_once()
    assert laid_over(bench) == []


def test_who_proves_nothing_tells_no_outcome(bench: Bench):
    connector, command = bench.connectors[0], a_command()
    bench.outbox.append(command, bench.clock.now())
    bench.inner.advance(MINUTE)
    connector.pulls = [[a_batch(is_proven=False)]]
    bench.engine.exchange_once()
    assert laid_over(bench) == [command.key], "a portal says that there is nothing new"
    bench.engine.exchange_once()
    assert laid_over(bench) == []


def test_a_snapshot_made_before_the_answer_does_not_tell_the_outcome(bench: Bench):
    connector, command = bench.connectors[0], a_command()
    bench.outbox.append(command, bench.clock.now())
    piece = Staged("/v1/snapshot/all/1", '"tag"', b"piece")
    failing = SourceError(Problem("timed_out"))
    connector.pulls = [[a_batch(staged=piece), a_batch(an_incident())], [failing]]
    bench.engine.exchange_once()
    assert connector.pulls == [], "what came since is asked for at once"
    assert laid_over(bench) == [command.key]
    bench.engine.exchange_once()
    assert laid_over(bench) == []


def test_no_new_command_is_too_old_by_a_clock_the_server_corrects_in_the_same_exchange(
    bench: Bench,
):
    connector, command = bench.connectors[0], a_command()
    bench.outbox.append(command, bench.clock.now())
    bench.outbox.offering([command.key], bench.clock.now())
    bench.outbox.bind("county", Binding(server="s1", keys_kept_s=400 * 86_400))
    bench.inner.at += 1_000 * DAY
    connector.offset_ms = -1_000 * DAY
    bench.engine.exchange_once()
    assert bench.outbox.record(command.key).state is CommandState.ACCEPTED


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_clock_that_jumps_makes_no_dead_source_fresh(bench: Bench, jump: int):
    bench.engine.exchange_once()
    bench.inner.at += jump
    bench.clock.now()
    bench.inner.advance(MINUTE)
    assert bench.status().freshness(bench.clock.now()) is Freshness.STALE


def test_commands_are_kept_back_as_long_as_the_server_asked_while_rows_go_on(bench: Bench):
    connector = bench.connectors[0]
    bench.outbox.append(a_command(), bench.clock.now())
    connector.send_error = SourceError(Problem("server_busy"), retry_after_s=60.0)
    bench.engine.exchange_once()
    connector.send_error = None
    bench.inner.advance(59 * SECOND)
    bench.engine.exchange_once()
    assert (len(connector.sent), len(connector.asked)) == (1, 2)
    bench.inner.advance(8 * SECOND)
    bench.engine.exchange_once()
    assert len(connector.sent) == 2


def test_an_officer_who_asks_ends_the_patience_a_server_asked_for(bench: Bench):
    connector = bench.connectors[0]
    connector.pulls = [[SourceError(Problem("too_many"), retry_after_s=3600.0)]]
    bench.engine.start()
    assert connector.pulled.acquire(timeout=5)
    bench.engine.sync_now()
    assert connector.pulled.acquire(timeout=5)
    bench.engine.close()


def test_what_the_probe_found_stays_in_the_status_through_success_and_failure(bench: Bench):
    assert bench.status().found is None
    found = ProbeResult("Scripted 1", frozenset({Collection.ASSETS}), {Collection.ASSETS: 7}, 40)
    bench.connectors[0].found = found
    bench.engine.exchange_once()
    assert bench.status().found == found
    bench.connectors[0].pulls = [[REFUSED]]
    bench.engine.exchange_once()
    assert bench.status().found == found


def test_what_the_probe_found_is_told_even_when_the_first_pull_fails(bench: Bench):
    bench.connectors[0].pulls = [[REFUSED]]
    bench.engine.exchange_once()
    assert bench.status().found == bench.connectors[0].found
    assert bench.status().problem == Problem("refused")


def test_rows_shown_before_all_have_come_are_told_as_a_part(bench: Bench):
    [connector] = bench.connectors
    connector.pulls = [[a_batch(an_incident()), REFUSED], [a_batch(an_incident(), token="t1")]]
    bench.engine.exchange_once()
    assert bench.status().partial
    assert bench.status().never_seen
    bench.engine.exchange_once()
    assert not bench.status().partial


def test_a_source_of_which_one_half_has_spoken_is_told_as_a_part_after_a_restart_too(
    bench: Bench,
):
    [connector] = bench.connectors
    connector.pulls = [[a_batch(an_incident(), token="half"), REFUSED]]
    bench.engine.exchange_once()
    assert bench.open().statuses()[0].partial


def test_a_download_broken_off_is_told_as_a_part_after_a_restart_too(bench: Bench):
    piece = Staged("/v1/snapshot/all/1", '"tag"', b"piece")
    bench.cache.apply(a_batch(an_incident(), staged=piece))
    assert bench.open().statuses()[0].partial


def test_a_download_says_how_far_it_is_and_its_end_leaves_nothing_of_it(bench: Bench):
    half = Progress(30, 60, 0.5)
    seen: list[tuple[bool, Progress | None]] = []

    def pieces() -> Iterator[Batch]:
        yield a_batch(an_incident(), progress=half)
        seen.append((bench.status().awaited, bench.status().progress))
        yield a_batch(token="1", complete=frozenset({Collection.INCIDENTS}))

    assert (bench.status().awaited, bench.status().progress) == (True, None)
    bench.connectors[0].pulls = [pieces(), [a_batch(progress=half), REFUSED]]
    bench.engine.exchange_once()
    assert seen == [(True, half)]
    assert any(changed.sources for changed in bench.heard)
    assert (bench.status().awaited, bench.status().progress) == (False, None)
    bench.engine.exchange_once()
    assert (bench.status().problem, bench.status().progress) == (Problem("refused"), None)

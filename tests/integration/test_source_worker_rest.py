"""How long a lane rests, and what ends the rest: driven by a clock, without threads."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import SourceError
from desktop.application.sync.poll_backoff import LATER, LONGEST_RETRY_S
from desktop.application.sync.rest import HINT_GAP_S, Calls, Contact, Rest, due_in_s
from desktop.application.sync.source_worker import SPREAD_S, SourceWorker
from desktop.domain.source import Problem
from support.builders import FakeClock, a_batch, a_command, an_incident
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores

BUSY = Problem("server_busy")
POLLED = Contact(polled_s=0.0)


class Bench:
    """A lane, and the clock that drives it."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.connector = ScriptedConnector()
        self.lane = SourceWorker(
            *(source_of(self.connector), self.stores.cache, self.stores.outbox, self.clock),
            *(random.Random(seed), lambda changed: None),
        )

    def busy(self, asked_s: float, times: int = 1) -> None:
        """The next pulls are answered with a wish for patience."""
        error = SourceError(BUSY, retry_after_s=asked_s)
        self.connector.pulls += [[error] for _ in range(times)]

    def wait(self, seconds: float) -> None:
        self.clock.advance(round(seconds * 1000))

    def give(self) -> None:
        """The officer gives a command."""
        self.stores.outbox.append(a_command(), self.clock.now())
        self.lane.sync_now()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.lane.close()
    made.stores.close()


def test_the_next_turn_is_due_when_the_rest_is_over_and_not_sooner(bench: Bench):
    rest = bench.lane.run_once()
    assert bench.lane.due_in_s(rest) == pytest.approx(rest.wait_s)
    bench.wait(rest.wait_s - 0.01)
    assert bench.lane.due_in_s(rest) > 0.0
    bench.wait(0.02)
    assert bench.lane.due_in_s(rest) == 0.0


def test_a_turn_that_fails_is_told_in_the_status_and_rests_too(bench: Bench):
    bench.connector.pulls = [[SourceError(Problem("refused"))]]
    rest = bench.lane.run_once()
    assert bench.lane.status.problem == Problem("refused")
    assert rest.wait_s > 0.0
    assert not rest.patient


def test_a_hint_calls_for_a_turn_at_once_but_not_where_the_server_asked_for_patience(bench: Bench):
    rest = bench.lane.run_once()
    bench.lane.hint()
    assert bench.lane.due_in_s(rest) == 0.0
    bench.busy(600.0)
    rest = bench.lane.run_once()
    assert rest.patient
    bench.lane.hint()
    assert bench.lane.due_in_s(rest) >= 600.0


def test_a_further_hint_waits_a_moment_but_not_the_first_nor_an_officer(bench: Bench):
    bench.lane.hint()
    rest = bench.lane.run_once()
    bench.wait(0.1)
    bench.lane.hint()
    assert bench.lane.due_in_s(rest) == pytest.approx(HINT_GAP_S - 0.1), "soon, but not at once"
    bench.wait(HINT_GAP_S - 0.1)
    assert bench.lane.due_in_s(rest) == 0.0
    rest = bench.lane.run_once()
    bench.lane.hint()
    bench.give()
    assert bench.lane.due_in_s(rest) == 0.0, "an officer's command waits for no gap"
    bench.lane.run_once()
    bench.wait(HINT_GAP_S)
    rest = bench.lane.run_once()
    bench.lane.hint()
    assert bench.lane.due_in_s(rest) == 0.0, "the first since an exchange that no hint called for"


def test_a_server_that_hints_at_every_row_costs_an_exchange_in_each_gap(bench: Bench):
    turns, rest = 0, bench.lane.run_once()
    for _ in range(100):
        bench.wait(0.05)
        bench.lane.hint()
        if bench.lane.due_in_s(rest) == 0.0:
            turns, rest = turns + 1, bench.lane.run_once()
    assert turns == pytest.approx(100 * 0.05 / HINT_GAP_S, abs=1)


def test_a_change_that_was_hinted_at_calls_for_no_hasty_poll_and_one_that_a_poll_found_does(
    bench: Bench,
):
    for _ in range(4):
        quiet = bench.lane.run_once()
    for number in range(3):
        bench.connector.pulls = [[a_batch(an_incident(id=f"h{number}"))]]
        bench.lane.hint()
        hinted = bench.lane.run_once()
        bench.wait(HINT_GAP_S)
    assert hinted.wait_s == pytest.approx(quiet.wait_s, rel=0.05)
    bench.connector.pulls = [[a_batch(an_incident(id="found"))]]
    assert bench.lane.run_once().wait_s < quiet.wait_s / 3, "hints are late, or do not come"


def test_a_command_that_the_stream_told_of_calls_for_no_hasty_poll(bench: Bench):
    for _ in range(4):
        quiet = bench.lane.run_once()
    for number, is_told in enumerate((True, False), start=1):
        heard_s = bench.clock.monotonic_s() + 0.1 if is_told else None
        bench.connector.stream_heard_s = lambda heard_s=heard_s: heard_s
        bench.give()
        rest = bench.lane.run_once()
        assert len(bench.connector.sent) == number
        assert (rest.wait_s > quiet.wait_s / 3) == is_told


def test_a_command_a_press_of_refresh_and_another_network_end_the_patience_asked_for(bench: Bench):
    bench.busy(3600.0, times=3)
    for call, within_s in ((bench.give, 0), (bench.lane.sync_now, 0), (bench.lane.reset, SPREAD_S)):
        rest = bench.lane.run_once()
        assert bench.lane.due_in_s(rest) >= 3600.0
        call()
        assert bench.lane.due_in_s(rest) <= within_s
    bench.lane.run_once()
    assert len(bench.stores.outbox.list_unfinished()) == 0, "it went with the turn it called for"


def test_what_came_while_the_turn_ran_calls_for_another(bench: Bench):
    def pull(state, plan=None):
        bench.lane.sync_now()
        yield from ()

    pull_nothing, bench.connector.pull = bench.connector.pull, pull
    rest = bench.lane.run_once()
    assert bench.lane.due_in_s(rest) == 0.0
    bench.connector.pull = pull_nothing
    assert bench.lane.due_in_s(bench.lane.run_once()) > 0.0


def test_an_ended_patience_is_longer_the_next_time_however_little_was_asked(bench: Bench):
    bench.busy(1.0, times=12)
    waits = []
    for _ in range(12):
        waits.append(bench.lane.run_once().wait_s)
        bench.lane.sync_now()
    assert waits[0] < waits[4] < waits[8]
    assert LONGEST_RETRY_S / 2 <= waits[-1] <= LONGEST_RETRY_S


def test_desks_told_the_same_time_do_not_return_in_step_nor_sooner(tmp_path: Path):
    rests = []
    for seed in range(20):
        bench = Bench(tmp_path / str(seed), seed)
        bench.busy(50.0)
        rests.append(bench.lane.run_once().wait_s)
        bench.lane.close()
        bench.stores.close()
    assert len(set(rests)) == 20
    assert min(rests) >= 50.0
    assert max(rests) <= 50.0 * LATER


def test_desks_that_change_their_network_together_do_not_return_in_step(tmp_path: Path):
    returns = set()
    for seed in range(20):
        bench = Bench(tmp_path / str(seed), seed)
        bench.busy(50.0)
        rest = bench.lane.run_once()
        bench.lane.reset()
        returns.add(bench.lane.due_in_s(rest))
        bench.lane.close()
        bench.stores.close()
    assert len(returns) == 20


def kept_back(bench: Bench, asked_s: float) -> None:
    """The server still gives rows but no longer takes commands."""
    bench.connector.send_error = SourceError(BUSY, retry_after_s=asked_s)
    bench.give()
    bench.lane.run_once()
    assert len(bench.connector.sent) == 1


def kept_for_s(bench: Bench, step_s: float) -> float:
    """How long it is until the commands are offered again, by a look each step."""
    began_s, sent = bench.clock.elapsed_s, len(bench.connector.sent)
    while len(bench.connector.sent) == sent:
        bench.wait(step_s)
        bench.lane.run_once()
    return bench.clock.elapsed_s - began_s


@pytest.mark.parametrize("what", ["give", "sync_now", "reset"])
def test_commands_kept_back_go_as_soon_as_the_officer_or_the_network_calls(bench: Bench, what: str):
    kept_back(bench, 3600.0)
    bench.connector.send_error = None
    bench.lane.hint()
    bench.lane.run_once()
    assert len(bench.connector.sent) == 1, "a hint is no call"
    {"give": bench.give, "sync_now": bench.lane.sync_now, "reset": bench.lane.reset}[what]()
    bench.lane.run_once()
    assert len(bench.connector.sent) == 2
    assert not bench.stores.outbox.list_unfinished()


def test_commands_kept_back_again_and_again_wait_longer_each_time(bench: Bench):
    kept_back(bench, 1.0)
    waits = [kept_for_s(bench, 0.5) for _ in range(8)]
    assert waits[0] < waits[3] < waits[6]
    bench.connector.send_error = None
    bench.lane.sync_now()
    bench.lane.run_once()
    kept = SourceError(BUSY, retry_after_s=1.0)
    bench.connector.send_error = kept
    bench.give()
    bench.lane.run_once()
    assert kept_for_s(bench, 0.01) <= LATER + 0.01, "a success ends the growth"


def test_a_server_that_wants_a_new_session_each_time_is_asked_ever_more_seldom(bench: Bench):
    bench.give()
    bench.connector.send_error = SourceError(Problem("epoch_changed"), retry_after_s=0.0)
    waits = [bench.lane.run_once().wait_s for _ in range(4)]
    assert [round(wait_s) for wait_s in waits] == [2, 4, 7, 7], "as often as when nothing changes"


def test_the_turn_after_a_keeping_back_comes_when_it_is_over(bench: Bench):
    kept_back(bench, 3.0)
    bench.connector.send_error = None
    bench.lane.sync_now()
    bench.connector.send_error = SourceError(BUSY, retry_after_s=3.0)
    rest = bench.lane.run_once()
    assert not rest.patient, "rows go on: a hint brings them"
    sent = len(bench.connector.sent)
    bench.wait(rest.wait_s - 0.01)
    bench.lane.run_once()
    assert len(bench.connector.sent) == sent
    bench.wait(0.02)
    bench.lane.run_once()
    assert len(bench.connector.sent) == sent + 1


def test_a_closed_lane_is_always_due(bench: Bench):
    rest = bench.lane.run_once()
    bench.lane.close()
    assert bench.lane.due_in_s(rest) == 0.0


@pytest.mark.parametrize(
    ("calls", "contact", "patient", "left_s"),
    [
        (Calls(), POLLED, False, 6.0),
        (Calls(at_s=1.0), POLLED, False, 0.0),
        (Calls(at_s=1.0), POLLED, True, 0.0),
        (Calls(at_s=6.0), POLLED, True, 2.0),
        (Calls(hinted=True), POLLED, False, 0.0),
        (Calls(hinted=True), POLLED, True, 6.0),
        (Calls(hinted=True), Contact(0.0, 3.0), False, 0.0),
        (Calls(), Contact(0.0, 3.0), False, 6.0),
        (Calls(), Contact(0.0, 3.0), True, 6.0),
    ],
)
def test_the_decision_of_a_rest_of_ten_seconds_after_four(
    calls: Calls, contact: Contact, patient: bool, left_s: float
):
    assert due_in_s(Rest(0.0, 10.0, patient), calls, contact, 4.0) == pytest.approx(left_s)


@pytest.mark.parametrize(
    ("calls", "wait_s", "left_s"),
    [
        (Calls(hinted=True), 10.0, 0.2),
        (Calls(hinted=True), 4.1, 0.1),
        (Calls(hinted=True, at_s=4.05), 10.0, 0.05),
        (Calls(hinted=True, at_s=1.0), 10.0, 0.0),
        (Calls(), 10.0, 6.0),
    ],
)
def test_the_decision_of_a_rest_that_hints_end_from_a_moment_on(
    calls: Calls, wait_s: float, left_s: float
):
    rest = Rest(0.0, wait_s, hints_from_s=4.2)
    assert due_in_s(rest, calls, POLLED, 4.0) == pytest.approx(left_s)


@pytest.mark.parametrize(
    ("contact", "patient", "left_s"),
    [
        (Contact(0.0, 7.0), False, 5.0),
        (Contact(0.0, 7.0), True, 0.0),
        (Contact(0.0, 0.0), False, 0.0),
        (Contact(None, 7.0), False, 0.0),
        (Contact(0.0, 7.0, failing=True), False, 0.0),
    ],
)
def test_the_decision_of_a_rest_of_ten_seconds_after_twelve(
    contact: Contact, patient: bool, left_s: float
):
    assert due_in_s(Rest(0.0, 10.0, patient), Calls(), contact, 12.0) == pytest.approx(left_s)

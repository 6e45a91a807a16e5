"""One exchange with one source: what goes out, what comes in, what survives a failure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from desktop.application.ports import IncidentFilter, SourceError
from desktop.application.sync.exchange_planner import SEND_AT_MOST
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.instant import SECOND
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult, Problem, Staged
from support.builders import a_batch, a_command, an_asset, an_incident
from support.exchange_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


def test_every_batch_is_applied_in_order_and_counted(bench: Bench):
    bench.connector.pulls = [
        [a_batch(an_incident()), a_batch(an_asset(), token="t2", epoch="e")],
    ]
    done = bench.exchange()
    assert done.changed == {Collection.INCIDENTS, Collection.ASSETS}
    assert done.rows == 2
    assert bench.cache.sync_state("county").token == "t2"
    assert bench.cache.sync_state("county").last_good_at == bench.clock.now()


def test_a_contact_a_moment_later_costs_no_write_and_none_is_stored_that_was_not(bench: Bench):
    first_at = bench.clock.now()
    for passed_s, stored_at in ((0, first_at), (4, first_at), (1, first_at + 5_000)):
        bench.clock.advance(passed_s * SECOND)
        bench.connector.pulls = [[a_batch(token="t")]]
        bench.exchange()
        assert bench.cache.sync_state("county").last_good_at == stored_at


def test_a_contact_a_moment_after_a_failure_is_stored_and_ends_it(bench: Bench):
    for passed_s in (0, 1):
        bench.clock.advance(passed_s * SECOND)
        bench.connector.pulls = [[a_batch(token="t")]]
        bench.exchange()
        assert bench.cache.failure("county") is None
        bench.cache.mark_failed("county", bench.clock.now(), Problem("x"))


def test_a_pull_that_breaks_keeps_what_came_and_moves_no_token(bench: Bench):
    cut = SourceError(Problem("cut_short"))
    bench.connector.pulls = [[a_batch(an_incident()), cut]]
    with pytest.raises(SourceError):
        bench.exchange()
    assert len(bench.cache.incident_numbers(IncidentFilter())) == 1
    state = bench.cache.sync_state("county")
    assert (state.token, state.last_good_at) == (None, None)


def test_commands_go_out_in_order_in_groups_and_each_takes_its_own_answer(bench: Bench):
    commands = [a_command() for _ in range(SEND_AT_MOST + 3)]
    for command in commands:
        bench.outbox.append(command, bench.clock.now())
    refused = commands[2].key
    bench.connector.answer = lambda r: CommandResult(
        r.command.key,
        CommandState.REJECTED if r.command.key == refused else CommandState.ACCEPTED,
        Text("不予受理"),
    )
    bench.exchange()
    assert [len(group) for group in bench.connector.sent] == [SEND_AT_MOST, 3]
    assert [k for group in bench.connector.sent for k in group] == [c.key for c in commands]
    assert bench.states().count(CommandState.ACCEPTED) == SEND_AT_MOST + 2
    assert bench.states()[2] is CommandState.REJECTED


def test_a_command_without_an_answer_is_sent_not_accepted_and_is_offered_again(bench: Bench):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.answer = lambda record: None
    bench.exchange()
    assert bench.states() == [CommandState.SENT]
    bench.exchange()
    first, second = bench.connector.sent
    assert first == second


def test_an_expired_login_holds_commands_and_still_pulls(bench: Bench):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.send_error = SourceError(Problem("login_expired"), held=True)
    bench.connector.pulls = [[a_batch(an_asset())]]
    done = bench.exchange()
    assert bench.states() == [CommandState.HELD]
    assert done.unsent == Problem("login_expired")
    assert done.changed == {Collection.ASSETS, Collection.INCIDENTS}
    bench.connector.send_error = None
    bench.exchange()
    assert bench.states() == [CommandState.ACCEPTED]


def test_an_accepted_command_is_never_offered_again(bench: Bench):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.exchange()
    bench.exchange()
    assert len(bench.connector.sent) == 1


def test_commands_for_another_source_stay(bench: Bench):
    elsewhere = a_command(target=Key("other", Collection.INCIDENTS, "I1"))
    bench.outbox.append(elsewhere, bench.clock.now())
    bench.exchange()
    assert bench.connector.sent == []


def test_a_silent_answer_keeps_back_later_commands_on_its_target_and_on_no_other(bench: Bench):
    here, there = (Key("county", Collection.INCIDENTS, name) for name in ("I1", "I2"))
    first = a_command(target=here)
    fill = [a_command(target=there) for _ in range(SEND_AT_MOST - 1)]
    later, other = a_command(target=here), a_command(target=there)
    for command in (first, *fill, later, other):
        bench.outbox.append(command, bench.clock.now())
    accepted = bench.connector.answer
    bench.connector.answer = lambda r: None if r.command.key == first.key else accepted(r)
    bench.exchange()
    assert [key for group in bench.connector.sent for key in group] == [
        first.key,
        *(command.key for command in fill),
        other.key,
    ]
    assert bench.states()[-2:] == [CommandState.STORED, CommandState.ACCEPTED]
    bench.connector.answer = accepted
    bench.exchange()
    assert bench.connector.sent[-1] == (first.key, later.key)


def test_a_send_that_breaks_off_keeps_its_answers_and_shows_the_rest_as_sent(bench: Bench):
    first, second, third = (a_command() for _ in range(3))
    for command in (first, second, third):
        bench.outbox.append(command, bench.clock.now())
    bench.connector.send_error = SourceError(
        Problem("cut_short"), answers=[CommandResult(first.key, CommandState.ACCEPTED)]
    )
    assert bench.exchange().answered == 1
    assert bench.states() == [CommandState.ACCEPTED, CommandState.SENT, CommandState.SENT]


def test_a_login_that_expires_in_mid_queue_holds_what_has_no_answer(bench: Bench):
    first, second = a_command(), a_command()
    for command in (first, second):
        bench.outbox.append(command, bench.clock.now())
    bench.connector.send_error = SourceError(
        Problem("login_expired"),
        held=True,
        answers=[CommandResult(first.key, CommandState.ACCEPTED)],
    )
    bench.exchange()
    assert bench.states() == [CommandState.ACCEPTED, CommandState.HELD]


def test_what_the_platform_has_received_is_never_shown_as_less(bench: Bench):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.answer = lambda r: CommandResult(r.command.key, CommandState.RECEIVED)
    bench.exchange()
    bench.connector.send_error = SourceError(Problem("login_expired"), held=True)
    bench.exchange()
    bench.connector.send_error = None
    bench.connector.answer = lambda r: None
    bench.exchange()
    assert bench.states() == [CommandState.RECEIVED]


def test_a_command_is_marked_as_offered_on_the_disk_before_its_bytes_leave(bench: Bench):
    command = a_command()
    bench.outbox.append(command, bench.clock.now())
    seen: list[bool] = []

    def look(record):
        seen.append(bench.outbox.record(command.key).offered)
        return CommandResult(command.key, CommandState.ACCEPTED)

    bench.connector.answer = look
    bench.exchange()
    assert seen == [True]


def test_a_command_taken_back_while_the_server_is_met_does_not_leave(bench: Bench):
    kept, withdrawn = a_command(), a_command()
    for command in (withdrawn, kept):
        bench.outbox.append(command, bench.clock.now())

    def epoch():
        bench.outbox.cancel(withdrawn.key, bench.clock.now())

    bench.connector.epoch = epoch
    bench.exchange()
    assert bench.connector.sent == [(kept.key,)]
    assert bench.states() == [CommandState.CANCELLED, CommandState.ACCEPTED]


def test_a_command_given_during_a_long_pull_goes_out_before_the_next_batch(bench: Bench):
    order: list[str] = []
    late = a_command()

    def pull(state, plan=None):
        order.append("first")
        yield a_batch(an_incident())
        order.append("second")
        yield a_batch(an_asset())

    def heard(record):
        order.append("command")
        return CommandResult(record.command.key, CommandState.ACCEPTED)

    bench.connector.pull = pull
    bench.connector.answer = heard
    given = iter([lambda: bench.outbox.append(late, bench.clock.now())])
    bench.exchange(on_changed=lambda changed: next(given, lambda: None)())
    assert order == ["first", "command", "second"]


def test_a_new_epoch_queues_accepted_commands_again_under_their_keys(bench: Bench):
    bench.connector.pulls = [[a_batch(an_incident(), token="t1", epoch="e1")]]
    bench.exchange()
    command = a_command()
    bench.outbox.append(command, bench.clock.now())
    bench.exchange()
    bench.connector.pulls = [[a_batch(an_incident(), token="t2", epoch="e2")]]
    bench.exchange()
    assert bench.connector.sent == [(command.key,), (command.key,)]
    assert bench.states() == [CommandState.ACCEPTED]


def test_what_the_server_keeps_for_good_is_retired_and_never_offered_again(bench: Bench):
    bench.connector.pulls = [[a_batch(an_incident(), token="t1", epoch="e1")]]
    bench.exchange()
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.answer = lambda r: CommandResult(
        r.command.key, CommandState.ACCEPTED, durable=True
    )
    bench.exchange()
    bench.connector.pulls = [[a_batch(an_incident(), token="t2", epoch="e2")]]
    bench.exchange()
    assert len(bench.connector.sent) == 1


def test_an_older_command_is_retired_once_its_state_is_asked(bench: Bench):
    command = a_command()
    bench.outbox.append(command, bench.clock.now())
    asked: list[list[str]] = []

    def states(keys):
        asked.append(list(keys))
        return [CommandResult(key, CommandState.ACCEPTED, durable=True) for key in keys]

    bench.connector.states = states
    bench.exchange()
    assert asked == [[command.key]]
    assert bench.outbox.to_retire("county", 10) == []
    bench.exchange()
    assert len(asked) == 1


def test_states_are_asked_ever_more_seldom_while_nothing_is_durable(bench: Bench):
    bench.outbox.append(a_command(), bench.clock.now())
    asked: list[float] = []
    bench.connector.states = lambda keys: asked.append(bench.clock.elapsed_s) or []
    memory = WorkerState()
    for _ in range(24 * 60):
        bench.exchange(memory=memory)
        bench.clock.advance(60_000)
    waits = [later - earlier for earlier, later in pairwise(asked)]
    assert waits[-1] >= 3600.0
    assert len(asked) < 40


def test_a_server_that_wants_a_new_session_each_time_counts_as_failing(bench: Bench):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.send_error = SourceError(Problem("epoch_changed"), retry_after_s=0.0)
    memory = WorkerState()
    for count in (1, 2):
        bench.exchange(memory=memory)
        assert memory.send_failures == count
    bench.connector.send_error = None
    bench.exchange(memory=memory)
    assert memory.send_failures == 0


def test_poison_keeps_no_other_command_waiting_for_ever(bench: Bench):
    poison, *others = [
        a_command(target=Key("county", Collection.INCIDENTS, f"I{n}")) for n in range(6)
    ]
    for command in (poison, *others):
        bench.outbox.append(command, bench.clock.now())
    send = bench.connector.send

    def breaks(records):
        if poison.key in [r.command.key for r in records]:
            raise SourceError(Problem("server_error"))
        return send(records)

    bench.connector.send = breaks
    memory = WorkerState()
    for _ in range(8):
        bench.exchange(memory=memory)
    assert bench.states() == [CommandState.SENT, *[CommandState.ACCEPTED] * 5]


def test_a_command_that_breaks_the_connector_stops_no_rows(bench: Bench, caplog):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.answer = lambda record: 1 // 0
    bench.connector.pulls = [[a_batch(an_asset())]]
    with caplog.at_level("CRITICAL", logger="desktop.application.sync.command_sender"):
        done = bench.exchange()
    assert done.rows == 1
    assert done.unsent == Problem("internal_error", {"what": "ZeroDivisionError"})
    assert bench.states() == [CommandState.STORED]


def test_what_came_since_a_snapshot_was_made_is_asked_for_at_once_but_not_for_ever(bench: Bench):
    memory = WorkerState()
    snapshot = a_batch(an_asset(), staged=Staged("r", "t", b"x"))
    bench.connector.pulls = [[snapshot], [snapshot], [a_batch()], [snapshot]]
    again = [bench.exchange(memory=memory).again for _ in range(4)]
    assert again == [True, False, False, True]


class Astray:
    """A cache that stays astray whatever is done, until `mended`."""

    def __init__(self, cache) -> None:
        self.cache, self.mended, self.forgotten = cache, False, 0

    def __getattr__(self, name):
        return getattr(self.cache, name)

    def sync_state(self, source):
        state = self.cache.sync_state(source)
        return msgspec.structs.replace(state, diverged=not self.mended, token="t")

    def forget_token(self, source):
        self.forgotten += 1
        self.cache.forget_token(source)


def test_rows_astray_are_repaired_and_after_two_repairs_in_vain_fetched_anew(bench: Bench):
    bench.cache = Astray(bench.cache)
    repairs: list[int] = []
    bench.connector.repair = lambda sums: iter(repairs.append(len(sums)) or ())
    memory = WorkerState()
    run = partial(bench.exchange, memory=memory)
    assert not run().again
    assert bench.cache.forgotten == 0
    assert run().again
    assert (repairs, bench.cache.forgotten) == ([256, 256], 1)
    for _ in range(20):
        run()
    assert bench.cache.forgotten == 1, "a wrong sum must not cost a snapshot each time"
    bench.clock.advance(3_600_000)
    run()
    run()
    assert bench.cache.forgotten == 2


def test_a_source_whose_repairs_always_fail_is_fetched_anew_after_two(bench: Bench):
    bench.cache = Astray(bench.cache)
    failure = SourceError(Problem("server_error"))

    def repair(sums):
        raise failure

    bench.connector.repair = repair
    memory = WorkerState()
    run = partial(bench.exchange, memory=memory)
    assert [run().again, run().again] == [False, True]
    for _ in range(20):
        run()
    assert bench.cache.forgotten == 1, "a broken repair must not cost a snapshot each time"
    bench.clock.advance(3_600_000)
    failure = SourceError(Problem("too_many"), retry_after_s=60.0)
    memory.confirm_rows()
    for _ in range(20):
        run()
    assert bench.cache.forgotten == 1, "a server that asks for patience is given it"


def test_a_source_without_sums_that_is_astray_is_fetched_anew_at_once(bench: Bench):
    bench.cache = Astray(bench.cache)
    assert bench.exchange().again
    assert bench.cache.forgotten == 1

"""What has been sent and not answered reads as sent; what surely has not left never does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import Cancelled, SourceError
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.source import CommandResult, Problem
from support.builders import a_command
from support.exchange_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


@pytest.mark.parametrize(
    ("left", "state"), [(True, CommandState.SENT), (False, CommandState.STORED)]
)
def test_a_lost_answer_reads_sent_and_what_reached_nobody_stays_stored(
    bench: Bench, left: bool, state: CommandState
):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.send_error = SourceError(Problem("timed_out"), may_have_left=left)
    bench.exchange()
    assert bench.states() == [state]
    bench.connector.send_error = SourceError(Problem("refused"), may_have_left=False)
    bench.exchange()
    assert bench.states() == [state], "what was sent once is not unsent by a failure after it"


@pytest.mark.parametrize(
    ("left", "state"), [(True, CommandState.SENT), (False, CommandState.STORED)]
)
def test_a_send_called_off_reads_sent_only_where_something_had_left(
    bench: Bench, left: bool, state: CommandState
):
    bench.outbox.append(a_command(), bench.clock.now())

    def call_off(records):
        raise Cancelled(may_have_left=left)

    bench.connector.send = call_off
    with pytest.raises(Cancelled):
        bench.exchange()
    assert bench.states() == [state]


def test_of_commands_sent_one_by_one_those_that_surely_stayed_read_stored(bench: Bench):
    first, second, third = (
        a_command(target=Key("county", Collection.INCIDENTS, f"I{n}")) for n in range(3)
    )
    for command in (first, second, third):
        bench.outbox.append(command, bench.clock.now())
    stayed = CommandResult(third.key, CommandState.STORED)
    bench.connector.send_error = SourceError(
        Problem("timed_out"), answers=[CommandResult(first.key, CommandState.ACCEPTED), stayed]
    )
    assert bench.exchange().answered == 1
    assert bench.states() == [CommandState.ACCEPTED, CommandState.SENT, CommandState.STORED]
    bench.connector.send_error = None
    bench.connector.answer = lambda r: stayed if r.command.key == third.key else None
    assert bench.exchange().answered == 0
    assert bench.states() == [CommandState.ACCEPTED, CommandState.SENT, CommandState.STORED]

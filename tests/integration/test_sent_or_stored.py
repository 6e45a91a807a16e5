"""What has been sent and not answered reads as sent; what surely has not left never does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.application.ports import Cancelled, SourceError
from desktop.domain.command import Collection, Key, Receipt
from desktop.domain.source import Answer, Problem
from fakes.builders import a_command
from fakes.exchange_bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


@pytest.mark.parametrize(("left", "receipt"), [(True, Receipt.SENT), (False, Receipt.STORED)])
def test_a_lost_answer_reads_sent_and_what_reached_nobody_stays_stored(
    bench: Bench, left: bool, receipt: Receipt
):
    bench.outbox.append(a_command(), bench.clock.now())
    bench.connector.send_error = SourceError(Problem("timed_out"), may_have_left=left)
    bench.exchange()
    assert bench.receipts() == [receipt]
    bench.connector.send_error = SourceError(Problem("refused"), may_have_left=False)
    bench.exchange()
    assert bench.receipts() == [receipt], "what was sent once is not unsent by a failure after it"


@pytest.mark.parametrize(("left", "receipt"), [(True, Receipt.SENT), (False, Receipt.STORED)])
def test_a_send_called_off_reads_sent_only_where_something_had_left(
    bench: Bench, left: bool, receipt: Receipt
):
    bench.outbox.append(a_command(), bench.clock.now())

    def call_off(records):
        raise Cancelled(may_have_left=left)

    bench.connector.send = call_off
    with pytest.raises(Cancelled):
        bench.exchange()
    assert bench.receipts() == [receipt]


def test_of_commands_sent_one_by_one_those_that_surely_stayed_read_stored(bench: Bench):
    first, second, third = (
        a_command(target=Key("county", Collection.INCIDENTS, f"I{n}")) for n in range(3)
    )
    for command in (first, second, third):
        bench.outbox.append(command, bench.clock.now())
    stayed = Answer(third.key, Receipt.STORED)
    bench.connector.send_error = SourceError(
        Problem("timed_out"), answers=[Answer(first.key, Receipt.ACCEPTED), stayed]
    )
    assert bench.exchange().answered == 1
    assert bench.receipts() == [Receipt.ACCEPTED, Receipt.SENT, Receipt.STORED]
    bench.connector.send_error = None
    bench.connector.answer = lambda r: stayed if r.command.key == third.key else None
    assert bench.exchange().answered == 0
    assert bench.receipts() == [Receipt.ACCEPTED, Receipt.SENT, Receipt.STORED]

"""Rows that come with the answers to commands: applied as a pull's last, in the same exchange."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from desktop.application.ports import PullPlan, StoreError
from desktop.application.sync.exchange_planner import SEND_AT_MOST
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.instant import SECOND
from desktop.domain.source import Batch, CommandResult, Problem, Staged, SyncState
from support.builders import a_batch, a_command, an_incident
from support.exchange_bench import Bench
from support.scripted_connector import ScriptedConnector


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.stores.close()


class Answering(ScriptedConnector):
    """Its answers bring rows, as long as it has any to bring."""

    def __init__(self) -> None:
        super().__init__()
        self.brings: list[Batch | None] = []
        self.since: list[str | None] = []
        self.paged: Callable[[], Iterator[Batch]] | None = None

    def pull(self, state: SyncState, plan: PullPlan | None = None) -> Iterator[Batch]:
        return super().pull(state, plan) if self.paged is None else self.paged()

    def may_follow(self, state: SyncState) -> bool:
        return state.token is not None

    def send_and_follow(
        self, records: Sequence[CommandRecord], state: SyncState
    ) -> tuple[list[CommandResult], Sequence[Batch]]:
        self.since.append(state.token)
        brought = self.brings.pop(0) if self.brings else None
        return self.send(records), () if brought is None else (brought,)


@pytest.fixture
def answering(bench: Bench) -> Answering:
    """The bench's source, of which a first pull has been made, with one command to send."""
    bench.connector = made = Answering()
    made.pulls = [[a_batch(an_incident(id="one"), token="t1", epoch="e")]]
    bench.exchange()
    bench.outbox.append(a_command(), bench.clock.now())
    made.asked.clear()
    return made


def test_rows_with_an_answer_are_applied_and_spare_the_pull(bench: Bench, answering: Answering):
    memory = WorkerState()
    bench.clock.advance(60 * SECOND)
    answering.brings = [a_batch(an_incident(id="two"), token="t2", epoch="e")]
    done = bench.exchange(memory=memory)
    assert answering.since == ["t1"]
    assert answering.asked == []
    assert (done.rows, done.answered) == (1, 1)
    assert memory.unconfirmed == frozenset(), "the rows have what the command did"
    state = bench.cache.sync_state("county")
    assert (state.token, state.last_good_at) == ("t2", bench.clock.now())


def test_an_answer_that_brings_nothing_leaves_the_pull_to_be_made(
    bench: Bench, answering: Answering
):
    bench.exchange()
    assert [state.token for state in answering.asked] == ["t1"]


def test_each_group_goes_on_from_what_the_answer_before_brought(bench: Bench, answering: Answering):
    for _ in range(SEND_AT_MOST):
        bench.outbox.append(a_command(), bench.clock.now())
    answering.brings = [a_batch(token="t2", epoch="e"), a_batch(token="t3", epoch="e")]
    bench.exchange()
    assert answering.since == ["t1", "t2"]
    assert answering.asked == []


def test_the_last_answer_that_brings_nothing_leaves_its_outcome_to_the_pull(
    bench: Bench, answering: Answering
):
    memory = WorkerState()
    for _ in range(SEND_AT_MOST):
        bench.outbox.append(a_command(), bench.clock.now())
    answering.brings = [a_batch(token="t2", epoch="e"), None]
    bench.exchange(memory=memory)
    assert [state.token for state in answering.asked] == ["t2"]
    assert memory.unconfirmed == frozenset()


def test_between_two_pages_of_a_pull_the_answer_goes_on_from_the_first(
    bench: Bench, answering: Answering
):
    def pages() -> Iterator[Batch]:
        answering.paged = None
        bench.outbox.append(a_command(), bench.clock.now())
        yield a_batch(token="t2", epoch="e")
        yield a_batch(token="of the past", epoch="e")

    answering.paged = pages
    bench.exchange()
    assert answering.since == ["t1", "t2"]
    assert [state.token for state in answering.asked] == ["t2"], "the pull is begun anew"
    answering.brings = [a_batch(token="t3", epoch="e")]
    answering.asked.clear()
    bench.outbox.append(a_command(), bench.clock.now())
    bench.exchange()
    assert bench.cache.sync_state("county").token == "t3"


def test_a_snapshot_under_way_goes_on_beside_commands(bench: Bench, answering: Answering):
    piece = msgspec.structs.replace(a_batch(), staged=Staged("/s", "tag", b"piece"))

    def pieces() -> Iterator[Batch]:
        bench.outbox.append(a_command(), bench.clock.now())
        yield piece
        yield piece
        yield a_batch(token="t9", epoch="e")

    answering.paged = pieces
    bench.exchange()
    assert answering.since == ["t1"]
    assert len(answering.sent) == 2
    assert bench.cache.sync_state("county").token == "t9"


def test_what_is_given_after_a_pull_may_bring_rows_too(bench: Bench, answering: Answering):
    def pages() -> Iterator[Batch]:
        yield a_batch(token="t2", epoch="e")
        bench.outbox.append(a_command(), bench.clock.now())

    answering.paged = pages
    answering.brings = [None, a_batch(token="t3", epoch="e")]
    bench.exchange()
    assert answering.since == ["t1", "t2"]
    assert bench.cache.sync_state("county").token == "t3"


def test_rows_that_cannot_be_kept_leave_the_answer_and_the_token_as_they_were(
    bench: Bench, answering: Answering, monkeypatch: pytest.MonkeyPatch
):
    answering.brings = [a_batch(an_incident(id="two"), token="t2", epoch="e")]
    with monkeypatch.context() as broken:
        broken.setattr(bench.cache, "apply", raising(StoreError(Problem("disk_full"))))
        with pytest.raises(StoreError):
            bench.exchange()
    assert bench.states() == [CommandState.ACCEPTED]
    assert bench.cache.sync_state("county").token == "t1"
    bench.exchange()
    assert [state.token for state in answering.asked] == ["t1"]


def raising(error: Exception) -> Callable[..., None]:
    def raise_it(*_given: object) -> None:
        raise error

    return raise_it

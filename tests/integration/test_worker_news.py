"""A worker announces what is new, and nothing when nothing is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from desktop.application.ports import SourceError
from desktop.application.sync.source_worker import SourceWorker
from desktop.application.sync.worker_state import WorkerState
from desktop.domain.changes import Changes
from desktop.domain.command import Collection, CommandState, Key
from desktop.domain.instant import HOUR, SECOND
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem, SourceStatus
from support.builders import FakeClock, a_batch, a_command, an_asset, an_incident
from support.sample_board import a_status
from support.scripted_connector import ScriptedConnector, source_of
from support.stores import Stores

INCIDENTS = Collection.INCIDENTS
REFUSED = SourceError(Problem("refused"))


class Bench:
    """A worker whose turns a test takes, and what it announced."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.stores = Stores(folder, self.clock)
        self.connector = ScriptedConnector()
        self.heard: list[Changes] = []
        self.worker = SourceWorker(
            *(source_of(self.connector), self.stores.cache, self.stores.outbox, self.clock),
            *(random.Random(1), self.heard.append),
        )

    def turn(self) -> list[Changes]:
        """Run one exchange; returns what was announced."""
        self.heard.clear()
        self.worker.run_once()
        self.clock.advance(SECOND)
        return list(self.heard)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.worker.close()
    made.stores.close()


def test_an_exchange_that_brought_nothing_announces_nothing(bench: Bench):
    assert bench.turn(), "the first answer is news"
    bench.connector.pulls = [[], [a_batch(token="5")]]
    assert [bench.turn() for _ in range(4)] == [[]] * 4


def test_an_exchange_that_brought_a_row_announces_that_row_and_nothing_else(bench: Bench):
    bench.turn()
    bench.connector.pulls = [[a_batch(an_incident(), an_asset())]]
    (told,) = bench.turn()
    assert told == {INCIDENTS, Collection.ASSETS}
    assert told.keys(INCIDENTS) == {Key("county", INCIDENTS, "I0001")}
    assert [told.sources, told.commands, told.files] == [False] * 3


def test_a_source_that_fails_or_comes_back_is_news_once(bench: Bench):
    bench.turn()
    bench.connector.pulls = [[REFUSED], [REFUSED], []]
    (failed,) = bench.turn()
    assert failed.sources
    assert bench.turn() == [], "it fails still"
    (back,) = bench.turn()
    assert back.sources


def test_a_source_heard_again_after_a_long_silence_is_news_though_nothing_else_changed(
    bench: Bench,
):
    bench.turn()
    bench.clock.advance(9 * HOUR)
    told = bench.turn()
    assert any(each.sources for each in told)
    assert bench.turn() == []


def test_an_answer_to_a_command_is_announced_with_the_row_it_is_on(bench: Bench):
    bench.turn()
    command = a_command()
    bench.stores.outbox.append(command, bench.clock.now())
    told = bench.turn()
    assert all(each.touches(command.target) for each in told if each.commands)
    assert any(each.commands for each in told)
    assert bench.turn() == []


def test_a_command_whose_state_changed_beside_the_exchange_is_announced_too(bench: Bench):
    command = a_command()
    bench.stores.outbox.append(command, bench.clock.now())
    for _ in range(3):
        bench.turn()
    bench.stores.outbox.set_state(
        command.key, CommandState.CONFLICT, Text("别人改了", "changed"), bench.clock.now()
    )
    told = bench.turn()
    assert [each.touches(command.target) for each in told] == [True]


def test_a_status_is_the_same_object_until_something_of_it_differs() -> None:
    memory, status = WorkerState(), a_status()

    def whole(**how: bool) -> SourceStatus:
        return memory.complete(status, **{"awaited": False, "is_older": False, **how})

    seen = whole()
    assert whole() is seen
    memory.tell(Problem("clock_slow"))
    assert whole().notices == (Problem("clock_slow"),)
    memory.expect({"K1"})
    assert whole().unconfirmed == {"K1"}
    assert whole(is_older=True).is_older
    assert whole(awaited=True).awaited is True
    assert whole() is whole()
    assert whole(is_older=False, awaited=False) == msgspec.structs.replace(
        status, notices=(Problem("clock_slow"),), unconfirmed=frozenset({"K1"})
    )

"""A server that went back without a word, by each proof, as often as it happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import pytest

from desktop.application.budget.byte_budget import ByteBudget
from desktop.application.budget.link_estimator import LinkEstimator
from desktop.application.ports import SourceError
from desktop.application.sync.worker_state import LONGEST_STATES_S, WorkerState
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.source import Batch, Binding, CommandResult, Problem
from support.builders import a_batch, a_command, an_incident
from support.exchange_bench import Bench
from support.scripted_connector import ScriptedConnector
from support.stores import Stores


class Forgetful(ScriptedConnector):
    """A county in one epoch that knows what it was told, until it is set back."""

    def __init__(self) -> None:
        super().__init__()
        self.known: set[str] = set()
        self.tells_states = True
        self.life = "e1"
        self.answer = self._accept

    def epoch(self) -> str:
        return self.life

    def states(self, keys: Sequence[str]) -> list[CommandResult]:
        return [
            CommandResult(k, CommandState.ACCEPTED)
            for k in keys
            if k in self.known and self.tells_states
        ]

    def _accept(self, record: CommandRecord) -> CommandResult:
        self.known.add(record.command.key)
        return CommandResult(record.command.key, CommandState.ACCEPTED)


class Spent(ByteBudget):
    """A day whose bytes for whatever may wait are gone."""

    def bulk_left(self) -> int:
        return 0


class Desk(Bench):
    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.county = self.connector = Forgetful()
        self.memory, self.meter = WorkerState(), None
        self.hear(a_batch(an_incident(), epoch="e1", token="1"))

    def hear(self, *batches: Batch) -> bool:
        self.county.pulls.append(list(batches))
        return self.turn()

    def turn(self) -> bool:
        return self.exchange(
            memory=self.memory, link=LinkEstimator(self.clock), meter=self.meter
        ).again

    def ask_states(self) -> None:
        """An hour later they are asked, and what they prove is acted on at once."""
        self.clock.advance(round(LONGEST_STATES_S * 1000))
        while self.turn():
            pass

    def give(self, key: str) -> None:
        self.outbox.append(a_command(key=key, at=self.clock.now()), self.clock.now())
        self.turn()

    def told(self) -> list[str]:
        return [problem.code for problem in self.memory.notices]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    yield made
    made.stores.close()


def test_each_time_it_forgets_all_it_answered_is_offered_again(desk: Desk):
    for key in ("k1", "k2"):
        desk.give(key)
    for _ in range(3):
        desk.county.known.clear()
        desk.ask_states()
        assert desk.county.known == {"k1", "k2"}
        assert desk.states() == [CommandState.ACCEPTED] * 2
        desk.ask_states()
    assert len(desk.county.sent) == 2 + 3
    assert [problem.details["count"] for problem in desk.memory.notices] == ["2"] * 3


def test_a_server_that_never_tells_states_is_offered_its_commands_again_once_only(desk: Desk):
    desk.county.tells_states = False
    desk.give("k1")
    for _ in range(5):
        desk.ask_states()
    assert desk.county.sent == [("k1",)] * 2
    assert desk.told() == ["server_went_back"]


def test_a_session_that_tells_of_a_lost_past_is_enough_although_no_row_changed(desk: Desk):
    """The connector has forgotten the epoch for it; the pull then finds nothing new."""
    desk.give("k1")
    desk.county.known.clear()
    binding = desk.outbox.binding("county")
    desk.outbox.bind("county", msgspec.structs.replace(binding, epoch=""))
    assert desk.hear(Batch("county")), "there is more to do at once"
    desk.turn()
    assert desk.county.known == {"k1"}
    assert desk.told() == ["server_went_back"]
    assert desk.outbox.binding("county").epoch == "e1"
    assert desk.county.asked[-1].token is None, "its rows are fetched anew, too"


def test_what_it_forgot_goes_out_also_when_the_day_has_no_bytes_for_its_rows(desk: Desk):
    desk.give("k1")
    desk.county.known.clear()
    desk.county.life = "e2"
    desk.meter = Spent(desk.cache, desk.clock, "Asia/Shanghai")
    desk.county.pulls.append([SourceError(Problem("budget_spent"))])
    with pytest.raises(SourceError):
        desk.turn()
    desk.turn()
    assert desk.county.known == {"k1"}


def test_a_county_that_names_no_life_is_not_asked_in_a_circle(tmp_path: Path):
    desk = Desk(tmp_path)
    desk.county.life = ""
    desk.outbox.bind("county", Binding())
    assert not desk.hear(Batch("county"))
    desk.stores.close()


def test_a_county_that_goes_on_is_offered_nothing_again(desk: Desk):
    desk.give("k1")
    for _ in range(3):
        desk.hear(Batch("county"))
        desk.ask_states()
    assert desk.county.sent == [("k1",)]
    assert desk.told() == []


@pytest.mark.parametrize("store, step", [("outbox", "offer_again"), ("cache", "outdate")])
@pytest.mark.parametrize("is_done", [False, True])
def test_cut_off_at_any_step_it_is_gone_through_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, store: str, step: str, is_done: bool
):
    desk.give("k1")
    desk.county.known.clear()
    with monkeypatch.context() as patch:
        do = getattr(getattr(desk, store), step)

        def cut_off(*args: object) -> None:
            if is_done:
                do(*args)
            raise KeyboardInterrupt

        patch.setattr(getattr(desk, store), step, cut_off)
        with pytest.raises(KeyboardInterrupt):
            desk.ask_states()
    desk.memory = WorkerState()
    desk.ask_states()
    assert desk.county.known == {"k1"}
    assert desk.states() == [CommandState.ACCEPTED]
    assert desk.outbox.binding("county").epoch == "e1"
    assert desk.county.asked[-1].token is None, "its rows are fetched anew, too"


def test_a_lost_cache_hides_no_other_life(desk: Desk, tmp_path: Path):
    desk.give("k1")
    desk.county.known.clear()
    desk.stores.close()
    for file in tmp_path.glob("cache.db*"):
        file.unlink()
    desk.stores = Stores(tmp_path, desk.clock)
    desk.cache, desk.outbox = desk.stores.cache, desk.stores.outbox
    desk.county.life = "e2"
    desk.hear(a_batch(an_incident(), epoch="e2", token="1"))
    assert desk.county.known == {"k1"}
    assert desk.states() == [CommandState.ACCEPTED]

"""How often a source is asked, what patience is owed to whom, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.budget.byte_budget import ByteBudget
from desktop.application.sync import source_worker as lane_module
from desktop.application.sync.poll_backoff import PollBackoff
from desktop.application.sync.source_worker import SourceWorker
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.http import errors
from desktop.storage.cache.store import SqliteCache
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere


@mutant("exchange repeated without cause", says=("nothing to do",))
def _restless() -> Iterator[None]:
    """A quiet source is asked each second."""
    with swapped(PollBackoff, "after_success", lambda *_, **__: 1.0):
        yield


@mutant("back-off missing", "line_down", says=(" failures",))
def _no_back_off() -> Iterator[None]:
    """A source that fails is asked again after a second, every time."""

    def longer(before: Any, self: PollBackoff, times: int, asked_s: float | None) -> float:
        return max(1.0, asked_s or 0.0)

    with swapped(PollBackoff, "_longer", longer):
        yield


@mutant("hints end the patience a server asked for", "pause", says=("and came after",))
def _hint_storms() -> Iterator[None]:
    """Fifty desks come back at each click of one officer."""

    def due_in_s(before: Any, rest: Any, *given: Any) -> float:
        return before(msgspec.structs.replace(rest, patient=False), *given)

    with swapped(lane_module, "due_in_s", due_in_s):
        yield


@mutant(
    "a server may ask for any patience",
    "pause",
    says=("at the word of", "after server_busy", "after too_many"),
)
def _endless() -> Iterator[None]:
    """Whoever says 503 silences a desk for as long as he likes."""

    def after_s(before: Any, headers: Any) -> float | None:
        said = headers.get("Retry-After", "").strip()
        return float(said) if said.isdigit() else before(headers)

    def refusal(before: Any, *given: Any, proven: bool = False) -> Any:
        return before(*given, proven=True)

    with (
        swapped(errors, "retry_after_s", after_s),
        swapped_everywhere(errors, "refusal", refusal),
    ):
        yield


@mutant("the patience a server asked for is not kept", "pause", says=("and was asked for",))
def _impatient() -> Iterator[None]:
    """A Retry-After is not read."""
    with swapped(errors, "retry_after_s", nothing):
        yield


@mutant("every poll takes the whole county", says=("is not silent",))
def _ever_whole() -> Iterator[None]:
    """A pull that went well does not keep where to go on."""

    def marked(before: Any, self: SqliteCache, source: str, *given: Any) -> None:
        before(self, source, *given)
        self.forget_token(source)

    with swapped(SqliteCache, "mark_good", marked):
        yield


@mutant("bytes are not counted", says=(" bytes and ",))
def _uncounted() -> Iterator[None]:
    """What crosses the line is not added to the day's bytes."""
    with swapped(ByteBudget, "count_request", nothing):
        yield


@mutant("the day's budget is ignored", "spend_day", says=("a day's bytes",))
def _no_budget() -> Iterator[None]:
    """Snapshots and files go on when the day's bytes are spent."""
    with swapped(ByteBudget, "bulk_left", nothing):
        yield


@mutant("a call of the officer waits for the next poll", "hurry", says=("and tried nothing",))
def _no_nudge() -> Iterator[None]:
    """A command given, or news asked for, ends no wait."""
    with swapped(SourceWorker, "sync_now", nothing):
        yield


@mutant("dead connections are used after sleep", "move", says=("a connection of another network",))
def _no_reset() -> Iterator[None]:
    """Another network, or a lid that was closed, ends no connection."""
    with swapped(CountyConnector, "reset", nothing):
        yield

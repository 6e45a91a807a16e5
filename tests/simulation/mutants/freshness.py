"""How far rows may be believed, and what is said of a source that fails."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.ports import SourceError
from desktop.application.sync import rest
from desktop.application.sync.status_keeper import StatusKeeper
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.session import CountySession
from desktop.domain import source
from desktop.domain.freshness import Freshness
from desktop.domain.source import Batch
from desktop.storage.cache.store import SqliteCache
from simulation.mutants.registry import (
    mutant,
    nothing,
    read_as,
    swapped,
    swapped_everywhere,
)


@mutant("failing pull marked good")
def _always_good() -> Iterator[None]:
    """A pull that broke off counts as one that had nothing new."""

    def pull(before: Any, self: Any, *given: Any) -> Iterator[Batch]:
        try:
            yield from before(self, *given)
        except SourceError:
            return

    with swapped(CountyConnector, "pull", pull):
        yield


@mutant("a source is fresh for ever", "line_down", "glance")
def _ever_fresh() -> Iterator[None]:
    """Whatever was heard once is called fresh."""
    with swapped(source, "judge", lambda *_: Freshness.FRESH):
        yield


@mutant("any answer proves itself over http")
def _unproven() -> Iterator[None]:
    """The mark of an answer without a body is not looked at: a portal's 204 is good, too."""
    with swapped(CountySession, "bears_mark", lambda *_: True):
        yield


@mutant("rows are as old as the exchange, not as their proof", "portal")
def _now_is_good() -> Iterator[None]:
    """An exchange that went well is dated now, whoever answered in it."""
    with swapped_everywhere(rest, "good_at", lambda _, clock, proven_s: clock.now()):
        yield


@mutant("no proof is asked for again", "cached")
def _no_doubt() -> Iterator[None]:
    """On an unencrypted line a session is never begun anew, however long nobody proved himself."""
    with swapped(CountySession, "doubt", nothing):
        yield


@mutant("a failure is told to nobody")
def _silent_failure() -> Iterator[None]:
    """A source that fails reads as it did before."""

    def note(before: Any, self: StatusKeeper, problem: Any) -> None:
        self.note()

    with swapped(StatusKeeper, "note_failure", note):
        yield


@mutant("a failure is forgotten when the program is closed", "reopen_and_look")
def _forgotten_failure() -> Iterator[None]:
    """Since when a source fails is kept in memory alone."""
    with swapped(SqliteCache, "mark_failed", nothing):
        yield


@mutant("a problem stays when it is over")
def _lasting_problem() -> Iterator[None]:
    """What went wrong once is shown until the program is closed."""

    def note(before: Any, self: StatusKeeper, **changes: Any) -> None:
        if "problem" in changes and changes["problem"] is None:
            del changes["problem"]
        before(self, **changes)

    with swapped(StatusKeeper, "note", note):
        yield


@mutant("a source that fails is called fresh within its period", "lose_network", "glance")
def _fresh_problem() -> Iterator[None]:
    """The problem of a source is not looked at where its freshness is told."""

    def freshness(before: Any, self: Any, now: int) -> Freshness:
        return before(msgspec.structs.replace(self, problem=None), now)

    with swapped(source.SourceStatus, "freshness", freshness):
        yield


@mutant("a source never heard looks calm", "lose_cache", "line_down", "glance")
def _calm() -> Iterator[None]:
    """That nothing has ever come is not told."""
    with read_as(source.SourceStatus, "never_seen", lambda *_: False):
        yield

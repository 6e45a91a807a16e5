"""Counties that went back: what was promised, what desks are told, what they offer again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.sync import exchange
from desktop.application.sync.retirement import Retirement
from desktop.connectors.county.client import CountyConnector
from desktop.connectors.county.openings import Openings
from desktop.connectors.county.session import CountySession
from desktop.county_server.commands import executor
from desktop.county_server.db import command_log, durable_mark, lineage, restores
from desktop.county_server.db.database import meta
from desktop.domain.source import Batch
from desktop.storage.outbox.store import SqliteOutbox
from simulation.mutants.registry import mutant, nothing, swapped, swapped_everywhere


@mutant("no re-offer after a server restore", "set_back", says=("the county lost it",))
def _no_reoffer() -> Iterator[None]:
    """What was accepted in another life of the data is taken as done for good."""
    with swapped(SqliteOutbox, "offer_again", lambda *_: 0):
        yield


def _same_epoch() -> Any:
    return swapped(restores, "begin_epoch", lambda _, ready: str(meta(ready, "epoch")))


def _any_mark() -> Any:
    def is_ours(before: Any, connection: Any, seen: int, mark: str) -> bool:
        return seen <= int(meta(connection, "head"))

    return swapped(lineage, "is_ours", is_ours)


def _no_proof() -> Any:
    return swapped(Retirement, "_has_gone_back", lambda *_: False)


@mutant("client-made epoch ids", "set_back", says=("the county lost it",))
def _own_epochs() -> Iterator[None]:
    """The desk names the epoch, once; the county takes whatever name it hears.

    Without names of its own a restored county's tokens look as before; that commands are
    missing from its log is not found out either: all belts are off.
    """

    def opened(before: Any, self: CountySession, **named: Any) -> Any:
        self.session = msgspec.structs.replace(before(self, **named), epoch="mine")
        return self.session

    def pull(before: Any, self: Any, *given: Any) -> Iterator[Batch]:
        for batch in before(self, *given):
            yield msgspec.structs.replace(batch, epoch=batch.epoch and "mine")

    def sender(before: Any, connection: Any, asked: Any, account: Any) -> str:
        epoch = str(meta(connection, "epoch"))
        return before(connection, msgspec.structs.replace(asked, epoch=epoch), account)

    def answers(before: Any, *given: Any) -> Any:
        return msgspec.structs.replace(before(*given), epoch="mine")

    with (
        swapped(CountySession, "open", opened),
        swapped(CountyConnector, "pull", pull),
        swapped(executor, "_sender", sender),
        swapped_everywhere(executor, "do_commands", answers),
        swapped_everywhere(executor, "command_states", answers),
        _same_epoch(), _any_mark(), _no_proof(),
    ):  # fmt: skip
        yield


@mutant("a restore is told to nobody", "set_back", says=("the county lost it",))
def _untold_restore() -> Iterator[None]:
    """An operator's restore begins no epoch.

    Tokens of before are taken for its own, and that commands are missing from the log is not
    found out: all belts are off.
    """
    with _same_epoch(), _any_mark(), _no_proof():
        yield


@mutant("an unannounced restore goes unnoticed", "set_back", says=("the county lost it",))
def _unnoticed() -> Iterator[None]:
    """What proves that the county went back under its old name is not heeded.

    By its session, by a token it never gave, by commands missing from its log: all belts are off.
    """

    def end(before: Any, self: Openings, asked: Any, session: Any, *rest: Any) -> None:
        before(self, asked, msgspec.structs.replace(session, behind=False), *rest)

    with (
        swapped(Openings, "end", end),
        swapped(Openings, "doubt_past", nothing),
        _no_proof(),
    ):
        yield


@mutant("the mark of a history is not looked at", "set_back", says=("C: ",))
def _no_mark() -> Iterator[None]:
    """A token of another history with as high a number is taken for its own.

    Sums find rows that differ: that belt is off.
    """
    with _any_mark(), swapped(exchange, "is_doubtful", lambda *_: False):
        yield


@mutant("up to when the log is whole is not heeded", "set_back", says=("the county lost it",))
def _no_set_back() -> Iterator[None]:
    """What a county promised to keep and lost is not offered again."""

    def end(before: Any, self: Openings, asked: Any, session: Any, *rest: Any) -> None:
        before(self, asked, msgspec.structs.replace(session, set_back_to=None), *rest)

    with swapped(Openings, "end", end):
        yield


@mutant("the county calls durable what no backup has", "set_back", says=("the county lost it",))
def _early_promise() -> Iterator[None]:
    """Every answer says that no restore can lose the command."""

    def found(before: Any, connection: Any, key: str) -> Any:
        known = before(connection, key)
        if known is None:
            return None
        result = msgspec.structs.replace(known.result, durable=True)
        return msgspec.structs.replace(known, result=result)

    with swapped(command_log, "find", found):
        yield


@mutant("a promise is forgotten with the data", "set_back", says=("the county lost it",))
def _no_promise() -> Iterator[None]:
    """A restore that loses what desks were told is durable needs nobody's word and tells nobody."""
    with swapped_everywhere(durable_mark, "is_kept", lambda *_: True):
        yield

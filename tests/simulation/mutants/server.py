"""The reference county's own rules: each command once, in order, for whom it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.application.sync import exchange
from desktop.connectors.county import commands as county_commands
from desktop.county_server.commands import executor
from desktop.county_server.db import command_log
from desktop.county_server.db.database import Database
from desktop.county_server.feed.changes import StoredRow
from desktop.county_server.scope import Account
from desktop.wire import level1
from simulation.mutants.registry import mutant, swapped, swapped_everywhere


@mutant("dedupe in another transaction", "burst", "queue_up", says=(" 2 times", "twice"))
def _two_transactions() -> Iterator[None]:
    """The county commits the effect first and the key after it."""
    waiting: list[tuple[Any, ...]] = []

    def keep(before: Any, connection: Any, *rest: Any) -> None:
        waiting.append(rest)

    kept = command_log.keep

    def do(before: Any, database: Any, *rest: Any) -> Any:
        waiting.clear()
        done = before(database, *rest)
        if waiting:
            with database.transaction() as transaction:
                for each in waiting:
                    if command_log.find(transaction.connection, each[0].command.key) is None:
                        kept(transaction.connection, *each)
        return done

    def find(before: Any, connection: Any, key: str) -> Any:
        known = before(connection, key)
        mine = [each for each in waiting if each[0].command.key == key]
        if known is not None or not mine:
            return known
        asked, result, _ = mine[0]
        return command_log.Known(asked.account, asked.digest, result)

    with (
        swapped(command_log, "keep", keep),
        swapped(command_log, "find", find),
        swapped_everywhere(executor, "do_commands", do),
    ):
        yield


@mutant("dedupe kept too briefly", "outlive_keys", says=(" 2 times", "twice"))
def _short_memory() -> Iterator[None]:
    """The county forgets a key after a minute."""

    def do(before: Any, database: Database, asked: level1.Commands, *rest: Any) -> Any:
        with database.transaction() as transaction:
            transaction.connection.executemany(
                "DELETE FROM commands WHERE key=? AND at < ?",
                [(each.key, int(database.time_s()) - 60) for each in asked.commands],
            )
        return before(database, asked, *rest)

    with swapped_everywhere(executor, "do_commands", do):
        yield


@mutant("no order check", "burst", "queue_up", says=("O: ",))
def _no_order() -> Iterator[None]:
    """The county does commands as they come, whether or not the one before has come.

    The desk tells them in the order of the clicks, so the two belts go together.
    """

    def shuffled(before: Any, *given: Any) -> level1.Commands:
        told = before(*given)
        seqs = [each.seq for each in told.commands]
        turned = [
            msgspec.structs.replace(each, after=None, seq=seq)
            for each, seq in zip(reversed(told.commands), seqs, strict=True)
        ]
        return msgspec.structs.replace(told, commands=tuple(turned))

    with swapped(county_commands, "wire_commands", shuffled):
        yield


@mutant("dedupe by sequence alone", "burst", "second_desk", says=("the county lost it",))
def _by_sequence() -> Iterator[None]:
    """The county knows a command by its account and sequence number."""

    def known(connection: sqlite3.Connection, account: Account, command: level1.Command) -> Any:
        found = connection.execute(
            "SELECT key FROM commands WHERE account=? AND json_extract(asked, '$.seq')=?",
            (account.name, command.seq),
        ).fetchone()
        if found is None or found[0] == command.key:
            return None
        before = command_log.find(connection, found[0])
        assert before is not None
        return msgspec.structs.replace(before.result, key=command.key)

    def do(
        before: Any, database: Database, asked: level1.Commands, account: Account, *rest: Any
    ) -> Any:
        with database.reading() as connection:
            told = {each.key: known(connection, account, each) for each in asked.commands}
        new = tuple(each for each in asked.commands if told[each.key] is None)
        done = before(database, msgspec.structs.replace(asked, commands=new), account, *rest)
        results = (*done.results, *filter(None, told.values()))
        return msgspec.structs.replace(done, results=results)

    with swapped_everywhere(executor, "do_commands", do):
        yield


@mutant(
    "a key is known without what was asked under it",
    "press_on_both",
    says=("the county did another",),
)
def _any_body() -> Iterator[None]:
    """Another command under a known key gets the first one's answer."""

    def digest(before: Any, command: Any) -> bytes:
        return b"same"

    with swapped(executor, "digest", digest):
        yield


@mutant("no fencing", "clone", "lose_answer", "ghost", "burst", says=("under a session of before",))
def _no_fence() -> Iterator[None]:
    """The county takes requests of sessions that a newer one has replaced."""

    def sender(before: Any, connection: sqlite3.Connection, asked: Any, account: Any) -> str:
        if asked.client:
            return str(asked.client)
        found = connection.execute(
            "SELECT client FROM clients WHERE account=? ORDER BY fence >= ? DESC, fence",
            (account.name, asked.fence),
        ).fetchone()
        return before(connection, asked, account) if found is None else str(found[0])

    with swapped(executor, "_sender", sender):
        yield


@mutant("every account sees every township", "narrow", says=("may not see", "rows that are gone"))
def _all_seeing() -> Iterator[None]:
    """Rows are told to whoever asks."""
    with swapped(Account, "sees", lambda *_: True):
        yield


@mutant("deletions are told to nobody", "mass_deletion", says=("rows that are gone",))
def _untold_deletes() -> Iterator[None]:
    """A row that is gone, or has left a scope, is not told to who may have it.

    Sums find rows that are too many: that belt is off.
    """
    with (
        swapped(StoredRow, "may_be_held", lambda *_: False),
        swapped(exchange, "is_doubtful", lambda *_: False),
    ):
        yield

"""Bundles that come again: after a death over them, after a restore, or by the command."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

import msgspec

from desktop.county_server import courier_command
from desktop.county_server.commands import executor
from desktop.county_server.commands.executor import command_states
from desktop.county_server.courier import delivery
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.db.database import Database
from simulation.mutants.registry import mutant, swapped

NOT_SAID = ("nothing is said of",)
CARRYING = ("write_stick", "bring_again", "without_network")


def _from_the_log(
    _: Any, database: Database, asked: Any, account: Any, *rest: Any, **how: Any
) -> Any:
    """What is on record of commands, without doing any."""
    return command_states(database, [each.key for each in asked.commands], account)


@contextmanager
def _taken_by(take: Callable[[Callable[[], Any], Path], Any]) -> Iterator[None]:
    """Bundles are taken by this, which gets how and a file beside the database, one a bundle, to
    say there that it was taken."""
    paths = WeakKeyDictionary[Deliveries, Path]()
    make = Deliveries.__init__

    def note(self: Deliveries, database: Database, *rest: Any, **how: Any) -> None:
        paths[self] = database.path
        make(self, database, *rest, **how)

    def take_one(before: Any, self: Deliveries, data: bytes) -> Any:
        mark = paths[self].with_name(hashlib.sha256(data).hexdigest()[:16])
        return take(lambda: before(self, data), mark)

    with patch.object(Deliveries, "__init__", note), swapped(Deliveries, "_take", take_one):
        yield


@mutant("a bundle is marked before its commands are done", *CARRYING, says=NOT_SAID)
def _marked_first() -> Iterator[None]:
    """A bundle that was marked is answered from the log, also where the county died over it."""

    def take(take_one: Callable[[], Any], mark: Path) -> Any:
        if mark.exists():
            with swapped(delivery, "do_commands", _from_the_log):
                return take_one()
        mark.touch()
        return take_one()

    with _taken_by(take):
        yield


@mutant("a bundle that came before is answered from the log", *CARRYING, "set_back", says=NOT_SAID)
def _marked_for_good() -> Iterator[None]:
    """What is left of a bundle is done no more: what waited for another, what a restore lost."""

    def take(take_one: Callable[[], Any], mark: Path) -> Any:
        if mark.exists():
            with swapped(delivery, "do_commands", _from_the_log):
                return take_one()
        done = take_one()
        mark.touch()
        return done

    with _taken_by(take):
        yield


@mutant("a receipt leaves out what was done before", *CARRYING, says=NOT_SAID)
def _only_news() -> Iterator[None]:
    """A receipt tells only of what its bundle did; of one before it may nobody know."""

    def do(
        before: Any, database: Database, asked: Any, account: Any, *rest: Any, **how: Any
    ) -> Any:
        known = _from_the_log(None, database, asked, account).results
        keys = {each.key for each in known}
        done = before(database, asked, account, *rest, **how)
        news = tuple(each for each in done.results if each.key not in keys)
        return msgspec.structs.replace(done, results=news)

    with swapped(delivery, "do_commands", do):
        yield


@mutant("what comes again is counted once more", *CARRYING, says=(" 2 times", "twice"))
def _counted_twice() -> Iterator[None]:
    """A command that was done before takes the next number of the log, too."""

    def do(
        before: Any, database: Database, asked: Any, account: Any, *rest: Any, **how: Any
    ) -> Any:
        known = _from_the_log(None, database, asked, account).results
        with database.transaction() as transaction:
            for each in known:
                transaction.connection.execute("UPDATE meta SET value=value+1 WHERE name='done'")
                transaction.connection.execute(
                    "UPDATE commands SET number=(SELECT value FROM meta WHERE name='done')"
                    " WHERE key=?",
                    (each.key,),
                )
        return before(database, asked, account, *rest, **how)

    with swapped(delivery, "do_commands", do):
        yield


@mutant("the import command reads no accounts", *CARRYING, says=("it is refused as",))
def _no_accounts() -> Iterator[None]:
    """Whoever runs it without its server takes bundles as a county without logins would."""

    def take(before: Any, database: Path, args: argparse.Namespace) -> Any:
        return before(database, argparse.Namespace(**{**vars(args), "accounts": None}))

    with swapped(courier_command, "_import", take):
        yield


@mutant("what was given an hour ago is held as too old", *CARRYING, says=("is held and was given",))
def _held_young() -> Iterator[None]:
    """Of what is carried the county does only what is news."""

    def is_old(before: Any, command: Any, offset_ms: int, now: Any) -> bool:
        return bool(before(command, offset_ms, now) or (now - command.at).total_seconds() > 60)

    with swapped(executor, "may_be_forgotten", is_old):
        yield

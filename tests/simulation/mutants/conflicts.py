"""Rows that changed between an officer's look and his word."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop.application.commands.command_service import CommandService
from desktop.connectors.county import commands as county_commands
from desktop.county_server.db import command_log
from desktop.domain import outbox_state as rules
from desktop.domain import overlay
from desktop.storage.outbox.store import SqliteOutbox
from simulation.mutants.registry import mutant, nothing, swapped


@mutant("conflict never found", "clash")
def _no_conflict() -> Iterator[None]:
    """The county takes every command, whatever became of the row."""
    with swapped(command_log, "is_clean", lambda *_: True):
        yield


@mutant("an officer's own earlier click is a conflict", "burst", "clash")
def _own_conflict() -> Iterator[None]:
    """Any newer version counts, whoever made it."""

    def is_clean(before: Any, connection: Any, asked: Any, version: int) -> bool:
        return version == (asked.command.base or 0)

    with swapped(command_log, "is_clean", is_clean):
        yield


@mutant("a report table writes over another's", "clash_tables")
def _written_over() -> Iterator[None]:
    """The county takes a report table whatever its officer saw of the one before."""

    def is_clean(before: Any, connection: Any, asked: Any, version: int) -> bool:
        return asked.command.kind == "report" or before(connection, asked, version)

    with swapped(command_log, "is_clean", is_clean):
        yield


@mutant("a pending report table is not shown", "tabulate")
def _unseen_table() -> Iterator[None]:
    """Only what the county told is in the list of reports."""
    with swapped(overlay, "report_over", lambda _before, report, _commands: report):
        yield


@mutant("conflict without the county's row", "clash")
def _bare_conflict() -> Iterator[None]:
    """The officer is told of a conflict and not with what."""
    with swapped(county_commands, "_row", nothing):
        yield


@mutant("a conflict shows the officer's own row as the county's", "clash")
def _own_row() -> Iterator[None]:
    """Both sides of a conflict are what the officer saw at the click."""

    def rows(before: Any, self: Any, key: str) -> Any:
        basis, theirs = before(self, key)
        return basis, basis if theirs is not None else None

    with swapped(SqliteOutbox, "conflict_rows", rows):
        yield


@mutant("what the officer saw is not kept", "clash")
def _no_basis() -> Iterator[None]:
    """A conflict is told without the row of the click."""

    def kept(before: Any, seq: int, command: Any, now: int, _basis: Any, replaces: str) -> Any:
        return before(seq, command, now, None, replaces)

    with swapped(rules, "new_entry", kept):
        yield


@mutant("given anew on the version of before", "clash")
def _old_base() -> Iterator[None]:
    """The answer to a conflict is given on the row of the first click, not on the county's."""

    def give(
        before: Any, self: CommandService, kind: Any, target: Any, body: Any, base: Any, key: Any,
        replaces: str = "", shown: Any = None,
    ) -> Any:  # fmt: skip
        old = self._outbox.record(replaces) if replaces else None
        if old is not None:
            base = old.command.base
        return before(self, kind, target, body, base, key, replaces, shown)

    with swapped(CommandService, "store", give):
        yield

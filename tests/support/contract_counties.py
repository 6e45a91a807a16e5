"""Counties that claim the command contract, each behind the same few calls.

A factory makes one empty county. The suite in tests/contract/test_county_promises.py
runs once for each entry of SUBJECTS; whoever has another server or a model of one
writes a class with these methods and adds it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import msgspec

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import command_states, do_commands
from desktop.county_server.db.database import Database
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import CommandResult, Commands
from support.county_rows import MOMENT
from support.openings import open_session

RULES = Rules(file_limit=1_000_000)
"""Every claimant takes files of up to a million bytes and any category."""


class Refused(Exception):
    """The whole request was refused: 409 `epoch` or `fence`, 422 `key-reused`."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(f"{status} {kind}")
        self.status = status
        self.kind = kind


class ContractCounty(Protocol):
    """One county's rows and commands, its power and its backups in the test's hand."""

    def open_session(self, client: str) -> tuple[str, int]:
        """The epoch and a new fencing token; the client's older ones stop working."""

    def post(self, asked: Commands) -> tuple[CommandResult, ...]:
        """What `POST /v1/commands` answers; Refused when it answers a problem."""

    def states(self, keys: Sequence[str]) -> tuple[CommandResult, ...]:
        """What `GET /v1/commands?keys=` answers."""

    def put(self, collection: str, row: msgspec.Struct) -> None:
        """Somebody else's change of a row, as from another system of the county."""

    def row(self, collection: str, row_id: str) -> msgspec.Struct | None:
        """A row as readers would get it now."""

    def later(self, seconds: float) -> None:
        """Let the county's clock run on, and its housekeeping be done."""

    def backup(self) -> None:
        """Take a backup of everything so far: what it covers is durable."""

    def restore(self) -> None:
        """Go back to the last backup, or to the empty county, in a new epoch."""

    def close(self) -> None:
        """Let go of everything."""


class ReferenceCounty:
    """The reference backend, on a database file of its own."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="claimed-")
        self._now_s = MOMENT.timestamp()
        self._backups = 0
        self._database = Database(self._path("county"), time_s=lambda: self._now_s)
        self._copy("empty")

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / f"{name}.db"

    def _copy(self, name: str) -> None:
        self._backup = self._path(name)
        self._database.backup(self._backup)

    def open_session(self, client: str) -> tuple[str, int]:
        fence = open_session(self._database, client)
        return self._database.epoch, fence

    def post(self, asked: Commands) -> tuple[CommandResult, ...]:
        try:
            return do_commands(self._database, asked, ANYBODY, RULES).results
        except ApiError as error:
            raise Refused(error.status, error.kind) from None

    def states(self, keys: Sequence[str]) -> tuple[CommandResult, ...]:
        return command_states(self._database, keys, ANYBODY).results

    def put(self, collection: str, row: msgspec.Struct) -> None:
        self._database.put(collection, [row])

    def row(self, collection: str, row_id: str) -> msgspec.Struct | None:
        self._database.tidy()
        found = self._database.rows(collection, [row_id])
        return found[0] if found else None

    def later(self, seconds: float) -> None:
        self._now_s += seconds
        self._database.forget()

    def backup(self) -> None:
        self._backups += 1
        self._copy(f"backup-{self._backups}")

    def restore(self) -> None:
        self._database.restore(self._backup)

    def close(self) -> None:
        self._database.close()
        self._folder.cleanup()


def _model() -> ContractCounty:
    from model.contract_subjects import ModelCounty  # It needs `Refused` of this module.

    return ModelCounty()


SUBJECTS: dict[str, Callable[[], ContractCounty]] = {
    "reference": ReferenceCounty,
    "model": _model,
}
"""Factories by name; each makes an empty county with no backup yet."""

"""Counties that claim the command contract, each behind the same few calls.

A factory makes one empty county. The suite in tests/contract/test_county_promises.py
runs once for each entry of CLAIMANTS; whoever has another server or a model of one
writes a class with these methods and adds it there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import msgspec

from desktop.county_server.commands import command_states, do_commands
from desktop.county_server.database import Database
from desktop.county_server.problems import ApiError
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import CommandResult, Commands
from fakes.county_rows import MOMENT


class Refused(Exception):
    """The whole request was refused: 409 `epoch` or `fence`, 422 `key-reused`."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(f"{status} {kind}")
        self.status = status
        self.kind = kind


class ClaimedCounty(Protocol):
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
        """Let the county's clock run on."""

    def backup(self) -> None:
        """Take a backup of everything so far: what it covers is durable."""

    def restore(self) -> None:
        """Go back to the last backup, or to an empty county, in a new epoch."""

    def close(self) -> None:
        """Let go of everything."""


class ReferenceCounty:
    """The reference backend, on a database file of its own."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="claimed-")
        self._now_s = MOMENT.timestamp()
        self._lives = 0
        self._backup: Path | None = None
        self._database = self._open()

    def _open(self) -> Database:
        self._lives += 1
        path = Path(self._folder.name) / f"life-{self._lives}.db"
        if self._backup is not None:
            path.write_bytes(self._backup.read_bytes())
        return Database(path, time_s=lambda: self._now_s)

    def open_session(self, client: str) -> tuple[str, int]:
        return self._database.epoch, self._database.open_session(client)

    def post(self, asked: Commands) -> tuple[CommandResult, ...]:
        try:
            return do_commands(self._database, asked, ANYBODY).results
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

    def backup(self) -> None:
        self._backup = Path(self._folder.name) / "backup.db"
        self._database.backup(self._backup)

    def restore(self) -> None:
        self._database.close()
        self._database = self._open()
        self._database.begin_epoch()

    def close(self) -> None:
        self._database.close()
        self._folder.cleanup()


CLAIMANTS: dict[str, Callable[[], ClaimedCounty]] = {"reference": ReferenceCounty}
"""Factories by name; each makes an empty county with no backup yet."""

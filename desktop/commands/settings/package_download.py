"""A package of the program, fetched from the county in pieces and checked; nothing is installed."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.application.budget.byte_budget import BUDGET_SPENT, is_spent
from desktop.application.ports import Cancelled, SourceError, StoreError
from desktop.commands.opening import problem_of
from desktop.connectors.county.client import CountyConnector
from desktop.domain.bulletin import Package
from desktop.domain.source import Problem

if TYPE_CHECKING:
    from desktop.bootstrap import Desk

FIRST_BYTES = 16 * 1024
PIECE_BYTES = (4 * 1024, 1024 * 1024)
WHOLE_BYTES = 64 * 1024 * 1024
"""How much is taken at most of an answer that begins with the first byte, wanted or not: from a
server without ranges each further piece costs all before it."""
PIECE_S = 2.0
"""How long a piece may take: a command's answer waits behind what is already on the line."""
MOST_TIMES_LARGER = 4
"""How many times as large the next piece may be: one answer may have come from a buffer."""
TRIES = 5
"""How often one piece is asked for; on a weak line a press later goes on where it stopped."""
PAUSE_S = 3.0
LOOK_S = 0.5
BEGUN = ".part"
DIGITS = 16
"""Of the digest, in the name of what has come: half of one package and half of another is none."""


class PackageDownload:
    """One download of a desk at a time; `cancel()` may come from any thread."""

    def __init__(self, desk: Desk, source: str, pause_s: float = PAUSE_S) -> None:
        self._desk, self._source, self._pause_s = desk, source, pause_s
        self._cut = threading.Event()
        self._most = FIRST_BYTES
        """How much is asked for at once."""
        self._connector: CountyConnector | None = None

    def fetch(self, package: Package, folder: Path, note: Callable[[int], None]) -> Path:
        """Return the file, whole and checked; `note` hears how many bytes are here.

        What came before a failure stays for the next time. Raises SourceError, StoreError and,
        once cancelled, Cancelled.
        """
        file = folder / package.name
        part = file.with_name(f"{file.name}.{package.digest[:DIGITS]}{BEGUN}")
        connector = self._desk.connect_beside(self._source)
        assert isinstance(connector, CountyConnector)
        connector.on_traffic = self._desk.meter.count_request
        self._connector = connector
        try:
            if not (file.exists() and _digest(file) == package.digest):
                folder.mkdir(parents=True, exist_ok=True)
                _drop_others(part, package)
                self._fill(connector, package, part, note)
                self._check(package, part)
                part.replace(file)
            note(package.size)
            return file
        except OSError as error:
            raise StoreError(problem_of(error)) from error
        finally:
            self._connector = None
            connector.close()
            self._cut.clear()

    def cancel(self) -> None:
        """End the download under way, or the one about to begin; what has come stays."""
        self._cut.set()
        connector = self._connector
        if connector is not None:
            with suppress(Exception):
                connector.close()

    def _fill(
        self, connector: CountyConnector, package: Package, part: Path, note: Callable[[int], None]
    ) -> None:
        """Add to what came earlier until all of it is here."""
        with part.open("ab") as file:
            if file.tell() > package.size:
                file.truncate(0)
            while (here := file.seek(0, 2)) < package.size:
                note(here)
                piece = self._ask(connector, package, here)
                if not piece:
                    raise SourceError(Problem("not_found", {"address": package.name}))
                file.write(piece)
                file.flush()

    def _ask(self, connector: CountyConnector, package: Package, offset: int) -> bytes:
        for left in reversed(range(TRIES)):
            self._let_commands_go()
            allowed = self._desk.meter.bulk_left()
            if is_spent(allowed):
                raise SourceError(BUDGET_SPENT)
            rest = min(package.size - offset, allowed or WHOLE_BYTES, WHOLE_BYTES)
            most = min(self._most, rest)
            began_s = self._desk.clock.monotonic_s()
            try:
                piece = connector.package(package.digest, offset, most, rest)
                if len(piece) <= most:
                    self._most = next_size(most, self._desk.clock.monotonic_s() - began_s)
                return piece
            except SourceError:
                self._most = FIRST_BYTES
                if self._cut.is_set():
                    raise Cancelled from None
                if not left:
                    raise
            self._cut.wait(self._pause_s)
        raise Cancelled

    def _let_commands_go(self) -> None:
        """Wait until the desk has told the county all: on one line its commands go first.

        Raises Cancelled.
        """
        while not self._cut.is_set():
            if self._desk.engine.wait_for_rest(self._source, LOOK_S):
                return
        raise Cancelled

    def _check(self, package: Package, part: Path) -> None:
        if part.stat().st_size != package.size or _digest(part) != package.digest:
            part.unlink()
            raise StoreError(Problem("package_wrong", {"name": package.name}))


def next_size(size: int, took_s: float) -> int:
    """Return how much to ask for after a piece of that size, which took so long."""
    wanted = min(size / max(took_s, 0.001) * PIECE_S, MOST_TIMES_LARGER * size)
    least, most = PIECE_BYTES
    return int(min(max(wanted, least), most))


def _drop_others(part: Path, package: Package) -> None:
    """Delete what was begun of another package of this name."""
    for other in part.parent.glob(f"{package.name}.*{BEGUN}"):
        if other != part:
            other.unlink()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""Whether a database file is whole, found out by reading alone."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import apsw
import msgspec

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import connect, in_words, migrations

STEPS = 20_000
"""So many steps of the database between two looks at the time; about a millisecond."""


class Integrity(msgspec.Struct, frozen=True):
    """What reading a file found."""

    problem: Problem | None = None
    is_whole: bool = False
    """Whether all of it was read, in the time there was."""
    is_older: bool = False
    """Whether it is of an earlier version, which the next start brings up to date."""


def read_through(path: Path, key: bytes, kind: str, within_s: float) -> Integrity:
    """Read a file of `kind` to its end, or for that long; nothing is written, nor marked."""
    if not path.exists():
        return Integrity(Problem("file_missing", {"file": path.name}))
    log = path.with_name(f"{path.name}-wal")
    is_still = not log.exists()
    found = _read_in_words(path, key, kind, within_s, is_still=is_still)
    if found.problem is not None and is_still and log.exists():
        # Somebody began to write it meanwhile.
        return _read_in_words(path, key, kind, within_s, is_still=False)
    return found


def _read_in_words(
    path: Path, key: bytes, kind: str, within_s: float, *, is_still: bool
) -> Integrity:
    try:
        with in_words(path, marks=False):
            return _read(path, key, kind, within_s, is_still=is_still)
    except StoreError as error:
        return Integrity(error.problem)


def _read(path: Path, key: bytes, kind: str, within_s: float, *, is_still: bool) -> Integrity:
    """Read it; where it `is_still`, which nobody writes, nothing is made beside it either."""
    ends_s = time.monotonic() + within_s
    opened = connect(path, key, durable=False, read_only=True, unchanging=is_still)
    with closing(opened) as db:
        version, newest = int(db.pragma("user_version")), len(migrations(kind))
        if version > newest:
            return Integrity(Problem("store_newer", {"file": path.name}))
        db.set_progress_handler(lambda: time.monotonic() > ends_s, STEPS)
        try:
            faults = [row for (row,) in db.execute("PRAGMA quick_check(1)") if row != "ok"]
        except apsw.InterruptError:
            return Integrity(is_older=version < newest)
        damaged = Problem("store_damaged", {"file": path.name})
        return Integrity(damaged if faults else None, is_whole=True, is_older=version < newest)

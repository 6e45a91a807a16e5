"""Which program may open a desk's folder: one number for all that is kept in it.

The one place where versions of what is kept are counted. Whoever adds a migration raises its
number here, and by it the whole; whoever changes anything else so that an older program would
misread it (the layout, the key's file, what a stored row may say) raises `BESIDE`.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from desktop import VERSION
from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import write_whole

SCHEMAS = {"cache": 6, "files": 3, "logins": 1, "outbox": 6}
"""The newest migration of each store."""
BESIDE = 0
"""Changes of what is kept beside the stores."""
FORMAT = sum(SCHEMAS.values()) + BESIDE
FILE = "data.format"
"""Holds the number and the program that brought the folder to it, readable without a key."""


def refuse_newer(folder: Path) -> None:
    """Raise StoreError for a folder that a newer program has changed; nothing is touched."""
    number, program = _read(folder)
    if number > FORMAT:
        told = {"folder": str(folder), "program": program, "own": VERSION}
        raise StoreError(Problem("data_newer", told))


def mark_format(folder: Path) -> None:
    """Tell older programs that this folder is no longer theirs, once that is so.

    Written after the stores were brought up to date and before anything new stands in them: a
    store that alone was brought up to date refuses by its own number.
    """
    if _read(folder)[0] < FORMAT:
        # A disk that takes nothing now takes nothing else either.
        with suppress(OSError):
            write_whole(folder / FILE, f"{FORMAT} {VERSION}\n".encode())


def _read(folder: Path) -> tuple[int, str]:
    """Return the folder's number and who raised it; 0 where none is written, or none is read."""
    try:
        number, _, program = (folder / FILE).read_text(encoding="utf-8").partition(" ")
        return int(number), program.strip()
    except (OSError, ValueError):
        return 0, ""

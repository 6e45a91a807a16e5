"""What can still be read of a damaged outbox, before anything else is done to it."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import apsw
import msgspec

from desktop.application.ports import StoreError
from desktop.domain.command import CommandRecord
from desktop.domain.source import Problem
from desktop.storage.outbox.rows import RECORD_COLUMNS, SELECT_DRAFTS, record_of
from desktop.storage.outbox.store import FILE
from desktop.storage.sqlite.database import (
    check_key,
    connect,
    in_words,
    migrate,
    transaction,
    why_not,
)

RESCUED = "outbox-rescued.db"
"""What could be read of a damaged outbox, under the key of its folder."""
PAGE_BYTES = 4096
MOST_GUESSED = 20_000
"""How many numbers are tried when the file no longer says how many were given."""

_ROW = f"SELECT {RECORD_COLUMNS} FROM command WHERE seq = ?"  # noqa: S608
_UNREADABLE = (apsw.Error, msgspec.MsgspecError, ValueError, TypeError)


class Draft(msgspec.Struct, frozen=True):
    """A note begun and not yet submitted."""

    source: str
    collection: str
    target: str
    text: str
    changed_at: int = 0
    """Zero in a rescue of an earlier version."""


Rescued = tuple[list[CommandRecord], list[Draft]]
"""Commands and drafts of a damaged outbox."""


def rescue_damaged(folder: Path, key: bytes) -> Path:
    """Return where the rescue of a damaged outbox is, made when there is none; raises
    StoreError."""
    to = folder / RESCUED
    if not to.exists():
        rescue_outbox(folder, key)
    return to


def rescue_outbox(folder: Path, key: bytes) -> tuple[int, int]:
    """Keep every readable command and draft of a folder's outbox in a file beside it, under the
    same key; how many of each.

    The outbox is only copied, never opened or changed. A rescue already there is not written
    over. Raises StoreError for a wrong key or a disk that takes no file.
    """
    check_key(folder, key)
    to = folder / RESCUED
    try:
        with tempfile.TemporaryDirectory(prefix="salvage-", dir=folder) as scratch:
            records, drafts = _readable(folder, key, Path(scratch))
            made = Path(scratch) / RESCUED
            with in_words(made, marks=False):
                _fill(made, key, [*records, *drafts])
            if to.exists():
                raise StoreError(Problem("file_there", {"file": to.name}))
            made.rename(to)
    except OSError as error:
        raise StoreError(why_not(to, error)) from None
    return len(records), len(drafts)


def _fill(path: Path, key: bytes, found: list[CommandRecord | Draft]) -> None:
    """Write these to a new file on the disk, with no journal beside it."""
    db = connect(path, key, durable=True)
    with closing(db):
        db.pragma("journal_mode", "delete")
        with transaction(db):
            db.execute("CREATE TABLE line(number INTEGER PRIMARY KEY, said BLOB NOT NULL)")
            db.executemany(
                "INSERT INTO line(said) VALUES (?)", ((msgspec.json.encode(one),) for one in found)
            )


def export_rescued(folder: Path, key: bytes, to: Path) -> int:
    """Write what was rescued to a new file as readable text, one JSON object a line; how many.

    Where nothing was rescued yet, that is done first: a sound outbox gives all it has. The new
    file is the user's alone, and one already there is not written over. Only for a person who
    asks for it in so many words. Raises StoreError.
    """
    check_key(folder, key)
    if not (folder / RESCUED).exists():
        if not (folder / FILE).exists():
            raise StoreError(Problem("outbox_none", {"folder": str(folder)}))
        rescue_outbox(folder, key)
    lines = _lines(folder, key)
    try:
        _write(to, lines)
    except FileExistsError:
        raise StoreError(Problem("file_there", {"file": str(to)})) from None
    except OSError as error:
        raise StoreError(why_not(to, error)) from None
    return len(lines)


def read_rescued(folder: Path, key: bytes) -> Rescued:
    """Read what was rescued of a folder's outbox, as far as this version knows it; raises
    StoreError."""
    records: list[CommandRecord] = []
    drafts: list[Draft] = []
    for line in _lines(folder, key):
        with suppress(msgspec.MsgspecError):
            if "command" in msgspec.json.decode(line, type=dict[str, msgspec.Raw]):
                records.append(msgspec.json.decode(line, type=CommandRecord))
            else:
                drafts.append(msgspec.json.decode(line, type=Draft))
    return records, drafts


def _lines(folder: Path, key: bytes) -> list[bytes]:
    with in_words(folder / RESCUED, marks=False):
        db = connect(folder / RESCUED, key, durable=False, read_only=True, unchanging=True)
        with closing(db):
            rows: list[Any] = db.execute("SELECT said FROM line ORDER BY number").fetchall()
    return [bytes(said) for (said,) in rows]


def _write(to: Path, lines: list[bytes]) -> None:
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(line + b"\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        to.unlink()  # Half of it would be taken for all that can be read.
        raise


def _readable(folder: Path, key: bytes, scratch: Path) -> Rescued:
    """Read a copy as it is, or else one with a sound first page in place of its own."""
    found = _read(_copy(folder, scratch / "as it is"), key)
    if any(found):
        return found
    copy = _copy(folder, scratch / "mended")
    sound = _pad(scratch / "new", key, copy.stat().st_size)
    with copy.open("r+b") as file, sound.open("rb") as other:
        file.write(other.read(PAGE_BYTES))
        # A file shorter than its first page says is refused.
        file.truncate(max(sound.stat().st_size, copy.stat().st_size))
    return _read(copy, key)


def _copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    for ending in ("", "-wal"):
        if (source := folder / (FILE + ending)).exists():
            shutil.copy(source, to / source.name)
    return to / FILE


def _pad(folder: Path, key: bytes, size: int) -> Path:
    """Make a new outbox of at least that size; its first page gives where its tables begin.

    An outbox made by this version has its tables at the same places; one that grew through earlier
    versions may not, and then nothing is found this way.
    """
    folder.mkdir()
    path = folder / FILE
    db = connect(path, key, durable=False)
    try:
        migrate(db, "outbox")
        db.execute("INSERT INTO draft VALUES ('', '', '', CAST(zeroblob(?) AS TEXT), 0)", (size,))
        db.execute("DELETE FROM draft")
    finally:
        db.close()
    return path


def _read(path: Path, key: bytes) -> Rescued:
    try:
        db = connect(path, key, durable=False)
    except _UNREADABLE:
        return [], []
    try:
        return list(_records(db)), _drafts(db)
    finally:
        # Closing folds the log into a file that may refuse it; the copy goes anyway.
        _close(db)


def _close(db: apsw.Connection) -> None:
    try:
        db.close()
    except _UNREADABLE:
        db.close(True)


def _records(db: apsw.Connection) -> Iterator[CommandRecord]:
    """Read each command by its number, so that a broken page costs only what is on it."""
    for seq in range(1, _last_number(db) + 1):
        try:
            row: Any = db.execute(_ROW, (seq,)).fetchone()
            if row is not None:
                yield record_of(row)
        except _UNREADABLE:
            continue


def _last_number(db: apsw.Connection) -> int:
    for question in (
        "SELECT seq FROM sqlite_sequence WHERE name = 'command'",
        "SELECT max(seq) FROM command",
    ):
        try:
            return int(db.execute(question).get)
        except _UNREADABLE:
            continue
    return MOST_GUESSED


def _drafts(db: apsw.Connection) -> list[Draft]:
    found = []
    try:
        for source, collection, target, text, at in db.execute(SELECT_DRAFTS):
            found.append(Draft(str(source), str(collection), str(target), str(text), int(at)))
    except _UNREADABLE:
        return found
    return found

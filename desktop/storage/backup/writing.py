"""Writing a backup of a desk, also while a program has it open, and reading all of it back."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

import apsw
import msgspec

from desktop.application.ports import StoreError
from desktop.domain.backup import BackupContents
from desktop.domain.command import CommandState
from desktop.domain.instant import Instant
from desktop.domain.passphrase import LEAST_CHARS, is_long_enough
from desktop.domain.source import Problem
from desktop.storage.backup.contents import (
    PROFILE,
    SETTINGS,
    STORES,
    Listing,
    describe,
    describe_small,
    read_listing,
    read_part,
)
from desktop.storage.backup.sealed import CHUNK_BYTES, LENGTH, SealedReader, SealedWriter
from desktop.storage.files.store import FILE as FILES
from desktop.storage.keys.passphrases import KEY_BYTES
from desktop.storage.outbox.store import FILE as OUTBOX
from desktop.storage.sqlite.database import (
    check_key,
    connect,
    in_words,
    is_read_only,
    why_not,
)
from desktop.storage.sqlite.folder_lock import BACKUP_BEGUN, FolderLock, is_half_restored
from desktop.storage.sqlite.read_only import ReadOnlyFile

KINDS = {OUTBOX: "outbox", FILES: "files"}
"""The schemas of the stores that have a write-ahead log."""
NOT_YET = ".part"
"""What the name of a backup ends with while it is being written."""
_STATES = ", ".join(f"'{state.value}'" for state in CommandState if not state.is_final)
UNFINISHED = f"receipt IN ({_STATES})"
"""The condition that a command has no answer."""


class Desk(msgspec.Struct, frozen=True):
    """The desk to back up."""

    folder: Path
    key: bytes
    profile: Path
    name: str
    program: str
    """Version of this program."""


def write_backup(
    desk: Desk, to: Path, passphrase: str, now: Instant, *, replaces: bool = False
) -> BackupContents:
    """Write a backup to a file and read all of it back; returns what is in it.

    Raises StoreError, and then nothing was written: for a short passphrase, a file already there
    unless it `replaces` it, a folder without an outbox, a full disk, or a medium that gives back
    something else.
    """
    if not is_long_enough(passphrase):
        raise StoreError(Problem("passphrase_short", {"least": str(LEAST_CHARS)}))
    if to.exists() and not replaces:
        raise StoreError(Problem("file_there", {"file": str(to)}))
    if not (desk.folder / OUTBOX).exists():
        raise StoreError(Problem("outbox_none", {"folder": str(desk.folder)}))
    check_key(desk.folder, desk.key)
    if is_half_restored(desk.folder):
        details = {"folder": str(desk.folder), "reason": "-"}
        raise StoreError(Problem("restore_halfway", details))
    part = to.with_name(to.name + NOT_YET)
    try:
        with _scratch(desk.folder, to.parent) as scratch:
            small = _read_small(desk)
            listing = _gather(desk, scratch, small, now)
            _seal(listing, scratch, small, part, passphrase)
        contents = look_into(part, passphrase)
        part.replace(to)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise StoreError(why_not(to, error)) from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return contents


def look_into(file: Path, passphrase: str) -> BackupContents:
    """Read all of a backup and return what is in it; raises StoreError for one not whole."""
    with open_backup(file) as opened:
        reader = SealedReader(opened, passphrase)
        listing = read_listing(reader)
        for part in listing.parts:
            for _piece in read_part(reader, part):
                pass
        reader.end()
    return listing.contents


@contextmanager
def open_backup(file: Path) -> Iterator[BinaryIO]:
    """Open a backup's file; raises StoreError where it cannot be read."""
    try:
        with file.open("rb") as opened:
            yield opened
    except OSError as error:
        details = {"file": str(file), "reason": error.strerror or "-"}
        raise StoreError(Problem("backup_unreadable", details)) from None


@contextmanager
def _scratch(folder: Path, beside: Path) -> Iterator[Path]:
    """Lend a folder for the copies of the stores, which are encrypted: inside the desk's, where
    what a killed program leaves is swept away, unless that takes nothing."""
    needed = sum((folder / name).stat().st_size for name in STORES if (folder / name).exists())
    if not os.access(folder, os.W_OK) or shutil.disk_usage(folder).free <= needed:
        with tempfile.TemporaryDirectory(prefix=BACKUP_BEGUN, dir=beside) as made:
            yield Path(made)
        return
    with (
        tempfile.TemporaryDirectory(prefix=BACKUP_BEGUN, dir=folder) as made,
        closing(FolderLock(Path(made))) as lock,
    ):
        lock.take()
        yield Path(made)


def _read_small(desk: Desk) -> dict[str, bytes]:
    """Read the files that nobody has encrypted: no copy of them comes onto a disk."""
    small = {PROFILE: desk.profile.read_bytes()}
    for name in SETTINGS:
        if (desk.folder / name).exists():
            small[name] = (desk.folder / name).read_bytes()
    return small


def _gather(desk: Desk, scratch: Path, small: dict[str, bytes], now: Instant) -> Listing:
    """Copy the stores into an empty folder, under a key of their own, and list all parts."""
    key = secrets.token_bytes(KEY_BYTES)
    for name in STORES:
        if (desk.folder / name).exists():
            _snapshot(desk.folder / name, desk.key, scratch / name, key)
    counts = count_unsent(scratch, key)
    # The profile first: a restore says what it is of before anything else is read.
    parts = (
        describe_small(PROFILE, small[PROFILE]),
        *(describe(scratch / name) for name in STORES if (scratch / name).exists()),
        *(describe_small(name, small[name]) for name in SETTINGS if name in small),
    )
    size = sum(part.size for part in parts)
    contents = BackupContents(now, desk.program, desk.name, *counts, size)
    return Listing(contents, key.hex(), parts)


def _snapshot(path: Path, key: bytes, to: Path, new_key: bytes) -> None:
    """Copy a store as of one moment, whoever writes to it meanwhile, under another key."""
    with in_words(path, marks=False), _reading(path, key) as db:
        target = f"{to.absolute().as_uri()}?cipher=chacha20&key=raw:{new_key.hex()}"
        db.execute("VACUUM INTO ?", (target,))


@contextmanager
def _reading(path: Path, key: bytes) -> Iterator[apsw.Connection]:
    """Lend a connection for reading, also in a folder in which nothing can be written."""
    if not is_read_only(path) or path.name not in KINDS:
        with closing(connect(path, key, durable=False, read_only=True)) as db:
            yield db
        return
    why = Problem("read_only", {"file": path.name})
    with (
        closing(ReadOnlyFile(path, key, KINDS[path.name], why)) as file,
        closing(file.connect()) as db,
    ):
        yield db


def count_unsent(folder: Path, key: bytes) -> tuple[int, int, int]:
    """Count commands without an answer, drafts, and files to send; raises StoreError."""
    drafts = _number(folder / OUTBOX, key, "SELECT count(*) FROM draft")
    return count_waiting(folder, key), drafts, count_uploads(folder, key)


def count_waiting(folder: Path, key: bytes) -> int:
    """Count commands without an answer; raises StoreError."""
    asked = f"SELECT count(*) FROM command WHERE {UNFINISHED}"  # noqa: S608
    return _number(folder / OUTBOX, key, asked)


def count_uploads(folder: Path, key: bytes) -> int:
    """Count files to send; raises StoreError."""
    return _number(folder / FILES, key, "SELECT count(*) FROM upload")


def _number(path: Path, key: bytes, question: str) -> int:
    if not path.exists() or not path.stat().st_size:
        return 0
    with (
        in_words(path, marks=False),
        closing(connect(path, key, durable=False, read_only=True)) as db,
    ):
        return int(db.execute(question).get)


def _seal(
    listing: Listing, scratch: Path, small: dict[str, bytes], to: Path, passphrase: str
) -> None:
    """Write all parts, encrypted, to a file on the disk that is its user's alone."""
    handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        writer = SealedWriter(file, passphrase)
        told = msgspec.json.encode(listing)
        writer.write(LENGTH.pack(len(told)) + told)
        for part in listing.parts:
            if part.name in small:
                writer.write(small[part.name])
                continue
            with (scratch / part.name).open("rb") as opened:
                while piece := opened.read(CHUNK_BYTES):
                    writer.write(piece)
        writer.close()
        file.flush()
        os.fsync(file.fileno())
        if hasattr(os, "posix_fadvise"):
            # Read it back from the medium, not from memory.
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

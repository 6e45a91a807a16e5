"""One encrypted SQLite file: opened, brought up to date, and its failures put into words."""

from __future__ import annotations

import errno
import hashlib
import hmac
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from desktop.application.ports import StoreError
from desktop.domain.instant import Instant
from desktop.domain.source import Problem

BUSY_TIMEOUT_MS = 3_000
CACHE_PAGES_KB, READ_PAGES_KB = 16_384, 4_096
LEAST_FREE_BYTES = 64 * 1024
"""With less, not even what a database writes beside itself to be opened finds room."""
CHECK_FILE = "key.check"
DAMAGED_MARK = ".damaged"
UNWRITABLE = frozenset({"disk_full", "read_only", "store_unreachable", "no_shared_memory"})
"""Problems of a file that can perhaps be read: see `read_only`."""

_MIGRATION = re.compile(r"(\d{3})_\w+\.sql")


@contextmanager
def in_words(path: Path, *, marks: bool = True) -> Iterator[None]:
    """Turn the database's own failures into StoreError; names the file, never its content.

    One that cannot be read is marked as damaged for the next start, unless not `marks`.
    """
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError):
        if marks:
            mark_damaged(path)
        raise StoreError(Problem("store_damaged", {"file": path.name})) from None
    except apsw.FullError:
        raise StoreError(Problem("disk_full", {"file": path.name})) from None
    except (apsw.BusyError, apsw.LockedError):
        raise StoreError(Problem("store_locked", {"file": path.name})) from None
    except apsw.InterruptError:
        raise StoreError(Problem("store_closed", {"file": path.name})) from None
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError) as error:
        if getattr(error, "extendedresult", None) == apsw.SQLITE_IOERR_SHMMAP:
            # A network drive, as a rule; where the memory finds no room, it is SHMSIZE.
            place = {"file": path.name, "folder": str(path.parent)}
            raise StoreError(Problem("no_shared_memory", place)) from None
        details = {"file": path.name, "reason": type(error).__name__}
        unreachable = Problem("store_unreachable", details)
        raise StoreError(why_unwritable(path) or unreachable) from None


def why_unwritable(path: Path) -> Problem | None:
    """Return why nothing can be written to this file now, as far as that shows without writing."""
    if is_read_only(path):
        return Problem("read_only", {"file": path.name})
    try:
        full = shutil.disk_usage(path.parent).free < LEAST_FREE_BYTES
    except OSError:
        return None  # The database fails in the same way and reports it.
    return Problem("disk_full", {"file": path.name}) if full else None


def is_read_only(path: Path) -> bool:
    """Whether the file or its folder is there and may not be written.

    A database needs the folder too: its journals stand beside it.
    """
    return any(part.exists() and not os.access(part, os.W_OK) for part in (path.parent, path))


def why_not(path: Path, error: OSError) -> Problem:
    """Return the problem for a file that the system could not write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Problem("disk_full", {"file": path.name})
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return Problem("read_only", {"file": path.name})
    return Problem("store_unreachable", {"file": path.name, "reason": type(error).__name__})


def connect(
    path: Path, key: bytes, *, durable: bool, read_only: bool = False, unchanging: bool = False
) -> apsw.Connection:
    """Open a connection ready for use; raises the database's own exception.

    The key goes in raw, so nothing is derived from it and opening takes under a millisecond.
    Temporary tables stay in memory: nothing readable touches the disk. `unchanging`, for reading,
    says that nobody writes the file meanwhile and that it has no log: then nothing is written
    beside it. Raises StoreError for writing what is read-only.
    """
    if not read_only:
        if is_read_only(path):
            raise StoreError(Problem("read_only", {"file": path.name}))
        _keep_private(path)
    mode = apsw.SQLITE_OPEN_READONLY if unchanging or read_only else _READ_WRITE
    db = _unlock(path, key, mode, "?immutable=1" if unchanging else "")
    try:
        db.pragma("temp_store", 2)
        db.pragma("mmap_size", 0)
        db.pragma("cache_size", -(READ_PAGES_KB if read_only else CACHE_PAGES_KB))
        if not read_only:
            db.pragma("journal_mode", "wal")
            db.pragma("synchronous", "FULL" if durable else "NORMAL")
            db.pragma("journal_size_limit", 64 * 1024 * 1024)
            db.pragma("secure_delete", 1)
        db.pragma("user_version")
    except BaseException:
        db.close()
        raise
    return db


def open_raw(path: Path, key: bytes) -> apsw.Connection:
    """A connection to a file that is there, found readable under the key and not yet set up;
    raises the database's own exception."""
    db = _unlock(path, key, apsw.SQLITE_OPEN_READWRITE)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchall()
    except BaseException:
        db.close()
        raise
    return db


def _unlock(path: Path, key: bytes, mode: int, rest: str = "") -> apsw.Connection:
    # An address gives the very bytes of the path: folders may be named in another coding than ours.
    db = apsw.Connection(path.absolute().as_uri() + rest, flags=mode | apsw.SQLITE_OPEN_URI)
    try:
        db.set_busy_timeout(BUSY_TIMEOUT_MS)
        db.pragma("cipher", "chacha20")
        db.pragma("key", "raw:" + key.hex())
    except BaseException:
        db.close()
        raise
    return db


def _keep_private(path: Path) -> None:
    """Leave the file to its owner alone, before it holds anything; its journals follow it."""
    try:
        if not path.exists():
            path.touch(mode=0o600)
        elif path.stat().st_mode & 0o077:
            path.chmod(0o600)
    except OSError:
        return  # The database fails in the same way and reports it.


_READ_WRITE = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE


@contextmanager
def transaction(db: apsw.Connection) -> Iterator[None]:
    """Run the block in a transaction: committed at its end, undone when it raises."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        # After a full disk SQLite may have rolled back by itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def migrate(db: apsw.Connection, kind: str) -> None:
    """Bring the file up to the newest schema, all steps in one transaction.

    Raises StoreError for a file newer than this program, which is refused rather than guessed at,
    and for one whose content does not fit the next schema: either stays as it was.
    """
    steps = migrations(kind)
    if _version_up_to(db, len(steps)) == len(steps):
        return
    with transaction(db):
        # Another process may have done it while we waited for the lock.
        at = _version_up_to(db, len(steps))
        try:
            for script in steps[at:]:
                db.execute(script)
        except (apsw.SQLError, apsw.ConstraintError, apsw.MismatchError):
            raise StoreError(Problem("store_unmigrated", {"file": _name(db)})) from None
        db.pragma("user_version", len(steps))


def _version_up_to(db: apsw.Connection, newest: int) -> int:
    at = int(db.pragma("user_version"))
    if at > newest:
        raise StoreError(Problem("store_newer", {"file": _name(db)}))
    return at


def _name(db: apsw.Connection) -> str:
    return Path(db.db_filename("main")).name


def migrations(kind: str) -> list[str]:
    """The scripts of `cache` or `outbox` in order; their numbers run from 001 without a gap."""
    folder = Path(__file__).with_name("migrations") / kind
    found = sorted((e.name, e) for e in folder.iterdir() if _MIGRATION.fullmatch(e.name))
    for number, (name, _) in enumerate(found, start=1):
        if int(name[:3]) != number:
            raise ValueError(f"migration {number:03} of {kind} is missing")
    return [entry.read_text(encoding="utf-8") for _, entry in found]


def check_key(folder: Path, key: bytes) -> None:
    """Refuse a key other than the one this folder was made with, before any file is touched.

    A wrong key and a damaged file look alike to the database; without this a reset
    keyring would make a healthy cache look damaged. The check is a one-way digest.
    """
    path = folder / CHECK_FILE
    try:
        known = path.read_bytes()
    except FileNotFoundError:
        try:
            set_check(folder, key)
        except OSError as error:
            if any(folder.glob("*.db")):
                return  # What is there can be read all the same, with the right key.
            raise StoreError(why_not(path, error)) from None
        return
    if not hmac.compare_digest(known, _digest(key)):
        raise StoreError(Problem("key_wrong", {"folder": folder.name}))


def key_fits(folder: Path, key: bytes) -> bool:
    """Whether the folder's check is of this key; false without a check."""
    try:
        return hmac.compare_digest((folder / CHECK_FILE).read_bytes(), _digest(key))
    except FileNotFoundError:
        return False


def set_check(folder: Path, key: bytes) -> None:
    """Store the check of the folder's key, in place of an earlier one."""
    write_whole(folder / CHECK_FILE, _digest(key))


def _digest(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=16, person=b"county-desk").digest()


def write_whole(path: Path, content: bytes) -> None:
    """Put a small private file in place, whole or not at all, and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(path.name + ".new")
    draft.touch(mode=0o600)
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def fold_log_in(db: apsw.Connection) -> None:
    """Truncate the write-ahead log, which may hold purged rows, unless a reader still needs it."""
    with suppress(apsw.BusyError, apsw.LockedError):
        db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)


def mark_damaged(path: Path) -> None:
    """Remember for the next start that this file could not be read."""
    try:
        path.with_name(path.name + DAMAGED_MARK).touch()
    except OSError:
        return  # A disk that takes no empty file will show the damage again by itself.


def is_marked_damaged(path: Path) -> bool:
    """Whether an earlier run could not read this file."""
    return path.with_name(path.name + DAMAGED_MARK).exists()


def set_aside(path: Path, at: Instant) -> Path:
    """Move a damaged file and its companions out of the way; returns where the main one went."""
    aside = path.with_name(f"{path.stem}.corrupt-{at}{path.suffix}")
    for ending in ("-wal", "-shm", DAMAGED_MARK):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    if path.exists():
        path.replace(aside)
    return aside

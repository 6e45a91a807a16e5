"""Making and restoring backups: the database and files of one moment in one folder.

DIR/county.db    the database
DIR/files/…      every file of the county, under the first two digits of its digest
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from desktop.county_server.db import access, disk
from desktop.county_server.db.atomic import atomic
from desktop.county_server.db.county_file import (
    connect,
    copy_to,
    digest_of,
    file_place,
    files_folder,
    make_ready,
)
from desktop.county_server.db.database import Database
from desktop.county_server.db.durable_mark import PromiseFile
from desktop.county_server.db.transaction import Transaction

DATABASE, FILES = "county.db", "files"
HALF = ".half"
"""Suffix of a backup's name until it is complete."""


class NotABackup(Exception):
    """The folder holds no backup, or one with a broken database."""


class FilesMissing(Exception):
    """A backup lists files of which no complete copy exists; nothing was changed."""

    def __init__(self, digests: tuple[str, ...]) -> None:
        super().__init__(", ".join(digests))
        self.digests = digests


class Done(msgspec.Struct, frozen=True):
    """The outcome of a backup or a restore."""

    files: int
    missing: tuple[str, ...] = ()
    """Digests of files that are incomplete at the county: desks are asked for them again."""
    epoch: str = ""


def save(path: Path, folder: Path) -> Done:
    """Make a backup of a county, whether it is served or not, in a new folder.

    Once the backup is on the disk, the commands in it count as durable for desks.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    if folder.exists():
        raise FileExistsError(folder)
    half = folder.with_name(folder.name + HALF)
    if half.exists():
        shutil.rmtree(half)
    disk.private_folder(half)
    with closing(connect(path, "FULL")) as connection:
        make_ready(connection)
        connection.execute("BEGIN")
        try:
            number = copy_to(connection, half / DATABASE)
        finally:
            connection.execute("ROLLBACK")
        # Only files that no row names are swept meanwhile: all that matters is still there.
        done = _save_files(half, files_folder(path))
        disk.sync_file(half / DATABASE)
        _sync_folders(half)
        half.rename(folder)
        disk.sync_folder(folder.parent)
        with atomic(connection):
            PromiseFile(path).cover(connection, number)
    return done


def _save_files(half: Path, source: Path) -> Done:
    digests = _digests(half / DATABASE)
    missing: list[str] = []
    target, folder = half / FILES, ""
    disk.private_folder(target)
    # In order, so that each folder is made once. Tens of thousands: too many for `Path`.
    for digest in digests:
        if digest[:2] != folder:
            folder = digest[:2]
            disk.private_folder(target / folder)
        place = f"{target}/{folder}/{digest}"
        try:
            _link_or_copy(f"{source}/{folder}/{digest}", place)
            whole = digest_of(place) == digest
        except FileNotFoundError:
            whole = False
        if not whole:
            Path(place).unlink(missing_ok=True)
            missing.append(digest)
    named = _files_named(half / DATABASE) if missing else set()
    _forget_files(half / DATABASE, missing)
    return Done(len(digests) - len(missing), tuple(each for each in missing if each in named))


def _link_or_copy(source: str, place: str) -> None:
    """Put a complete file in a second folder: as a link, since it never changes, or as a copy."""
    try:
        os.link(source, place)
        disk.make_private(place)
    except FileNotFoundError:
        raise
    except OSError:
        # Another disk, or one that knows no links.
        disk.copy_private(Path(source), Path(place))
        disk.sync_file(Path(place))


def restore(
    path: Path,
    folder: Path,
    *,
    accept_loss: bool = False,
    time_s: Callable[[], float] = time.time,
) -> Done:
    """Replace a county by a backup while no server has it open.

    InUse when one has; LossRefused and FilesMissing as long as no loss is accepted.
    Files that have come since the backup stay. A crash at any moment leaves either the old
    county or that of the backup.
    """
    _check(folder / DATABASE)
    digests = _digests(folder / DATABASE)
    missing = tuple(
        each
        for each in digests
        if not (
            _is_whole(file_place(folder / FILES, each), each)
            or _is_whole(file_place(files_folder(path), each), each)
        )
    )
    if missing and not accept_loss:
        raise FilesMissing(missing)
    if not path.parent.exists():
        disk.private_folder(path.parent)
    with (
        closing(Database(path, time_s=time_s, heed_promise=False)) as county,
        _without(folder / DATABASE, missing) as copy,
    ):
        _bring_files(folder / FILES, files_folder(path), set(digests) - set(missing))
        epoch = county.restore(copy, accept_loss=accept_loss)
    return Done(len(digests) - len(missing), missing, epoch)


def _check(path: Path) -> None:
    if not path.is_file():
        raise NotABackup(f"{path}: no such file")
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        try:
            (said,) = connection.execute("PRAGMA quick_check").fetchone()
        except sqlite3.DatabaseError as error:
            raise NotABackup(f"{path}: {error}") from None
    if said != "ok":
        raise NotABackup(f"{path}: {said}")


@contextmanager
def _without(path: Path, missing: tuple[str, ...]) -> Iterator[Path]:
    """Provide the backup's database, or a temporary copy of it without the missing files."""
    if not missing:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="county-restore-") as folder:
        copy = Path(folder) / DATABASE
        disk.copy_private(path, copy)
        _forget_files(copy, missing)
        yield copy


def _bring_files(source: Path, target: Path, digests: Iterable[str]) -> None:
    if wanted := sorted(digests):
        disk.private_folder(target)
    for digest in wanted:
        place = file_place(target, digest)
        if _is_whole(place, digest):
            continue
        disk.private_folder(place.parent)
        half = place.with_name(digest + HALF)
        # No link: the files that the county serves must not depend on the backup's folder.
        disk.copy_private(file_place(source, digest), half)
        disk.sync_file(half)
        half.replace(place)
        disk.sync_folder(place.parent)
    if target.exists():
        _sync_folders(target)


def _forget_files(path: Path, digests: Iterable[str]) -> None:
    """Mark these files as not here in a copy's rows, so that desks upload them again."""
    gone = tuple(digests)
    if not gone:
        return
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as connection,
        atomic(connection),
    ):
        (head,) = connection.execute("SELECT value FROM meta WHERE name='head'").fetchone()
        transaction = Transaction(connection, int(head))
        for digest in gone:
            access.lose(transaction, digest, int(time.time()))
        transaction.finish()
        connection.execute("UPDATE meta SET value=? WHERE name='head'", (transaction.head,))


def _digests(path: Path) -> list[str]:
    """List the digests of a backup's files; none for a database of before files were introduced."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name='files'").fetchone()
        asked = "SELECT digest FROM files ORDER BY digest"
        return [each for (each,) in connection.execute(asked)] if known else []


def _files_named(path: Path) -> set[str]:
    """Return the digests of files that a backup's rows and commands name."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        asked = "SELECT digest FROM named UNION SELECT digest FROM mentions"
        return {each for (each,) in connection.execute(asked)}


def _is_whole(path: Path, digest: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return digest_of(path) == digest
    return False


def _sync_folders(folder: Path) -> None:
    for each, _, _ in os.walk(folder, topdown=False):
        disk.sync_folder(each)

"""A database file that can be read but not written now: a full disk, a read-only folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import connect, in_words, migrate, migrations

SPARE_BYTES = 1024 * 1024
"""Left free beside a copy: an older schema is brought up to date in it."""


class ReadOnlyFile:
    """Reading connections to a file of the newest schema that cannot be written.

    The file itself is read where that shows all of it. A write-ahead log that nobody can fold in,
    or an older schema, needs a place to write: then a copy is read, in a private folder, in memory
    where the system has such. It is copied byte for byte and so stays encrypted; `close()` deletes
    it.
    """

    def __init__(
        self, path: Path, key: bytes, kind: str, why: Problem, *, empty: bool = False
    ) -> None:
        """With `empty`, or without a file, what is read is empty. Raises StoreError when the
        file cannot be read either."""
        self.problem = why
        """Why it cannot be written."""
        self._path, self._key, self._kind = path, key, kind
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._is_unchanging = False
        with in_words(path):
            if empty or not self._reads_as_it_lies():
                self._copy([] if empty else [path, _log_of(path)])

    def connect(self) -> apsw.Connection:
        """Open a connection for reading; raises the database's own exception."""
        return connect(
            self._path, self._key, durable=False, read_only=True, unchanging=self._is_unchanging
        )

    def close(self) -> None:
        """Let go of a copy; connections to it that are still open read on."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _reads_as_it_lies(self) -> bool:
        if not self._path.exists():
            return False
        for self._is_unchanging in (False, True):
            if self._is_unchanging and _size(_log_of(self._path)):
                break  # What is only in the log would be missing, and nobody would know.
            with _passing_over_unwritable(), _closing(self.connect()) as db:
                version = int(db.pragma("user_version"))
                db.execute("SELECT count(*) FROM sqlite_schema").fetchall()
                return version == len(migrations(self._kind))
        self._is_unchanging = False
        return False

    def _copy(self, parts: Sequence[Path]) -> None:
        """Copy those of these files that exist, migrate the copy, and read it from now on."""
        self._folder = _scratch(sum(map(_size, parts)), self.problem)
        copy = Path(self._folder.name) / self._path.name
        try:
            for part in parts:
                if part.exists():
                    shutil.copyfile(part, copy.with_name(part.name))
            with _closing(connect(copy, self._key, durable=False)) as db:
                migrate(db, self._kind)
        except OSError:
            self.close()
            raise StoreError(self.problem) from None
        except BaseException:
            self.close()
            raise
        self._path = copy


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


@contextmanager
def _passing_over_unwritable() -> Iterator[None]:
    """Ignore exceptions that only mean that something beside the file could not be written."""
    try:
        yield
    except (apsw.FullError, apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError):
        return


@contextmanager
def _closing(db: apsw.Connection) -> Iterator[apsw.Connection]:
    try:
        yield db
    finally:
        db.close()


def _scratch(size: int, why: Problem) -> tempfile.TemporaryDirectory[str]:
    """A private folder with room for that many bytes twice, in memory when there is one."""
    for place in (os.environ.get("XDG_RUNTIME_DIR"), "/dev/shm", tempfile.gettempdir()):  # noqa: S108
        try:
            if place and shutil.disk_usage(place).free >= 2 * size + SPARE_BYTES:
                return tempfile.TemporaryDirectory(
                    prefix="county-desk-", dir=place, ignore_cleanup_errors=True
                )
        except OSError:
            continue
    raise StoreError(why)

"""Login tokens and passwords of sources where there is no keyring: encrypted, beside the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.data_format import SCHEMAS
from desktop.storage.sqlite.database import check_key, connect, in_words, is_read_only, migrate

FILE = "logins.db"


def are_kept(folder: Path) -> bool:
    """Whether any login was ever kept in the folder."""
    return (folder / FILE).exists()


def read(folder: Path, key: bytes, source: str) -> str | None:
    """Return the secret of a source, None when none is kept; raises StoreError for a wrong key.

    It is read anew each time: another program may have kept another meanwhile.
    """
    if not are_kept(folder):
        return None
    check_key(folder, key)
    path = folder / FILE
    with in_words(path):
        # Where nothing can be written, nothing can be written beside it either.
        unchanging = is_read_only(path)
        db = connect(path, key, durable=True, read_only=True, unchanging=unchanging)
        try:
            found, version = None, int(db.pragma("user_version"))
            if version > SCHEMAS["logins"]:
                raise StoreError(Problem("store_newer", {"file": FILE}))
            if version:  # Else the power failed while the file was made.
                found = db.execute("SELECT body FROM secret WHERE source = ?", (source,)).get
        finally:
            db.close()
    return None if found is None else str(found)


def keep(folder: Path, key: bytes, source: str, secret: str) -> None:
    """Put the secret of a source on the disk, in place of the one there was."""
    with _open_for_writing(folder, key) as db:
        db.execute("INSERT OR REPLACE INTO secret VALUES (?, ?)", (source, secret))


def forget(folder: Path, key: bytes, source: str) -> None:
    """Take the secret of a source out; nothing happens when there is none."""
    if are_kept(folder):
        with _open_for_writing(folder, key) as db:
            db.execute("DELETE FROM secret WHERE source = ?", (source,))


@contextmanager
def _open_for_writing(folder: Path, key: bytes) -> Iterator[apsw.Connection]:
    check_key(folder, key)
    path = folder / FILE
    with in_words(path):
        db = connect(path, key, durable=True)
        try:
            migrate(db, "logins")
            yield db
        finally:
            db.close()  # The last to close folds the log in: no old secret stays in it.

"""All files of a folder encrypted under another key, or none."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import closing
from pathlib import Path

import apsw

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.sqlite.database import in_words, is_marked_damaged, open_raw, why_unwritable

log = logging.getLogger(__name__)

FILES = ("outbox.db", "files.db", "outbox-rescued.db", "logins.db", "cache.db")
"""The files under the folder's key; those that exist nowhere else come first."""
ROOM_FACTOR = 2
"""The old pages stay in a journal until the new ones are on the disk."""


def can_be_rekeyed(folder: Path) -> bool:
    """Whether the files look fit for it: they can be written, are not damaged, and have room."""
    paths = _paths(folder)
    if any(is_marked_damaged(path) or why_unwritable(path) for path in paths):
        return False
    if not os.access(folder, os.W_OK):
        return False
    largest = max((path.stat().st_size for path in paths), default=0)
    return shutil.disk_usage(folder).free > ROOM_FACTOR * largest


def rekey_all(folder: Path, old: bytes, new: bytes) -> bool:
    """Whether every file is now under the new key; otherwise all are under the old one.

    A program that was killed may have left files under either; both are accepted. Raises StoreError
    when neither can be had; another start goes on from there.
    """
    done: list[Path] = []
    for path in _paths(folder):
        try:
            rekey(path, old, new)
        except StoreError as error:
            log.info(
                "a file was not put under the new key",
                extra={"file": path.name, "code": error.problem.code},
            )
            for each in done:
                rekey(each, new, old)
            return False
        done.append(path)
    return True


def rekey(path: Path, old: bytes, new: bytes) -> None:
    """Put one file under the new key, in one transaction; nothing happens when it is.

    The old key is tried first: where a program was killed in the middle, the journal that
    brings the file back is under it. Raises StoreError for a file that neither key opens.
    """
    with in_words(path, marks=False):
        for key, is_old in ((old, True), (new, False)):
            try:
                db = open_raw(path, key)
            except apsw.NotADBError:
                continue
            with closing(db):
                if is_old:
                    db.pragma("journal_mode", "delete")
                    db.pragma("synchronous", "FULL")
                    db.pragma("rekey", "raw:" + new.hex())
            return
    raise StoreError(Problem("store_damaged", {"file": path.name}))


def _paths(folder: Path) -> list[Path]:
    return [path for name in FILES if (path := folder / name).exists()]

"""A disk for the encrypted files that fills up, fails to sync or loses power on command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

import apsw
import pytest

NAME = "faulty"
ENCRYPTED = f"multipleciphers-{NAME}"
"""The cipher's own layer over ours."""


class FaultyDisk:
    """Counts what is written and synced, and fails from the nth on until it is mended."""

    def __init__(self) -> None:
        self.writes = self.syncs = 0
        self.full_from: int | None = None
        self.no_sync_from: int | None = None
        self._undo: dict[Path, list[tuple[int, bytes, int]]] = {}

    def fill_up(self, after_writes: int) -> None:
        """Take that many more writes, then no more."""
        self.full_from = self.writes + after_writes

    def break_sync(self, after_syncs: int) -> None:
        """Sync that many times more, then fail."""
        self.no_sync_from = self.syncs + after_syncs

    @property
    def failed(self) -> bool:
        """Whether the fault was met."""
        full = self.full_from is not None and self.writes > self.full_from
        return full or (self.no_sync_from is not None and self.syncs > self.no_sync_from)

    def mend(self) -> None:
        """Take everything again."""
        self.full_from = self.no_sync_from = None

    def power_lost(self, folder: Path, to: Path) -> Path:
        """A folder as it would be found after power went away now: nothing unsynced is there."""
        to.mkdir()
        for file in folder.iterdir():
            if file.name.endswith("-shm"):
                continue
            shutil.copy(file, to / file.name)
            with (to / file.name).open("r+b") as copy:
                for offset, before, size in reversed(self._undo.get(file, [])):
                    copy.seek(offset)
                    copy.write(before)
                    copy.truncate(size)
        return to

    def write(self, path: Path, length: int, offset: int) -> None:
        """About to write there."""
        self.writes += 1
        if self.full_from is not None and self.writes > self.full_from:
            raise apsw.FullError
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(min(offset, size))
            self._undo.setdefault(path, []).append((offset, file.read(length), size))

    def sync(self, path: Path) -> None:
        """About to sync."""
        self.syncs += 1
        if self.no_sync_from is not None and self.syncs > self.no_sync_from:
            raise apsw.IOError
        self._undo.pop(path, None)


class _File(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: Any, flags: Any) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "")

    def xWrite(self, data: Any, offset: int) -> None:
        self._disk.write(self._path, len(data), offset)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._path)
        super().xSync(flags)


class _Layer(apsw.VFS):
    """Registered once for good: the cipher's layer over it keeps pointing at it."""

    disk: FaultyDisk

    def __init__(self) -> None:
        super().__init__(NAME, "unix")

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:
        return _File(self.disk, name, flags)


@cache
def _layer() -> _Layer:
    return _Layer()


@contextmanager
def faulty_disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultyDisk]:
    """Every database opened meanwhile lies on the disk that is given."""
    disk = _layer().disk = FaultyDisk()
    with monkeypatch.context() as patched:
        connection = partial(apsw.Connection, vfs=ENCRYPTED)
        patched.setattr(apsw, "Connection", connection)
        yield disk

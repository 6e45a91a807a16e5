"""A desk's disk: real files in memory that fill up, break, lose power or die at any step."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import apsw

NAME = "simulated"
ENCRYPTED = f"multipleciphers-{NAME}"
"""The cipher's own layer over ours."""
Image = dict[str, bytes]
"""All files of a folder."""
MAKES = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
LEFT_OUT = ("-shm", ".lock")
_numbers = itertools.count()


class Crash(BaseException):
    """The desk dies here; nothing of the program catches it."""


ON_THE_LINE = ("send", "receive", "connect")


class Disk:
    """One desk's folder. It dies once: what the program does after that reaches nobody."""

    def __init__(self, place: Path, image: Image) -> None:
        self._place = place
        self.folder = place
        self.steps = 0
        self.dies_in: int | None = None
        """After so many more steps, on the disk or on the line."""
        self.dies_writing: int | None = None
        """After so many more writes."""
        self.loses_power = False
        """Whether it dies by losing power: what was not synced is gone."""
        self.is_full = self.no_sync = self.is_read_only = False
        self.full_in: int | None = None
        self.left: Image = {}
        """What is there after it died."""
        self.is_dead = False
        self.on_step: Callable[[str], None] = lambda what: None
        self._undo: dict[str, list[tuple[int, bytes, int]]] = {}
        self.put(image)

    def put(self, image: Image) -> None:
        """Have the folder hold this, for a program that is started now."""
        self.remove()
        self.folder = self._place / str(next(_numbers))
        self.folder.mkdir(parents=True)
        for name, body in image.items():
            (self.folder / name).write_bytes(body)
        _layer().disks[str(self.folder)] = self
        self._undo.clear()
        self.is_dead, self.dies_in, self.left = False, None, {}
        self.dies_writing = None

    def remove(self) -> None:
        """Take the folder away."""
        _layer().disks.pop(str(self.folder), None)
        if self.folder != self._place:
            shutil.rmtree(self.folder, ignore_errors=True)

    def image(self, *, powerless: bool = False) -> Image:
        """What is on it now; `powerless`, what is still there after the power went."""
        found = {}
        for file in sorted(self.folder.iterdir()):
            if file.is_file() and not file.name.endswith(LEFT_OUT):
                body = file.read_bytes()
                found[file.name] = self._synced(file.name, body) if powerless else body
        return found

    def _synced(self, name: str, body: bytes) -> bytes:
        held = bytearray(body)
        for offset, before, size in reversed(self._undo.get(name, [])):
            held[offset : offset + len(before)] = before
            del held[size:]
        return bytes(held)

    def step(self, what: str) -> None:
        """One step of the desk's, on the disk or on the line; it may be its last."""
        if self.is_dead:
            if what in ON_THE_LINE:
                raise Crash(what)  # Another exchange of the dead program goes no further.
            return
        self.steps += 1
        if self.dies_in is not None:
            self.dies_in -= 1
            if self.dies_in < 0:
                self.die(what)

    def die(self, what: str) -> None:
        """Die now."""
        self.left = self.image(powerless=self.loses_power)
        self.is_dead, self.dies_in = True, None
        self.on_step(what)
        raise Crash(what)

    @property
    def is_damaged(self) -> bool:
        """Whether the program has found a file that it cannot read, which a new start mends."""
        return any(self.folder.glob("*.damaged"))

    @property
    def is_at_fault(self) -> bool:
        """Whether it does not take everything, or soon will not."""
        return self.is_full or self.no_sync or self.is_read_only or self.full_in is not None

    def mend(self) -> None:
        """Take everything again."""
        self.is_full = self.no_sync = self.is_read_only = False
        self.full_in = None

    def free(self) -> int:
        """Bytes left, as the system tells."""
        return 0 if self.is_full else 1 << 40

    def refuse(self) -> None:
        """What comes of writing, cutting short, making or deleting a file that may only be read."""
        if self.is_read_only and not self.is_dead:
            raise apsw.IOError

    def write(self, name: str, reader: int, length: int, offset: int) -> None:
        """About to write there; `reader` is a handle of the file's, for reading."""
        self.step("disk write")
        if self.dies_writing is not None and not self.is_dead:
            self.dies_writing -= 1
            if self.dies_writing < 0:
                self.die("disk write")
        if self.full_in is not None:
            self.full_in -= 1
            self.is_full = self.is_full or self.full_in < 0
        if self.is_full and not self.is_dead:
            raise apsw.FullError
        self.refuse()
        size, before = os.fstat(reader).st_size, os.pread(reader, length, offset)
        self._undo.setdefault(name, []).append((offset, before, size))

    def sync(self, name: str) -> None:
        """About to sync."""
        self.step("disk sync")
        if self.no_sync and not self.is_dead:
            raise apsw.IOError
        self._undo.pop(name, None)

    def truncate(self, name: str, reader: int, size: int) -> None:
        """About to cut a file short."""
        self.refuse()
        tail = os.pread(reader, max(0, os.fstat(reader).st_size - size), size)
        self._undo.setdefault(name, []).append((size, tail, size + len(tail)))


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, path: Path, name: Any, flags: Any) -> None:
        super().__init__("unix", name, flags)
        self._disk, self._name = disk, path.name
        self._reader = os.open(path, os.O_RDONLY)

    def xWrite(self, data: Any, offset: int) -> None:
        self._disk.write(self._name, self._reader, len(data), offset)
        _write(self, data, offset)

    def xSync(self, flags: int) -> None:
        self._disk.sync(self._name)
        super().xSync(flags)

    def xTruncate(self, newsize: int) -> None:
        self._disk.truncate(self._name, self._reader, newsize)
        super().xTruncate(newsize)

    def xClose(self) -> None:
        if self._reader >= 0:
            os.close(self._reader)
            self._reader = -1
        super().xClose()


_write = apsw.VFSFile.xWrite


class _Layer(apsw.VFS):
    """Registered once for good: the cipher's layer over it keeps pointing at it."""

    def __init__(self) -> None:
        super().__init__(NAME, "unix")
        self.disks: dict[str, Disk] = {}

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:
        path = Path((name.filename() if isinstance(name, apsw.URIFilename) else name) or "")
        disk = self.disks.get(str(path.parent))
        if disk is None:
            return apsw.VFSFile("unix", name, flags)
        if disk.is_read_only and not disk.is_dead and flags[0] & apsw.SQLITE_OPEN_READWRITE:
            if not path.exists():
                raise apsw.CantOpenError
            flags[0] = flags[0] & ~MAKES | apsw.SQLITE_OPEN_READONLY
        return _File(disk, path, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        disk = self.disks.get(str(Path(name).parent))
        if disk is not None:
            disk.refuse()
        super().xDelete(name, sync_folder)


@cache
def _layer() -> _Layer:
    return _Layer()


def ready() -> None:
    """Have the layer there before the first file is opened on it."""
    _layer()


def of(path: Path) -> Disk | None:
    """The disk that a path of a desk's lies on."""
    return _layer().disks.get(str(path if path.is_dir() else path.parent))


def full(path: Path) -> OSError:
    """What the system says of a write that found no room."""
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

"""Snapshots as files on disk: their types, and the store of those that are kept."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

import msgspec

KEPT = 6
"""Snapshots kept per scope: a reader on a thin link resumes one for hours."""


class File(msgspec.Struct, frozen=True):
    """One file of a snapshot, in one content coding; immutable."""

    path: Path
    tag: str
    media_type: str
    coding: str = ""


class Snapshot(msgspec.Struct, frozen=True):
    """All the rows an account may see, as of one moment."""

    scope: str
    id: str
    epoch: str
    sequence: int
    taken_at_s: float
    level: int
    """Level of compression."""
    files: tuple[File, ...]

    @property
    def url(self) -> str:
        """Path under which the snapshot is served."""
        return f"/v1/snapshot/{self.scope}/{self.id}"

    def file(self, coding: str) -> File:
        """Return the file with that content coding, else the one without."""
        return next((each for each in self.files if each.coding == coding), self.files[0])


class Digest:
    """Computes the strong ETag of bytes given piece by piece."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> bytes:
        """Add bytes and return them."""
        self._digest.update(piece)
        return piece

    def tag(self, suffix: str = "") -> str:
        """Return the ETag in quotation marks; 80 bits are enough for a scope's few files."""
        return f'"{self._digest.hexdigest()[:20]}{suffix}"'


class Kept:
    """The snapshots kept per scope, the newest first. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, list[Snapshot]] = {}

    def newest(self, scope: str, epoch: str) -> Snapshot | None:
        """Return the newest snapshot of a scope in this epoch, or None."""
        with self._lock:
            kept = self._kept.get(scope, [])
            return next((each for each in kept if each.epoch == epoch), None)

    def find(self, scope: str, name: str) -> Snapshot | None:
        """Return the snapshot of that name; None when it is not kept any more."""
        with self._lock:
            kept = self._kept.get(scope, [])
            return next((each for each in kept if each.id == name), None)

    def add(self, snapshot: Snapshot) -> None:
        """Keep a snapshot and delete the oldest of its scope beyond the limit."""
        with self._lock:
            kept = self._kept.setdefault(snapshot.scope, [])
            kept.insert(0, snapshot)
            gone = kept[KEPT:]
            del kept[KEPT:]
        for file in (file for each in gone for file in each.files):
            # Where an open file cannot be unlinked, the folder's end takes it along.
            with contextlib.suppress(OSError):
                file.path.unlink()

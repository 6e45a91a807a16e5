"""Snapshots as files on disk: what they are, how many are kept, how they are found."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from pathlib import Path

import msgspec

KEPT = 6
"""Of one scope: a reader on a thin link comes back for the rest of one for hours."""


class File(msgspec.Struct, frozen=True):
    """One form of a snapshot, as immutable as the snapshot."""

    path: Path
    tag: str
    media_type: str
    coding: str = ""


class Snapshot(msgspec.Struct, frozen=True):
    """All an account may see, as of one moment."""

    scope: str
    id: str
    epoch: str
    sequence: int
    taken_at_s: float
    level: int
    """How strongly it is compressed."""
    files: tuple[File, ...]

    @property
    def url(self) -> str:
        """Where it is served."""
        return f"/v1/snapshot/{self.scope}/{self.id}"

    def file(self, coding: str) -> File:
        """The form with that content coding, else the one without."""
        return next((each for each in self.files if each.coding == coding), self.files[0])


class Digest:
    """The strong ETag of bytes given piece by piece."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, piece: bytes) -> bytes:
        """The same bytes, counted in."""
        self._digest.update(piece)
        return piece

    def tag(self, suffix: str = "") -> str:
        """The tag, in its quotation marks; 80 bits are enough for the few files of a scope."""
        return f'"{self._digest.hexdigest()[:20]}{suffix}"'


class Kept:
    """The snapshots kept per scope, the newest first. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, list[Snapshot]] = {}

    def newest(self, scope: str, epoch: str) -> Snapshot | None:
        """The last one taken of a scope in this life of the data."""
        with self._lock:
            kept = self._kept.get(scope, [])
            return next((each for each in kept if each.epoch == epoch), None)

    def find(self, scope: str, name: str) -> Snapshot | None:
        """The one of that name, while it is kept."""
        with self._lock:
            kept = self._kept.get(scope, [])
            return next((each for each in kept if each.id == name), None)

    def add(self, snapshot: Snapshot) -> None:
        """Keep it, and let the oldest of its scope go."""
        with self._lock:
            kept = self._kept.setdefault(snapshot.scope, [])
            kept.insert(0, snapshot)
            gone = kept[KEPT:]
            del kept[KEPT:]
        for file in (file for each in gone for file in each.files):
            # Where an open file cannot be unlinked, the folder's end takes it along.
            with contextlib.suppress(OSError):
                file.path.unlink()

"""The parts of a backup and their list, with which it begins."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from desktop.application.ports import StoreError
from desktop.domain.backup import BackupContents
from desktop.domain.source import Problem
from desktop.storage.backup.sealed import CHUNK_BYTES, LENGTH, SealedReader, not_whole
from desktop.storage.files.store import FILE as FILES
from desktop.storage.outbox.recovery import RESCUED
from desktop.storage.outbox.store import FILE as OUTBOX

PROFILE = "profile.toml"
STORES = (OUTBOX, FILES, RESCUED)
"""The encrypted files. The outbox comes first: whatever it refers to is then in the files."""
SETTINGS = ("layout.ini", "county-layout.ini")
"""How the officer arranged the desk, and what else was chosen in its window."""
PARTS = (PROFILE, *STORES, *SETTINGS)
LIST_BYTES = 64 * 1024


class Part(msgspec.Struct, frozen=True):
    """One file of a backup."""

    name: str
    size: int
    digest: str
    """SHA-256 in hexadecimal digits."""


class Listing(msgspec.Struct, frozen=True):
    """What a backup begins with."""

    contents: BackupContents
    key: str
    """The key of its stores, in hexadecimal digits; made for this backup alone."""
    parts: tuple[Part, ...]


def read_listing(reader: SealedReader) -> Listing:
    """Return the list of parts; raises StoreError for one that is none of ours."""
    (size,) = LENGTH.unpack(reader.read(LENGTH.size))
    if size > LIST_BYTES:
        raise not_whole()
    try:
        found = msgspec.json.decode(reader.read(size), type=Listing)
    except msgspec.MsgspecError:
        raise not_whole() from None
    names = [part.name for part in found.parts]
    if len({*names}) < len(names) or min((part.size for part in found.parts), default=0) < 0:
        raise not_whole()
    if not {*names} <= {*PARTS}:
        raise StoreError(Problem("backup_newer"))  # It holds what this version does not know.
    return found


def read_part(reader: SealedReader, part: Part) -> Iterator[bytes]:
    """Yield a part piece by piece; raises StoreError unless it has its size and digest."""
    digest, left = hashlib.sha256(), part.size
    while left:
        piece = reader.read(min(left, CHUNK_BYTES))
        digest.update(piece)
        left -= len(piece)
        yield piece
    if digest.hexdigest() != part.digest:
        raise not_whole()


def describe(path: Path) -> Part:
    """Return a file's entry in the list."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Part(path.name, path.stat().st_size, digest)


def describe_small(name: str, content: bytes) -> Part:
    """Return the entry of a file that was read into memory."""
    return Part(name, len(content), hashlib.sha256(content).hexdigest())

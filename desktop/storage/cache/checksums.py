"""The 256 bucket sums of a source's rows, kept in step with them (`protocol.checksum`)."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import apsw

from desktop.domain.command import Collection
from desktop.protocol.checksum import BUCKETS, MODULUS, UNCOUNTED, bucket_and_weight

_BLOB = struct.Struct(f">{BUCKETS}Q")
COUNTED = tuple(c for c in Collection if c not in UNCOUNTED)


class Sums:
    """The sums as they change during one transaction; counts nothing until they are wanted."""

    def __init__(self, buckets: list[int] | None = None) -> None:
        self._buckets = buckets
        self._changed = False

    @classmethod
    def read(cls, db: apsw.Connection, source: int) -> Sums:
        """Read the stored sums of a source; without any, nothing is counted."""
        blob = db.execute("SELECT sums FROM source WHERE number = ?", (source,)).get
        return cls(None if blob is None else list(_BLOB.unpack(blob)))

    @classmethod
    def count(cls, db: apsw.Connection, source: int) -> Sums:
        """The sums worked out from the stored rows."""
        sums = cls([0] * BUCKETS)
        found = db.execute("SELECT id, version FROM incident WHERE source = ?", (source,))
        sums.add(Collection.INCIDENTS, found)
        for collection in COUNTED:
            things = db.execute(
                "SELECT id, version FROM thing WHERE collection = ? AND source = ?",
                (collection.value, source),
            )
            sums.add(collection, things)
        sums._changed = True
        return sums

    @property
    def wanted(self) -> bool:
        """Whether anything is counted."""
        return self._buckets is not None

    @property
    def total(self) -> int:
        """The sum over the whole scope."""
        return sum(self._buckets or ()) % MODULUS

    @property
    def buckets(self) -> tuple[int, ...]:
        """The sum of each bucket."""
        return tuple(self._buckets or [0] * BUCKETS)

    def add(self, collection: Collection, rows: Iterable[tuple[str, int]]) -> None:
        """Count rows, given as (id, version), in."""
        self._count(collection, rows, +1)

    def take(self, collection: Collection, rows: Iterable[tuple[str, int]]) -> None:
        """Count rows, as (id, version) before they went or changed, out."""
        self._count(collection, rows, -1)

    def keep(self, db: apsw.Connection, source: int) -> None:
        """Write the sums, if they changed."""
        if self._buckets is not None and self._changed:
            blob = _BLOB.pack(*self._buckets)
            db.execute("UPDATE source SET sums = ? WHERE number = ?", (blob, source))

    def _count(self, collection: Collection, rows: Iterable[tuple[str, int]], sign: int) -> None:
        buckets = self._buckets
        if buckets is None or collection in UNCOUNTED:
            return
        self._changed = True
        for name, version in rows:
            at, weight = bucket_and_weight(collection, name, version)
            buckets[at] = (buckets[at] + sign * weight) % MODULUS


def forget(db: apsw.Connection, source: int) -> None:
    """Drop the stored sums: they are counted anew when next needed."""
    db.execute("UPDATE source SET sums = NULL WHERE number = ?", (source,))

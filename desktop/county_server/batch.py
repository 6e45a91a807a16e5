"""Changes to the county's rows inside one open transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from desktop.county_server.standing import Standing, standing
from desktop.wire.level1 import COLLECTIONS, Trend

ENCODER = msgspec.json.Encoder()
NOBODY = "\0"
"""Township of a trend whose owner is not known: only whole-county accounts see it."""


class Batch:
    """One transaction's changes. Every changed row takes the next sequence number."""

    def __init__(self, connection: sqlite3.Connection, head: int) -> None:
        self.connection = connection
        self.head = head

    def put(self, collection: str, rows: Iterable[msgspec.Struct], *, quiet: bool = False) -> int:
        """Add or replace rows; the number that really changed.

        A row's version always grows: one that does not is given the next. A row
        equal to the stored one changes nothing. A quiet put reaches the next
        snapshot but is not told to readers: for trends, which readers extend
        themselves from the readings they are told.
        """
        expected = COLLECTIONS[collection]
        changed = 0
        for row in rows:
            if type(row) is not expected:
                raise TypeError(f"{collection} takes {expected.__name__}, not {type(row).__name__}")
            changed += self._put_row(collection, row, quiet)
        return changed

    def _put_row(self, collection: str, row: msgspec.Struct, quiet: bool) -> bool:
        stored = self.connection.execute(
            "SELECT key, seq, version, townships, earlier, body FROM rows"
            " WHERE collection=? AND id=?",
            (collection, row.id),  # type: ignore[attr-defined]
        ).fetchone()
        place = self._standing(row)
        version = getattr(row, "version", 0)
        if stored is None:
            self._insert(collection, row, place, ENCODER.encode(row), version)
            return True
        key, seq, old_version, old_townships, earlier, old_body = stored
        body = _with_version(row, old_version)
        if body == old_body and old_townships == place.townships:
            return False
        version = max(version, old_version + 1)
        if old_townships != place.townships:
            earlier = "\n".join(filter(None, (earlier, old_townships))) if old_townships else "*"
        self.head += 1
        self.connection.execute(
            "UPDATE rows SET seq=?, version=?, open=?, rank=?, worth=?, townships=?, earlier=?,"
            " body=? WHERE key=?",
            (
                seq if quiet and old_body is not None else self.head, version, place.open,
                place.rank, place.worth, place.townships, earlier, _with_version(row, version), key,
            ),
        )  # fmt: skip
        if old_townships != place.townships and collection in ("assets", "queues"):
            self._move_trend(row, place.townships, earlier)
        return True

    def _move_trend(self, owner: msgspec.Struct, townships: str, earlier: str) -> None:
        """Let a trend be seen by whoever sees its owner, and by nobody else."""
        self.head += 1
        self.connection.execute(
            "UPDATE rows SET seq=?, townships=?, earlier=? WHERE collection='trends' AND id=?",
            (self.head, townships, earlier, owner.id),  # type: ignore[attr-defined]
        )

    def _insert(
        self, collection: str, row: msgspec.Struct, place: Standing, body: bytes, version: int
    ) -> None:
        self.head += 1
        self.connection.execute(
            "INSERT INTO rows(collection, id, seq, version, open, rank, worth, townships, body)"
            " VALUES(?,?,?,?,?,?,?,?,?)",
            (
                collection, row.id, self.head, version, place.open,  # type: ignore[attr-defined]
                place.rank, place.worth, place.townships, body,
            ),
        )  # fmt: skip

    def _standing(self, row: msgspec.Struct) -> Standing:
        place = standing(row)
        if not isinstance(row, Trend):
            return place
        owner = self.connection.execute(
            "SELECT townships FROM rows WHERE collection=? AND id=?", (row.kind + "s", row.id)
        ).fetchone()
        return msgspec.structs.replace(place, townships=owner[0] if owner else NOBODY)

    def get(self, collection: str, row_id: str) -> msgspec.Struct | None:
        """One row as it stands inside this transaction."""
        found = self.connection.execute(
            "SELECT body FROM rows WHERE collection=? AND id=? AND body IS NOT NULL",
            (collection, row_id),
        ).fetchone()
        row: msgspec.Struct | None = (
            msgspec.json.decode(found[0], type=COLLECTIONS[collection]) if found else None
        )
        return row

    def remember(self, name: str, value: str) -> None:
        """Keep a word of the feeder's own with the changes of this transaction."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", ("fed:" + name, value))

    def delete(self, collection: str, ids: Iterable[str]) -> int:
        """Delete rows; the number that were there. Readers are told until retention ends."""
        deleted = 0
        for each in ids:
            self.head += 1
            deleted += self.connection.execute(
                "UPDATE rows SET seq=?, version=version+1, body=NULL"
                " WHERE collection=? AND id=? AND body IS NOT NULL",
                (self.head, collection, each),
            ).rowcount
        return deleted


def _with_version(row: msgspec.Struct, version: int) -> bytes:
    if hasattr(row, "version") and row.version != version:
        row = msgspec.structs.replace(row, version=version)
    return ENCODER.encode(row)

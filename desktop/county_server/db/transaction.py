"""Changes to the county's rows inside one open transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from desktop.county_server.db import file_mentions
from desktop.county_server.db.field_versions import stamp_fields
from desktop.county_server.db.row_standing import Standing, standing
from desktop.county_server.db.schema import SumChanges, bucket_of
from desktop.protocol.checksum import UNCOUNTED
from desktop.wire.level1 import COLLECTIONS, Trend

ENCODER = msgspec.json.Encoder()
NOBODY = "\0"
"""Township of a trend without a known owner: only whole-county accounts see it."""


class Transaction:
    """One transaction's changes. Every changed row takes the next sequence number."""

    def __init__(self, connection: sqlite3.Connection, head: int) -> None:
        self.connection = connection
        self.head = head
        self.touched: set[str] = set()
        """The townships of the changed rows: sets, as stored with rows."""
        self.by: str | None = None
        """The account whose commands make the changes; None for others."""
        self._sums = SumChanges()

    def put(self, collection: str, rows: Iterable[msgspec.Struct], *, quiet: bool = False) -> int:
        """Add or replace rows; return how many really changed.

        A row's version always grows: where it does not, the row gets the next one. A row
        equal to the stored one changes nothing. A quiet put appears in the next snapshot but
        not among the changes: for trends, which readers extend themselves by the readings
        they receive.
        """
        if quiet and collection not in UNCOUNTED:
            raise ValueError(f"{collection} are counted in sums: readers must hear of them")
        expected = COLLECTIONS[collection]
        changed = 0
        for row in rows:
            if type(row) is not expected:
                raise TypeError(f"{collection} takes {expected.__name__}, not {type(row).__name__}")
            changed += self._put_row(collection, row, quiet)
        return changed

    def _put_row(self, collection: str, row: msgspec.Struct, quiet: bool) -> bool:
        found = self.connection.execute(
            "SELECT key, seq, version, townships, earlier, body, born, moved, stamps FROM rows"
            " WHERE collection=? AND id=?",
            (collection, row.id),  # type: ignore[attr-defined]
        ).fetchone()
        place = self._standing(row)
        if found is None:
            self._insert(collection, row, place)
            return True
        stored = _Stored(*found)
        if (
            _with_version(row, stored.version) == stored.body
            and stored.townships == place.townships
        ):
            return False
        self._update(collection, row, place, stored, quiet)
        if stored.townships != place.townships and collection in ("assets", "queues"):
            self._move_trend(row, place.townships, stored.earlier_after(place))
        return True

    def _update(
        self, collection: str, row: msgspec.Struct, place: Standing, stored: _Stored, quiet: bool
    ) -> None:
        row_id: str = row.id  # type: ignore[attr-defined]
        version = max(getattr(row, "version", 0), stored.version + 1)
        self.head += 1
        if not quiet:
            self.touched |= {stored.townships, place.townships}
        stamps, born, before = b"", self.head, None
        if stored.body is not None:
            before = msgspec.json.decode(stored.body, type=type(row))
            stamps, born = stamp_fields(stored.stamps, before, row, self.head), stored.born
            self._sums.add(stored.townships, collection, row_id, stored.version, -1)
        self._sums.add(place.townships, collection, row_id, version, 1)
        file_mentions.keep(self.connection, row, before)
        self.connection.execute(
            "UPDATE rows SET seq=?, version=?, open=?, rank=?, worth=?, townships=?, earlier=?,"
            " body=?, born=?, moved=?, stamps=? WHERE key=?",
            (
                stored.seq if quiet and stored.body is not None else self.head,
                version, place.open, place.rank, place.worth, place.townships,
                stored.earlier_after(place), _with_version(row, version), born,
                stored.moved if stored.townships == place.townships else self.head,
                stamps or None, stored.key,
            ),
        )  # fmt: skip

    def _move_trend(self, owner: msgspec.Struct, townships: str, earlier: str) -> None:
        """Give a trend the townships of its owner, so that the same accounts see both."""
        self.head += 1
        self.connection.execute(
            "UPDATE rows SET seq=?, townships=?, earlier=?, moved=?"
            " WHERE collection='trends' AND id=?",
            (self.head, townships, earlier, self.head, owner.id),  # type: ignore[attr-defined]
        )

    def _insert(self, collection: str, row: msgspec.Struct, place: Standing) -> None:
        row_id: str = row.id  # type: ignore[attr-defined]
        version = getattr(row, "version", 0)
        self.head += 1
        self.touched.add(place.townships)
        self._sums.add(place.townships, collection, row_id, version, 1)
        file_mentions.keep(self.connection, row, None)
        self.connection.execute(
            "INSERT INTO rows(collection, id, seq, version, open, rank, worth, townships, body,"
            " made, born, moved, bucket) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                collection, row_id, self.head, version, place.open, place.rank, place.worth,
                place.townships, ENCODER.encode(row), self.head, self.head, self.head,
                bucket_of(collection, row_id),
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
        """Return a row as it is inside this transaction."""
        found = self.connection.execute(
            "SELECT body FROM rows WHERE collection=? AND id=? AND body IS NOT NULL",
            (collection, row_id),
        ).fetchone()
        row: msgspec.Struct | None = (
            msgspec.json.decode(found[0], type=COLLECTIONS[collection]) if found else None
        )
        return row

    def remember(self, name: str, value: str) -> None:
        """Store a named value of the county's feeder with this transaction (`Database.recall`)."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES(?, ?)", ("fed:" + name, value))

    def recall(self, name: str) -> str | None:
        """Return the value stored under a name (`remember`)."""
        found = self.connection.execute(
            "SELECT value FROM meta WHERE name=?", ("fed:" + name,)
        ).fetchone()
        return str(found[0]) if found else None

    def list_names(self, beginning: str) -> list[str]:
        """List the names that begin with this under which values are stored."""
        start = "fed:" + beginning
        found = self.connection.execute(
            "SELECT substr(name, 5) FROM meta WHERE substr(name, 1, ?)=?", (len(start), start)
        )
        return [str(name) for (name,) in found.fetchall()]

    def forget(self, name: str) -> None:
        """Delete the value stored under a name."""
        self.connection.execute("DELETE FROM meta WHERE name=?", ("fed:" + name,))

    def delete(self, collection: str, ids: Iterable[str]) -> int:
        """Delete rows; return how many there were. Changes list deletions until retention ends."""
        deleted = 0
        for each in ids:
            found = self.connection.execute(
                "SELECT key, version, townships FROM rows"
                " WHERE collection=? AND id=? AND body IS NOT NULL",
                (collection, each),
            ).fetchone()
            if found is None:
                continue
            key, version, townships = found
            self.head += 1
            deleted += 1
            self.touched.add(townships)
            self._sums.add(townships, collection, each, version, -1)
            file_mentions.forget(self.connection, collection, each)
            self.connection.execute(
                "UPDATE rows SET seq=?, version=version+1, body=NULL, stamps=NULL WHERE key=?",
                (self.head, key),
            )
        return deleted

    def tell_everybody(self) -> None:
        """Give every reader a hint of this transaction."""
        self.head += 1
        self.touched.add("")

    def finish(self) -> None:
        """Write the checksum changes collected during the transaction."""
        self._sums.flush(self.connection)


class _Stored(msgspec.Struct, frozen=True):
    """The stored state of a row before a put."""

    key: int
    seq: int
    version: int
    townships: str
    earlier: str
    body: bytes | None
    born: int
    moved: int
    stamps: bytes | None

    def earlier_after(self, place: Standing) -> str:
        """Return the row's former townships when it moves to that place; `*` means everybody's."""
        if self.townships == place.townships:
            return self.earlier
        if not self.townships:
            return "*"
        return "\n".join(filter(None, (self.earlier, self.townships)))


def _with_version(row: msgspec.Struct, version: int) -> bytes:
    if hasattr(row, "version") and row.version != version:
        row = msgspec.structs.replace(row, version=version)
    return ENCODER.encode(row)

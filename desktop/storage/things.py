"""The small collections: townships, lines, assets, queues, warnings and alarms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import apsw
import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import ROW_TYPES, Row

_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[Collection, msgspec.msgpack.Decoder[Any]] = {
    collection: msgspec.msgpack.Decoder(kind) for collection, kind in ROW_TYPES.items()
}


def put_things(
    db: apsw.Connection, source: int, collection: Collection, rows: Iterable[Any]
) -> tuple[bool, list[Any]]:
    """Add or replace rows; whether any changed, and those not older than what is kept."""
    changed: list[tuple[int, str, str, int, bytes]] = []
    current = []
    for row in rows:
        found = db.execute(
            "SELECT version, body FROM thing WHERE collection = ? AND source = ? AND id = ?",
            (collection.value, source, row.id),
        ).fetchone()
        if found is not None and row.version < found[0]:
            continue
        current.append(row)
        body = _encode(row)
        if found is None or body != found[1]:
            changed.append((source, collection.value, row.id, row.version, body))
    db.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?, ?)", changed)
    return bool(changed), current


def drop_things(
    db: apsw.Connection, source: int, collection: Collection, ids: Iterable[str]
) -> bool:
    """Take rows out; whether any was there."""
    before = db.total_changes()
    db.executemany(
        "DELETE FROM thing WHERE collection = ? AND source = ? AND id = ?",
        [(collection.value, source, name) for name in ids],
    )
    return db.total_changes() > before


def ids_of(db: apsw.Connection, source: int, collection: Collection) -> list[str]:
    """The ids of a source's rows of that collection."""
    found = db.execute(
        "SELECT id FROM thing WHERE collection = ? AND source = ?", (collection.value, source)
    )
    return [name for (name,) in found]


def things(db: apsw.Connection, collection: Collection) -> list[Row]:
    """Every row of the collection, by source then id."""
    decode = _decoders[collection].decode
    found = db.execute(
        "SELECT t.body FROM thing t JOIN source s ON s.number = t.source"
        " WHERE t.collection = ? ORDER BY s.name, t.id",
        (collection.value,),
    )
    return [decode(body) for (body,) in found]

"""The small collections: townships, lines, assets, queues, warnings and alarms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import apsw
import msgspec

from desktop.domain.command import Collection, Key
from desktop.domain.source import ROW_TYPES, Row
from desktop.storage.cache.checksums import Sums
from desktop.storage.cache.row_memory import Bodies, Found
from desktop.storage.sqlite.row_codec import OUTDATED

_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[Collection, msgspec.msgpack.Decoder[Any]] = {
    collection: msgspec.msgpack.Decoder(kind) for collection, kind in ROW_TYPES.items()
}

_FIND = "SELECT version, body, row_key FROM thing WHERE collection = ? AND source = ? AND id = ?"
_GIVE_KEY = "UPDATE thing SET row_key = ? WHERE collection = ? AND source = ? AND id = ?"


def put_things(
    db: apsw.Connection,
    source: int,
    collection: Collection,
    rows: Iterable[Any],
    keys: Mapping[str, int],
    sums: Sums,
) -> tuple[list[str], list[Any]]:
    """Add or replace rows; returns the ids of what changed, and the rows not older than stored.

    `keys` are the server's dense numbers by id, of those that have one.
    """
    changed: list[tuple[int, str, str, int, bytes, int | None]] = []
    current, before = [], []
    differing = []
    for row in rows:
        where = (collection.value, source, row.id)
        found = db.execute(_FIND, where).fetchone()
        version, known, row_key = found or (row.version, None, None)
        if keys.get(row.id, row_key) != row_key:
            row_key = keys[row.id]
            db.execute(_GIVE_KEY, (row_key, *where))
        if row.version < version:
            continue
        current.append(row)
        body = _encode(row)
        if body != known:
            differing.append(row.id)
        if body != known or version == OUTDATED:
            changed.append((source, collection.value, row.id, row.version, body, row_key))
            if known is not None:
                before.append((row.id, version))
    db.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?, ?, ?, ?, ?)", changed)
    sums.take(collection, before)
    sums.add(collection, [(name, version) for _, _, name, version, _, _ in changed])
    return differing, current


def drop_things(
    db: apsw.Connection, source: int, collection: Collection, ids: Iterable[str], sums: Sums
) -> list[str]:
    """Delete rows; returns the ids of those that were there."""
    dropped = []
    for name in ids:
        where = (collection.value, source, name)
        if (found := db.execute(_FIND, where).fetchone()) is not None:
            db.execute("DELETE FROM thing WHERE collection = ? AND source = ? AND id = ?", where)
            sums.take(collection, [(name, found[0])])
            dropped.append(name)
    return dropped


def ids_of(db: apsw.Connection, source: int, collection: Collection) -> list[str]:
    """The ids of a source's rows of that collection."""
    found = db.execute(
        "SELECT id FROM thing WHERE collection = ? AND source = ?", (collection.value, source)
    )
    return [name for (name,) in found]


def thing_of(db: apsw.Connection, source: int, collection: Collection, id: str) -> Any:
    """One row, or None."""
    found = db.execute(_FIND, (collection.value, source, id)).fetchone()
    return None if found is None else _decoders[collection].decode(found[1])


def things_of(db: apsw.Connection, source: int, collection: Collection) -> list[Any]:
    """Every row of one source."""
    decode = _decoders[collection].decode
    found = db.execute(
        "SELECT body FROM thing WHERE collection = ? AND source = ?", (collection.value, source)
    )
    return [decode(body) for (body,) in found]


def read_all_rows(
    db: apsw.Connection, collection: Collection, known: Bodies
) -> tuple[list[Row], Bodies]:
    """Every row of the collection, by source then id, and by its blob; those known as they are."""
    decode = _decoders[collection].decode
    found: list[Any] = db.execute(
        "SELECT t.body FROM thing t JOIN source s ON s.number = t.source"
        " WHERE t.collection = ? ORDER BY s.name, t.id",
        (collection.value,),
    ).fetchall()
    bodies = {body: known.get(body) or decode(body) for (body,) in found}
    return list(bodies.values()), bodies


def read_some_rows(db: apsw.Connection, collection: Collection, keys: Iterable[Key]) -> Found:
    """Those of these rows that there are, all of one moment."""
    decode = _decoders[collection].decode
    asked = json.dumps([(key.source, key.id) for key in keys])
    found: list[Any] = db.execute(
        "SELECT s.name, t.id, t.body FROM json_each(?) j"
        " JOIN source s ON s.name = j.value ->> 0"
        " JOIN thing t ON t.collection = ? AND t.source = s.number AND t.id = j.value ->> 1",
        (asked, collection.value),
    ).fetchall()
    return {(source, id): (body, decode(body)) for source, id, body in found}

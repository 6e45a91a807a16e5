"""References to rows by name, as people write them in tables, replaced by the ids of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.county_server.load.read import Read
from desktop.county_server.load.vocabulary import alike

NAMED = {
    "township": "townships",
    "townships": "townships",
    "asset": "assets",
    "assets": "assets",
    "depends_on": "assets",
}
"""Fields that hold the id of a row, or several, and that row's collection."""


def ids_by_name(read: Read | None) -> dict[str, str]:
    """Return the ids of a collection's rows by name, for names that only one row has."""
    found: dict[str, str | None] = {}
    for row in () if read is None else read.rows:
        name = row.name
        for text in {name} if isinstance(name, str) else {name.zh, name.en}:
            if text.strip():
                found[alike(text)] = row.id if alike(text) not in found else None
    return {name: row_id for name, row_id in found.items() if row_id is not None}


def put_ids(reads: Mapping[str, Read]) -> None:
    """Replace names of other rows by their ids in all rows from tables."""
    names = {each: ids_by_name(reads.get(each)) for each in ("townships", "assets")}
    ids = {each: {row.id for row in reads[each].rows} for each in names if each in reads}
    for read in reads.values():
        if read.is_table:
            read.rows[:] = [_with_ids(row, names, ids) for row in read.rows]


def _with_ids(row: Any, names: Mapping[str, dict[str, str]], ids: Mapping[str, set[str]]) -> Any:
    changed: dict[str, Any] = {}
    for field, collection in NAMED.items():
        told = getattr(row, field, None)
        if not told:
            continue

        def id_of(word: str, collection: str = collection) -> str:
            known = ids.get(collection, ())
            return word if word in known else names[collection].get(alike(word), word)

        changed[field] = id_of(told) if isinstance(told, str) else tuple(map(id_of, told))
    return msgspec.structs.replace(row, **changed) if changed else row

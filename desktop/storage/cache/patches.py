"""Patches of changed fields, applied to the stored rows that they name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import apsw
import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import RowPatch, Tail
from desktop.storage.cache import row_access
from desktop.storage.cache.row_access import ByCollection
from desktop.storage.cache.unreadable import missing


def patch_rows(
    db: apsw.Connection, source: int, patches: Sequence[RowPatch]
) -> tuple[ByCollection, bool]:
    """Return the rows with their patches applied, and whether some patch fitted no row.

    A patch older than its row is no news and passed over.
    """
    rows: ByCollection = {}
    diverged = False
    unread = missing(db, source) if patches else frozenset()
    for patch in patches:
        place = row_access.place_of(db, source, patch.row_key)
        # The stored row is older than one that could not be read: no patch fits it.
        stale = place is not None and (place.collection, place.id) in unread
        if place is None or stale or place.collection is not patch.collection:
            diverged = True
            continue
        known = rows.setdefault(place.collection, {})
        row = known.get(place.id) or row_access.row_of(db, source, place)
        if row.version > patch.version:
            continue
        if (new := apply_patch(row, patch)) is None:
            diverged = True
        else:
            known[place.id] = new
    return rows, diverged


def apply_patch(row: Any, patch: RowPatch) -> Any | None:
    """Return the row with the patch applied, or None where it does not fit: ours is another row.

    Neither does one for a row of which only the list's fields have come: with its new version the
    row would look complete to the sum.
    """
    if patch.collection is Collection.INCIDENTS and not row.whole:
        return None
    changes: dict[str, Any] = {}
    for name, value in patch.changes.items():
        if name not in row.__struct_fields__:
            return None
        if isinstance(value, Tail):
            stored = getattr(row, name)
            if value.keep > len(stored):
                return None
            value = (*stored[: value.keep], *value.items)  # noqa: PLW2901 - the list in full
        changes[name] = value
    return msgspec.structs.replace(row, **{**changes, "version": patch.version})

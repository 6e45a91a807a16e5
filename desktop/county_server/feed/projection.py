"""The collections and fields that a reader wants: `fields=` of `GET /v1/changes`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from desktop.county_server.db.field_versions import UNSTAMPED
from desktop.county_server.problems import ApiError
from desktop.wire.level1 import COLLECTIONS


class Projection(msgspec.Struct, frozen=True):
    """The wanted collections, and the fields left out of each with the default they then have."""

    collections: frozenset[str]
    left_out: Mapping[str, Mapping[str, Any]]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return len(self.collections) == len(COLLECTIONS) and not self.left_out

    def cut(self, collection: str, row: msgspec.Struct) -> msgspec.Struct:
        """Return the row with the left-out fields at their defaults."""
        left_out = self.left_out.get(collection)
        return msgspec.structs.replace(row, **left_out) if left_out else row


WHOLE = Projection(frozenset(COLLECTIONS), {})


def read_projection(text: str) -> Projection:
    """Parse `fields=`; ApiError 400 for an unknown name.

    `incidents,assets` asks for these alone, `-trends` for all others, `-incidents.timeline`
    for all without that field. Required fields cannot be left out.
    """
    if not text:
        return WHOLE
    wanted: set[str] = set()
    unwanted: set[str] = set()
    left_out: dict[str, dict[str, Any]] = {}
    for each in text.split(","):
        collection, dot, name = each.removeprefix("-").partition(".")
        if collection not in COLLECTIONS or (dot and not each.startswith("-")):
            raise ApiError(400, "parameter", f"fields: {each!r} is no collection.")
        if dot:
            optional = optional_fields(collection)
            if name not in optional:
                raise ApiError(400, "parameter", f"fields: {name!r} cannot be left out.")
            left_out.setdefault(collection, {})[name] = optional[name]
        elif each.startswith("-"):
            unwanted.add(collection)
        else:
            wanted.add(collection)
    return Projection(frozenset((wanted or set(COLLECTIONS)) - unwanted), left_out)


def optional_fields(collection: str) -> dict[str, Any]:
    """Return the optional fields of a collection's rows with their defaults."""
    return {
        field.name: field.default
        for field in msgspec.structs.fields(COLLECTIONS[collection])
        if field.default is not msgspec.NODEFAULT and field.name not in UNSTAMPED
    }

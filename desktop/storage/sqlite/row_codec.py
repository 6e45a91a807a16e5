"""Encoding of a row of any collection, with that collection, in one blob."""

from __future__ import annotations

from typing import Any

import msgspec

from desktop.domain.command import Collection
from desktop.domain.source import ROW_TYPES, Row

COLLECTIONS = {kind: collection for collection, kind in ROW_TYPES.items()}

OUTDATED = -1
"""The stored version of a row that any other replaces, also one that reads the same."""

_encode = msgspec.msgpack.Encoder().encode
_outer = msgspec.msgpack.Decoder(tuple[Collection, msgspec.Raw]).decode
_decoders: dict[Collection, msgspec.msgpack.Decoder[Any]] = {
    collection: msgspec.msgpack.Decoder(kind) for collection, kind in ROW_TYPES.items()
}


def pack(row: Row | None) -> bytes | None:
    """Encode the row with its collection; None for none."""
    return None if row is None else _encode((COLLECTIONS[type(row)], row))


def unpack(blob: bytes | None) -> Row | None:
    """Decode a blob that `pack` made; None for none."""
    if blob is None:
        return None
    collection, body = _outer(blob)
    row: Row = _decoders[collection].decode(body)
    return row

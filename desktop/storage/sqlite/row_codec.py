"""A row of any collection as one blob that says which collection it is of."""

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
    """The row with its collection; None for none."""
    return None if row is None else _encode((COLLECTIONS[type(row)], row))


def unpack(blob: bytes | None) -> Row | None:
    """What `packed` made a blob of; None for none."""
    if blob is None:
        return None
    collection, body = _outer(blob)
    row: Row = _decoders[collection].decode(body)
    return row

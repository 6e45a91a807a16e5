"""When each field of a row changed, so that a reader is sent only the fields it lacks."""

from __future__ import annotations

import msgspec

Stamp = tuple[tuple[int, int], ...]
"""Pairs: the sequence number of a change, and how many first items of a list it kept (0: none).

Both grow from pair to pair: a later change that kept fewer items makes an earlier one
needless.
"""
MOST_PAIRS = 8
"""Most pairs of one field; older ones are merged, which costs a reader long away more items."""
UNSTAMPED = frozenset({"id", "version"})

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(dict[str, Stamp])


def stamp_fields(
    stamps: bytes | None, before: msgspec.Struct, after: msgspec.Struct, seq: int
) -> bytes:
    """Return the stamps of a row after a change at `seq`."""
    found = _DECODER.decode(stamps) if stamps else {}
    for name in after.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if name not in UNSTAMPED and old != new:
            found[name] = _stamp(found.get(name, ()), seq, _count_kept(old, new))
    return _ENCODER.encode(found)


def _count_kept(old: object, new: object) -> int:
    """Count the first items two lists share; 0 for anything else."""
    if not (isinstance(old, tuple) and isinstance(new, tuple)):
        return 0
    for number, (one, other) in enumerate(zip(old, new, strict=False)):
        if one != other:
            return number
    return min(len(old), len(new))


def _stamp(stamp: Stamp, seq: int, kept: int) -> Stamp:
    pairs = [*(pair for pair in stamp if pair[1] < kept), (seq, kept)]
    while len(pairs) > MOST_PAIRS:
        pairs[:2] = [(pairs[1][0], pairs[0][1])]
    return tuple(pairs)


def list_changes_since(stamps: bytes | None, seq: int) -> dict[str, int]:
    """Return the fields that changed after `seq`, and how many first items a reader may keep."""
    found = _DECODER.decode(stamps) if stamps else {}
    return {
        name: min(kept for at, kept in stamp if at > seq)
        for name, stamp in found.items()
        if stamp[-1][0] > seq
    }

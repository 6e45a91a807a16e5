"""The model county speaking level 2: the same answers as columns, patches and frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.wire import level1
from desktop.wire.level2 import (
    MEDIA,
    FieldPatch,
    Frames,
    Keyed,
    Patch,
    SnapshotEncoder,
    decode_commands,
    encode_page,
    encode_patch,
    encode_results,
    encode_session,
    name_asked,
)
from model.response import Said

if TYPE_CHECKING:
    from model.rows import Name, Rows, State, Stored

PLAIN = Frames()
HEAD = {"Content-Type": MEDIA}


def session(told: level1.Session, rows: Rows) -> Said:
    """The session with the most critical incidents at once."""
    first = [
        Keyed(stored.number, stored.row)
        for (collection, _), stored in rows.state.rows.items()
        if collection == "incidents" and stored.row is not None
    ][:2]
    page = encode_page("incidents", first, "full") if first else b""
    return Said(200, encode_session(told, page, PLAIN), HEAD)


def commands(body: bytes) -> level1.Commands:
    """The request for commands out of a frame."""
    return decode_commands(body, PLAIN)


def results(told: level1.CommandResults) -> Said:
    """Results in a frame."""
    return Said(200, encode_results(told, PLAIN), HEAD)


def snapshot(head: level1.SnapshotHead, rows: Rows, collections: tuple[str, ...]) -> bytes:
    """A snapshot in which open incidents come as a list first and the rest of them after it."""
    encoder = SnapshotEncoder(1)
    pieces = [encoder.head(head)]
    count = 0
    for name in collections:
        found = [
            Keyed(stored.number, stored.row)
            for (collection, _), stored in rows.state.rows.items()
            if collection == name and stored.row is not None
        ]
        parts = ("list", "rest") if name == "incidents" else ("full",)
        for part in parts:
            for start in range(0, len(found), rows.page_rows):
                pieces.append(encoder.page(name, found[start : start + rows.page_rows], part))
        count += len(found)
    trailer = level1.SnapshotTrailer(True, count, f"{rows.state.sum:016x}")
    return b"".join((*pieces, encoder.trailer(trailer)))


def patch(told: level1.Changes, rows: Rows, page: list[Name], since: int, asked: str) -> Said:
    """One page of changes: whole rows, fields of rows that only changed, numbers of gone ones."""
    puts: dict[str, list[Keyed]] = {}
    patches: list[FieldPatch] = []
    drops: list[int] = []
    for collection, row_id in page:
        stored = rows.state.rows[collection, row_id]
        if stored.row is None:
            drops.append(stored.number)
        elif (changes := _fields_since(rows.state, (collection, row_id), stored, since)) is None:
            puts.setdefault(collection, []).append(Keyed(stored.number, stored.row))
        else:
            patches.append(FieldPatch(collection, stored.number, stored.version, changes))
    whole = Patch(
        told.token,
        told.more,
        told.server_time,
        None if told.sum is None else int(told.sum, 16),
        {name: tuple(found) for name, found in puts.items()},
        tuple(patches),
        tuple(drops),
        name_asked(asked),
    )
    return Said(200, encode_patch(whole, PLAIN), HEAD)


def _fields_since(state: State, name: Name, stored: Stored, since: int) -> dict[str, Any] | None:
    """What changed of a row that a reader at `since` has; None when it cannot have it.

    Also what changed and changed back: the reader may have been told the first of it, and then
    have been cut off before its token.
    """
    told = state.history.get(name, ())
    before = next((row for seq, row in reversed(told) if seq <= since), None)
    reborn = any(row is None for seq, row in told if seq > since)
    if before is None or reborn or stored.row is None:
        return None
    later = [row for seq, row in told if seq > since]
    return {
        field: getattr(stored.row, field)
        for field in stored.row.__struct_fields__
        if field not in ("id", "version")
        and any(getattr(before, field) != getattr(row, field) for row in (stored.row, *later))
    }

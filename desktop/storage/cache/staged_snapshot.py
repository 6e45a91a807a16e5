"""Pieces of a snapshot that has not come whole."""

from __future__ import annotations

from typing import Any

import apsw

from desktop.domain.source import Staged


def stage(db: apsw.Connection, source: int, piece: Staged) -> None:
    """Keep a piece after those of the same snapshot; those of another are forgotten."""
    db.execute(
        "DELETE FROM staged WHERE source = ? AND (resource, tag) != (?, ?)",
        (source, piece.resource, piece.tag),
    )
    db.execute(
        "INSERT INTO staged(source, resource, tag, body) VALUES (?, ?, ?, ?)",
        (source, piece.resource, piece.tag, piece.body),
    )


def read_staged(db: apsw.Connection, source: int) -> Staged | None:
    """All pieces so far, joined."""
    found: list[Any] = db.execute(
        "SELECT resource, tag, body FROM staged WHERE source = ? ORDER BY number", (source,)
    ).fetchall()
    if not found:
        return None
    return Staged(found[0][0], found[0][1], b"".join(body for _, _, body in found))


def forget(db: apsw.Connection, source: int) -> None:
    """Drop every piece: the snapshot is in, or another one is wanted."""
    db.execute("DELETE FROM staged WHERE source = ?", (source,))

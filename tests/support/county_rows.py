"""Builders of level 1 rows and what a reader makes of a county's answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.feed.changes import read_changes
from desktop.county_server.scope import ANYBODY, Account
from desktop.county_server.snapshots.snapshot import snapshot_lines
from desktop.protocol.checksum import MODULUS, UNCOUNTED, weight
from desktop.wire import level1

MOMENT = datetime(2026, 5, 1, 6, 3, 30, tzinfo=UTC)
Copy = dict[tuple[str, str], dict[str, Any]]


def incident(row_id: str, **fields: Any) -> level1.Incident:
    """A plausible incident."""
    values: dict[str, Any] = {
        "title": level1.Phrase("路灯不亮", "Street light out"),
        "recorded_at": MOMENT,
    }
    return level1.Incident(id=row_id, **(values | fields))


def asset(row_id: str, **fields: Any) -> level1.Asset:
    """A plausible asset."""
    values: dict[str, Any] = {"name": "城北泵站", "kind": "pump_station", "state": "normal"}
    return level1.Asset(id=row_id, **(values | fields))


def alarm(row_id: str, **fields: Any) -> level1.Alarm:
    """A plausible alarm that calls."""
    values: dict[str, Any] = {"title": "失电", "raised_at": MOMENT, "priority": "high"}
    return level1.Alarm(id=row_id, **(values | fields))


def snapshot_of(database: Database, account: Account = ANYBODY) -> tuple[Copy, str]:
    """The rows and the token a reader has after a snapshot."""
    with database.reading() as connection:
        head, *pages, trailer = (json.loads(line) for line in snapshot_lines(connection, account))
    rows = [(page["collection"], row) for page in pages for row in page["rows"]]
    copy = {(collection, row["id"]): row for collection, row in rows}
    assert trailer == {"end": True, "rows": len(rows), "sum": sum_of(copy)}
    return copy, head["token"]


def sum_of(copy: Copy) -> str:
    """The sum of a reader's rows, as level 1 writes it."""
    total = sum(
        weight(collection, row_id, row.get("version", 0))
        for (collection, row_id), row in copy.items()
        if collection not in UNCOUNTED
    )
    return f"{total % MODULUS:016x}"


def follow(
    database: Database, copy: Copy, token: str, max_bytes: int, account: Account = ANYBODY
) -> str:
    """Apply pages of changes to a reader's copy until there is nothing new; the last token."""
    while page := read_changes(database, token, max_bytes, account):
        for change in page.changes:
            if isinstance(change.row, msgspec.Raw):
                copy[change.collection, change.id] = json.loads(bytes(change.row))
            else:
                copy.pop((change.collection, change.id), None)
        token = page.token
        assert page.sum == (None if page.more else sum_of(copy))
        if not page.more:
            break
    return token

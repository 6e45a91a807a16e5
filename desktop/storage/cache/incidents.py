"""Incidents in the cache: written only where they changed, read in the list's order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import apsw
import msgspec

from desktop.application.ports import Counts, IncidentRow
from desktop.domain.command import Collection, Key
from desktop.domain.incident import Incident
from desktop.domain.instant import MINUTE, Instant
from desktop.storage.cache.checksums import Sums
from desktop.storage.search import index
from desktop.storage.search.sort_key import (
    CLOSED,
    OPEN_FLAG,
    UNACKNOWLEDGED_FLAG,
    SortKey,
    due_before,
    sort_key_of,
)
from desktop.storage.sqlite.row_codec import OUTDATED
from desktop.storage.sqlite.string_ids import StringIds, word_number

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Incident).decode

_FIND = "SELECT row, version, flags, body, row_key FROM incident WHERE source = ? AND id = ?"
_INSERT = (
    "INSERT INTO incident(row, source, id, version, urgency, newest, flags, township, category,"
    " channel, body, row_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_UPDATE = (
    "UPDATE incident SET version = ?, urgency = ?, newest = ?, flags = ?,"
    " township = ?, category = ?, channel = ?, body = ? WHERE row = ?"
)
_NO_PREALARM_MS = 15 * MINUTE
MOST_AT_ONCE = 2_000
"""Incidents written in one go."""
WALKED_FOR_EACH = 20
"""Up to so many stored ids a row, one walk over all costs less than a look-up for each."""


class Tally:
    """Figures that change with the rows, added up during a transaction."""

    def __init__(self) -> None:
        self.incidents = 0
        self.open = 0
        self.unacknowledged = 0

    def count(self, flags: int, sign: int) -> None:
        """Take one incident in (+1) or out (-1)."""
        self.incidents += sign
        self.open += sign * bool(flags & OPEN_FLAG)
        self.unacknowledged += sign * (flags == OPEN_FLAG | UNACKNOWLEDGED_FLAG)

    def keep(self, db: apsw.Connection) -> None:
        """Write the differences."""
        changes = (
            (self.incidents, "incidents"),
            (self.open, "open"),
            (self.unacknowledged, "unacknowledged"),
        )
        db.executemany(
            "UPDATE tally SET value = value + ? WHERE name = ?", [c for c in changes if c[0]]
        )


class _Known(NamedTuple):
    row: int
    version: int
    flags: int
    body: bytes
    row_key: int | None


def put_incidents(
    db: apsw.Connection,
    words: StringIds,
    source: int,
    incidents: Iterable[Incident],
    keys: Mapping[str, int],
    sums: Sums,
) -> list[str]:
    """Add or replace incidents, leaving alone what is newer or the same; returns the changed ids.

    `keys` are the server's dense numbers by id, of those that have one.
    """
    found, changed = iter(incidents), list[str]()
    # A whole list is far larger than what comes otherwise: a part at a time bounds the memory.
    while some := list(islice(found, MOST_AT_ONCE)):
        changed += _put_some(db, words, source, some, keys, sums)
    return changed


def _put_some(
    db: apsw.Connection,
    words: StringIds,
    source: int,
    incidents: list[Incident],
    keys: Mapping[str, int],
    sums: Sums,
) -> list[str]:
    held = _read_held(db, source, incidents)
    tally = Tally()
    added: list[tuple[Incident, bytes]] = []
    replaced: list[tuple[int, Incident, Incident]] = []
    differing: list[str] = []
    for incident in incidents:
        body = _encode(incident)
        found = incident.id in held and db.execute(_FIND, (source, incident.id)).fetchone()
        if not found:
            added.append((incident, body))
            continue
        known = _Known(*found)
        if keys.get(incident.id, known.row_key) != known.row_key:
            row_key = (keys[incident.id], known.row)
            db.execute("UPDATE incident SET row_key = ? WHERE row = ?", row_key)
        old = _replaceable(known, incident, body)
        if old is not None:
            if body != known.body:
                differing.append(incident.id)
            _replace(db, words, tally, known, incident, body)
            sums.take(Collection.INCIDENTS, [(old.id, known.version)])
            replaced.append((known.row, old, incident))
    sums.add(Collection.INCIDENTS, ((new.id, new.version) for _, _, new in replaced))
    index.replace(db, replaced)
    if added:
        _add(db, words, tally, source, added, keys)
        sums.add(Collection.INCIDENTS, ((incident.id, incident.version) for incident, _ in added))
    tally.keep(db)
    return [*differing, *(incident.id for incident, _ in added)]


def _read_held(db: apsw.Connection, source: int, incidents: list[Incident]) -> set[str]:
    """Ids that may be stored already; of many at once, only those that are."""
    stored = int(db.execute("SELECT value FROM tally WHERE name = 'incidents'").get)
    if stored > WALKED_FOR_EACH * len(incidents):
        return {incident.id for incident in incidents}
    return set(ids_of(db, source))


def _replaceable(known: _Known, incident: Incident, body: bytes) -> Incident | None:
    """Return the stored incident to replace, or None when it is newer, the same or fuller."""
    if incident.version < known.version:
        return None
    if body == known.body and known.version != OUTDATED:
        return None
    old = _decode(known.body)
    less = old.whole and not incident.whole
    return None if less and incident.version == known.version else old


def _add(
    db: apsw.Connection,
    words: StringIds,
    tally: Tally,
    source: int,
    added: list[tuple[Incident, bytes]],
    keys: Mapping[str, int],
) -> None:
    first = int(db.execute("SELECT value FROM tally WHERE name = 'next_row'").get)
    # Numbers are never given twice: a list on screen may still hold the old one.
    db.execute("UPDATE tally SET value = ? WHERE name = 'next_row'", (first + len(added),))
    rows = []
    for row, (incident, body) in enumerate(added, start=first):
        order = sort_key_of(incident)
        tally.count(order.flags, +1)
        columns = _columns(db, words, incident, order)
        rows.append((row, source, incident.id, *columns, body, keys.get(incident.id)))
    db.executemany(_INSERT, rows)
    index.add(db, enumerate((incident for incident, _ in added), start=first))


def _replace(
    db: apsw.Connection,
    words: StringIds,
    tally: Tally,
    known: _Known,
    incident: Incident,
    body: bytes,
) -> None:
    order = sort_key_of(incident)
    tally.count(known.flags, -1)
    tally.count(order.flags, +1)
    db.execute(_UPDATE, (*_columns(db, words, incident, order), body, known.row))


def _columns(
    db: apsw.Connection, words: StringIds, incident: Incident, order: SortKey
) -> tuple[int, int, int, int, int, int, int]:
    return (
        incident.version,
        *order,
        words.number(db, incident.township),
        words.number(db, incident.category),
        words.number(db, incident.channel),
    )


def drop_incidents(db: apsw.Connection, source: int, ids: Iterable[str], sums: Sums) -> list[str]:
    """Delete incidents; returns the ids of those that were there."""
    tally = Tally()
    dropped: list[tuple[int, Incident]] = []
    for name in ids:
        if (found := db.execute(_FIND, (source, name)).fetchone()) is not None:
            known = _Known(*found)
            tally.count(known.flags, -1)
            sums.take(Collection.INCIDENTS, [(name, known.version)])
            dropped.append((known.row, _decode(known.body)))
            db.execute("DELETE FROM incident WHERE row = ?", (known.row,))
    index.drop(db, dropped)
    tally.keep(db)
    return [incident.id for _, incident in dropped]


def ids_of(db: apsw.Connection, source: int) -> list[str]:
    """The ids of a source's incidents."""
    return [name for (name,) in db.execute("SELECT id FROM incident WHERE source = ?", (source,))]


def ids_outside(db: apsw.Connection, source: int, townships: Iterable[str]) -> list[str]:
    """The ids of a source's incidents of other townships; those of none are not among them."""
    kept = {word_number(db, name) for name in ("", *townships)}
    found = db.execute("SELECT id, township FROM incident WHERE source = ?", (source,))
    return [name for name, township in found if township not in kept]


def incident_of(db: apsw.Connection, source: int, id: str) -> Incident | None:
    """One incident in full, by its source's number."""
    found = db.execute(_FIND, (source, id)).fetchone()
    return None if found is None else _decode(found[3])


def incident(db: apsw.Connection, key: Key) -> Incident | None:
    """One incident in full."""
    row = db.execute(
        "SELECT body FROM incident WHERE id = ?"
        " AND source = (SELECT number FROM source WHERE name = ?)",
        (key.id, key.source),
    ).fetchone()
    return None if row is None else _decode(row[0])


def incident_number(db: apsw.Connection, key: Key) -> int | None:
    """Return an incident's row number, or None."""
    row = db.execute(
        "SELECT row FROM incident WHERE id = ?"
        " AND source = (SELECT number FROM source WHERE name = ?)",
        (key.id, key.source),
    ).fetchone()
    return None if row is None else int(row[0])


def visit_open_incidents(
    db: apsw.Connection, limit: int, visit: Callable[[Incident], object]
) -> int:
    """Call `visit` with the first open incidents in list order, letting each go before the next;
    return how many are open in all.

    Thousands decoded at once, among what is kept of each, would leave memory in pieces that never
    go back to the system.
    """
    found = db.execute(
        "SELECT i.body FROM (SELECT row FROM incident WHERE urgency < ?"
        " ORDER BY urgency, newest, row LIMIT ?) o JOIN incident i USING (row)",
        (CLOSED, limit),
    )
    for (body,) in found:
        visit(_decode(body))
    return int(db.execute("SELECT value FROM tally WHERE name = 'open'").get)


def all_incidents(db: apsw.Connection) -> list[Incident]:
    """Every incident by source then id; for small caches and tests."""
    found = db.execute(
        "SELECT i.body FROM incident i JOIN source s ON s.number = i.source ORDER BY s.name, i.id"
    )
    return [_decode(body) for (body,) in found]


def incident_rows(db: apsw.Connection, numbers: Sequence[int]) -> list[IncidentRow]:
    """Return the list's rows in the order asked, without those that are gone."""
    lines = []
    for number in numbers:
        found = db.execute("SELECT body FROM incident WHERE row = ?", (number,)).fetchone()
        if found is not None:
            lines.append(_line(number, _decode(found[0])))
    return lines


def _line(number: int, incident: Incident) -> IncidentRow:
    deadline = incident.next_deadline()
    return IncidentRow(
        row=number,
        key=Key(incident.source, Collection.INCIDENTS, incident.id),
        number=incident.number,
        title=incident.title,
        level=incident.level,
        stage=incident.stage,
        township=incident.township,
        lead_unit=incident.lead_unit,
        due_at=None if deadline is None else deadline.due_at,
        prealarm_ms=_NO_PREALARM_MS if deadline is None else deadline.prealarm_ms,
        recorded_at=incident.recorded_at,
        version=incident.version,
        acknowledged=incident.acknowledged_at is not None,
        pending=None,
    )


def counts(db: apsw.Connection, now: Instant, day_began_at: Instant) -> Counts:
    """Figures over all incidents; the cost grows with what is overdue or of today only."""
    figures: list[Any] = db.execute("SELECT name, value FROM tally").fetchall()
    kept: dict[str, int] = dict(figures)
    overdue = sum(
        int(
            db.execute("SELECT count(*) FROM incident WHERE urgency >= ? AND urgency < ?", span).get
        )
        for span in due_before(now + 1)  # A deadline is missed in the instant it falls.
    )
    today = db.execute("SELECT count(*) FROM incident WHERE newest <= ?", (-day_began_at,)).get
    return Counts(kept["incidents"], kept["open"], overdue, kept["unacknowledged"], int(today))

"""The last 24 hours of readings of assets and queues."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import repeat
from typing import Any

import apsw

from desktop.domain.asset import Asset, Trend, TrendKind, trend_id
from desktop.domain.instant import DAY, Instant
from desktop.domain.queue import ServiceQueue

KEPT_MS = DAY


def put_trends(db: apsw.Connection, source: int, trends: Iterable[Trend]) -> list[str]:
    """Replace the readings of each trend, without those too old; returns what changed by name."""
    known = _all_series(db, source)
    readings: list[tuple[int, Instant, float | None]] = []
    changed = []
    for trend in trends:
        points = _points_kept(trend)
        number, unit = known.get((trend.kind.value, trend.id)) or (None, "")
        if number is None:
            number = _begin(db, source, trend.kind.value, trend.id, trend.unit)
            known[trend.kind.value, trend.id] = number, trend.unit
        elif unit == trend.unit and points == dict(_points(db, number)):
            continue
        else:
            db.execute("UPDATE series SET unit = ? WHERE number = ?", (trend.unit, number))
            db.execute("DELETE FROM reading WHERE series = ?", (number,))
        readings += zip(repeat(number), points.keys(), points.values(), strict=False)
        changed.append(trend_id(trend.kind, trend.id))
    # One statement for all of them: there may be hundreds, of a day each.
    db.executemany("INSERT INTO reading VALUES (?, ?, ?)", readings)
    return changed


def _points_kept(trend: Trend) -> dict[Instant, float | None]:
    points = dict(zip(trend.at, trend.values, strict=False))
    first = max(points, default=0) - KEPT_MS
    if points and min(points) <= first:
        points = {at: value for at, value in points.items() if at > first}
    return points


def append_readings(
    db: apsw.Connection, source: int, rows: list[Asset | ServiceQueue], at: Instant
) -> list[str]:
    """Append each row's value at that moment; returns the trends that changed by their names.

    None is stored as a gap in an existing series.
    """
    added, names = [], []
    for row in rows:
        if isinstance(row, Asset):
            kind, value, unit = TrendKind.ASSET, row.value, row.unit
        else:
            kind, value, unit = TrendKind.QUEUE, row.waiting, ""
        if value is None and _number(db, source, kind.value, row.id) is None:
            continue
        number, known_unit = _series(db, source, kind.value, row.id, unit)
        if known_unit != unit:
            db.execute("UPDATE series SET unit = ? WHERE number = ?", (unit, number))
        added.append((number, at, value))
        names.append(trend_id(kind, row.id))
    db.executemany("INSERT OR REPLACE INTO reading VALUES (?, ?, ?)", added)
    db.executemany(
        "DELETE FROM reading WHERE series = ? AND at <= ?",
        [(number, at - KEPT_MS) for number, _, _ in added],
    )
    return names


def trend(db: apsw.Connection, source: str, kind: TrendKind, id: str) -> Trend | None:
    """One trend, oldest reading first."""
    row = db.execute(
        "SELECT number, unit FROM series WHERE kind = ? AND id = ?"
        " AND source = (SELECT number FROM source WHERE name = ?)",
        (kind.value, id, source),
    ).fetchone()
    return None if row is None else _read(db, source, kind, id, *row)


def trends(db: apsw.Connection) -> list[Trend]:
    """Every trend, by source, id and kind."""
    found: list[Any] = db.execute(
        "SELECT s.name, t.kind, t.id, t.number, t.unit FROM series t"
        " JOIN source s ON s.number = t.source ORDER BY s.name, t.id, t.kind"
    ).fetchall()
    return [_read(db, name, TrendKind(kind), row_id, *rest) for name, kind, row_id, *rest in found]


def drop_trend(db: apsw.Connection, source: int, id: str, kind: str | None = None) -> list[str]:
    """Delete the trends under that id; returns the names of those that were there."""
    found: list[Any] = db.execute(
        "SELECT number, kind FROM series WHERE source = ? AND id = ? AND kind = COALESCE(?, kind)",
        (source, id, kind),
    ).fetchall()
    numbers = [(number,) for number, _ in found]
    db.executemany("DELETE FROM reading WHERE series = ?", numbers)
    db.executemany("DELETE FROM series WHERE number = ?", numbers)
    return [trend_id(TrendKind(kind), id) for _, kind in found]


def names_of(db: apsw.Connection, source: int) -> list[tuple[str, str]]:
    """(kind, id) of every trend of a source."""
    found = db.execute("SELECT kind, id FROM series WHERE source = ?", (source,))
    return [(kind, name) for kind, name in found]


def _number(db: apsw.Connection, source: int, kind: str, id: str) -> int | None:
    row = db.execute(
        "SELECT number FROM series WHERE source = ? AND kind = ? AND id = ?", (source, kind, id)
    ).fetchone()
    return None if row is None else int(row[0])


def _series(db: apsw.Connection, source: int, kind: str, id: str, unit: str) -> tuple[int, str]:
    row = db.execute(
        "SELECT number, unit FROM series WHERE source = ? AND kind = ? AND id = ?",
        (source, kind, id),
    ).fetchone()
    if row is not None:
        return row[0], row[1]
    return _begin(db, source, kind, id, unit), unit


def _begin(db: apsw.Connection, source: int, kind: str, id: str, unit: str) -> int:
    """Add a series without readings; returns its number."""
    db.execute(
        "INSERT INTO series(source, kind, id, unit) VALUES (?, ?, ?, ?)", (source, kind, id, unit)
    )
    return db.last_insert_rowid()


def _all_series(db: apsw.Connection, source: int) -> dict[tuple[str, str], tuple[int, str]]:
    found: list[Any] = db.execute(
        "SELECT kind, id, number, unit FROM series WHERE source = ?", (source,)
    ).fetchall()
    return {(kind, id): (number, unit) for kind, id, number, unit in found}


def _points(db: apsw.Connection, number: int) -> list[tuple[Instant, float | None]]:
    points: list[Any] = db.execute(
        "SELECT at, value FROM reading WHERE series = ? ORDER BY at", (number,)
    ).fetchall()
    return points


def _read(
    db: apsw.Connection, source: str, kind: TrendKind, id: str, number: int, unit: str
) -> Trend:
    points = _points(db, number)
    return Trend(source, kind, id, tuple(p[0] for p in points), tuple(p[1] for p in points), unit)

"""`search`: two Chinese characters, the first fifty, against a scan of every text."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import msgspec
from desk_folder import category_names, filled
from figure import Figure, at_most, median

from desktop.application.ports import IncidentFilter
from desktop.domain.clock import SystemClock
from desktop.domain.incident import Incident
from desktop.storage.cache.store import FILE, SqliteCache, open_cache
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.sqlite.database import connect

SIZES = {"100k": (100_000, 1.0), "1M": (1_000_000, 5.0)}
"""Incidents, and the milliseconds that the first fifty may take."""
SOUGHT = ("塌陷", "滨江", "燃气", "青石")
"""A matter, a road, one that is a category's name as well, and a township."""
FIRST = 50
RUNS = 15


def measure() -> list[Figure]:
    """Each size with the slowest of the words, among open incidents and among all."""
    figures: list[Figure] = []
    for name, (count, target_ms) in SIZES.items():
        folder = filled(count)
        key = KeyFile().key(folder)
        cache = open_cache(folder, key, SystemClock(), category_names())
        db = _plain_texts(folder, key)
        try:
            figures += _figures(name, target_ms, cache, db)
        finally:
            db.close()
            cache.close()
    return figures


def _figures(name: str, target_ms: float, cache: SqliteCache, db: apsw.Connection) -> list[Figure]:
    scan_ms = _once_ms(lambda: _scan(db, SOUGHT[0], FIRST))
    figures = []
    for which, open_only in (("open", True), ("all", False)):
        slowest = max(_median_ms(cache, word, open_only=open_only) for word in SOUGHT)
        figures.append(
            at_most(
                f"search-{name}-{which}",
                slowest,
                f"ms, first {FIRST} of the slowest of {len(SOUGHT)} words (LIKE scan, ms)",
                target_ms,
                scan_ms,
            )
        )
    found, there = 0, 0
    for word in SOUGHT:
        wanted = IncidentFilter(text=word, open_only=False)
        known = set(_scan(db, word, -1))
        there += len(known)
        found += len(known & set(cache.incident_numbers(wanted)))
    recall = found / there
    figures.append(
        Figure(
            f"search-{name}-recall",
            recall,
            f"of {there:,} that hold the words",
            1.0,
            1.0,
            recall == 1.0,
        )
    )
    return figures


def _median_ms(cache: SqliteCache, word: str, *, open_only: bool) -> float:
    wanted = IncidentFilter(text=word, open_only=open_only)
    cache.incident_numbers(wanted, FIRST)
    return median([_once_ms(lambda: cache.incident_numbers(wanted, FIRST)) for _ in range(RUNS)])


def _once_ms(work: Callable[[], Any]) -> float:
    begun_s = time.perf_counter()
    work()
    return (time.perf_counter() - begun_s) * 1000


def _scan(db: apsw.Connection, word: str, limit: int) -> array[int]:
    """Rows whose searched texts hold the word, in list order, by reading every text."""
    found = db.execute(
        "SELECT row FROM plain WHERE text LIKE ? ORDER BY urgency, newest, row LIMIT ?",
        (f"%{word}%", limit),
    )
    return array("q", (row for (row,) in found))


def _plain_texts(folder: Path, key: bytes) -> apsw.Connection:
    """The searched texts of the cache in an encrypted table without an index, made once.

    The cache's own bodies are binary, where LIKE stops at the first zero byte.
    """
    file = folder / "plain.db"
    if not file.exists():
        draft = file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        db = connect(draft, key, durable=False)
        db.execute("CREATE TABLE plain(row INTEGER PRIMARY KEY, urgency, newest, text)")
        source = connect(folder / FILE, key, durable=False, read_only=True)
        decode = msgspec.msgpack.Decoder(Incident).decode
        rows = source.execute("SELECT row, urgency, newest, body FROM incident ORDER BY row")
        with db:
            db.executemany(
                "INSERT INTO plain VALUES (?, ?, ?, ?)",
                ((*place, _searched(decode(body))) for *place, body in rows),
            )
        source.close()
        db.close()
        draft.rename(file)
    return connect(file, key, durable=False, read_only=True)


def _searched(incident: Incident) -> str:
    texts = (incident.title, incident.address, incident.summary, incident.lead_unit)
    return " | ".join((incident.number, *(t.zh for t in texts), *(t.en for t in texts)))

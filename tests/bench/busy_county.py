"""A county with much to do: `busy_county.py INCIDENTS OPEN` serves it and obeys its input.

`update RATE SECONDS` changes that many incidents a second; `alarms COUNT` raises so many
within one second. Each is answered with the digest of all incidents, or alarms, when done.
"""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from desktop.county_server.db.database import Database  # noqa: E402 - needs the paths above
from desktop.demo.county import DemoCounty  # noqa: E402
from desktop.wire.level1 import Alarm, Incident, Phrase  # noqa: E402

BEATS = 10
"""How many times a second the county commits what has changed."""


def main(incidents: int, at_work: int) -> None:
    """Serve until the input ends."""
    county = DemoCounty(incidents=incidents, speed=0)
    try:
        _reopen(county.database, at_work)
        print(county.start(), flush=True)
        for line in sys.stdin:
            word, *numbers = line.split()
            if word == "update":
                _update(county.database, int(numbers[0]), float(numbers[1]))
                print(digest(_versions(county.database, "incidents")), flush=True)
            else:
                _raise_alarms(county.database, int(numbers[0]))
                print(digest(_versions(county.database, "alarms")), flush=True)
    finally:
        county.close()


def digest(versions: Iterable[tuple[str, int]]) -> str:
    """Tells two sets of rows apart by their ids and versions."""
    return hashlib.sha256(repr(sorted(versions)).encode()).hexdigest()


def _versions(database: Database, collection: str) -> list[tuple[str, int]]:
    return [(row.id, row.version) for row in database.rows(collection)]  # type: ignore[attr-defined]


def _reopen(database: Database, at_work: int) -> None:
    """Let so many incidents be at work, so that the map has as many marks."""
    rows = [row for row in database.rows("incidents") if isinstance(row, Incident)]
    database.put(
        "incidents",
        [
            msgspec.structs.replace(row, stage="handling")
            for row in rows[:at_work]
            if row.stage in ("closed", "void")
        ],
    )


def _update(database: Database, rate: int, seconds: float) -> None:
    """Change `rate` different incidents each second, a tenth of them with every beat."""
    rows = [row for row in database.rows("incidents") if isinstance(row, Incident)]
    chance = Random(1)
    begun_s = time.monotonic()
    for beat in range(round(seconds * BEATS)):
        picked = chance.sample(range(len(rows)), rate // BEATS)
        for index in picked:
            note = Phrase(f"第 {beat} 拍更新", f"update {beat}")
            rows[index] = msgspec.structs.replace(rows[index], lead_unit=note)
        database.put("incidents", [rows[index] for index in picked])
        threading.Event().wait(max(0.0, begun_s + (beat + 1) / BEATS - time.monotonic()))


def _raise_alarms(database: Database, count: int) -> None:
    now = datetime.now(UTC)
    for beat in range(BEATS):
        database.put(
            "alarms",
            [
                Alarm(f"flood-{number:05}", Phrase(f"告警 {number}"), now, "medium")
                for number in range(beat, count, BEATS)
            ],
        )
        threading.Event().wait(1 / BEATS)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))

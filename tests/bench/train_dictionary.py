"""Trains the dictionary of small level 2 frames on the demo county: train_dictionary.py [DIR].

The same code and the same demo data give the same bytes. The file it writes is committed;
it is trained again only when the format or the demo's words have changed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import msgspec  # noqa: E402 - needs the paths above
import zstandard  # noqa: E402

from desktop.county_server.db.command_log import KEYS_KEPT_S  # noqa: E402
from desktop.county_server.db.database import RETENTION_S  # noqa: E402
from desktop.county_server.http.api import Settings  # noqa: E402
from desktop.county_server.snapshots.compact import LIST, TITLED  # noqa: E402
from desktop.demo.county import DemoCounty  # noqa: E402
from desktop.wire import level1, level2  # noqa: E402
from desktop.wire.level2 import FieldPatch, Frames, Grown, Keyed, Patch, frames  # noqa: E402

BEGINNING = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DICTIONARY_BYTES = 24 * 1024
STEP_S = 30
STEPS = 60
INCIDENTS = 800
PAGE_ROWS = 20
NOTES = ("已联系现场", "已派人查看", "On the way", "来电人表示满意", "Crew on site")
FILE_LIMIT = Settings("云麓县").file_limit
NAMES = ("值班员 03", "值班员 11", "张伟", "李娜", "duty.officer")

Rows = dict[int, tuple[str, int, Any]]
"""Collection, version and row by key."""


class _Kept(Frames):
    """Keeps what would be packed."""

    def __init__(self) -> None:
        super().__init__()
        self.samples: list[bytes] = []

    def pack(self, raw: bytes) -> bytes:
        self.samples.append(raw)
        return raw


def main(words: list[str]) -> int:
    """Train, write, and say what it is called."""
    folder = Path(words[0]) if words else ROOT / "resources" / "county-api" / "dictionaries"
    folder.mkdir(parents=True, exist_ok=True)
    trained = train()
    for old in folder.glob("*.dict"):
        old.unlink()
    path = folder / f"{level2.dictionary_name(trained)}.dict"
    path.write_bytes(trained)
    print(f"{path}: {len(trained)} bytes")
    return 0


def train() -> bytes:
    """The dictionary's bytes."""
    found = samples()
    trained = zstandard.train_dictionary(
        DICTIONARY_BYTES, found, k=200, d=8, level=frames.LEVEL, threads=0
    )
    return trained.as_bytes()


def samples() -> list[bytes]:
    """What small frames hold: sessions, patches of many sizes, commands and their results."""
    kept, chance = _Kept(), Random(20261123)
    before: Rows = {}
    for step, rows in enumerate(_evening()):
        now = BEGINNING + timedelta(seconds=step * STEP_S)
        if before:
            level2.encode_patch(patch_between(before, rows, now, _epoch(chance)), kept)
        if step % 4 == 0:
            _session(kept, rows, now, _epoch(chance))
        _commands(kept, rows, now, chance)
        before = rows
    return kept.samples


def _evening() -> Iterator[Rows]:
    """The demo county's rows, step after step."""
    county = DemoCounty(now=BEGINNING, speed=0, incidents=INCIDENTS, scenario="storm")
    try:
        for step in range(STEPS):
            yield _rows(county)
            county.course.advance(STEP_S, BEGINNING + timedelta(seconds=(step + 1) * STEP_S))
    finally:
        county.close()


def _rows(county: DemoCounty) -> Rows:
    with county.database.reading() as connection:
        return {
            key: (name, version, msgspec.json.decode(body, type=level1.COLLECTIONS[name]))
            for key, name, version, body in connection.execute(
                "SELECT key, collection, version, body FROM rows"
                " WHERE body IS NOT NULL AND collection <> 'trends' ORDER BY key"
            )
        }


def patch_between(before: Rows, after: Rows, now: datetime, epoch: str) -> Patch:
    """The patch that leads from some rows to others."""
    puts: dict[str, list[Keyed]] = {}
    patches = []
    for key, (name, version, row) in after.items():
        if key not in before:
            puts.setdefault(name, []).append(Keyed(key, row))
        elif before[key][2] != row:
            patches.append(FieldPatch(name, key, version, changes(before[key][2], row)))
    return Patch(
        token=f"{epoch}.{len(after) * 7}.all",
        more=False,
        server_time=now,
        sum=Random(len(after)).getrandbits(64),
        puts={name: tuple(rows) for name, rows in puts.items()},
        patches=tuple(patches),
        drops=tuple(key for key in before if key not in after),
    )


def changes(before: Any, after: Any) -> dict[str, Any]:
    """The fields in which two states of a row differ; lists that only grew as their tails."""
    found: dict[str, Any] = {}
    for name in after.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if name == "version" or old == new:
            continue
        if isinstance(new, tuple) and old and new[: len(old)] == old:
            new = Grown(len(old), new[len(old) :])
        found[name] = new
    return found


def _epoch(chance: Random) -> str:
    """Random, as a server's is: the dictionary must not learn it."""
    return f"{chance.getrandbits(48):012x}"


def _session(kept: Frames, rows: Rows, now: datetime, epoch: str) -> None:
    session = level1.Session(
        magic=level1.MAGIC,
        nonce=f"{Random(epoch).getrandbits(64):016x}",
        epoch=epoch[:8],
        fence=1,
        county=level1.Phrase("云麓县", "Yunlu County"),
        collections=tuple(level1.COLLECTIONS),
        townships=(),
        snapshot=f"/v1/snapshot/all/{epoch[:5]}-{len(rows)}-3",
        expected_period_s=30.0,
        retention_s=RETENTION_S,
        server_time=now,
        file_limit=FILE_LIMIT,
        sums=True,
        dictionary=epoch[4:],
        server=f"{Random(epoch + 'server').getrandbits(64):016x}",
        keys_kept_s=KEYS_KEPT_S,
    )
    worst = [Keyed(key, row) for key, (name, _, row) in rows.items() if _is_open(name, row)]
    worst.sort(key=lambda each: each.row.level == "ordinary")
    first = level2.encode_page("incidents", worst[:PAGE_ROWS], LIST, TITLED)
    level2.encode_session(session, first, kept)


def _is_open(name: str, row: Any) -> bool:
    return name == "incidents" and row.stage not in {"closed", "void"}


def _commands(kept: Frames, rows: Rows, now: datetime, chance: Random) -> None:
    targets = [row for name, _, row in rows.values() if _is_open(name, row)]
    for kind, body in (
        ("acknowledge", {}),
        ("note", {"text": chance.choice(NOTES)}),
        ("dispatch", {"unit": "县水务局", "text": chance.choice(NOTES)}),
        ("feedback", {"text": chance.choice(NOTES)}),
        ("shelve", {"minutes": 30, "text": chance.choice(NOTES)}),
    ):
        key = f"{chance.getrandbits(128):032x}"
        command = level1.Command(
            key=key,
            seq=chance.randrange(1, 3000),
            kind=kind,
            target=chance.choice(targets).id,
            collection="incidents",
            at=now,
            by=chance.choice(NAMES),
            base=chance.randrange(1, 40),
            body=body,
        )
        epoch = _epoch(chance)
        level2.encode_commands(level1.Commands(epoch, 3, "", (command,)), kept)
        result = level1.CommandResult(key, "accepted", version=chance.randrange(1, 40))
        level2.encode_results(level1.CommandResults(level1.MAGIC, epoch, (result,)), kept)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""How fast the cache opens, takes a snapshot in and finds two characters."""

from __future__ import annotations

import random
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import msgspec

from desktop.application.ports import IncidentFilter
from desktop.domain.geo import Place
from desktop.domain.incident import Deadline, DeadlineKind, Incident, Stage
from desktop.domain.instant import DAY, HOUR, MINUTE
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.search.index import text_of
from desktop.storage.sqlite.database import connect
from support.builders import NOW, FakeClock, a_batch, a_timeline_entry, a_township

KEY = bytes(range(32))
PAGE = 5_000
SOUGHT = "供水"
CATEGORIES = {"water": "供水", "road": "道路", "noise": "噪声", "waste": "环卫", "power": "供电"}

_MATTERS = (
    ("供水管道破裂", "Burst water main"), ("路面塌陷积水", "Road surface sinking"),
    ("夜间施工噪声", "Noise from night building"), ("生活垃圾堆积", "Household waste piling up"),
    ("路灯不亮", "Street lamp out"), ("井盖缺失", "Manhole cover missing"),
    ("河道漂浮物", "Floating waste in the river"), ("占道经营", "Trading on the carriageway"),
    ("电线下垂", "Sagging power line"), ("山体小规模滑坡", "Small landslide"),
    ("燃气异味", "Smell of gas"), ("树木倒伏", "Fallen tree"),
    ("违章搭建", "Unlawful building"), ("扬尘污染", "Dust from a site"),
    ("公交站牌损坏", "Bus stop sign broken"), ("流浪犬伤人", "Stray dog bites"),
)  # fmt: skip
_ROADS = (
    "人民", "解放", "建设", "青年", "文化", "新华", "东风", "和平", "胜利", "光明", "长江", "黄河",
)  # fmt: skip
_UNITS = ("水务局", "住建局", "城管局", "交通局", "应急局", "供电公司", "生态环境局")
_CAUSES = ("暴雨", "车辆碾压", "年久失修", "施工不当", "大风", "人为破坏", "原因待查")
_STAGES = [Stage.FILED, Stage.DISPATCHED, Stage.HANDLING, Stage.FED_BACK, Stage.VERIFYING]
_LEVELS = [EventLevel.NONE, EventLevel.ORDINARY, EventLevel.LARGER, EventLevel.MAJOR]


def made_incidents(count: int, open_share: float = 0.2, seed: int = 7) -> Iterator[Incident]:
    """Incidents as a county has them over the years: most closed, all bilingual."""
    dice = random.Random(seed)
    pick = dice.choice
    for number in range(count):
        zh, en = pick(_MATTERS)
        house = dice.randrange(1, 400)
        road, unit = pick(_ROADS), pick(_UNITS)
        recorded = NOW - dice.randrange(0, 1_500 * DAY)
        is_open = dice.random() < open_share
        due = recorded + pick((2 * HOUR, DAY, 5 * DAY)) + 1_500 * DAY * is_open
        yield Incident(
            source="county",
            id=f"{number:08x}",
            number=f"SJ-2026-{number:07}",
            title=Text(f"{road}路{zh}", f"{en}, {road} Road"),
            level=dice.choices(_LEVELS, (70, 25, 4, 1))[0],
            stage=pick(_STAGES) if is_open else Stage.CLOSED,
            category=pick(list(CATEGORIES)),
            channel=pick(("12345", "patrol", "phone", "sensor")),
            township=f"T{dice.randrange(20):02}",
            occurred_at=recorded - 10 * MINUTE,
            recorded_at=recorded,
            version=1,
            address=Text(f"{road}路 {house} 号", f"{house} {road} Road"),
            place=Place(110 + dice.random(), 29 + dice.random()),
            summary=Text(
                f"群众反映{road}路{house}号附近{zh}，疑因{pick(_CAUSES)}，现场已设警示。",
                f"Reported near number {house}: {en.lower()}; the spot is marked.",
            ),
            lead_unit=Text(f"县{unit}", "County office"),
            deadlines=(Deadline(DeadlineKind.HANDLE, due, done_at=None if is_open else due),),
            timeline=(a_timeline_entry(),),
            acknowledged_at=recorded if dice.random() < 0.9 else None,
        )


def filled_cache(folder: Path, count: int) -> SqliteCache:
    """A cache that holds that many incidents, put in by pages."""
    cache = open_cache(folder, KEY, FakeClock(), CATEGORIES)
    names = ("石门", "青山", "龙潭", "白水", "大河", "新店", "双桥", "马家", "柳林", "高坪")
    townships = [
        a_township(id=f"T{at:02}", name=Text(f"{names[at % 10]}{'乡镇'[at // 10]}", ""))
        for at in range(20)
    ]
    cache.apply(a_batch(*townships))
    incidents = made_incidents(count)
    while page := tuple(islice(incidents, PAGE)):
        cache.apply(a_batch(*page))
    return cache


def startup_rows(count: int) -> dict[str, Any]:
    """From the files to the first fifty lines, against the same with 10,000 incidents."""
    small = _startup_ms(10_000)
    value = small if count == 10_000 else _startup_ms(count)
    return {
        "name": f"store startup, {count:,} incidents",
        "value": round(value, 2),
        "unit": "ms",
        "floor": round(small, 2),
        "target": "≤ 1.3× of 10,000",
        "ok": value <= 1.3 * small,
    }


def _startup_ms(count: int) -> float:
    with _folder() as folder:
        filled_cache(folder, count).close()
        return _best_ms(lambda: _first_lines(folder), 7)


def _first_lines(folder: Path) -> None:
    cache = open_cache(folder, KEY, FakeClock(), CATEGORIES)
    numbers = cache.incident_numbers(IncidentFilter(), 50)
    assert len(cache.incident_rows(numbers)) == 50
    cache.counts(NOW, NOW - DAY)
    cache.close()


def ingest(count: int = 10_000) -> dict[str, Any]:
    """A snapshot into the cache, against decoding it, a bare insert and the same index."""
    incidents = list(made_incidents(count))
    payload = msgspec.json.encode(incidents)
    with _folder() as folder:
        value = _best_ms(lambda: _taken_in(folder / str(time.perf_counter_ns()), payload), 3)
        floor = _best_ms(lambda: _bare(folder / f"{time.perf_counter_ns()}.db", payload), 3)
    return {
        "name": f"ingest of {count:,} incidents ({count / value * 1000:,.0f} a second)",
        "value": round(value / floor, 2),
        "unit": "×",
        "floor": f"{floor:.0f} ms",
        "target": "≤ 1.5×",
        "ok": value <= 1.5 * floor,
    }


def _taken_in(folder: Path, payload: bytes) -> None:
    cache = open_cache(folder, KEY, FakeClock(), CATEGORIES)
    cache.apply(a_batch(*msgspec.json.decode(payload, type=list[Incident]), token="1"))
    cache.close()


def _bare(path: Path, payload: bytes) -> None:
    """What nobody can spare: decode, one encrypted table, the same full-text index."""
    db = connect(path, KEY, durable=False)
    db.execute(
        "CREATE TABLE bare(id TEXT PRIMARY KEY, body BLOB);"
        "CREATE VIRTUAL TABLE search USING fts5("
        "grams, words, content='', contentless_delete=1, tokenize='ascii')"
    )
    encode = msgspec.msgpack.Encoder().encode
    incidents = msgspec.json.decode(payload, type=list[Incident])
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO bare VALUES (?, ?)", ((i.id, encode(i)) for i in incidents))
    db.executemany(
        "INSERT INTO search(rowid, grams, words) VALUES (?, ?, ?)",
        ((row, *text_of(i)) for row, i in enumerate(incidents)),
    )
    db.execute("COMMIT")
    db.close()


def search(count: int) -> list[dict[str, Any]]:
    """Two Chinese characters, first fifty, against a scan; and that nothing is missed."""
    with _folder() as folder:
        cache = filled_cache(folder, count)
        db = connect(folder / "cache.db", KEY, durable=False, read_only=True)
        allowed = 1.0 if count <= 100_000 else 5.0
        results = []
        for title, wanted in (
            ("open", IncidentFilter(text=SOUGHT)),
            ("all", IncidentFilter(text=SOUGHT, open_only=False)),
        ):
            value = _best_ms(partial(cache.incident_numbers, wanted, 50), 9)
            floor = _best_ms(partial(_scan, db, 50), 1)
            results.append(
                {
                    "name": f"search, {count:,} incidents, {title}",
                    "value": round(value, 3),
                    "unit": "ms",
                    "floor": f"{floor:.0f} ms",
                    "target": f"≤ {allowed} ms",
                    "ok": value <= allowed,
                }
            )
        found = cache.incident_numbers(IncidentFilter(text=SOUGHT, open_only=False))
        missed = set(_scan(db, -1)) - set(found)
        results.append(
            {
                "name": f"search, {count:,} incidents, missed",
                "value": len(missed),
                "unit": f"of {len(found):,}",
                "floor": None,
                "target": "0",
                "ok": not missed,
            }
        )
        db.close()
        cache.close()
        return results


def _scan(db: apsw.Connection, limit: int) -> array[int]:
    """What the index has to beat: every body, in list order, until enough are found."""
    found: Any = db.execute(
        "SELECT row FROM incident WHERE instr(body, CAST(? AS BLOB))"
        " ORDER BY urgency, newest, row LIMIT ?",
        (SOUGHT, limit),
    )
    return array("q", (row for (row,) in found))


def _best_ms(action: Callable[[], Any], times: int) -> float:
    best = float("inf")
    for _ in range(times):
        began = time.perf_counter()
        action()
        best = min(best, time.perf_counter() - began)
    return best * 1000


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)

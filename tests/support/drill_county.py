"""A small county of every collection, served as a drill, that has changed since its snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from desktop.conformance.checker import Checker, Plan
from desktop.conformance.findings import Report
from desktop.conformance.line import Line
from desktop.county_server.courier.bulletins import Board
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.scope import Accounts
from desktop.county_server.server import CountyServer
from desktop.paths import frame_dictionaries, resources
from desktop.wire import level1
from desktop.wire.bulletins import SETTINGS, CentralSettings
from desktop.wire.level1 import Phrase

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
DOCUMENT: dict[str, Any] = msgspec.json.decode(
    (resources() / "county-api" / "openapi.json").read_bytes()
)
POINT = level1.Point(119.1, 30.1)


def incident(number: int, **more: Any) -> level1.Incident:
    """One of the county's incidents, with something in each of its fields."""
    at = START + timedelta(minutes=number)
    fields: dict[str, Any] = {
        "number": f"YL{number:04}",
        "level": "larger" if number == 1 else "ordinary",
        "township": "t1",
        "occurred_at": at - timedelta(minutes=5),
        "address": "人民路 1 号",
        "place": POINT,
        "summary": Phrase("水深三十厘米", "Thirty centimetres of water"),
        "deadlines": (level1.Deadline("handle", at + timedelta(hours=4)),),
        "timeline": (level1.TimelineEntry("report", "群众来电", at, at, "12345"),),
        "assets": ("p1",),
    }
    title = Phrase(f"路面积水 {number}", f"Flooded road {number}")
    return level1.Incident(f"i{number}", title, at, **(fields | more))


def fill(database: Database) -> None:
    """Put some rows of every collection there."""
    outline = ((119.0, 30.0), (119.2, 30.0), (119.2, 30.2))
    database.put("townships", [level1.Township("t1", Phrase("蓝桥镇", "Lanqiao"), outline, POINT)])
    database.put("lines", [level1.Line("r1", "river", "清溪", outline)])
    database.put("incidents", [incident(number) for number in range(100)])
    database.put(
        "assets",
        [level1.Asset("p1", "泵站", "pump_station", "normal", "t1", value=1.25, unit="m",
                      observed_at=START)],
    )  # fmt: skip
    database.put("queues", [level1.Queue("q1", "社保窗口", waiting=4, counters_open=2)])
    ring = (*outline, outline[0])
    database.put(
        "warnings",
        [level1.Warning("w1", "暴雨橙色预警", START, level="orange", issuer="县气象台",
                        ends_at=START + timedelta(hours=6), rings=(ring,))],
    )  # fmt: skip
    database.put("alarms", [level1.Alarm("a1", "水位超限", START, "high", asset="p1")])
    phones = (level1.Phone("0000-0010110", "duty"),)
    database.put("contacts", [level1.Contact("c1", "县防指", "值班室", "", "t1", 0, phones)])
    steps = (level1.PlanStep("转移", "乡镇", "c1"),)
    database.put("plans", [level1.Plan("f1", "防汛", sections=(level1.PlanSection("一", steps),))])
    database.put("trends", [level1.Trend("p1", "asset", START, 300, (1.0, None, 1.5), "m")])


@contextmanager
def drill_county(
    file: Path | None = None, *, drill: bool = True, accounts: Accounts | None = None
) -> Iterator[tuple[CountyServer, Database]]:
    """The county, served; rows were changed, added and deleted since its snapshots."""
    database = Database(file)
    fill(database)
    settings = Settings(
        Phrase("云麓县", "Yunlu"), drill=drill, dictionaries=frame_dictionaries(),
        accounts=accounts or {},
    )  # fmt: skip
    server = CountyServer(database, settings)
    try:
        server.start()
        account = next(iter((accounts or {}).values()), None)
        if account is None:
            _press(server)
            database.put("incidents", [incident(2, stage="dispatched"), incident(100)])
            database.delete("incidents", ["i7"])
        Board(database.path).publish(SETTINGS, lambda number: CentralSettings(number, START))
        yield server, database
    finally:
        server.close()
        database.close()


def _press(server: CountyServer) -> None:
    """Have the snapshots of both levels made now."""
    from desktop.conformance.level2 import ACCEPT

    line = Line(server.base_url)
    for headers in ({}, ACCEPT):
        asked = b'{"nonce": "12345678", "client": "press", "tables": %d}' % len(level1.COLLECTIONS)
        line.ask("POST", "/v1/session", headers, asked)
    assert server.api.wait_for_snapshots(10)


def checked(url: str, login: str = "", **plan: Any) -> Report:
    """The report of a whole run over a server."""
    settings = {"stream_s": 0.2} | plan
    line = Line(url, login, patience_s=10)
    return Checker(line, DOCUMENT, frame_dictionaries(), Plan(**settings)).run()


def failures(report: Report) -> Mapping[str, Any]:
    """What failed, each with the first place where it did."""
    return {rule: report.outcomes[rule].findings[0] for rule in report.failures}

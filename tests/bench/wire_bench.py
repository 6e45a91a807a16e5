"""`wire`: the bytes of a county's day on real sockets, both ways, against the same rows as JSON."""

from __future__ import annotations

import gzip
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import zstandard
from figure import CannotMeasure, Figure, at_most, told

from desktop.application.ports import SourceSettings
from desktop.connectors.county.client import CountyConnector
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.load import LoadError, load
from desktop.county_server.scope import ANYBODY
from desktop.county_server.server import CountyServer
from desktop.county_server.snapshots.snapshot import snapshot_lines
from desktop.demo.county import DemoCounty
from desktop.domain.clock import SystemClock
from desktop.domain.command import (
    Collection,
    Command,
    CommandKind,
    CommandRecord,
    CommandState,
    Key,
)
from desktop.domain.localized_text import Text
from desktop.domain.source import SyncState
from desktop.paths import frame_dictionaries
from desktop.wire import level1, level2
from desktop.wire.level2 import Keyed
from support.breaking_proxy import BreakingProxy
from support.counted_desk import CountedDesk
from support.sources import services

INCIDENTS = 10_000
LEVEL = 19
WINDOW_LOG = 23
CHANGES, DELETIONS = 100, 10
SHARE, CHANGE_BYTES, IDLE_BYTES, ROUND_BYTES = 0.82, 12, 200, 300
PRESS_S = 120
RESTORED_IDLE_BYTES = 1024
STEPS = level1.Phrase("已派人到场处理", "Crew sent to the place")


def measure(folder: Path | None = None) -> list[Figure]:
    """Every figure of `wire`, of the demo county or of the level 1 files in a folder."""
    with tempfile.TemporaryDirectory() as scratch, _county(Path(scratch), folder) as database:
        dictionaries = frame_dictionaries()
        server = CountyServer(database, Settings("县", dictionaries=dictionaries))
        server.start()
        where = urlsplit(server.base_url)
        assert where.hostname is not None
        assert where.port is not None
        try:
            with BreakingProxy(where.hostname, where.port) as line:
                _fetch_once(line.url, dictionaries)
                if not server.api.wait_for_snapshots(PRESS_S):
                    raise CannotMeasure("the snapshot was not pressed in time")
                figures = _on_the_line(database, line, dictionaries)
                return [*figures, *_after_a_restore(database, line, Path(scratch), dictionaries)]
        finally:
            server.close()


@contextmanager
def _county(scratch: Path, folder: Path | None) -> Iterator[Database]:
    """A database with the county's rows."""
    path = scratch / "county.db"
    if folder is None:
        DemoCounty(path, speed=0, incidents=INCIDENTS).close()
    database = Database(path)
    try:
        if folder is not None:
            load(folder).put_into(database)
        yield database
    except LoadError as error:
        raise CannotMeasure(str(error)) from error
    finally:
        database.close()


def _connector(url: str, dictionaries: dict[str, bytes]) -> CountyConnector:
    settings = SourceSettings("county", "county", Text("县平台"), 15.0, {}, url)
    clock = SystemClock()
    return CountyConnector(settings, services(lambda _name: None, clock, dictionaries=dictionaries))


def _fetch_once(url: str, dictionaries: dict[str, bytes]) -> None:
    """Have the county press its snapshot: that is no desk's cost but the first one's."""
    connector = _connector(url, dictionaries)
    try:
        list(connector.pull(SyncState("county")))
    finally:
        connector.close()


def _on_the_line(
    database: Database, line: BreakingProxy, dictionaries: dict[str, bytes]
) -> list[Figure]:
    connector = _connector(line.url, dictionaries)
    try:
        first, state = _counted(line, lambda: _pulled(connector, SyncState("county")))
        figures = _first_sync(database, first)
        _counted(line, lambda: _pulled(connector, state))
        figures += _polls(database, line, connector, state)
        return figures
    finally:
        connector.close()


def _after_a_restore(
    database: Database, line: BreakingProxy, scratch: Path, dictionaries: dict[str, bytes]
) -> list[Figure]:
    """An exchange that finds nothing new, of a desk whose county was restored from a backup."""
    folder = scratch / "desk"
    folder.mkdir()
    desk = CountedDesk(folder, line.url, dictionaries)
    try:
        desk.settle()
        database.backup(scratch / "backup")
        _change(database)
        desk.settle()
        database.restore(scratch / "backup")
        again, _ = _counted(line, desk.settle)
        idle, _ = _counted(line, desk.exchange)
        count = len(list(database.rows("incidents")))
    finally:
        desk.close()
    unit = f"idle bytes after a restore of {count:,} incidents"
    return [
        told("wire-restored-bytes", again, "bytes both ways until it agrees after the restore"),
        at_most("wire-restored-idle", idle, unit, RESTORED_IDLE_BYTES),
    ]


def _counted(line: BreakingProxy, work: Callable[[], Any]) -> tuple[int, Any]:
    """The bytes that a piece of work cost, and what came of it."""
    before = line.carried
    came = work()
    time.sleep(0.05)  # The proxy's threads count a moment after the connector has read.
    return line.carried - before, came


def _pulled(connector: CountyConnector, state: SyncState) -> SyncState:
    for batch in connector.pull(state):
        if batch.token is not None:
            epoch = batch.epoch or state.epoch
            state = msgspec.structs.replace(state, token=batch.token, epoch=epoch)
    return state


def _first_sync(database: Database, carried: int) -> list[Figure]:
    """The whole first sync on the wire, over the bare JSON of the same rows."""
    with database.reading() as connection:
        lines = list(snapshot_lines(connection, ANYBODY))
    plain = b"".join(lines)
    parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW_LOG)
    floor = len(zstandard.ZstdCompressor(compression_params=parameters).compress(plain))
    naive = len(gzip.compress(plain, 6))
    return [
        at_most("wire-sync", carried / floor, "× same rows, JSON, zstd-19 (bytes)", SHARE, floor),
        told("wire-sync-bytes", carried, "bytes both ways, everything counted", naive),
        told("wire-sync-gzip", carried / naive, "× same rows, naive JSON + gzip (bytes)", naive),
        *_unpacking(lines),
    ]


def _unpacking(lines: list[bytes]) -> list[Figure]:
    """How long the incidents' pages take to decode, over msgspec's JSON of the same rows."""
    pages = msgspec.json.Decoder(msgspec.defstruct("Page", [("rows", list[level1.Incident])]))
    texts = [each for each in lines if each.startswith(b'{"collection":"incidents"')]
    whole = [pages.decode(text).rows for text in texts]
    packed = [
        level2.encode_page("incidents", [Keyed(i, row) for i, row in enumerate(rows)])
        for rows in whole
    ]
    ours, theirs = [], []
    for _ in range(7):
        ours.append(_seconds(lambda: [level2.decode_page(page) for page in packed]))
        theirs.append(_seconds(lambda: [pages.decode(text) for text in texts]))
    return [
        told(
            "wire-decode",
            min(ours) / min(theirs),
            "× msgspec's JSON of the same incidents (ms)",
            min(theirs) * 1000,
        )
    ]


def _seconds(work: Callable[[], Any]) -> float:
    begun_s = time.perf_counter()
    work()
    return time.perf_counter() - begun_s


def _polls(
    database: Database, line: BreakingProxy, connector: CountyConnector, state: SyncState
) -> list[Figure]:
    """A delta, a poll that finds nothing, an acknowledgement: on the connection already open."""
    changed = _change(database)
    delta, state = _counted(line, lambda: _pulled(connector, state))
    idle, state = _counted(line, lambda: _pulled(connector, state))
    rows: list[Any] = list(database.rows("incidents"))
    target = next(row.id for row in rows if row.acknowledged_at is None)
    record = _acknowledgement(target)
    round_trip, answers = _counted(line, lambda: connector.send([record]))
    if [each.state for each in answers] != [CommandState.ACCEPTED]:
        raise CannotMeasure(f"the acknowledgement was answered with {answers}")
    return [
        at_most("wire-delta", delta / changed, f"bytes a change, {changed} of them", CHANGE_BYTES),
        told("wire-delta-bytes", delta, "bytes both ways"),
        at_most("wire-idle", idle, "bytes of an idle poll, both ways", IDLE_BYTES),
        at_most("wire-acknowledge", round_trip, "bytes of one acknowledgement", ROUND_BYTES),
    ]


def _acknowledgement(target: str) -> CommandRecord:
    now = int(datetime.now(UTC).timestamp() * 1000)
    key = f"{random.Random(7).getrandbits(128):032x}"
    command = Command(
        key, CommandKind.ACKNOWLEDGE, Key("county", Collection.INCIDENTS, target), now, "值班员 03"
    )
    return CommandRecord(812, command, CommandState.STORED, now)


def _change(database: Database) -> int:
    """Change 100 fields as an hour of a county does, and delete 10 rows; how many that is."""
    chance, now = random.Random(20261123), datetime.now(UTC).replace(microsecond=0)
    incidents: list[Any] = list(database.rows("incidents"))
    assets: list[Any] = [row for row in database.rows("assets") if row.value is not None]  # type: ignore[attr-defined]
    worked = chance.sample(incidents, min(len(incidents) // 2, 20 if assets else CHANGES // 2))
    measured = chance.sample(assets, min(len(assets), (CHANGES - 2 * len(worked)) // 2))
    with database.transaction() as batch:
        batch.put("incidents", [_moved_on(row, now) for row in worked])
        batch.put("assets", [_measured(row, now, chance) for row in measured])
        kept = {row.id for row in worked}
        gone = [row.id for row in incidents if row.id not in kept][-DELETIONS:]
        batch.delete("incidents", gone)
    return 2 * len(worked) + 2 * len(measured) + len(gone)


def _moved_on(row: level1.Incident, now: datetime) -> level1.Incident:
    """One stage further, with its entry: two fields."""
    stage = "handling" if row.stage != "handling" else "fed_back"
    entry = level1.TimelineEntry("handling", STEPS, now, now, "值班员 03")
    return msgspec.structs.replace(row, stage=stage, timeline=(*row.timeline, entry))


def _measured(row: level1.Asset, now: datetime, chance: random.Random) -> level1.Asset:
    """A new reading: two fields."""
    assert row.value is not None
    value = round(row.value * chance.uniform(0.8, 1.2) + 0.01, 2)
    observed_at = now - timedelta(seconds=chance.randrange(60))
    return msgspec.structs.replace(row, value=value, observed_at=observed_at)

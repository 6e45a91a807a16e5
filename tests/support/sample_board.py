"""A believable small county on a real Board over real stores, to look at screens alone."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial, reduce
from itertools import pairwise
from random import Random

import msgspec

from desktop.application.board import Board
from desktop.application.budget.byte_budget import Allowance, ByteBudget
from desktop.application.reads.read_models import Usage
from desktop.domain.alarm import Alarm, AlarmPriority, AlarmState
from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.changes import NOTHING, STATES, Changes
from desktop.domain.clock import Clock, SystemClock
from desktop.domain.command import Collection, CommandRecord, Key
from desktop.domain.geo import MapLine, Place, Township
from desktop.domain.incident import Deadline, DeadlineKind, Incident, Stage, TimelineEntry
from desktop.domain.instant import DAY, HOUR, MINUTE, SECOND, Instant
from desktop.domain.levels import EventLevel, WarningLevel
from desktop.domain.localized_text import Text
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.source import Batch, Problem, Row, SourceStatus
from desktop.domain.warning import Warning as WeatherWarning
from desktop.storage.cache.store import SqliteCache
from desktop.storage.outbox.store import SqliteOutbox
from support.builders import FakeClock
from support.stores import PassingStores

TOWNSHIPS = (
    ("青石镇", "Qingshi"),
    ("柳湾镇", "Liuwan"),
    ("石坎乡", "Shikan"),
    ("白露乡", "Bailu"),
    ("云溪镇", "Yunxi"),
    ("东岭镇", "Dongling"),
    ("榆树湾镇", "Yushuwan"),
    ("南垭乡", "Nanya"),
    ("大坪镇", "Daping"),
    ("西塘乡", "Xitang"),
    ("金坪镇", "Jinping"),
    ("赤岩乡", "Chiyan"),
    ("渡口镇", "Dukou"),
    ("桃花乡", "Taohua"),
    ("北冲乡", "Beichong"),
    ("清泉镇", "Qingquan"),
    ("木桥乡", "Muqiao"),
    ("三河镇", "Sanhe"),
)
KINDS = (
    ("water_supply", "水厂", "waterworks"),
    ("pump_station", "泵站", "pumping station"),
    ("power", "变电站", "substation"),
    ("telecom", "基站", "base station"),
    ("camera", "摄像机", "camera"),
    ("road", "路段", "road section"),
    ("bridge", "桥梁", "bridge"),
    ("gas", "调压站", "gas station"),
    ("reservoir", "水库", "reservoir"),
    ("rain_gauge", "雨量站", "rain gauge"),
    ("sanitation", "转运站", "transfer station"),
    ("gateway", "网关", "gateway"),
)
MATTERS = (
    ("泵站停电，河道积水上涨", "Pumping station without power, river rising", EventLevel.LARGER),
    ("县道落石，单向通行", "Rockfall on the county road, one lane open", EventLevel.LARGER),
    ("村通信中断", "Village without telephone or network", EventLevel.ORDINARY),
    ("加压站出水浊度偏高", "Turbid water at the booster station", EventLevel.ORDINARY),
    ("景区瞬时人数接近上限", "Scenic area close to its visitor limit", EventLevel.ORDINARY),
    ("井盖缺失，已设围挡", "Missing manhole cover, fenced off", EventLevel.NONE),
    ("路灯连片不亮", "A row of street lamps is out", EventLevel.NONE),
    ("暴露垃圾", "Uncollected rubbish", EventLevel.NONE),
    ("不动产窗口排队过长", "Long queue at the property counter", EventLevel.NONE),
    ("村级卫生室停水", "Village clinic without water", EventLevel.NONE),
    ("道路施工无警示标志", "Road works without warning signs", EventLevel.NONE),
    ("农技站热线无人接听", "Nobody answers the farming hotline", EventLevel.NONE),
)
UNITS = (
    ("县水务局", "Water Bureau"),
    ("县交通局", "Transport Bureau"),
    ("县住建局", "Housing Bureau"),
    ("县城管局", "City Management"),
    ("县农业农村局", "Agriculture Bureau"),
)
QUEUES = (
    ("不动产登记", "Property registry", QueueKind.COUNTER),
    ("12345 话务", "12345 calls", QueueKind.HOTLINE),
    ("社保医保", "Social insurance", QueueKind.COUNTER),
    ("12345 工单待派", "12345 work orders to dispatch", QueueKind.HOTLINE),
    ("税务综合", "Tax counter", QueueKind.COUNTER),
    ("企业开办", "New businesses", QueueKind.COUNTER),
    ("公安户籍", "Household registry", QueueKind.COUNTER),
    ("网上办待审", "Online, awaiting review", QueueKind.ONLINE),
)
FILE_LIMIT = 20_000_000
"""Bytes of the largest file the sample county takes."""
STAGES = (Stage.HANDLING, Stage.DISPATCHED, Stage.FILED, Stage.HANDLING, Stage.VERIFYING)


@dataclass
class SampleCounty:
    """A board with the parts a test may reach behind it."""

    clock: Clock
    stores: PassingStores
    board: Board
    sources: list[SourceStatus] = field(default_factory=list)
    accepting: set[str] = field(default_factory=set)
    """Sources that take commands, of every kind."""

    @property
    def cache(self) -> SqliteCache:
        return self.stores.cache

    @property
    def outbox(self) -> SqliteOutbox:
        return self.stores.outbox

    def tell(self, *puts: Row) -> None:
        """Put rows as a source would and announce them."""
        self.board.listeners.announce(_put(self.stores, puts))

    def take_away(self, *keys: Key) -> None:
        """Delete rows as the county would and announce it."""
        gone = tuple((key.collection, key.id) for key in keys)
        changed = self.cache.apply(Batch("county", deletes=gone))
        self.board.listeners.announce(changed)

    def commands(self) -> list[CommandRecord]:
        """Every command submitted so far, oldest first."""
        return self.outbox.recent(1_000)[::-1]

    def drafts(self) -> dict[Key, str]:
        """The notes begun, by the incident they are for."""
        rows = self.cache.rows(Collection.INCIDENTS)
        keys = [Key(row.source, Collection.INCIDENTS, row.id) for row in rows]
        return {key: text for key in keys if (text := self.outbox.draft(key))}

    def close(self) -> None:
        """Close the stores; their folder goes with them."""
        self.stores.close()

    def set_sources(self, *statuses: SourceStatus) -> None:
        """Replace what is known of the sources and announce it."""
        self.sources[:] = statuses
        self.board.listeners.announce(STATES)


_open: list[SampleCounty] = []


def close_counties() -> None:
    """Close every county made since this was last called."""
    while _open:
        _open.pop().close()


def empty_county(
    clock: Clock | None = None, *statuses: SourceStatus, usage: Usage | Allowance | None = None
) -> SampleCounty:
    """A board that holds nothing, with these sources (one that was never heard, if none).

    With an `Allowance` its bytes are those of a real meter.
    """
    clock = clock or SystemClock()
    return _on_a_board(clock, _empty_files(clock.now()), *statuses, usage=usage)


def _on_a_board(
    clock: Clock,
    files: Mapping[str, bytes],
    *statuses: SourceStatus,
    usage: Usage | Allowance | None = None,
) -> SampleCounty:
    stores = PassingStores(clock, files)
    sources = list(statuses) or [a_status(last_good_at=None)]
    accepting = {"county"}
    meter: ByteBudget | None = None
    told: Callable[[], Usage] | None = None
    if isinstance(usage, Allowance):
        meter = ByteBudget(stores.cache, clock, "Asia/Shanghai", usage)
        told = meter.usage
    elif usage is not None:
        told = partial(msgspec.structs.replace, usage)
    board = Board(
        cache=stores.cache,
        outbox=stores.outbox,
        clock=clock,
        officer="值班员 07",
        statuses=lambda: tuple(sources),
        day_began_at=lambda now: now - now % DAY,
        accepts=lambda key, _kind: key.source in accepting,
        files=stores.files,
        file_limit=lambda _source: FILE_LIMIT,
        usage=told,
    )
    if meter is not None:
        board.files.on_only_words = meter.set_only_words
    county = SampleCounty(clock, stores, board, sources, accepting)
    _open.append(county)
    return county


def a_status(**changes: object) -> SourceStatus:
    """The county's own platform, heard in time and filling everything."""
    status = SourceStatus(
        id="county",
        kind="county",
        title=Text("县平台", "County platform"),
        expected_period_ms=30 * SECOND,
        last_good_at=0,
        failing_since=None,
        problem=None,
        fills=frozenset(Collection),
    )
    return msgspec.structs.replace(status, **changes)


def sample_county(clock: Clock | None = None, incidents: int = 300, seed: int = 7) -> SampleCounty:
    """The county filled: 18 townships, 500 assets, 40 queues, and one stormy corner."""
    clock = clock or SystemClock()
    now = clock.now()
    return _on_a_board(
        clock,
        _filled_files(now, incidents, seed),
        a_status(last_good_at=now - 8 * SECOND),
        a_status(
            id="monitor",
            kind="prometheus",
            title=Text("监控", "Monitoring"),
            last_good_at=now - 3 * SECOND,
            fills=frozenset({Collection.ASSETS, Collection.ALARMS}),
        ),
        a_status(
            id="weather",
            kind="cap",
            title=Text("气象预警", "Weather warnings"),
            last_good_at=now - 12 * MINUTE,
            expected_period_ms=5 * MINUTE,
            failing_since=now - 11 * MINUTE,
            problem=Problem("server_error", {"address": "cap.example", "status": "503"}),
            fills=frozenset({Collection.WARNINGS}),
        ),
    )


@cache
def _empty_files(now: Instant) -> dict[str, bytes]:
    return PassingStores(FakeClock(now), {}).packed()


@cache
def _filled_files(now: Instant, incidents: int, seed: int) -> dict[str, bytes]:
    """The stores of a filled county; written once, since most tests begin with the same."""
    stores = PassingStores(FakeClock(now), _empty_files(now))
    rng = Random(seed)
    townships = _townships(rng)
    assets = _assets(rng, townships, now)
    puts: list[Row] = [*townships, *_lines(), *assets]
    puts += _incidents(rng, townships, assets, now, incidents)
    puts += _queues(rng, now)
    puts += [_warning(townships, now), *_alarms(assets, now)]
    _put(stores, puts)
    return stores.packed()


def _put(stores: PassingStores, puts: Iterable[Row]) -> Changes:
    """Put each row as an answer of its own source; what changed by it."""
    told: defaultdict[str, list[Row]] = defaultdict(list)
    for row in puts:
        told[row.source].append(row)
    batches = [Batch(source, puts=tuple(rows)) for source, rows in told.items()]
    return reduce(Changes.join, (stores.cache.apply(batch) for batch in batches), NOTHING)


def _townships(rng: Random) -> list[Township]:
    corners: dict[tuple[int, int], tuple[float, float]] = {}
    for row in range(5):
        for col in range(6):
            corners[col, row] = (
                110.0 + col * 0.16 + rng.uniform(-0.04, 0.04),
                29.9 - row * 0.12 + rng.uniform(-0.03, 0.03),
            )
    cells = [(c, r) for r in range(4) for c in range(5) if (c, r) not in ((0, 0), (4, 3))]
    found = []
    for n, ((col, row), (zh, en)) in enumerate(zip(cells, TOWNSHIPS, strict=True)):
        around = [(col, row), (col + 1, row), (col + 1, row + 1), (col, row + 1), (col, row)]
        ring: list[tuple[float, float]] = []
        for a, b in pairwise(around):
            ring += [corners[a], _bent(corners[a], corners[b])]
        ring.append(ring[0])
        lon = sum(p[0] for p in ring[:-1]) / (len(ring) - 1)
        lat = sum(p[1] for p in ring[:-1]) / (len(ring) - 1)
        found.append(
            Township("county", f"T{n + 1:02}", Text(zh, en), tuple(ring), Place(lon, lat), 1)
        )
    return found


def _bent(a: tuple[float, float], b: tuple[float, float]) -> tuple[float, float]:
    """The same bend for the edge seen from either side, so that neighbours meet."""
    (ax, ay), (bx, by) = sorted((a, b))
    sway = math.sin(ax * 97 + by * 53) * 0.016
    return ((ax + bx) / 2 + sway, (ay + by) / 2 + sway)


def _lines() -> list[MapLine]:
    def wave(k: float, lat: float, tilt: float) -> tuple[tuple[float, float], ...]:
        return tuple(
            (109.98 + i * 0.02, lat + tilt * i * 0.02 + 0.03 * math.sin(i / k)) for i in range(43)
        )

    return [
        MapLine("county", "L1", "river", Text("云溪河", "Yunxi River"), wave(5.0, 29.78, -0.15), 1),
        MapLine("county", "L2", "road", Text("310 县道", "County Road 310"), wave(9, 29.5, 0.3), 1),
        MapLine("county", "L3", "road", Text("省道 212", "Road S212"), wave(12, 29.82, -0.3), 1),
    ]


def _near(rng: Random, township: Township) -> Place:
    assert township.seat is not None
    return Place(
        township.seat.lon + rng.uniform(-0.05, 0.05), township.seat.lat + rng.uniform(-0.035, 0.035)
    )


def _assets(rng: Random, townships: list[Township], now: Instant) -> list[Asset]:
    assets = []
    for n in range(500):
        kind, zh, en = KINDS[n % len(KINDS)]
        township = townships[rng.randrange(len(townships))] if n > 2 else townships[0]
        chance = rng.random()
        state = AssetState.NORMAL
        if n in (1, 2):
            state = AssetState.FAILED
        elif township.id == "T07":
            state = AssetState.UNKNOWN
        elif chance < 0.012:
            state = AssetState.DEGRADED
        elif chance < 0.02:
            state = AssetState.OUT_OF_SERVICE
        assets.append(
            Asset(
                source="county",
                id=f"A{n + 1:04}",
                name=Text(
                    f"{township.name.zh[:2]} {n // 12 + 1} 号{zh}",
                    f"{township.name.en} {en} {n // 12 + 1}",
                ),
                kind=kind,
                state=state,
                township=township.id,
                version=1,
                place=_near(rng, township),
                since_at=now - rng.randrange(5 * MINUTE, 3 * DAY),
                observed_at=now - rng.randrange(3, 40) * SECOND,
                metric=Text("负荷", "Load"),
                value=round(rng.uniform(20, 90), 1),
                unit="%",
                high=95.0,
            )
        )
    return assets


def _incidents(
    rng: Random, townships: list[Township], assets: list[Asset], now: Instant, count: int
) -> list[Incident]:
    found = []
    for n in range(count):
        zh, en, level = MATTERS[n % len(MATTERS) if n < 12 else 5 + n % 7]
        township = townships[rng.randrange(len(townships))] if n else townships[0]
        unit = Text(*UNITS[rng.randrange(len(UNITS))])
        recorded = now - rng.randrange(20 * MINUTE, 4 * DAY) if n > 5 else now - 40 * MINUTE
        place = _near(rng, township) if n % 23 != 11 else None
        found.append(
            Incident(
                source="county",
                id=f"I{n + 1:06}",
                number=f"SJ-2026-{4127 - n:06}",
                title=Text(township.name.zh[:2] + zh, f"{township.name.en}: {en}"),
                level=level,
                stage=STAGES[n % len(STAGES)],
                category="water_outage" if n == 0 else "litter",
                channel=("12345", "patrol", "phone", "sensor")[n % 4],
                township=township.id,
                occurred_at=recorded - 6 * MINUTE,
                recorded_at=recorded,
                version=3,
                address=Text(f"{township.name.zh}西河路 {n + 1} 号", f"{n + 1} Xihe Road"),
                place=place,
                summary=Text("桥南低洼处积水约二十厘米", "About 20 cm of water by the bridge"),
                lead_unit=unit,
                co_units=(Text("供电所", "Power station"), township.name) if n % 3 == 0 else (),
                deadlines=_deadlines(rng, n, now, recorded),
                timeline=_timeline(unit, recorded, n),
                assets=(assets[2].id, assets[1].id) if n == 0 else (),
                acknowledged_at=None if n in (0, 1) or n % 9 == 4 else recorded + 4 * MINUTE,
                acknowledged_by="" if n in (0, 1) or n % 9 == 4 else "值班员 05",
            )
        )
    ended = zip(found, (Stage.CLOSED, Stage.VOID), strict=False)
    return [*found, *(_ended(each, stage, now) for each, stage in ended)]


def _ended(like: Incident, stage: Stage, now: Instant) -> Incident:
    """One like it that is over; it comes beside those that are open, and is not counted in."""
    is_void = stage is Stage.VOID
    kind, words = ("void", ("作废", "Void")) if is_void else ("close", ("结案", "Closed"))
    began, at = now - 2 * DAY, now - (3 if is_void else 2) * HOUR
    return msgspec.structs.replace(
        like,
        id=f"{stage.value}-{like.id}",
        number=f"SJ-2026-{3901 if is_void else 3902:06}",
        stage=stage,
        occurred_at=began,
        recorded_at=began,
        deadlines=(Deadline(DeadlineKind.HANDLE, now - DAY, done_at=at - HOUR),),
        timeline=(
            *_timeline(like.lead_unit, began, 0),
            TimelineEntry(kind, Text(*words), at, at, "值班员 05"),
        ),
        acknowledged_at=began + 4 * MINUTE,
        acknowledged_by="值班员 05",
    )


def _deadlines(rng: Random, n: int, now: Instant, recorded: Instant) -> tuple[Deadline, ...]:
    if n == 0:
        return (
            Deadline(
                DeadlineKind.FIRST_PHONE, recorded + 20 * MINUTE, done_at=recorded + 5 * MINUTE
            ),
            Deadline(DeadlineKind.FIRST_WRITTEN, now + 12 * MINUTE + 40 * SECOND),
            Deadline(DeadlineKind.CONTINUED, now + 72 * MINUTE + 40 * SECOND),
        )
    if n == 1:
        return (Deadline(DeadlineKind.FIRST_WRITTEN, now - 8 * MINUTE - 15 * SECOND),)
    if n < 5:
        return (Deadline(DeadlineKind.HANDLE, now + (41 * n % 60 + 5) * MINUTE),)
    left = rng.randrange(70 * MINUTE, 6 * DAY) if n % 70 else -rng.randrange(HOUR, 3 * HOUR)
    return (Deadline(DeadlineKind.HANDLE, now + left),)


def _timeline(unit: Text, recorded: Instant, n: int) -> tuple[TimelineEntry, ...]:
    entries = [
        TimelineEntry(
            "intake",
            Text("12345 转，群众来电 3 起", "Passed on by 12345, three callers"),
            recorded - 6 * MINUTE,
            recorded,
            "坐席 12",
        ),
        TimelineEntry(
            "dispatch",
            Text(f"派遣 {unit.zh}", f"Dispatched to {unit.en}"),
            recorded + 13 * MINUTE,
            recorded + 13 * MINUTE,
            "值班员 05",
        ),
    ]
    if n % 3 == 0:
        entries.append(
            TimelineEntry(
                "feedback",
                Text(f"{unit.zh}：移动泵车已到场", f"{unit.en}: mobile pump has arrived"),
                recorded + 27 * MINUTE,
                recorded + 28 * MINUTE,
                unit.zh,
            )
        )
    return tuple(entries)


def _queues(rng: Random, now: Instant) -> list[Row]:
    found: list[Row] = []
    for n in range(40):
        zh, en, kind = QUEUES[n % len(QUEUES)]
        hall = n // len(QUEUES)
        site = Text(*(("县政务中心", "County hall"), ("青石分中心", "Qingshi hall"))[hall % 2])
        limit = rng.choice((20, 40, 50, 60))
        waiting = {0: 46, 3: 64}.get(n, rng.randrange(1, int(limit * 0.8)))
        limit = {0: 40, 3: 50}.get(n, limit)
        name = Text(zh, en) if not hall else Text(f"{zh} {hall + 1}", f"{en} {hall + 1}")
        found.append(
            ServiceQueue(
                source="county",
                id=f"Q{n + 1:02}",
                name=name,
                kind=kind,
                site=site,
                township="T01",
                waiting=waiting,
                longest_wait_s=waiting * rng.randrange(30, 75),
                average_wait_s=waiting * 20,
                served_today=rng.randrange(30, 300),
                counters_open=rng.randrange(1, 6),
                counters_total=6,
                waiting_limit=limit,
                wait_limit_s=5400,
                observed_at=now - 10 * SECOND,
                version=1,
            )
        )
        value = float(waiting)
        values: list[float | None] = []
        for _ in range(96):
            value = max(0.0, value + rng.uniform(-3, 3))
            values.append(round(value))
        values[40:44] = [None] * 4
        at = tuple(now - (96 - i) * 15 * MINUTE for i in range(96))
        found.append(Trend("county", TrendKind.QUEUE, f"Q{n + 1:02}", at, tuple(values[::-1])))
    for n in range(0, 500, 5):
        base, wiggle = rng.uniform(20, 80), rng.uniform(2, 8)
        at = tuple(now - (96 - i) * 15 * MINUTE for i in range(96))
        curve = tuple(round(base + wiggle * math.sin(i / 9), 1) for i in range(96))
        found.append(Trend("county", TrendKind.ASSET, f"A{n + 1:04}", at, curve, "%"))
    return found


def _warning(townships: list[Township], now: Instant) -> WeatherWarning:
    return WeatherWarning(
        source="weather",
        id="W1",
        headline=Text("暴雨橙色预警", "Orange rainstorm warning"),
        category="rainstorm",
        level=WarningLevel.ORANGE,
        level_is_ours=False,
        issuer=Text("县气象台", "County weather station"),
        issued_at=now - 53 * MINUTE,
        starts_at=now - 53 * MINUTE,
        ends_at=now + 5 * HOUR,
        severity="Severe",
        area=Text("青石镇、柳湾镇", "Qingshi and Liuwan"),
        townships=(townships[0].id, townships[5].id, townships[6].id),
        description=Text("三小时雨量五十毫米以上", "Over 50 mm within three hours"),
        instruction=Text("转移低洼地带人员", "Move people from low ground"),
        version=1,
    )


def _alarms(assets: list[Asset], now: Instant) -> list[Alarm]:
    head = Alarm(
        source="county",
        id="M000",
        title=Text("青石变电站 失电", "Qingshi substation without power"),
        priority=AlarmPriority.HIGH,
        state=AlarmState.UNACKNOWLEDGED,
        raised_at=now - 41 * SECOND,
        township="T01",
        asset=assets[2].id,
        version=1,
    )
    followers = [
        Alarm(
            source="county",
            id=f"M{n:03}",
            title=Text("下级设备失联", "Device below unreachable"),
            priority=AlarmPriority.MEDIUM,
            state=AlarmState.UNACKNOWLEDGED,
            raised_at=now - 40 * SECOND,
            cause="M000",
            version=1,
        )
        for n in range(1, 18)
    ]
    others = [
        Alarm(
            source="monitor",
            id=f"N{n}",
            title=Text(f"{n} 号泵出口压力过低", f"Pump {n}: outlet pressure low"),
            priority=AlarmPriority.MEDIUM,
            state=AlarmState.UNACKNOWLEDGED,
            raised_at=now - n * 9 * MINUTE,
            version=1,
        )
        for n in (1, 2)
    ]
    return [head, *followers, *others]

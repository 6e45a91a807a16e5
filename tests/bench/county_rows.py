"""Rows of a county of any size, the same for the same size."""

from __future__ import annotations

import random
from collections.abc import Iterator

from desktop.domain.asset import Asset, AssetState, Trend, TrendKind
from desktop.domain.geo import Place, Township
from desktop.domain.incident import Deadline, DeadlineKind, Incident, Stage, TimelineEntry
from desktop.domain.instant import DAY, HOUR, MINUTE, Instant
from desktop.domain.levels import EventLevel
from desktop.domain.localized_text import Text
from desktop.domain.queue import QueueKind, ServiceQueue
from desktop.domain.source import Row

SOURCE = "county"
OPEN_SHARE = 0.03
"""About 300 of 10,000, as a county has on an ordinary evening."""

TOWNSHIPS = (
    "青石镇", "云溪镇", "白沙镇", "柳河乡", "石桥镇", "枫林乡", "南渡镇", "北关镇", "双塘乡",
    "龙泉镇", "桃花乡", "大坪镇", "小河口镇", "竹山乡", "望江镇", "石门乡", "长岭镇", "新市镇",
)  # fmt: skip
_ROADS = (
    "人民", "解放", "建设", "文化", "滨江", "湖滨", "中山", "工农",
    "光明", "幸福", "和平", "胜利", "学府", "站前", "环城", "兴业",
)  # fmt: skip
_MATTERS = (
    ("water_supply", "供水管道破裂", "Burst water main", "路面积水，附近居民家中水压不足"),
    ("road_damage", "路面塌陷", "Road surface caved in", "塌陷约两平方米，已设围挡"),
    ("manhole", "井盖缺失", "Manhole cover missing", "夜间照明差，行人有坠落危险"),
    ("power_cut", "小区停电", "Power cut in a housing estate", "电梯停运，无人被困"),
    ("waterlogging", "道路积水", "Street under water", "积水约三十厘米，车辆绕行"),
    ("landslide", "边坡滑塌", "Slope failure", "半幅路面被土石掩埋，正在清理"),
    ("gas_leak", "燃气异味", "Smell of gas", "已疏散单元住户，抢修人员到场"),
    ("noise", "施工噪声扰民", "Construction noise", "夜间十一点后仍在浇筑"),
    ("garbage", "垃圾堆积", "Refuse left lying", "中转站满溢三天，气味较大"),
    ("heating", "供暖不热", "Heating is cold", "室温十四度，老人和儿童较多"),
    ("street_light", "路灯不亮", "Street lights out", "连续七盏不亮"),
    ("tree", "树木倒伏", "Fallen tree", "压到一条低压线，已断电"),
)
_UNITS = (
    "县水务局", "县住建局", "县供电公司", "县应急管理局", "县城管局", "县交通局", "县自然资源局",
)  # fmt: skip
_CHANNELS = ("12345", "patrol", "phone", "sensor", "report")
_LEVELS = (EventLevel.NONE,) * 80 + (EventLevel.ORDINARY,) * 15 + (EventLevel.LARGER,) * 4
_LEVELS += (EventLevel.MAJOR,)
_STAGES = (Stage.FILED, Stage.DISPATCHED, Stage.HANDLING, Stage.FED_BACK, Stage.VERIFYING)
_KINDS = (
    "pump_station", "substation", "reservoir", "bridge", "water_plant", "traffic_signal",
    "hospital", "rain_gauge", "sluice", "cell_site", "gas_station", "shelter",
)  # fmt: skip


def incidents(count: int, now: Instant) -> Iterator[Incident]:
    """That many incidents, oldest last; about three in a hundred are open."""
    chance = random.Random(20261123)
    for number in range(count):
        yield _incident(chance, number, now, open_=chance.random() < OPEN_SHARE)


def _incident(chance: random.Random, number: int, now: Instant, *, open_: bool) -> Incident:
    category, zh, en, summary = chance.choice(_MATTERS)
    town = chance.randrange(len(TOWNSHIPS))
    road, house = chance.choice(_ROADS), chance.randrange(1, 400)
    age = chance.randrange(10 * MINUTE, 8 * HOUR) if open_ else 8 * HOUR + number * 30_000
    recorded_at = now - age
    unit = Text(chance.choice(_UNITS), "County office")
    by = chance.choice(("值班员甲", "值班员乙", "话务员三号"))
    due = Deadline(
        DeadlineKind.HANDLE, recorded_at + 6 * HOUR, done_at=None if open_ else recorded_at + HOUR
    )
    steps = ("intake", "dispatch", "feedback")[: 2 if open_ else 3]
    seen = not open_ or chance.random() < 0.7
    return Incident(
        source=SOURCE,
        id=f"I{number:07}",
        number=f"SJ-2026-{number:07}",
        title=Text(f"{TOWNSHIPS[town]}{road}路{zh}", f"{en}, {house} {road} Road"),
        level=chance.choice(_LEVELS),
        stage=chance.choice(_STAGES) if open_ else Stage.CLOSED,
        category=category,
        channel=chance.choice(_CHANNELS),
        township=f"T{town + 1:02}",
        occurred_at=recorded_at - 10 * MINUTE,
        recorded_at=recorded_at,
        version=1,
        address=Text(f"{TOWNSHIPS[town]}{road}路 {house} 号"),
        place=Place(110 + chance.random() * 0.6, 29.4 + chance.random() * 0.5),
        summary=Text(f"{summary}。来电人称已持续 {chance.randrange(2, 90)} 分钟。"),
        lead_unit=unit,
        deadlines=(due,),
        timeline=tuple(
            TimelineEntry(
                step,
                Text(f"{by}记录：{summary}"),
                recorded_at + i * 20 * MINUTE,
                recorded_at + i * 20 * MINUTE + MINUTE,
                by,
            )
            for i, step in enumerate(steps)
        ),
        acknowledged_at=recorded_at + MINUTE if seen else None,
        acknowledged_by=by if seen else "",
    )


def surroundings(now: Instant, assets: int = 500, queues: int = 40) -> list[Row]:
    """Townships, assets and queues of the same county, each with a day of readings."""
    chance = random.Random(7)
    rows: list[Row] = [_township(i, name) for i, name in enumerate(TOWNSHIPS)]
    for number in range(assets):
        rows.append(_asset(chance, number, now))
        rows.append(_trend(chance, TrendKind.ASSET, f"A{number:04}", now))
    for number in range(queues):
        rows.append(_queue(chance, number, now))
        rows.append(_trend(chance, TrendKind.QUEUE, f"Q{number:03}", now))
    return rows


def _township(index: int, name: str) -> Township:
    west, south = 110 + (index % 6) * 0.1, 29.4 + (index // 6) * 0.17
    east, north = west + 0.1, south + 0.17
    outline = ((west, south), (east, south), (east, north), (west, north), (west, south))
    seat = Place(west + 0.05, south + 0.08)
    return Township(SOURCE, f"T{index + 1:02}", Text(name, f"Town {index + 1}"), outline, seat, 1)


def _asset(chance: random.Random, number: int, now: Instant) -> Asset:
    town = chance.randrange(len(TOWNSHIPS))
    state = chance.choices(list(AssetState), (2, 5, 4, 2, 87)[: len(AssetState)])[0]
    return Asset(
        source=SOURCE,
        id=f"A{number:04}",
        name=Text(f"{TOWNSHIPS[town]}{number}号站", f"Station {number}"),
        kind=_KINDS[number % len(_KINDS)],
        state=state,
        township=f"T{town + 1:02}",
        version=1,
        place=Place(110 + chance.random() * 0.6, 29.4 + chance.random() * 0.5),
        since_at=now - 3 * DAY,
        observed_at=now - MINUTE,
        metric=Text("出口压力", "Outlet pressure"),
        value=round(chance.uniform(0.2, 0.6), 3),
        unit="MPa",
        low=0.2,
        high=0.6,
    )


def _queue(chance: random.Random, number: int, now: Instant) -> ServiceQueue:
    return ServiceQueue(
        source=SOURCE,
        id=f"Q{number:03}",
        name=Text(f"{number + 1} 号窗口", f"Counter {number + 1}"),
        kind=QueueKind.COUNTER,
        site=Text("县政务服务中心", "County service hall"),
        township=f"T{number % len(TOWNSHIPS) + 1:02}",
        version=1,
        waiting=chance.randrange(40),
        longest_wait_s=chance.randrange(3600),
        average_wait_s=chance.randrange(900),
        served_today=chance.randrange(300),
        counters_open=3,
        counters_total=5,
        waiting_limit=30,
        wait_limit_s=1800,
        observed_at=now - MINUTE,
    )


def _trend(chance: random.Random, kind: TrendKind, id: str, now: Instant) -> Trend:
    at = tuple(range(now - DAY, now, 5 * MINUTE))
    return Trend(SOURCE, kind, id, at, tuple(round(chance.random() * 30, 2) for _ in at), "")

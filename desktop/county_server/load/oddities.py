"""Remarks on rows that are valid but probably wrong: places abroad, future times, unknown ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from desktop.county_server.load.names import NAMED, ids_by_name
from desktop.county_server.load.read import Read
from desktop.county_server.load.told import Told, show
from desktop.county_server.load.vocabulary import alike

CHINA_LON, CHINA_LAT = (73.0, 136.0), (3.0, 54.0)
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=1)
TO_COME = frozenset({"starts_at", "ends_at", "shelved_until"})
"""Moments that may well lie in the future."""

Remark = tuple[str, str, str]


class _Known(msgspec.Struct, frozen=True):
    """The ids of each collection, and the ids by name of collections that rows refer to."""

    ids: dict[str, set[str]]
    names: dict[str, dict[str, str]]


def note_oddities(reads: Mapping[str, Read], now: datetime) -> None:
    """Add to each file's remarks what is odd in its rows."""
    known = _Known(
        {name: {row.id for row in read.rows} for name, read in reads.items()},
        {name: ids_by_name(reads.get(name)) for name in set(NAMED.values())},
    )
    for collection, read in reads.items():
        numbers: dict[str, str] = {}
        for row, place in zip(read.rows, read.places, strict=True):
            remarks = [*_of_times(row, now), *_of_place(row), *_of_order(row), *_of_words(row)]
            remarks += _of_others(row, known)
            if collection == "incidents" and row.number:
                remarks += _of_number(row.number, place, numbers)
            read.oddities += [Told(read.place(place, field), zh, en) for field, zh, en in remarks]


def _of_times(row: Any, now: datetime) -> Iterator[Remark]:
    for field in row.__struct_fields__:
        at = getattr(row, field)
        if not isinstance(at, datetime):
            continue
        if at < OLDEST:
            yield field, f"时间早于 1990 年：{at:%Y-%m-%d}", f"a time before 1990: {at:%Y-%m-%d}"
        elif at > now + AHEAD and field not in TO_COME:
            written = f"{at:%Y-%m-%d %H:%M%z}"
            yield field, f"时间还没有到：{written}", f"a time that has not come: {written}"


def _of_place(row: Any) -> Iterator[Remark]:
    for field in ("place", "seat"):
        place = getattr(row, field, None)
        if place is None:
            continue
        lon, lat = place.lon, place.lat
        if _within(lon, CHINA_LON) and _within(lat, CHINA_LAT):
            continue
        if _within(lat, CHINA_LON) and _within(lon, CHINA_LAT):
            zh, en = "经纬度可能写反了", "lon and lat may have changed places"
        else:
            zh, en = "位置在中国以外", "a place outside China"
        yield field, f"{zh}：{lon}, {lat}", f"{en}: {lon}, {lat}"


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _of_order(row: Any) -> Iterator[Remark]:
    for lower, upper, zh, en in (
        ("starts_at", "ends_at", "结束早于开始", "it ends before it begins"),
        ("issued_at", "ends_at", "结束早于发布", "it ends before it was issued"),
        ("raised_at", "cleared_at", "恢复早于发生", "cleared before it was raised"),
        ("low", "high", "上限低于下限", "the upper limit is below the lower"),
        (
            "counters_open",
            "counters_total",
            "开放窗口多于总数",
            "more counters open than there are",
        ),
        ("average_wait_s", "longest_wait_s", "平均大于最长", "the average is above the longest"),
    ):
        first, second = getattr(row, lower, None), getattr(row, upper, None)
        if first is not None and second is not None and first > second:
            yield upper, zh, en


def _of_words(row: Any) -> Iterator[Remark]:
    for field in ("name", "title", "headline"):
        text = getattr(row, field, None)
        if text is None:
            continue
        told = text if isinstance(text, str) else text.zh or text.en
        if not told.strip():
            yield field, "没有文字", "no text"
        elif "�" in told or "锟斤拷" in told:
            yield field, f"文字已损坏：{show(told)}", f"text that was broken: {show(told)}"


def _of_others(row: Any, known: _Known) -> Iterator[Remark]:
    for field, collection in NAMED.items():
        told = getattr(row, field, None) or ()
        ids = known.ids.get(collection)
        missing = [
            each for each in ((told,) if isinstance(told, str) else told) if ids and each not in ids
        ]
        if missing:
            name = show(missing[0])
            meant = known.names[collection].get(alike(missing[0]))
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else ("", "")
            yield (
                field,
                f"{collection} 文件里没有编号 {name}{zh}",
                f"no row of {collection} has the id {name}{en}",
            )


def _of_number(number: str, place: str, known: dict[str, str]) -> list[Remark]:
    first = known.setdefault(number, place)
    if first == place:
        return []
    return [("number", f"与 {first} 的编号相同", f"the same number as {first}")]

"""Suggestions for invalid or odd rows: what their writer probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec

from desktop.county_server.load.headings import fields_of
from desktop.county_server.load.told import show
from desktop.county_server.load.vocabulary import OWN, WORDS, code_of, near
from desktop.wire.level1 import COLLECTIONS

Remark = tuple[str, str, str]
"""A field, and a remark on it in Chinese and in English."""
NOTHING = ("", "")


def advice(collection: str, row: Any, path: str, says: str) -> tuple[str, str]:
    """Suggest how to mend a row's fault, as words to append to it; empty without a suggestion."""
    if (found := re.fullmatch(r"Object missing required field `([^`]+)`", says)) is not None:
        return _in_place_of(collection, row, found[1]) if not path else NOTHING
    field = path.removeprefix(".")
    value = _at(row, field)
    code = _meant(f"{collection}.{field}", value)
    if code is not None:
        return f"；是否指 {code}", f"; did you mean {code}"
    if field in ("place.lon", "place.lat", "seat.lon", "seat.lat"):
        return _advise_turned(_at(row, field.partition(".")[0]))
    if "RFC3339" in says and isinstance(value, str):
        return f"（写的是 {show(value)}）", f" (it reads {show(value)})"
    return NOTHING


def unknown_fields(collection: str, row: Any) -> Iterator[Remark]:
    """Yield remarks on unknown fields, without which the row is served."""
    known = _fields(collection)
    for field in row if isinstance(row, Mapping) else ():
        if field not in known:
            meant = _field_meant(collection, field, [each for each in known if each not in row])
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else NOTHING
            yield field, f"没有这个字段，不会用到{zh}", f"no such field, it is not used{en}"


def word_advice(collection: str, row: Any) -> Iterator[Remark]:
    """Yield remarks on words that no vocabulary has: desks show them as unknown."""
    for name, codes in WORDS.items():
        where, _, field = name.partition(".")
        value = row.get(field) if where == collection and isinstance(row, Mapping) else None
        if isinstance(value, str) and value not in codes and name not in OWN:
            meant = code_of(name, value) or near(value, codes)
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else NOTHING
            word = show(value)
            yield (
                field,
                f"不认识的词 {word}，指挥台显示为不明{zh}",
                f"unknown word {word}, shown as unknown{en}",
            )


def _in_place_of(collection: str, row: Any, field: str) -> tuple[str, str]:
    """Suggest which field of the row was probably meant to be the missing one."""
    unknown = [each for each in row if each not in _fields(collection)]
    known = [each for each in unknown if field in fields_of(collection, each)]
    meant = known[0] if known else near(field, unknown)
    return (
        NOTHING
        if meant is None
        else (
            f"；是否写成了 {show(meant)}",
            f"; is {show(meant)} meant to be it",
        )
    )


def _field_meant(collection: str, word: str, among: list[str]) -> str | None:
    known = [each for each in fields_of(collection, word) if each.partition(".")[0] in among]
    return known[0] if known else near(word, among)


def _meant(name: str, value: Any) -> str | None:
    is_word = isinstance(value, str | int) and not isinstance(value, bool)
    return code_of(name, str(value)) if is_word else None


def _advise_turned(place: Any) -> tuple[str, str]:
    """Suggest that `lon` and `lat` are swapped, where the place would be valid then."""
    if isinstance(place, Mapping):
        lon, lat = place.get("lon"), place.get("lat")
        both = isinstance(lon, int | float) and isinstance(lat, int | float)
        if both and abs(lon or 0) <= 90 and abs(lat or 0) <= 180:
            return "；经度 lon 与纬度 lat 可能写反了", "; lon and lat may have changed places"
    return NOTHING


def _at(row: Any, path: str) -> Any:
    for step in path.split("."):
        row = row.get(step) if isinstance(row, Mapping) else None
    return row


@cache
def _fields(collection: str) -> tuple[str, ...]:
    return tuple(each.encode_name for each in msgspec.structs.fields(COLLECTIONS[collection]))

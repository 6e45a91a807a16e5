"""The fields of a command's body in bits, each by its kind in the table of commands."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

from desktop.protocol.fields import Field, FieldKind
from desktop.protocol.levels import EventLevel
from desktop.wire.frames.bits import BitReader, BitWriter
from desktop.wire.frames.tables import CHECK_BITS, OtherTables, Tables
from desktop.wire.frames.text import put_text, take_text
from desktop.wire.level2.cursor import WireError

MINUTE_MS = 60_000
LEVELS = tuple(level.value for level in EventLevel)
LEVEL_BITS = 3
MICRO, EXACT, WHOLE = range(3)
"""Forms of a place: millionths of a degree, any number, whole degrees without a point."""
DEGREE_BITS, WHOLE_BITS = 29, 9
MICROS = 1_000_000
_DIGEST = re.compile(r"[0-9a-f]{64}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,11}")
_FILE_FIELDS = {"digest", "name", "size", "media_type", "thumbnail"}


class Surroundings:
    """What fields are written by: the time of their command, and the county's tables."""

    def __init__(self, at_ms: int, tables: Tables) -> None:
        self.at_ms = at_ms
        self.codes: dict[FieldKind, tuple[str, ...]] = {
            FieldKind.CATEGORY: tables.categories,
            FieldKind.CHANNEL: tables.channels,
            FieldKind.TOWNSHIP: tables.townships,
        }
        self.is_numbered = False
        """Whether a code went by its number, which only the same tables read."""


def put_fields(
    out: BitWriter, fields: tuple[Field, ...], body: Mapping[str, Any], at_ms: int, tables: Tables
) -> None:
    """Write the fields that the body has; WireError where a value is not of its field's kind."""
    around = Surroundings(at_ms, tables)
    for field in fields:
        out.put(int(field.name in body), 1)
        if field.name in body:
            _FORMS[field.kind][0](out, body[field.name], field, around)
    if around.is_numbered:
        out.put(tables.check, CHECK_BITS)


def take_fields(
    bits: BitReader, fields: tuple[Field, ...], at_ms: int, tables: Tables
) -> tuple[dict[str, Any], bool]:
    """Read what `put_fields` wrote, and whether codes went by numbers; OtherTables where those
    were of other tables.
    """
    around = Surroundings(at_ms, tables)
    body = {
        field.name: _FORMS[field.kind][1](bits, field, around) for field in fields if bits.take(1)
    }
    if around.is_numbered and bits.take(CHECK_BITS) != tables.check:
        raise OtherTables
    return body, around.is_numbered


def _put_words(out: BitWriter, value: Any, _field: Field, _around: Surroundings) -> None:
    if not isinstance(value, str):
        raise WireError("not a text")
    put_text(out, value)


def _take_words(bits: BitReader, _field: Field, _around: Surroundings) -> str:
    return take_text(bits)


def _put_code(out: BitWriter, value: Any, field: Field, around: Surroundings) -> None:
    codes = around.codes[field.kind]
    out.put(int(value in codes), 1)
    if value in codes:
        around.is_numbered = True
        out.put_uint(codes.index(value))
    else:
        _put_words(out, value, field, around)


def _take_code(bits: BitReader, field: Field, around: Surroundings) -> str:
    if not bits.take(1):
        return take_text(bits)
    number, codes = bits.take_uint(), around.codes[field.kind]
    if number >= len(codes):
        raise OtherTables
    around.is_numbered = True
    return codes[number]


def _put_level(out: BitWriter, value: Any, _field: Field, _around: Surroundings) -> None:
    if value not in LEVELS:
        raise WireError("no such level")
    out.put(LEVELS.index(value), LEVEL_BITS)


def _take_level(bits: BitReader, _field: Field, _around: Surroundings) -> str:
    number = bits.take(LEVEL_BITS)
    if number >= len(LEVELS):
        raise WireError("no such level")
    return LEVELS[number]


def _put_instant(out: BitWriter, value: Any, _field: Field, around: Surroundings) -> None:
    """Write an instant from the command's: in minutes where it is a whole one."""
    number = _whole(value)
    out.put(int(number % MINUTE_MS == 0), 1)
    if number % MINUTE_MS:
        out.put_sint(number - around.at_ms)
    else:
        out.put_sint((number - around.at_ms) // MINUTE_MS)


def _take_instant(bits: BitReader, _field: Field, around: Surroundings) -> int:
    if not bits.take(1):
        return around.at_ms + bits.take_sint()
    return -(-(around.at_ms + bits.take_sint() * MINUTE_MS) // MINUTE_MS) * MINUTE_MS


def _put_minutes(out: BitWriter, value: Any, _field: Field, _around: Surroundings) -> None:
    out.put_uint(_whole(value))


def _take_minutes(bits: BitReader, _field: Field, _around: Surroundings) -> int:
    return bits.take_uint()


def _put_passed(out: BitWriter, value: Any, _field: Field, _around: Surroundings) -> None:
    if not isinstance(value, bool):
        raise WireError("neither true nor false")
    out.put(int(value), 1)


def _take_passed(bits: BitReader, _field: Field, _around: Surroundings) -> bool:
    return bool(bits.take(1))


def _put_place(out: BitWriter, value: Any, _field: Field, _around: Surroundings) -> None:
    lon, lat = value
    if isinstance(lon, int) and isinstance(lat, int):
        out.put(WHOLE, 2)
        for degrees in (lon, lat):
            out.put(_whole(degrees) + 180, WHOLE_BITS)
    elif all(round(each * MICROS) / MICROS == each for each in (lon, lat)):
        out.put(MICRO, 2)
        for degrees in (lon, lat):
            out.put(round(degrees * MICROS) + 180 * MICROS, DEGREE_BITS)
    else:
        out.put(EXACT, 2)
        out.put_bytes(struct.pack(">dd", lon, lat))


def _take_place(bits: BitReader, _field: Field, _around: Surroundings) -> list[float]:
    match bits.take(2):
        case 0:
            return [(bits.take(DEGREE_BITS) - 180 * MICROS) / MICROS for _ in range(2)]
        case 1:
            place = list(struct.unpack(">dd", bits.take_bytes(16)))
            if not all(map(math.isfinite, place)):
                raise WireError("a place that is none")
            return place
        case 2:
            return [bits.take(WHOLE_BITS) - 180 for _ in range(2)]
    raise WireError("a place of another form")


def _put_file(out: BitWriter, value: Any, field: Field, around: Surroundings) -> None:
    if set(value) - _FILE_FIELDS or not _DIGEST.fullmatch(value["digest"]):
        raise WireError("a file of another form")
    out.put_bytes(bytes.fromhex(value["digest"]))
    _put_words(out, value["name"], field, around)
    out.put_uint(_whole(value["size"]))
    out.put(int("media_type" in value), 1)
    if "media_type" in value:
        _put_words(out, value["media_type"], field, around)
    thumbnail = value.get("thumbnail")
    out.put(0 if thumbnail is None else 1 + bool(thumbnail), 2)
    if thumbnail:
        out.put_bytes(bytes.fromhex(thumbnail))


def _take_file(bits: BitReader, _field: Field, _around: Surroundings) -> dict[str, Any]:
    found: dict[str, Any] = {"digest": bits.take_bytes(32).hex()}
    found["name"], found["size"] = take_text(bits), bits.take_uint()
    if bits.take(1):
        found["media_type"] = take_text(bits)
    form = bits.take(2)
    if form == 3:
        raise WireError("a file of another form")
    if form:
        found["thumbnail"] = bits.take_bytes(32).hex() if form == 2 else ""
    return found


def _put_values(out: BitWriter, value: Any, field: Field, around: Surroundings) -> None:
    """Write each field's id and its value: as a number where it is a whole one from 0."""
    out.put_uint(len(value))
    for each in value:
        if set(each) != {"field", "value"}:
            raise WireError("a value of another form")
        _put_words(out, each["field"], field, around)
        is_whole = _WHOLE.fullmatch(each["value"]) is not None
        out.put(int(is_whole), 1)
        if is_whole:
            out.put_uint(int(each["value"]))
        else:
            _put_words(out, each["value"], field, around)


def _take_values(bits: BitReader, _field: Field, _around: Surroundings) -> list[dict[str, str]]:
    return [
        {
            "field": take_text(bits),
            "value": str(bits.take_uint()) if bits.take(1) else take_text(bits),
        }
        for _ in range(bits.take_uint())
    ]


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WireError("not a whole number")
    return value


_Put = Callable[[BitWriter, Any, Field, Surroundings], None]
_Take = Callable[[BitReader, Field, Surroundings], Any]
_FORMS: dict[FieldKind, tuple[_Put, _Take]] = {
    FieldKind.TEXT: (_put_words, _take_words),
    FieldKind.UNIT: (_put_words, _take_words),
    FieldKind.INSTANT: (_put_instant, _take_instant),
    FieldKind.MINUTES: (_put_minutes, _take_minutes),
    FieldKind.LEVEL: (_put_level, _take_level),
    FieldKind.CATEGORY: (_put_code, _take_code),
    FieldKind.CHANNEL: (_put_code, _take_code),
    FieldKind.TOWNSHIP: (_put_code, _take_code),
    FieldKind.PLACE: (_put_place, _take_place),
    FieldKind.PASSED: (_put_passed, _take_passed),
    FieldKind.FILE: (_put_file, _take_file),
    FieldKind.WORD: (_put_words, _take_words),
    FieldKind.EDITION: (_put_minutes, _take_minutes),
    FieldKind.VALUES: (_put_values, _take_values),
}
"""How each kind of field is written and read."""

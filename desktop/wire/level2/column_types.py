"""Types of column: how texts, moments, records and lists of them are written and read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, chain, repeat
from operator import add, attrgetter
from typing import Any, Protocol, cast

import msgspec

from desktop.wire.level1 import MAX_TEXT, Phrase, Point
from desktop.wire.level2.columns import (
    CODED,
    flags_of,
    put_decimals,
    put_flags,
    put_ints,
    put_texts,
    take_coded,
    take_decimals,
    take_flags,
    take_ints,
    take_texts,
)
from desktop.wire.level2.cursor import Cursor, WireError, put_uint

Against = Sequence[int] | None
"""For each value the reference moment, of the same row, that it is written as the distance from."""


class Kind(Protocol):
    """A type of column: writes the values of one field and reads them again."""

    def put(self, out: bytearray, values: Sequence[Any], _against: Against = None, /) -> None: ...

    def take(self, cursor: Cursor, count: int, _against: Against = None, /) -> list[Any]: ...


class Texts:
    """Text of at most (and at least) so many characters, perhaps of a fixed form."""

    def __init__(self, most: int, least: int = 0, form: str = "") -> None:
        self._most = most
        self._least = least
        self._form = re.compile(form) if form else None

    def put(self, out: bytearray, values: Sequence[str], _against: Against = None) -> None:
        put_texts(out, values)

    def take(self, cursor: Cursor, count: int, _against: Against = None) -> list[str]:
        texts = take_texts(cursor, count, self._most, self._least)
        if self._form is not None and not all(map(self._form.fullmatch, texts)):
            raise WireError("a text of another form")
        return texts


class Whole:
    """Whole numbers within limits."""

    def __init__(self, least: int, most: int) -> None:
        self._least = least
        self._most = most

    def put(self, out: bytearray, values: Sequence[int], _against: Against = None) -> None:
        put_ints(out, values)

    def take(self, cursor: Cursor, count: int, _against: Against = None) -> list[int]:
        values = take_ints(cursor, count)
        if values and (min(values) < self._least or max(values) > self._most):
            raise WireError("a number beyond its limits")
        return values


class Decimals:
    """Decimals within limits, to the last bit."""

    def __init__(self, limit: float = float("inf")) -> None:
        self._limit = limit

    def put(self, out: bytearray, values: Sequence[float], _against: Against = None) -> None:
        put_decimals(out, values)

    def take(self, cursor: Cursor, count: int, _against: Against = None) -> list[float]:
        values = take_decimals(cursor, count)
        if values and (min(values) < -self._limit or max(values) > self._limit):
            raise WireError("a number beyond its limits")
        return values


class Flags:
    """Yes or no."""

    def put(self, out: bytearray, values: Sequence[bool], _against: Against = None) -> None:
        put_flags(out, values)

    def take(self, cursor: Cursor, count: int, _against: Against = None) -> list[bool]:
        flags = take_flags(cursor, count)
        return [True] * count if flags is None else list(flags)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
_PLAIN_MS = 2**33 * 1000
"""Up to here a float of seconds is exact to the millisecond."""


def milliseconds(moment: datetime) -> int:
    """Return the moment as UTC milliseconds since 1970, rounded; WireError for a naive one."""
    if moment.tzinfo is None:
        raise WireError("a date without a time zone names no instant")
    return min(max(round(moment.timestamp() * 1000), _FIRST_MS), _LAST_MS)


def moments(values: Sequence[int], *, in_ms: bool = False) -> list[datetime]:
    """Convert milliseconds to aware datetimes in UTC; with `in_ms` return them as they are."""
    if not values:
        return []
    least, most = min(values), max(values)
    if least < _FIRST_MS or most > _LAST_MS:
        raise WireError("a moment beyond the calendar")
    if in_ms:
        return cast("list[datetime]", values)
    if least >= 0 and most < _PLAIN_MS:
        seconds = [value / 1000 for value in values]
        return msgspec.convert(seconds, list[datetime], strict=False)
    return [_EPOCH + timedelta(milliseconds=value) for value in values]


class Moments:
    """Moments to the millisecond, written as distances from reference moments if there are any."""

    def put(self, out: bytearray, values: Sequence[datetime], against: Against = None) -> None:
        self.put_ms(out, list(map(milliseconds, values)), against)

    @staticmethod
    def put_ms(out: bytearray, values: Sequence[int], against: Against) -> None:
        if against is not None:
            values = [value - other for value, other in zip(values, against, strict=True)]
        scale = 1000 if values and not any(value % 1000 for value in values) else 1
        if values:
            out.append(scale == 1000)
        put_ints(out, values if scale == 1 else [value // scale for value in values])

    def take(self, cursor: Cursor, count: int, against: Against = None) -> list[datetime]:
        return moments(self.take_ms(cursor, count, against), in_ms=cursor.in_ms)

    @staticmethod
    def take_ms(cursor: Cursor, count: int, against: Against) -> Sequence[int]:
        if not count:
            return []
        scaled = cursor.byte()
        if scaled > 1:
            raise WireError("no such column of moments")
        values = take_ints(cursor, count)
        if scaled:
            values = [value * 1000 for value in values]
        if against is not None:
            if not any(values):
                return against
            values = list(map(add, values, against))
        return values


MOMENT = Moments()


class Phrases:
    """Texts in Chinese, English or both, coded when they repeat; a bare string stays a string."""

    def put(self, out: bytearray, values: Sequence[Phrase | str], _against: Against = None) -> None:
        if not values:
            return
        distinct = dict.fromkeys(values)
        if len(values) > 1 and len(distinct) <= len(values) // 2:
            out.append(CODED)
            put_uint(out, len(distinct))
            self._put_each(out, list(distinct))
            if len(distinct) > 1:
                place = {value: index for index, value in enumerate(distinct)}
                put_ints(out, [place[value] for value in values])
        else:
            self._put_each(out, values)

    @staticmethod
    def _put_each(out: bytearray, values: Sequence[Phrase | str]) -> None:
        put_flags(out, [isinstance(value, Phrase) for value in values])
        put_texts(out, [value.zh if isinstance(value, Phrase) else value for value in values])
        put_texts(out, [value.en for value in values if isinstance(value, Phrase)])

    def take(self, cursor: Cursor, count: int, _against: Against = None) -> list[Any]:
        if not count:
            return []
        form = cursor.byte()
        if form != CODED:
            return self._take_each(cursor, count, form)
        distinct = cursor.count(count)
        phrases = self._take_each(cursor, distinct, cursor.byte())
        return take_coded(cursor, phrases, count, _size)

    @staticmethod
    def _take_each(cursor: Cursor, count: int, form: int) -> list[Any]:
        flags = flags_of(cursor, count, form)
        chinese = _LONG.take(cursor, count)
        if flags is None:
            return list(map(Phrase, chinese, _LONG.take(cursor, count)))
        english = iter(_LONG.take(cursor, sum(flags)))
        return [
            Phrase(zh, next(english)) if both else zh
            for zh, both in zip(chinese, flags, strict=True)
        ]


_LONG = Texts(MAX_TEXT)


def _size(phrase: Phrase | str) -> int:
    return len(phrase) if isinstance(phrase, str) else len(phrase.zh) + len(phrase.en)


class Perhaps:
    """Optional values: a value or None."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def put(self, out: bytearray, values: Sequence[Any], against: Against = None) -> None:
        flags = [value is not None for value in values]
        put_flags(out, flags)
        if against is not None:
            against = [ms for ms, flag in zip(against, flags, strict=True) if flag]
        self._kind.put(out, [value for value in values if value is not None], against)

    def take(self, cursor: Cursor, count: int, against: Against = None) -> list[Any]:
        flags = take_flags(cursor, count)
        if flags is None:
            return self._kind.take(cursor, count, against)
        present = sum(flags)
        if not present:
            return [None] * count
        if against is not None:
            against = [ms for ms, flag in zip(against, flags, strict=True) if flag]
        found = iter(self._kind.take(cursor, present, against))
        return [next(found) if flag else None for flag in flags]


class Many:
    """A list of values: how many each row has, then all of them in one column."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def put(self, out: bytearray, values: Sequence[Any], against: Against = None) -> None:
        counts = list(map(len, values))
        put_ints(out, counts)
        self._kind.put(out, list(chain.from_iterable(values)), _spread(against, counts))

    def take(self, cursor: Cursor, count: int, against: Against = None) -> list[Any]:
        if not count:
            return []
        counts = take_ints(cursor, count)
        if min(counts) < 0:
            raise WireError("fewer than none")
        total = sum(counts)
        if not total:
            return [()] * count
        cursor.claim(total)
        found = self._kind.take(cursor, total, _spread(against, counts))
        if total == count == counts.count(1):
            return list(zip(found, strict=True))
        rows, ends = tuple(found), list(accumulate(counts))
        return [rows[start:end] for start, end in zip(chain((0,), ends), ends, strict=False)]


def _spread(against: Against, counts: Sequence[int]) -> Against:
    if against is None:
        return None
    if counts.count(1) == len(counts):
        return against
    return list(chain.from_iterable(map(repeat, against, counts)))


class Field(msgspec.Struct, frozen=True):
    """One field of a record; `against` names the field with its reference moment."""

    name: str
    kind: Any
    against: str = ""


OUTER = "^"
"""As `against`: the reference moment of the record that holds the list."""


class Record:
    """Structs of one type, field by field; the order of the fields is that of the bytes."""

    def __init__(self, type_: type[Any], *fields: Field) -> None:
        self.type = type_
        self.fields = fields
        self.by_name = {field.name: field for field in fields}
        self._hung_on = {field.against for field in fields}

    def put(self, out: bytearray, values: Sequence[Any], against: Against = None) -> None:
        self.put_fields(out, values, self.fields, against)

    def put_fields(
        self,
        out: bytearray,
        rows: Sequence[Any],
        fields: Sequence[Field],
        against: Against = None,
    ) -> None:
        """Write these fields of the rows and no others."""
        if not rows:
            return
        known: dict[str, Against] = {OUTER: against}
        for field in fields:
            column = list(map(attrgetter(field.name), rows))
            if field.name in self._hung_on:
                known[field.name] = column = list(map(milliseconds, column))
                Moments.put_ms(out, column, known.get(field.against))
            else:
                field.kind.put(out, column, known.get(field.against))

    def take(self, cursor: Cursor, count: int, against: Against = None) -> list[Any]:
        if not count:
            return []
        return self.build(self.take_fields(cursor, count, self.fields, against), count)

    def take_fields(
        self, cursor: Cursor, count: int, fields: Sequence[Field], against: Against = None
    ) -> dict[str, list[Any]]:
        """Read the columns of these fields, by field name."""
        cursor.claim(count * len(fields))
        known: dict[str, Against] = {OUTER: against}
        columns: dict[str, list[Any]] = {}
        for field in fields:
            if field.name in self._hung_on:
                known[field.name] = instants = Moments.take_ms(
                    cursor, count, known.get(field.against)
                )
                columns[field.name] = moments(instants, in_ms=cursor.in_ms)
            elif field.kind is MOMENT:
                before = known.get(field.against)
                instants = Moments.take_ms(cursor, count, before)
                same = instants is before and field.against in columns
                columns[field.name] = (
                    columns[field.against] if same else moments(instants, in_ms=cursor.in_ms)
                )
            else:
                columns[field.name] = field.kind.take(cursor, count, known.get(field.against))
        return columns

    def build(self, columns: dict[str, list[Any]], count: int) -> list[Any]:
        """Build structs from these columns; a field without a column gets its default."""
        defaults = _defaults(self.type)
        try:
            given = [
                columns[name] if name in columns else repeat(defaults[name], count)
                for name in self.type.__struct_fields__
            ]
        except KeyError as error:
            raise WireError("a needed column is missing") from error
        return list(map(self.type, *given))


def _defaults(type_: type[Any]) -> dict[str, Any]:
    names = type_.__struct_fields__
    values = type_.__struct_defaults__
    return dict(zip(names[len(names) - len(values) :], values, strict=True))


class Pairs:
    """Points as pairs of longitude and latitude."""

    def put(self, out: bytearray, values: Sequence[Any], _against: Against = None) -> None:
        put_decimals(out, [pair[0] for pair in values])
        put_decimals(out, [pair[1] for pair in values])

    def take(self, cursor: Cursor, count: int, _against: Against = None) -> list[Any]:
        lons, lats = LON.take(cursor, count), LAT.take(cursor, count)
        return list(zip(lons, lats, strict=True))


LON, LAT = Decimals(180), Decimals(90)
POINT = Record(Point, Field("lon", LON), Field("lat", LAT))


def check_values(work: Callable[[], Any]) -> Any:
    """Return the result of `work`; values of a wrong type raise WireError."""
    try:
        return work()
    except (TypeError, AttributeError, OverflowError) as error:
        raise WireError(f"a value of another type: {error}") from error

"""Read items of a feed field by field: a bad field spoils only itself, and is reported."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_type_hints

import msgspec
from msgspec import inspect

from desktop.connectors.http.errors import excerpt
from desktop.connectors.http.lenient import NO_NUMBER, UNKNOWN, mend
from desktop.protocol.limits import FLAWS_KEPT, ITEM_PARTS

T = TypeVar("T")
UNREADABLE = (msgspec.DecodeError, ValueError, OverflowError, RecursionError)
CUT = "…"
"""Ends a text that was cut."""
REASON_CHARS = 300
_MANGLED = UNKNOWN.encode()
_PARTS = (b",", b"[", b"{")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")


class Flaw(msgspec.Struct, frozen=True):
    """A field that was left out or changed because it could not be read as received."""

    field: str
    reason: str
    excerpt: str


class _Unfit(ValueError):
    """A value that cannot be read; the exception's text says why."""


def read_item(
    raw: bytes | msgspec.Raw, wanted: type[T], *, brief: bool = False
) -> tuple[T, tuple[Flaw, ...]]:
    """Read an item of the wanted type, with the fields that were left out, cut or read otherwise.

    A null in an optional field counts as missing. With `brief` the flaws have no reasons. Raises
    one of UNREADABLE when a required field cannot be read.
    """
    data = bytes(raw)
    if _MANGLED not in data:
        try:
            return msgspec.json.decode(data, type=wanted), ()
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            said = str(error)
            if said.startswith("Object missing required") and "$" not in said:
                raise  # Leniency cannot restore a missing field.
    plain, exact = _plain(data)
    reader = _Reader(exact=exact, brief=brief)
    item = reader.item(plain, wanted)
    return item, reader.flaws


def reason_of(error: BaseException) -> str:
    """Describe why an item could not be read, for the list of unreadable items."""
    reason = str(error) or "unreadable"
    if "timezone component" in reason:
        reason = f"a date without a time zone names no instant: {reason}"
    return reason[:REASON_CHARS]


def _plain(data: bytes) -> tuple[Any, bool]:
    """Decode the item to plain values, and say whether it was sound."""
    parts = sum(map(data.count, _PARTS))
    if parts > ITEM_PARTS:
        raise ValueError(f"an item of {parts:,} parts that is not sound")
    try:
        return msgspec.json.decode(data), _MANGLED not in data
    except (msgspec.DecodeError, UnicodeDecodeError):
        return msgspec.json.decode(mend(data)), False


class _Shape(msgspec.Struct, frozen=True):
    """The fields of a type of items."""

    fields: dict[str, tuple[inspect.Field, Any]]
    """Each field by its name in JSON, with its type annotation."""
    needed: tuple[str, ...]


@cache
def _shape(wanted: type[Any]) -> _Shape:
    info = inspect.type_info(wanted)
    assert isinstance(info, inspect.StructType)
    hints = get_type_hints(wanted, include_extras=True)
    fields = {field.encode_name: (field, hints[field.name]) for field in info.fields}
    return _Shape(fields, tuple(name for name, (field, _) in fields.items() if field.required))


class _Reader:
    """A reader of one item that collects its flaws."""

    def __init__(self, *, exact: bool, brief: bool) -> None:
        self._exact, self._brief = exact, brief
        self._flaws: list[Flaw] = []
        self._more = 0

    @property
    def flaws(self) -> tuple[Flaw, ...]:
        """The flaws found; of many the first ones, and how many more."""
        if not self._more:
            return tuple(self._flaws)
        return (*self._flaws, Flaw(CUT, f"{self._more} more like these", ""))

    def item(self, said: Any, wanted: type[T], path: str = "") -> T:
        """Build a struct from the fields of an object."""
        if not isinstance(said, dict):
            raise _describe_type("object", said)
        shape = _shape(wanted)  # type: ignore[arg-type]
        for name in shape.needed:
            if name not in said:
                raise _Unfit(f"Object missing required field `{name}`")
        given: dict[str, Any] = {}
        for name, value in said.items():
            if name not in shape.fields:
                continue
            field, hint = shape.fields[name]
            if value is None and not field.required:
                continue
            place = f"{path}.{name}" if path else name
            try:
                given[field.name] = self._field(value, field.type, hint, place)
            except _Unfit as error:
                if field.required:
                    raise _Unfit(f"{error} - at `$.{place}`" if not path else str(error)) from None
                self._note(place, str(error), value)
        return wanted(**given)

    def _field(self, said: Any, info: inspect.Type, hint: Any, path: str) -> Any:
        if self._exact:
            if type(said) is str and isinstance(info, inspect.StrType) and _fits(said, info):
                return said
            try:
                return msgspec.convert(said, hint)
            except (msgspec.ValidationError, OverflowError):
                pass
        return self._value(said, info, path)

    def _note(self, field: str, reason: str, said: Any) -> None:
        if len(self._flaws) >= FLAWS_KEPT:
            self._more += 1
            return
        if self._brief:
            self._flaws.append(Flaw(field, "", ""))
            return
        what = said if isinstance(said, str) else repr(said)[:1000]
        self._flaws.append(Flaw(field, reason_of(_Unfit(reason)), excerpt(what)))

    def _value(self, said: Any, info: inspect.Type, path: str) -> Any:
        if isinstance(said, str) and said.startswith(NO_NUMBER):
            raise _Unfit(f"{said.removeprefix(NO_NUMBER)} is no number")
        read = _READ.get(type(info))
        if read is not None:
            return read(self, said, info, path)
        if isinstance(info, inspect.LiteralType) and said not in info.values:
            raise _Unfit(f"Invalid enum value {str(said)[:40]!r}")
        if isinstance(info, inspect.BoolType) and not isinstance(said, bool):
            raise _describe_type("bool", said)
        return said

    def _struct(self, said: Any, info: inspect.StructType, path: str) -> Any:
        return self.item(said, info.cls, path)

    def _union(self, said: Any, info: inspect.UnionType, path: str) -> Any:
        if said is None and info.includes_none:
            return None
        inner = [each for each in info.types if not isinstance(each, inspect.NoneType)]
        kind = inspect.StructType if isinstance(said, dict) else inspect.StrType
        fitting = next((each for each in inner if isinstance(each, kind)), inner[0])
        return self._value(said, fitting, path)

    def _text(self, said: Any, info: inspect.StrType, path: str) -> str:
        if isinstance(said, int | float) and not isinstance(said, bool) and not info.min_length:
            self._note(path, "a number where a text belongs", said)
            said = str(said)
        if not isinstance(said, str):
            raise _describe_type("str", said)
        if not self._exact and UNKNOWN in said:
            self._note(path, "bytes that are no text", said)
        if info.max_length is not None and len(said) > info.max_length:
            if info.min_length or info.pattern:  # Cut, it would name something else.
                raise _Unfit(f"Expected `str` of length <= {info.max_length}")
            self._note(path, f"a text of {len(said)} characters, cut to {info.max_length}", said)
            said = said[: info.max_length - len(CUT)] + CUT
        if len(said) < (info.min_length or 0):
            raise _Unfit(f"Expected `str` of length >= {info.min_length}")
        if info.pattern and not re.search(info.pattern, said):
            raise _Unfit("a text of another form")
        return str(said)

    def _whole(self, said: Any, info: inspect.IntType, path: str) -> int:
        value = self._decimal(said, info, path)
        if value != int(value):
            raise _describe_type("int", said)
        return int(said) if isinstance(said, int) else int(value)

    def _decimal(self, said: Any, info: inspect.FloatType | inspect.IntType, path: str) -> float:
        value = said
        if isinstance(said, str) and _NUMBER.fullmatch(said.strip()):
            self._note(path, "a text where a number belongs", said)
            value = float(said)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise _describe_type("float", said)
        try:
            told = float(value)
        except OverflowError:
            told = math.inf
        if not math.isfinite(told):
            raise _Unfit("Number out of range")
        if (info.ge is not None and told < info.ge) or (info.le is not None and told > info.le):
            raise _Unfit(f"Expected a number from {info.ge} to {info.le}")
        if info.gt is not None and told <= info.gt:
            raise _Unfit(f"Expected a number > {info.gt}")
        return told

    def _moment(self, said: Any, _info: inspect.DateTimeType, _path: str) -> datetime:
        try:
            moment = msgspec.convert(said, datetime)
        except msgspec.ValidationError as error:
            raise _Unfit(str(error)) from None
        if moment.tzinfo is None:
            raise _Unfit("Expected `datetime` with a timezone component")
        return moment

    def _list(
        self, said: Any, info: inspect.VarTupleType | inspect.ListType, path: str
    ) -> list[Any] | tuple[Any, ...]:
        if said is None:
            said = []
        if not isinstance(said, list):
            raise _describe_type("array", said)
        if info.max_length is not None and len(said) > info.max_length:
            reason = f"{len(said)} of them, of which the first {info.max_length} were read"
            self._note(path, reason, "")
            said = said[: info.max_length]
        gap = isinstance(info.item_type, inspect.UnionType) and info.item_type.includes_none
        whole = isinstance(info.item_type, inspect.TupleType)
        inner = info.item_type
        names = isinstance(inner, inspect.StrType) and inner.min_length
        found: list[Any] = []
        for index, each in enumerate(said):
            # Flaws beyond those kept are only counted: nobody asks where or what they are.
            is_full = len(self._flaws) >= FLAWS_KEPT
            place = path if is_full else f"{path}[{index}]"
            if names and not isinstance(each, str):
                said_why = "" if self._brief or is_full else str(_describe_type("str", each))
                self._note(place, said_why, each)
                continue
            try:
                found.append(self._value(each, inner, place))
            except _Unfit as error:
                if whole:  # An outline without one of its points is another one.
                    raise _Unfit(f"{error} - at `[{index}]`") from None
                self._note(f"{path}[{index}]", str(error), each)
                if gap:
                    found.append(None)
        return found if isinstance(info, inspect.ListType) else tuple(found)

    def _tuple(self, said: Any, info: inspect.TupleType, path: str) -> tuple[Any, ...]:
        if not isinstance(said, list) or len(said) < len(info.item_types):
            raise _describe_type(f"array of length {len(info.item_types)}", said)
        pairs = zip(said, info.item_types, strict=False)  # A height after the place is left out.
        return tuple(self._value(each, inner, path) for each, inner in pairs)

    def _dict(self, said: Any, info: inspect.DictType, path: str) -> dict[Any, Any]:
        if not isinstance(said, dict):
            raise _describe_type("object", said)
        found: dict[Any, Any] = {}
        for key, each in said.items():
            place = f"{path}.{key[:40]}"
            try:
                name = self._value(key, info.key_type, place)
                found[name] = self._value(each, info.value_type, place)
            except _Unfit as error:
                self._note(place, str(error), each)
        return found


_READ: dict[type[inspect.Type], Callable[[_Reader, Any, Any, str], Any]] = {
    inspect.StructType: _Reader._struct,
    inspect.UnionType: _Reader._union,
    inspect.StrType: _Reader._text,
    inspect.IntType: _Reader._whole,
    inspect.FloatType: _Reader._decimal,
    inspect.DateTimeType: _Reader._moment,
    inspect.VarTupleType: _Reader._list,
    inspect.ListType: _Reader._list,
    inspect.TupleType: _Reader._tuple,
    inspect.DictType: _Reader._dict,
}
_KINDS = {dict: "object", list: "array", str: "str", bool: "bool", int: "int", float: "float"}


def _fits(said: str, info: inspect.StrType) -> bool:
    """Whether a text keeps its limits; not asked where it has to follow a pattern."""
    if info.pattern is not None:
        return False
    most = info.max_length
    return len(said) >= (info.min_length or 0) and (most is None or len(said) <= most)


def _describe_type(wanted: str, said: Any) -> _Unfit:
    return _Unfit(f"Expected `{wanted}`, got `{_KINDS.get(type(said), 'null')}`")

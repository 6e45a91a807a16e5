"""Hypothesis strategies for every row that level 1 allows, read off its types.

Each is made once: to make and to check one takes longer than most of its examples.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from msgspec import inspect

from desktop.wire import level1
from desktop.wire.level2 import Keyed

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_MS, LAST_MS = -62_135_596_800_000, 253_402_300_799_999
WORDS = ("", "closed", "值班员 03", "new-1", "00ff00ff00ff", "a\0b", "%s%", "I0001", "I0002")

moments = st.one_of(
    st.integers(FIRST_MS, LAST_MS),
    st.integers(1_700_000_000, 1_800_000_000).map(lambda s: s * 1000),
).map(lambda ms: EPOCH + timedelta(milliseconds=ms))


@cache
def rows(collection: str) -> st.SearchStrategy[Any]:
    """Any row of a collection."""
    return _of(inspect.type_info(level1.COLLECTIONS[collection]))


@cache
def keyed(collection: str, most: int = 12) -> st.SearchStrategy[tuple[Keyed, ...]]:
    """Some rows with distinct keys."""
    numbers = st.integers(0, 2**53)
    one = st.builds(Keyed, numbers, rows(collection))
    return st.lists(one, max_size=most, unique_by=lambda each: each.key).map(tuple)


@cache
def field(collection: str, name: str) -> st.SearchStrategy[Any]:
    """Any value of one field."""
    info = inspect.type_info(level1.COLLECTIONS[collection])
    assert isinstance(info, inspect.StructType)
    return next(_of(each.type) for each in info.fields if each.name == name)


def _of(info: Any) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata():
            return _of(info.type)
        case inspect.StructType():
            values = {each.name: _of(each.type) for each in info.fields}
            return st.fixed_dictionaries(values).map(lambda given: info.cls(**given))
        case inspect.UnionType():
            return st.one_of(*(_of(each) for each in info.types))
        case inspect.VarTupleType():
            return st.lists(_of(info.item_type), max_size=4).map(tuple)
        case inspect.TupleType():
            return st.tuples(*(_of(each) for each in info.item_types))
        case inspect.DateTimeType():
            return moments
        case inspect.NoneType():
            return st.none()
        case inspect.BoolType():
            return st.booleans()
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case _:
            return _scalar(info)


def _scalar(info: Any) -> st.SearchStrategy[Any]:
    match info:
        case inspect.IntType():
            low, high = info.ge or 0, info.le or 2**53
            return st.one_of(st.integers(low, high), st.sampled_from((low, high)))
        case inspect.FloatType():
            whole = st.floats(info.ge, info.le, allow_nan=False, allow_infinity=False)
            return st.one_of(whole, whole.map(lambda value: round(value, 6)))
        case inspect.StrType():
            if info.pattern:
                return st.binary(min_size=32, max_size=32).map(bytes.hex)
            least = info.min_length or 0
            words = [each for each in WORDS if len(each) >= least]
            return st.one_of(st.sampled_from(words), _texts(least), _longest(info.max_length or 30))
    raise TypeError(info)


def _texts(least: int) -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=least, max_size=30)


def _longest(most: int) -> st.SearchStrategy[str]:
    return st.sampled_from("a镇😀").map(lambda letter: _long(letter, most))


@cache
def _long(letter: str, most: int) -> str:
    """As long as may be, of letters as many bytes long as this one, and as people write: one
    letter over and over packs so small that no reader need believe it."""
    around = random.Random(most)
    return "".join(chr(ord(letter) + around.randrange(16)) for _ in range(most))

"""Values made from the published document alone, as somebody would who has nothing else.

It knows no type of ours: whatever a schema of `openapi.json` allows may come out.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any

import jsonschema_rs
from hypothesis import strategies as st

from desktop.paths import resources

PLACE = "#/components/schemas/"
DOCUMENT: dict[str, Any] = json.loads(
    (resources() / "county-api" / "openapi.json").read_text(encoding="utf-8")
)
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]
DIGITS = re.compile(r"\^(?:\()?\[0-9a-f\]\{(\d+)\}\)?(\?)?\$")
TEXTS = ("", "路灯不亮", "a\nb", "🚧", "\u202ex", "=1+1", "<b>", " ")
FAR = 10**15


def faults(name: str, value: Any) -> list[str]:
    """What the schema of that name has against the value, as `place: what`."""
    schema = {"$ref": PLACE + name, "components": DOCUMENT["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    return [f"{each.instance_path}: {each.message[:300]}" for each in validator.iter_errors(value)]


def values(name: str) -> st.SearchStrategy[Any]:
    """Any value that the schema of that name allows."""
    return _of({"$ref": PLACE + name})


def _of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _named(schema["$ref"].removeprefix(PLACE))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of(*map(_of, schema[several]))
    if "allOf" in schema:
        return st.tuples(*map(_of, schema["allOf"])).map(_joined)
    return _typed(schema)


@cache
def _named(name: str) -> st.SearchStrategy[Any]:
    return moments() if name == "Moment" else _of(SCHEMAS[name])


def _joined(parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}


def _typed(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match schema["type"]:
        case "object":
            return _object(schema)
        case "array":
            if "prefixItems" in schema:
                return st.tuples(*map(_of, schema["prefixItems"])).map(list)
            least = schema.get("minItems", 0)
            most = min(schema.get("maxItems", 3), max(least, 3))
            return st.lists(_of(schema["items"]), min_size=least, max_size=most)
        case "string":
            return _text(schema)
        case "integer":
            low, high = schema.get("minimum", -FAR), schema.get("maximum", FAR)
            return st.integers(low, high) | st.sampled_from((low, high))
        case "number":
            above = schema.get("exclusiveMinimum")
            low, high = schema.get("minimum", -1e15), schema.get("maximum", 1e15)
            low = low if above is None else above
            is_above = above is not None
            return st.floats(low, high, exclude_min=is_above)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    raise AssertionError(schema)


def _object(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = {name: each for name, each in schema.get("properties", {}).items() if each is not False}
    needed = schema.get("required", [])
    told = st.fixed_dictionaries(
        {name: _of(known[name]) for name in needed},
        optional={name: _of(each) for name, each in known.items() if name not in needed},
    )
    if isinstance(schema.get("additionalProperties"), dict):
        names = _of(schema["propertyNames"])
        return st.dictionaries(names, _of(schema["additionalProperties"]), max_size=4)
    strange = st.booleans().map(lambda more: {"x_newer": {"a": [1]}} if more else {})
    return st.tuples(strange, told).map(_joined)


def _text(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 40)
    pattern = schema.get("pattern")
    if pattern is not None and (digits := DIGITS.fullmatch(pattern)):
        size = int(digits[1])
        found = st.binary(min_size=size // 2, max_size=size // 2).map(bytes.hex)
        return found | st.just("") if digits[2] else found
    if pattern is not None and r"\S" not in pattern and r"\s" not in pattern:
        fits = re.compile(pattern)
        longest = max(least, min(most, 40))
        return st.from_regex(fits).map(lambda text: text.strip("\n")[:longest]).filter(fits.search)
    if schema.get("not", {}).get("enum"):
        return st.sampled_from(("drones", "x"))
    usual = st.sampled_from([text for text in TEXTS if least <= len(text) <= most])
    alphabet = st.characters(exclude_categories=["Cs"])
    any_text = usual | st.text(alphabet, min_size=least, max_size=max(least, min(most, 40)))
    # What says only that a text is not blank, or is one line, is not made from its pattern.
    return any_text if pattern is None else any_text.filter(re.compile(pattern).search)


def moments() -> st.SearchStrategy[str]:
    """An instant in any way the document allows to write it."""
    return st.builds(_written, st.integers(0, 3 * 10**12), st.integers(-14, 14), st.integers(0, 9))


def _written(at_ms: int, offset_h: int, digits: int) -> str:
    moment = datetime(1970, 1, 2, tzinfo=UTC) + timedelta(milliseconds=at_ms)
    told = moment.astimezone(timezone(timedelta(hours=offset_h)))
    fraction = f".{told.microsecond * 1000:09d}"[: digits + 1] if digits else ""
    zone = "Z" if offset_h == 0 else f"{offset_h:+03d}:00"
    return f"{told:%Y-%m-%dT%H:%M:%S}{fraction}{zone}"

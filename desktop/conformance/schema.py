"""Validation of JSON by the schemas of the published document, each fault with its exact path."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from desktop.conformance.findings import SHOWN_CHARS, Plain

MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
INSTANT = "RFC 3339 with an offset from UTC, such as 2026-05-01T09:30:00+08:00"
ABSENT = Plain("no such field")
BOUNDS: tuple[tuple[str, str, Callable[[Any, Any], bool]], ...] = (
    ("minimum", "≥ {}", lambda value, bound: value >= bound),
    ("maximum", "≤ {}", lambda value, bound: value <= bound),
    ("exclusiveMinimum", "> {}", lambda value, bound: value > bound),
    ("exclusiveMaximum", "< {}", lambda value, bound: value < bound),
)
TYPES: dict[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
}


class Fault(msgspec.Struct, frozen=True):
    """One value that violates the document's schema."""

    path: str
    expected: str
    got: Any
    keyword: str

    def under(self, place: str) -> Fault:
        """Return the fault with its path seen from the value that holds this one at `place`."""
        return msgspec.structs.replace(self, path=place + self.path)


Check = Callable[[Any], Sequence[Fault]]
NONE: Sequence[Fault] = ()
UNMEANT = ("type", "const", "not")
"""Keywords whose failure shows that a branch of `anyOf` was hardly the intended one."""


class Schemas:
    """The document's schemas by name, compiled when they are first used."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._checks: dict[str, Check] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._schemas

    def faults(self, name: str, value: Any, path: str = "$") -> list[Fault]:
        """List where the value violates the schema, with paths that begin with `path`."""
        return [fault.under(path) for fault in self._resolve_name(name)(value)]

    def _resolve_name(self, name: str) -> Check:
        if name not in self._checks:
            self._checks[name] = partial(self._later, name)  # A schema may contain itself.
            self._checks[name] = self._compile(self._schemas[name])
        return self._checks[name]

    def _later(self, name: str, value: Any) -> Sequence[Fault]:
        return self._checks[name](value)

    def _compile(self, schema: Mapping[str, Any] | bool) -> Check:
        if isinstance(schema, bool):
            return _welcome if schema else _unwelcome
        if "$ref" in schema:
            return self._resolve_name(schema["$ref"].rpartition("/")[2])
        options = schema.get("anyOf") or schema.get("oneOf")
        checks = [self._any([self._compile(each) for each in options])] if options else []
        checks += [self._compile(each) for each in schema.get("allOf", ())]
        if "const" in schema:
            checks.append(_one_of([schema["const"]], "const"))
        if "enum" in schema:
            checks.append(_one_of(schema["enum"], "enum"))
        if "not" in schema:
            checks.append(_none_of(self._compile(schema["not"])))
        checks += self._check_type(schema)
        if len(checks) == 1:
            return checks[0]
        return lambda value: next((faults for each in checks if (faults := each(value))), NONE)

    def _check_type(self, schema: Mapping[str, Any]) -> list[Check]:
        said = schema.get("type", [])
        types = [said] if isinstance(said, str) else list(said)
        checks: list[Check] = [_type(types)] if types else []
        if "properties" in schema or "required" in schema or "additionalProperties" in schema:
            checks.append(self._object(schema))
        if {"items", "prefixItems", "minItems", "maxItems"} & schema.keys():
            checks.append(self._array(schema))
        if {"pattern", "minLength", "maxLength", "format"} & schema.keys():
            checks.append(_string(schema))
        if any(name in schema for name, _, _ in BOUNDS):
            checks.append(_number(schema))
        return checks

    def _object(self, schema: Mapping[str, Any]) -> Check:
        required = schema.get("required", ())
        known = {name: self._compile(each) for name, each in schema.get("properties", {}).items()}
        more = schema.get("additionalProperties")
        others = self._compile(more) if isinstance(more, dict) else None

        def check(value: Any) -> Sequence[Fault]:
            if not isinstance(value, dict):
                return NONE
            found = [
                Fault(f".{name}", "a field that is there", _instead(value, known), "required")
                for name in required
                if name not in value
            ]
            for name, item in value.items():
                each = known.get(name, others)
                if each is not None and (faults := each(item)):
                    found += [fault.under(f".{name}") for fault in faults]
            return found

        return check

    def _array(self, schema: Mapping[str, Any]) -> Check:
        first = [self._compile(each) for each in schema.get("prefixItems", ())]
        items = schema.get("items")
        rest = self._compile(items) if isinstance(items, dict) else None
        least, most = schema.get("minItems", 0), schema.get("maxItems", float("inf"))

        def check(value: Any) -> Sequence[Fault]:
            if not isinstance(value, list):
                return NONE
            if not least <= len(value) <= most:
                expected = f"{least} … {most} items"
                return [Fault("", expected, Plain(f"{len(value)} items"), "items")]
            found: list[Fault] = []
            for index, item in enumerate(value):
                each = first[index] if index < len(first) else rest
                if each is not None and (faults := each(item)):
                    found += [fault.under(f"[{index}]") for fault in faults]
            return found

        return check

    def _any(self, checks: Sequence[Check]) -> Check:
        def check(value: Any) -> Sequence[Fault]:
            tried: list[Sequence[Fault]] = []
            for each in checks:
                faults = each(value)
                if not faults:
                    return NONE
                tried.append(faults)
            # The branch whose fault lies deepest is the one that was meant.
            deep = [each for each in tried if each[0].keyword not in UNMEANT or each[0].path]
            if len(deep) == 1:
                return deep[0]
            expected = " | ".join(dict.fromkeys(each[0].expected for each in tried))
            return [Fault("", expected, value, tried[0][0].keyword)]

        return check


def _instead(value: Mapping[str, Any], known: Mapping[str, Any]) -> Plain:
    """Name, for a missing field, the fields of the object that the document does not have."""
    strange = ", ".join(name for name in value if name not in known)
    return Plain(f"{ABSENT}, but {strange[:SHOWN_CHARS]}") if strange else ABSENT


def _welcome(_value: Any) -> Sequence[Fault]:
    return NONE


def _unwelcome(value: Any) -> Sequence[Fault]:
    return [Fault("", "no such field", value, "not")]


def _none_of(unwanted: Check) -> Check:
    def check(value: Any) -> Sequence[Fault]:
        return NONE if unwanted(value) else [Fault("", "another value", value, "not")]

    return check


def _one_of(allowed: Sequence[Any], keyword: str) -> Check:
    told = " | ".join(map(str, allowed))

    def check(value: Any) -> Sequence[Fault]:
        same = any(value == each and type(value) is type(each) for each in allowed)
        return NONE if same else [Fault("", told, value, keyword)]

    return check


def _type(names: Sequence[str]) -> Check:
    tests = [TYPES[name] for name in names]
    told = " | ".join(names)

    def check(value: Any) -> Sequence[Fault]:
        return NONE if any(each(value) for each in tests) else [Fault("", told, value, "type")]

    return check


def _number(schema: Mapping[str, Any]) -> Check:
    bounds = [(word, test, schema[name]) for name, word, test in BOUNDS if name in schema]

    def check(value: Any) -> Sequence[Fault]:
        if not TYPES["number"](value):
            return NONE
        return next(
            ([Fault("", word.format(b), value, "bound")] for word, test, b in bounds
             if not test(value, b)), NONE,
        )  # fmt: skip

    return check


def _string(schema: Mapping[str, Any]) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
    matches = re.compile(schema.get("pattern", "")).search
    is_moment = schema.get("format") == "date-time"

    def check(value: Any) -> Sequence[Fault]:
        if not isinstance(value, str):
            return NONE
        if not least <= len(value) <= most:
            return [Fault("", f"{least} … {most} characters", value, "length")]
        if is_moment and not (matches(value) and is_instant(value)):
            return [Fault("", INSTANT, value, "format")]
        if not matches(value):
            return [Fault("", schema["pattern"], value, "pattern")]
        return NONE

    return check


def is_instant(text: str) -> bool:
    """Whether a text is a date and time of RFC 3339 that names one instant."""
    if MOMENT.fullmatch(text) is None:
        return False
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True

"""What a command's body must look like before it is stored: checked field by field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from desktop.domain.command import CommandKind
from desktop.domain.levels import EventLevel
from desktop.domain.steps import FIELDS, LONGEST_SHELF_MINUTES, MOST_TEXT, Field, FieldKind

LONGEST_LINE = 200
"""Characters in a name, a code or an id."""
LONGEST_FILE_NAME = 100
LATEST = 2**53
"""The latest instant and the largest size: every reader of JSON holds them exactly."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class BadField(ValueError):
    """A body that cannot be a command: which field, and what is wrong with it."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        """`missing`, `unknown`, `too_long` or `wrong`: a term of the table `bad_field`."""


def checked(kind: CommandKind, body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as it is stored: what is empty and not required left out, else as it came.

    Raises BadField for the first field that is missing, unknown or not of its kind.
    """
    fields = {field.name: field for field in FIELDS[kind]}
    for name in body:
        if name not in fields:
            raise BadField(str(name), "unknown")
    kept: dict[str, Any] = {}
    for name, field in fields.items():
        value = body.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field.required:
                raise BadField(name, "missing")
            continue
        kept[name] = _checked(field, value)
    return kept


def _checked(field: Field, value: Any) -> Any:
    match field.kind:
        case FieldKind.TEXT:
            return _text(field.name, value, MOST_TEXT)
        case FieldKind.UNIT | FieldKind.CATEGORY | FieldKind.CHANNEL | FieldKind.TOWNSHIP:
            return _line(field.name, value)
        case FieldKind.LEVEL:
            return _held(field.name, value, lambda: _level(value))
        case FieldKind.INSTANT:
            return _held(field.name, value, lambda: _whole(value) and 0 < value <= LATEST)
        case FieldKind.MINUTES:
            return _held(
                field.name, value, lambda: _whole(value) and 0 < value <= LONGEST_SHELF_MINUTES
            )
        case FieldKind.PASSED:
            return _held(field.name, value, lambda: isinstance(value, bool))
        case FieldKind.PLACE:
            return list(_held(field.name, value, lambda: _place(value)))
        case FieldKind.FILE:
            return dict(_held(field.name, value, lambda: _file(value)))


def _held(name: str, value: Any, right: Callable[[], bool]) -> Any:
    if not right():
        raise BadField(name, "wrong")
    return value


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise BadField(name, "wrong")
    if len(value) > most:
        raise BadField(name, "too_long")
    return str(value)


def _line(name: str, value: Any) -> str:
    text = _text(name, value, LONGEST_LINE).strip()
    if any(ord(character) < 32 for character in text):
        raise BadField(name, "wrong")
    return text


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _level(value: Any) -> bool:
    return isinstance(value, str) and EventLevel(value) != EventLevel.UNKNOWN


def _place(value: Any) -> bool:
    if not (isinstance(value, list | tuple) and len(value) == 2):
        return False
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        return False
    lon, lat = value
    return bool(-180 <= lon <= 180 and -90 <= lat <= 90)


def _file(value: Any) -> bool:
    if not isinstance(value, Mapping) or set(value) - {
        *("digest", "name", "media_type", "size", "thumbnail")
    }:
        return False
    digest, thumbnail = value.get("digest"), value.get("thumbnail", "")
    names = (value.get("name"), value.get("media_type"))
    return (
        isinstance(digest, str)
        and _DIGEST.fullmatch(digest) is not None
        and isinstance(thumbnail, str)
        and (not thumbnail or _DIGEST.fullmatch(thumbnail) is not None)
        and all(isinstance(name, str) and 0 < len(name) <= LONGEST_FILE_NAME for name in names)
        and _whole(value.get("size"))
        and 0 < value["size"] <= LATEST
    )

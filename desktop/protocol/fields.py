"""The fields of commands' bodies: how each is entered, named and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import msgspec

from desktop.protocol.levels import EventLevel
from desktop.protocol.limits import LABEL_CHARS, PARTS, TEXT_CHARS, WORD_CHARS

Words = tuple[str, str]
"""In Chinese and in English."""

MOST_TEXT = TEXT_CHARS
"""Characters in one text field."""
LONGEST_LINE = 200
"""Characters in a name, a code or an id."""
LONGEST_FILE_NAME = 100
LONGEST_SHELF_MINUTES = 24 * 60
LAST_EDITION = 1_000_000
LATEST = 2**53
"""The latest instant and the largest size: every reader of JSON holds them exactly."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


class FieldKind(StrEnum):
    """How one field of a command is entered and checked."""

    TEXT = "text"  # free text, up to MOST_TEXT characters
    UNIT = "unit"  # the name of a unit, one line
    INSTANT = "instant"  # milliseconds since 1970, UTC
    MINUTES = "minutes"  # a whole number above 0
    LEVEL = "level"  # an EventLevel
    CATEGORY = "category"  # a code of the county's categories
    CHANNEL = "channel"  # a code of the county's channels
    TOWNSHIP = "township"  # a township id
    PLACE = "place"  # [longitude, latitude] in degrees
    PASSED = "passed"  # true or false
    FILE = "file"  # a FileRef's digest, name, media_type, size and thumbnail
    WORD = "word"  # an id or a name that both ends know, one line
    EDITION = "edition"  # a whole number above 0
    VALUES = "values"  # texts by the ids of a form's fields


class Field(msgspec.Struct, frozen=True):
    """One field of a command's body."""

    name: str
    kind: FieldKind
    called: Words
    """The field's name in the text of a refusal; the English one stands inside a sentence."""
    meaning: Words
    """The field's description in the API's document."""
    required: bool = False


TITLE = Field(
    "title", FieldKind.TEXT, ("标题", "the title"), ("标题。", "Its title."), required=True
)
LEVEL = Field("level", FieldKind.LEVEL, ("等级", "the level"), ("等级。", "Its level."))
WORSE_LEVEL = Field(
    *("level", FieldKind.LEVEL, ("等级", "the level")),
    ("新的、更高的等级。", "The new level, worse than the present one."),
    required=True,
)
CATEGORY = Field(
    *("category", FieldKind.CATEGORY, ("类别", "the category")),
    ("类别代码。", "Code of its category."),
)
CHANNEL = Field(
    *("channel", FieldKind.CHANNEL, ("来源渠道", "the channel")),
    ("来源渠道代码。", "Code of how it arrived."),
)
TOWNSHIP = Field(
    *("township", FieldKind.TOWNSHIP, ("乡镇", "the township")),
    ("乡镇 id。", "Id of its township."),
)
OCCURRED_AT = Field(
    *("occurred_at", FieldKind.INSTANT, ("发生时间", "the time it happened")),
    ("何时发生。", "When it happened."),
)
ADDRESS = Field("address", FieldKind.TEXT, ("地址", "the address"), ("地址。", "Its address."))
PLACE = Field("place", FieldKind.PLACE, ("位置", "the place"), ("位置。", "Where it is."))
SUMMARY = Field("summary", FieldKind.TEXT, ("概况", "the summary"), ("概况。", "What is known."))
TEXT = Field("text", FieldKind.TEXT, ("说明", "the text"), ("说明。", "What the officer says."))
REASON = msgspec.structs.replace(TEXT, required=True)
UNIT = Field(
    *("unit", FieldKind.UNIT, ("承办单位", "the unit")),
    ("承办单位，一行。", "Who is to handle it, in one line."),
    required=True,
)
PASSED = Field(
    *("passed", FieldKind.PASSED, ("核查结论", "whether it passed")),
    ("是否通过。", "Whether it passed."),
    required=True,
)
DUE_AT = Field(
    *("due_at", FieldKind.INSTANT, ("新时限", "the new deadline")),
    ("新时限。", "The new deadline."),
    required=True,
)
UNTIL = Field(
    *("until", FieldKind.INSTANT, ("缓办至", "the time it is deferred until")),
    ("缓办到何时。", "Until when."),
    required=True,
)
MINUTES = Field(
    *("minutes", FieldKind.MINUTES, ("搁置时长", "how long to shelve")),
    ("搁置多少分钟，至多一天。", "For how many minutes, at most a day."),
    required=True,
)
FILE = Field("file", FieldKind.FILE, ("附件", "the file"), ("附件。", "The file."), required=True)
FORM = Field(
    *("form", FieldKind.WORD, ("报表", "the form")),
    ("报表的 `form`。", "Its form, a `form` of the collection `forms`."),
    required=True,
)
EDITION = Field(
    *("edition", FieldKind.EDITION, ("报表版次", "the form's edition")),
    ("按该报表的哪一版填写。", "The edition of the form it was filled in by."),
    required=True,
)
OWN_TOWNSHIP = msgspec.structs.replace(TOWNSHIP, required=True)
PERIOD = Field(
    *("period", FieldKind.WORD, ("报告期", "the period")),
    (
        "报的是哪一天（`2026-05-01`）或哪一次灾害（事件 id 或名称，不含 `/`）。",
        "The day it is about (`2026-05-01`), or the event: an incident's id or a name without `/`.",
    ),
    required=True,
)
VALUES = Field(
    *("values", FieldKind.VALUES, ("各项数据", "the values")),
    ("各项的值，按该版的各栏检查。", "Its values, checked by the fields of that edition."),
    required=True,
)


class InvalidField(ValueError):
    """A command's body is invalid: which field is, and why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        """`missing`, `unknown`, `too_long` or `wrong`: a term of the table `bad_field`."""


def validate_fields(fields: tuple[Field, ...], body: Mapping[str, Any]) -> dict[str, Any]:
    """Check a body and return it as stored: without empty optional fields, otherwise unchanged.

    Raises InvalidField for the first field that is missing, unknown or not of its kind.
    """
    known = {field.name for field in fields}
    for name in body:
        if name not in known:
            raise InvalidField(str(name), "unknown")
    kept: dict[str, Any] = {}
    for field in fields:
        value = body.get(field.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if field.required:
                raise InvalidField(field.name, "missing")
            continue
        kept[field.name] = _validate(field, value)
    return kept


def _validate(field: Field, value: Any) -> Any:
    match field.kind:
        case FieldKind.TEXT:
            return _text(field.name, value, MOST_TEXT)
        case (
            FieldKind.UNIT
            | FieldKind.CATEGORY
            | FieldKind.CHANNEL
            | FieldKind.TOWNSHIP
            | FieldKind.WORD
        ):
            return _line(field.name, value)
        case FieldKind.LEVEL:
            return _require(field.name, value, lambda: _is_level(value))
        case FieldKind.INSTANT:
            return _require(field.name, value, lambda: _is_whole(value) and 0 < value <= LATEST)
        case FieldKind.MINUTES:
            return _require(
                field.name,
                value,
                lambda: _is_whole(value) and 0 < value <= LONGEST_SHELF_MINUTES,
            )
        case FieldKind.EDITION:
            return _require(
                field.name, value, lambda: _is_whole(value) and 0 < value <= LAST_EDITION
            )
        case FieldKind.VALUES:
            return dict(_require(field.name, value, lambda: _are_values(value)))
        case FieldKind.PASSED:
            return _require(field.name, value, lambda: isinstance(value, bool))
        case FieldKind.PLACE:
            return list(_require(field.name, value, lambda: _is_place(value)))
        case FieldKind.FILE:
            return dict(_require(field.name, value, lambda: _is_file(value)))


def _require(name: str, value: Any, is_right: Callable[[], bool]) -> Any:
    if not is_right():
        raise InvalidField(name, "wrong")
    return value


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise InvalidField(name, "wrong")
    if len(value) > most:
        raise InvalidField(name, "too_long")
    return str(value)


def _line(name: str, value: Any) -> str:
    text = _text(name, value, LONGEST_LINE).strip()
    if any(ord(character) < 32 for character in text):
        raise InvalidField(name, "wrong")
    return text


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_level(value: Any) -> bool:
    return isinstance(value, str) and EventLevel(value) != EventLevel.UNKNOWN


def _are_values(value: Any) -> bool:
    """Whether these are texts by field; which fields there are, the form says."""
    return (
        isinstance(value, Mapping)
        and 0 < len(value) <= PARTS
        and all(isinstance(text, str) and len(text) <= LABEL_CHARS for text in value.values())
        and all(isinstance(name, str) and 0 < len(name) <= WORD_CHARS for name in value)
    )


def _is_place(value: Any) -> bool:
    if not (isinstance(value, list | tuple) and len(value) == 2):
        return False
    if not all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
        return False
    lon, lat = value
    return bool(-180 <= lon <= 180 and -90 <= lat <= 90)


def _is_file(value: Any) -> bool:
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
        and _is_whole(value.get("size"))
        and 0 < value["size"] <= LATEST
    )

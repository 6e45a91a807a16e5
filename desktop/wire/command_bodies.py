"""Reading the bodies of the county API's commands; a bad one is refused with an explanation.

Instants and places are as everywhere on the wire. Desks of before wrote milliseconds since
1970 and `[lon, lat]`: both are read, and one command is the same in either form. Unknown
fields are ignored, so that a newer desk can talk to an older county.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from desktop.protocol.commands import CommandKind
from desktop.protocol.fields import (
    LAST_EDITION,
    LONGEST_FILE_NAME,
    LONGEST_LINE,
    LONGEST_SHELF_MINUTES,
    Field,
    FieldKind,
    Words,
)
from desktop.protocol.levels import GRADES, EventLevel
from desktop.protocol.limits import PARTS, WORD_CHARS
from desktop.wire.level1 import MAX_TEXT, Digest, MaybeDigest, Moment, Phrase, Point, Word
from desktop.wire.report_rows import FieldValue

Said = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
Told = Annotated[str, Meta(max_length=MAX_TEXT)]
Unit = Annotated[str, Meta(max_length=LONGEST_LINE, pattern=r"^[^\r\n]*[^\s][^\r\n]*$")]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = EPOCH + timedelta(milliseconds=253_402_214_400_000)
"""The last day of the year 9999, which is as far as dates go in every time zone."""
Minutes = Annotated[int, Meta(ge=1, le=LONGEST_SHELF_MINUTES)]
Edition = Annotated[int, Meta(ge=1, le=LAST_EDITION)]
Values = Annotated[tuple[FieldValue, ...], Meta(min_length=1, max_length=PARTS)]
Code = Annotated[str, Meta(min_length=1, max_length=WORD_CHARS)]
Graded: Any = Literal[tuple(level.value for level in GRADES)]
Ungraded: Any = Literal[tuple(level.value for level in EventLevel if level not in GRADES)]


class InvalidBody(ValueError):
    """A command's body is invalid; `reason` explains it in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Phrase(zh, en)


class OfferedFile(msgspec.Struct, frozen=True):
    """A file as its command names it; the content is sent separately."""

    digest: Digest
    name: Annotated[str, Meta(min_length=1, max_length=LONGEST_FILE_NAME)]
    size: Annotated[int, Meta(ge=1, le=2**40)]
    media_type: Word = "application/octet-stream"
    thumbnail: MaybeDigest = ""


_REQUIRED: dict[FieldKind, Any] = {
    FieldKind.TEXT: Said,
    FieldKind.UNIT: Unit,
    FieldKind.INSTANT: Moment,
    FieldKind.MINUTES: Minutes,
    FieldKind.LEVEL: Graded,
    FieldKind.CATEGORY: Word,
    FieldKind.CHANNEL: Word,
    FieldKind.TOWNSHIP: Word,
    FieldKind.PLACE: Point,
    FieldKind.PASSED: bool,
    FieldKind.FILE: OfferedFile,
    FieldKind.WORD: Code,
    FieldKind.EDITION: Edition,
    FieldKind.VALUES: Values,
}
"""The type on the wire of a field that must be given."""

_OPTIONAL: dict[FieldKind, tuple[Any, Any]] = {
    FieldKind.TEXT: (Told, ""),
    FieldKind.LEVEL: (Graded | Ungraded, EventLevel.NONE.value),
    FieldKind.CATEGORY: (Word, ""),
    FieldKind.CHANNEL: (Word, ""),
    FieldKind.TOWNSHIP: (Word, ""),
}
"""The type on the wire and the default of an optional field; of other kinds the default is None."""


def _body_type(kind: CommandKind) -> type[msgspec.Struct]:
    """Build the struct of a kind's fields, named as in the API's document."""
    fields = [_attribute(field) for field in kind.row.fields]
    doc = {"__doc__": kind.row.meaning[1]}
    return msgspec.defstruct(kind.title(), fields, frozen=True, module=__name__, namespace=doc)


def _attribute(field: Field) -> Any:
    needed = _REQUIRED[field.kind]
    if field.required:
        return field.name, needed
    return field.name, *_OPTIONAL.get(field.kind, (needed | None, None))


BODIES: dict[str, type[msgspec.Struct]] = {kind.value: _body_type(kind) for kind in CommandKind}
"""The body of each kind of command, by its word."""

_CALLED: dict[str, Words] = {
    field.name: field.called for kind in CommandKind for field in kind.row.fields
}
"""By field, its name in the text of a refusal."""


def _names(kind: FieldKind) -> frozenset[str]:
    every = (field for each in CommandKind for field in each.row.fields)
    return frozenset(field.name for field in every if field.kind is kind)


INSTANTS, PLACES = _names(FieldKind.INSTANT), _names(FieldKind.PLACE)
MISSING = re.compile(r"missing required field `(\w+)`(?: - at `\$\.(\w+))?")
PATH = re.compile(r" - at `\$\.(\w+)")


def read_body(kind: str, body: Mapping[str, Any]) -> Any:
    """Decode the body of a command of that kind; its fields are the result's attributes.

    Raises InvalidBody when there is no such kind or the body does not fit it.
    """
    if kind not in BODIES:
        raise InvalidBody(f"县平台不支持该指令：{kind}", f"Unknown command: {kind}")
    try:
        found = msgspec.convert(_as_now(body), BODIES[kind])
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    for name in INSTANTS & set(found.__struct_fields__):
        moment: datetime | None = getattr(found, name)
        if moment is not None and not EPOCH <= moment <= LATEST:
            raise _invalid(f" - at `$.{name}`")
    return found


def _as_now(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body with instants and places in today's form, whichever form they came in."""
    found = dict(body)
    for name in INSTANTS & set(found):
        value = found[name]
        if _is_whole(value) and 0 <= value <= (LATEST - EPOCH) / timedelta(milliseconds=1):
            found[name] = EPOCH + timedelta(milliseconds=int(value))
        elif not isinstance(value, str | None):
            found[name] = False  # A number that is no instant must not be read as seconds.
    for name in PLACES & set(found):
        match found[name]:
            case [lon, lat]:
                found[name] = {"lon": lon, "lat": lat}
    return found


def one_form(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body in the older of its two forms, so that a command in either has one digest."""
    found = dict(body)
    for name in INSTANTS & set(found):
        if isinstance(found[name], str):
            try:
                moment = msgspec.convert(found[name], Moment)
            except msgspec.ValidationError:
                continue
            found[name] = round((moment - EPOCH) / timedelta(milliseconds=1))
    for name in PLACES & set(found):
        match found[name]:
            case {"lon": lon, "lat": lat}:
                found[name] = [lon, lat]
    return found


def _is_whole(value: Any) -> bool:
    is_int = isinstance(value, int) and not isinstance(value, bool)
    return is_int or (isinstance(value, float) and value.is_integer())


def _invalid(message: str) -> InvalidBody:
    missing = MISSING.search(message)
    if missing:
        zh, en = _CALLED.get(missing[2] or missing[1], (missing[1], missing[1]))
        return InvalidBody(f"缺少{zh}", f"Missing: {en}")
    path = PATH.search(message)
    zh, en = _CALLED.get(path[1], (path[1], path[1])) if path else ("内容", "the body")
    if "length >=" in message or r"\S" in message:
        return InvalidBody(f"{zh}为空", f"Empty: {en}")
    if "length <=" in message:
        most = message.partition("length <= ")[2].partition(" ")[0]
        return InvalidBody(f"{zh}超过 {most} 字", f"Longer than {most} characters: {en}")
    if path and path[1] == "minutes":
        most = str(LONGEST_SHELF_MINUTES)
        return InvalidBody(f"{zh}须为 1 至 {most} 分钟", f"From 1 to {most} minutes: {en}")
    return InvalidBody(f"{zh}填写有误", f"Not as it should be: {en}")

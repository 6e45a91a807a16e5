"""The bodies of the county API's commands, read with words for whoever wrote a bad one.

Instants and places are as everywhere on the wire. Desks of before wrote milliseconds since
1970 and `[lon, lat]`: both are read, and one command is the same in either form. Fields
nobody knows are passed over, so that a newer desk can talk to an older county.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from desktop.wire.level1 import MAX_TEXT, Digest, MaybeDigest, Moment, Phrase, Point, Word

LONGEST_SHELF_MINUTES = 24 * 60

Said = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT, pattern=r"\S")]
Told = Annotated[str, Meta(max_length=MAX_TEXT)]
Unit = Annotated[str, Meta(max_length=200, pattern=r"^[^\r\n]*[^\s][^\r\n]*$")]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = EPOCH + timedelta(milliseconds=253_402_214_400_000)
"""The last day of the year 9999, which is as far as dates go in every time zone."""
INSTANTS = frozenset({"occurred_at", "due_at", "until"})
Minutes = Annotated[int, Meta(ge=1, le=LONGEST_SHELF_MINUTES)]
Graded = Literal["especially_major", "major", "larger", "ordinary"]
Level = Graded | Literal["none", "unknown"]
LEVELS: tuple[str, ...] = get_args(Graded)
"""Event levels, worst first."""


class BadOrder(ValueError):
    """The body is not what its command needs; `reason` says so in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = Phrase(zh, en)


class Create(msgspec.Struct, frozen=True, tag_field="kind", tag="create"):
    """A new incident; the target is its id, `new-` and the command's key."""

    title: Said
    level: Level = "none"
    category: Word = ""
    channel: Word = ""
    township: Word = ""
    occurred_at: Moment | None = None
    address: Told = ""
    place: Point | None = None
    summary: Told = ""


class Acknowledge(msgspec.Struct, frozen=True, tag_field="kind", tag="acknowledge"):
    """Seen; neither confirmed nor closed by it."""


class Note(msgspec.Struct, frozen=True, tag_field="kind", tag="note"):
    """A remark."""

    text: Said


class Dispatch(msgspec.Struct, frozen=True, tag_field="kind", tag="dispatch"):
    """Who is to handle it."""

    unit: Unit
    text: Told = ""


class Feedback(msgspec.Struct, frozen=True, tag_field="kind", tag="feedback"):
    """What the handling came to."""

    text: Said


class Verify(msgspec.Struct, frozen=True, tag_field="kind", tag="verify"):
    """Whether the handling holds; a failed one is handled again."""

    passed: bool
    text: Told = ""


class Close(msgspec.Struct, frozen=True, tag_field="kind", tag="close"):
    """The end of a verified case."""

    text: Told = ""


class Escalate(msgspec.Struct, frozen=True, tag_field="kind", tag="escalate"):
    """A worse event level."""

    level: Graded
    text: Said


class Extend(msgspec.Struct, frozen=True, tag_field="kind", tag="extend"):
    """A later handling deadline."""

    due_at: Moment
    text: Said


class Defer(msgspec.Struct, frozen=True, tag_field="kind", tag="defer"):
    """Put off until a moment."""

    until: Moment
    text: Said


class Return(msgspec.Struct, frozen=True, tag_field="kind", tag="return"):
    """Given back by the unit it was dispatched to."""

    text: Said


class Void(msgspec.Struct, frozen=True, tag_field="kind", tag="void"):
    """Not a case after all."""

    text: Said


class Shelve(msgspec.Struct, frozen=True, tag_field="kind", tag="shelve"):
    """An alarm put aside for a time."""

    minutes: Minutes
    text: Said


class Unshelve(msgspec.Struct, frozen=True, tag_field="kind", tag="unshelve"):
    """An alarm taken back before its time."""


class OfferedFile(msgspec.Struct, frozen=True):
    """A file as its command names it; its content travels apart."""

    digest: Digest
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    size: Annotated[int, Meta(ge=1, le=2**40)]
    media_type: Word = "application/octet-stream"
    thumbnail: MaybeDigest = ""


class Attach(msgspec.Struct, frozen=True, tag_field="kind", tag="attach"):
    """A file of the incident."""

    file: OfferedFile


Order = (
    Create
    | Acknowledge
    | Note
    | Dispatch
    | Feedback
    | Verify
    | Close
    | Escalate
    | Extend
    | Defer
    | Return
    | Void
    | Shelve
    | Unshelve
    | Attach
)
"""Any command's body; its tag is the command's kind."""

ORDERS: dict[str, type[msgspec.Struct]] = {
    str(type_.__struct_config__.tag): type_
    for type_ in (
        Create, Acknowledge, Note, Dispatch, Feedback, Verify, Close, Escalate,
        Extend, Defer, Return, Void, Shelve, Unshelve, Attach,
    )
}  # fmt: skip
"""The body of each kind of command."""

NAMES = {
    "title": ("标题", "the title"),
    "level": ("等级", "the level"),
    "category": ("类别", "the category"),
    "channel": ("来源渠道", "the channel"),
    "township": ("乡镇", "the township"),
    "occurred_at": ("发生时间", "the time it happened"),
    "address": ("地址", "the address"),
    "place": ("位置", "the place"),
    "summary": ("概况", "the summary"),
    "text": ("说明", "the text"),
    "unit": ("承办单位", "the unit"),
    "passed": ("核查结论", "whether it passed"),
    "due_at": ("新时限", "the new deadline"),
    "until": ("缓办至", "the time it is deferred until"),
    "minutes": ("搁置时长", "how long to shelve"),
    "file": ("附件", "the file"),
}
"""The words for each field; the second is written into a sentence."""

MISSING = re.compile(r"missing required field `(\w+)`(?: - at `\$\.(\w+))?")
PATH = re.compile(r" - at `\$\.(\w+)")


def read_order(kind: str, body: Mapping[str, Any]) -> Order:
    """The body of a command of that kind; BadOrder when there is no such kind or it is bad."""
    if kind not in ORDERS:
        raise BadOrder(f"县平台不支持该指令：{kind}", f"Unknown command: {kind}")
    try:
        order: Order = msgspec.convert(_as_now(body) | {"kind": kind}, Order)
    except msgspec.ValidationError as error:
        raise _bad(str(error)) from None
    for name in INSTANTS & set(order.__struct_fields__):
        moment: datetime | None = getattr(order, name)
        if moment is not None and not EPOCH <= moment <= LATEST:
            raise _bad(f" - at `$.{name}`")
    return order


def _as_now(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with instants and places in the form of today."""
    found = dict(body)
    for name in INSTANTS & set(found):
        value = found[name]
        if _is_whole(value) and 0 <= value <= (LATEST - EPOCH) / timedelta(milliseconds=1):
            found[name] = EPOCH + timedelta(milliseconds=int(value))
        elif not isinstance(value, str | None):
            found[name] = False  # A number that is no instant must not be read as seconds.
    match found.get("place"):
        case [lon, lat]:
            found["place"] = {"lon": lon, "lat": lat}
    return found


def one_form(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body as desks wrote it first, so that a command is known again in either form."""
    found = dict(body)
    for name in INSTANTS & set(found):
        if isinstance(found[name], str):
            try:
                moment = msgspec.convert(found[name], Moment)
            except msgspec.ValidationError:
                continue
            found[name] = round((moment - EPOCH) / timedelta(milliseconds=1))
    match found.get("place"):
        case {"lon": lon, "lat": lat}:
            found["place"] = [lon, lat]
    return found


def _is_whole(value: Any) -> bool:
    is_int = isinstance(value, int) and not isinstance(value, bool)
    return is_int or (isinstance(value, float) and value.is_integer())


def _bad(message: str) -> BadOrder:
    missing = MISSING.search(message)
    if missing:
        zh, en = NAMES.get(missing[2] or missing[1], (missing[1], missing[1]))
        return BadOrder(f"缺少{zh}", f"Missing: {en}")
    path = PATH.search(message)
    zh, en = NAMES.get(path[1], (path[1], path[1])) if path else ("内容", "the body")
    if "length >=" in message or r"\S" in message:
        return BadOrder(f"{zh}为空", f"Empty: {en}")
    if "length <=" in message:
        most = message.partition("length <= ")[2].partition(" ")[0]
        return BadOrder(f"{zh}超过 {most} 字", f"Longer than {most} characters: {en}")
    if path and path[1] == "minutes":
        most = str(LONGEST_SHELF_MINUTES)
        return BadOrder(f"{zh}须为 1 至 {most} 分钟", f"From 1 to {most} minutes: {en}")
    return BadOrder(f"{zh}填写有误", f"Not as it should be: {en}")

"""Messages as frames carry them: the shapes that reports have, and any that a command can have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from desktop.protocol.commands import CommandKind
from desktop.protocol.fields import Field, FieldKind
from desktop.protocol.levels import EventLevel
from desktop.wire.frames.command_bits import Message, encode_message
from desktop.wire.frames.fragments import FrameType, Head, cut
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.tables import Tables
from desktop.wire.level1 import Command

SECRET, OTHER_SECRET = bytes(range(32)), bytes(range(1, 33))
COUNTY, ACCOUNT = "5d41402abc4b2a76", "西河"
KEY = derive_frame_key(SECRET, COUNTY, ACCOUNT)
OTHER_KEY = derive_frame_key(OTHER_SECRET, COUNTY, ACCOUNT)
TABLES = Tables(("flood", "landslide", "road_hazard"), ("12345", "patrol"), ("xihe", "dongqiao"))
AT = datetime(2026, 5, 1, 1, 35, 12, 345_000, tzinfo=UTC)
COMMAND_KEY = "5f0c9a3e7b214d68a1b2c3d4e5f60718"
CLIENT = "c0ffee00112233445566778899aabbcc"

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=60
) | st.text("西河乡河堤渗水约平方米，清水。0123456789 无人员受伤", max_size=60)
KEYS = st.binary(min_size=16, max_size=16).map(bytes.hex)
DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
INSTANTS = st.integers(0, 2**46) | st.integers(0, 2**30).map(lambda minutes: minutes * 60_000)
DEGREES = st.floats(-90, 90)
PLACES = st.tuples(DEGREES, DEGREES).map(list) | st.tuples(
    *[st.integers(-90_000_000, 90_000_000).map(lambda micros: micros / 1_000_000)] * 2
).map(list)
VALUES: dict[FieldKind, st.SearchStrategy[Any]] = {
    FieldKind.TEXT: TEXTS,
    FieldKind.UNIT: TEXTS,
    FieldKind.INSTANT: INSTANTS,
    FieldKind.MINUTES: st.integers(1, 1440),
    FieldKind.LEVEL: st.sampled_from([level.value for level in EventLevel]),
    FieldKind.CATEGORY: TEXTS | st.sampled_from(TABLES.categories),
    FieldKind.CHANNEL: TEXTS | st.sampled_from(TABLES.channels),
    FieldKind.TOWNSHIP: TEXTS | st.sampled_from(TABLES.townships),
    FieldKind.PLACE: PLACES,
    FieldKind.PASSED: st.booleans(),
    FieldKind.WORD: TEXTS,
    FieldKind.EDITION: st.integers(1, 1_000_000),
    FieldKind.VALUES: st.lists(
        st.fixed_dictionaries(
            {"field": TEXTS, "value": TEXTS | st.integers(0, 10**12).map(str) | st.just("007")}
        ),
        max_size=5,
    ),
    FieldKind.FILE: st.fixed_dictionaries(
        {"digest": DIGESTS, "name": TEXTS, "size": st.integers(1, 2**40)},
        optional={"media_type": TEXTS, "thumbnail": DIGESTS | st.just("")},
    ),
}


def message(kind: str = "note", body: dict[str, Any] | None = None, **fields: Any) -> Message:
    """A message of a desk; `fields` are those of its command."""
    values: dict[str, Any] = {
        "key": COMMAND_KEY, "seq": 41, "kind": kind, "target": "JB-2026-000123",
        "collection": "incidents", "at": AT, "by": "张伟", "body": body or {},
    } | fields  # fmt: skip
    return Message(Command(**values), CLIENT[:4])


def head_of(told: Message, office: int = 7) -> Head:
    """The head of a message's frames."""
    return Head(FrameType.COMMAND, office, told.client, told.command.seq)


def frames_of(
    told: Message, office: int = 7, key: bytes = KEY, tables: Tables = TABLES
) -> list[bytes]:
    """The frames that carry a message."""
    return cut(head_of(told, office), encode_message(told, tables), key)


REPORTS: dict[str, Message] = {
    "acknowledge": message("acknowledge"),
    "feedback": message("feedback", {"text": "已抢通一条车道"}, base=7),
    "note": message("note", {"text": "已电话核实，双向中断，无人员受伤"}),
    "create-short": message(
        "create",
        {"title": "西河乡河堤渗水", "level": "ordinary", "category": "flood", "township": "xihe"},
        target=f"new-{COMMAND_KEY}",
    ),
    "create-long": message(
        "create",
        {"title": "西河乡河堤渗水", "summary": "渗水约 2 平方米，清水，" * 8},
        target=f"new-{COMMAND_KEY}",
    ),
    "create": message(
        "create",
        {
            "title": "西河乡河堤渗水",
            "level": "larger",
            "category": "flood",
            "channel": "patrol",
            "township": "xihe",
            "occurred_at": "2026-05-01T09:30:00+08:00",
            "address": "西河大堤 3 号桩",
            "place": {"lon": 118.1408, "lat": 31.8837},
            "summary": "渗水约 2 平方米，已转移群众 46 人，道路、电力、通信全部中断，请求支援",
        },
        target=f"new-{COMMAND_KEY}",
    ),
    "report": message(
        "report",
        {
            "form": "daily",
            "edition": 1,
            "township": "xihe",
            "period": "2026-05-01",
            "values": [
                {"field": "households", "value": "5210"},
                {"field": "moved", "value": "46"},
                {"field": "roads", "value": "2"},
                {"field": "leader", "value": "周建国"},
                {"field": "patrolled", "value": "yes"},
            ],
        },
        target="daily/xihe/2026-05-01",
        collection="reports",
        base=0,
    ),
}
"""What offices report, short and long."""


@st.composite
def messages(draw: st.DrawFn) -> Message:
    """Any message that a command can be."""
    kind = draw(st.sampled_from(list(CommandKind)))
    body = {field.name: draw(VALUES[field.kind]) for field in kind.row.fields if _has(draw, field)}
    key = draw(KEYS)
    report = draw(KEYS)
    own = "/".join(str(body.get(name, "")) for name in ("form", "township", "period"))
    told = [f"new-{key}", f"new-{report}", *([own] if kind is CommandKind.REPORT else [])]
    target = draw(st.sampled_from(told) | st.uuids().map(str) | TEXTS)
    at = AT + timedelta(milliseconds=draw(st.integers(-(10**10), 10**11)))
    clock = draw(st.none() | st.integers(-(10**9), 10**9))
    command = Command(
        key=key, seq=draw(st.integers(1, 2**24 - 1)), kind=kind.value, target=target,
        collection=draw(st.sampled_from(_collections(kind))), at=at, by=draw(TEXTS),
        after=draw(st.none() | st.just(report) | KEYS),
        base=draw(st.none() | st.integers(0, 2**53)), body=body,
        clock=None if clock is None else at + timedelta(milliseconds=clock),
    )  # fmt: skip
    return Message(command, CLIENT[:4], 0 if clock is None else draw(st.integers(-(10**9), 10**9)))


def _collections(kind: CommandKind) -> list[str]:
    return ["reports"] if kind is CommandKind.REPORT else ["incidents", "alarms"]


def _has(draw: st.DrawFn, field: Field) -> bool:
    return draw(st.booleans())

"""Reports read over a telephone, handed to the county: what it says they are, and became."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from desktop.connectors.county.session import CountySession, not_county_api
from desktop.connectors.http.response import Reply, decode_json
from desktop.domain.command import Collection, Command, CommandKind, Key
from desktop.domain.courier import BundleRefused
from desktop.domain.instant import from_datetime
from desktop.domain.localized_text import Text
from desktop.protocol.fields import FieldKind
from desktop.wire import level1
from desktop.wire.command_bodies import one_form
from desktop.wire.level1 import MAGIC
from desktop.wire.spoken_reports import SpokenAnswer, SpokenReport

NOT_WHOLE = Text(
    "每组应为八位数字，核对词应为四个地名。",
    "Each group is eight digits, and the check word four places.",
)
NO_SWITCHBOARD = Text(
    "县平台没有开电话报告：请管平台的人设单位名单（--frames-offices）。什么也没有办。",
    "The county takes no reports by telephone: have its operator name the offices"
    " (--frames-offices). Nothing was done.",
)


def ask(county: CountySession, groups: Sequence[str], check: str, *, execute: bool) -> SpokenAnswer:
    """Hand on what was heard; BundleRefused with the county's reason, else SourceError."""
    try:
        asked = msgspec.convert(
            {"groups": groups, "check": check, "execute": execute}, SpokenReport
        )
    except msgspec.ValidationError:
        raise BundleRefused(NOT_WHOLE) from None
    # Without a session: another one under this client's name would end that of an open desk.
    reply = county.http.post(
        "v1/spoken",
        msgspec.json.encode(asked),
        accept="application/json",
        expect=(200, 404, 405, 422),
        again=True,  # Done twice it changes nothing: the command has its key.
    )
    if reply.status != 200:
        raise BundleRefused(_why_refused(reply))
    found = decode_json(reply.body, SpokenAnswer, reply.url)
    if found.magic != MAGIC:
        raise not_county_api(reply.url, "")
    return found


def _why_refused(reply: Reply) -> Text:
    if reply.status != 422:
        return NO_SWITCHBOARD
    said = decode_json(reply.body, level1.ProblemDetails, reply.url)
    zh, _, en = said.detail.partition(" / ")
    return Text(zh, en or zh)


def read_command(source: str, told: level1.Command | None) -> Command | None:
    """Convert a command for screens; None for one that this program does not know."""
    if told is None:
        return None
    try:
        kind, collection = CommandKind(told.kind), Collection(told.collection)
        found = one_form(told.body)
        body = {
            field.name: _READ[field.kind](found[field.name])
            if field.kind in _READ
            else found[field.name]
            for field in kind.row.fields
            if field.name in found
        }
    except (ValueError, TypeError, KeyError):
        return None
    target = Key(source, collection, told.target)
    at = from_datetime(told.at)
    return Command(told.key, kind, target, at, told.by, told.base, body)


def _read_values(value: Any) -> Mapping[str, str]:
    return {each["field"]: each["value"] for each in value}


_READ: dict[FieldKind, Callable[[Any], Any]] = {
    FieldKind.INSTANT: lambda value: msgspec.convert(value, int),
    FieldKind.PLACE: lambda value: list(msgspec.convert(value, tuple[float, float])),
    FieldKind.VALUES: _read_values,
}

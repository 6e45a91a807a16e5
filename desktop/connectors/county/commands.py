"""Encode the outbox's commands for the county API, and decode its answers per key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from desktop.connectors.county.level1 import read_row
from desktop.connectors.county.mapping import text
from desktop.connectors.county.session import MOST_UNPACKED, is_compact, not_county_api, undecodable
from desktop.connectors.http.response import Reply, decode_json
from desktop.domain.command import Command, CommandRecord, CommandState, Hold, Key
from desktop.domain.dating import wrong_reading
from desktop.domain.instant import to_datetime
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding, CommandResult, Row
from desktop.protocol.fields import FieldKind
from desktop.wire import level1
from desktop.wire.level1 import MAGIC, MAX_COMMANDS, MAX_TEXT
from desktop.wire.level2 import Frames, WireError, decode_answer, encode_commands

STATES = {
    "received": CommandState.RECEIVED,
    "accepted": CommandState.ACCEPTED,
    "rejected": CommandState.REJECTED,
    "conflict": CommandState.CONFLICT,
    "held": CommandState.HELD,
}


NO_EPOCH = "-"
"""Stands in a bundle for the epoch of a desk that has to ask for it anew."""


class _Result(msgspec.Struct):
    """A result whose status may come from a server newer than this program."""

    key: str
    status: level1.Word
    reason: level1.AnyPhrase = ""
    row: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    durable: bool = False


class _Results(msgspec.Struct):
    """The answer with each result undecoded, so that one strange result spoils no other."""

    magic: str
    epoch: str
    results: list[msgspec.Raw]


def wire_commands(
    records: Sequence[CommandRecord], session: level1.Session, client: str, offset_ms: int = 0
) -> level1.Commands:
    """Convert these commands to wire form, in the order of their clicks.

    `after` names the previous command on the same target, so the server keeps their order. This
    computer's clock at the click, and how far the server's is ahead of it, are sent when they
    differ from the corrected time by more than a minute.
    """
    ordered = sorted(records, key=lambda record: record.seq)[:MAX_COMMANDS]
    commands = to_wire(ordered, offset_ms)
    return level1.Commands(
        session.epoch, session.fence, client, commands, _offset_to_tell(commands, offset_ms)
    )


def wire_requests(
    records: Sequence[CommandRecord], binding: Binding, client: str, offset_ms: int
) -> Iterator[level1.Commands]:
    """Yield the requests for a courier bundle, in the order of the clicks.

    They are those of the network, but `after` reaches across all of them: nobody waits between two
    for the answers to the first.
    """
    commands = to_wire(sorted(records, key=lambda record: record.seq), offset_ms)
    for at in range(0, len(commands), MAX_COMMANDS):
        group = commands[at : at + MAX_COMMANDS]
        yield level1.Commands(
            *(binding.epoch or NO_EPOCH, binding.fence, client, group),
            _offset_to_tell(group, offset_ms),
        )


def to_wire(records: Sequence[CommandRecord], offset_ms: int) -> tuple[level1.Command, ...]:
    """Convert commands, which are in the order of their clicks, to wire form.

    Each comes after the one before it on the same target.
    """
    last: dict[Key, str] = {}
    commands: list[level1.Command] = []
    for record in records:
        command = record.command
        commands.append(
            level1.Command(
                key=command.key,
                seq=record.seq,
                kind=command.kind,
                target=command.target.id,
                collection=command.target.collection,
                at=to_datetime(command.at),
                by=command.by,
                after=last.get(command.target),
                base=command.base,
                body=wire_body(command),
                clock=_clock_of(command, offset_ms),
            )
        )
        last[command.target] = command.key
    return tuple(commands)


def _offset_to_tell(commands: Sequence[level1.Command], offset_ms: int) -> int:
    return offset_ms if any(each.clock is not None for each in commands) else 0


def wire_body(command: Command) -> dict[str, Any]:
    """Return the body with instants and places in wire form; the same for every retry."""
    body = dict(command.body)
    for field in command.kind.row.fields:
        if field.name in body and field.kind in _IN_WIRE_FORM:
            body[field.name] = _IN_WIRE_FORM[field.kind](body[field.name])
    return body


def _instant(value: Any) -> Any:
    """Return RFC 3339; a value outside the calendar stays as it is, for the county to reject with a
    reason."""
    try:
        return msgspec.to_builtins(to_datetime(value))
    except (TypeError, ValueError, OverflowError, OSError):
        return value


def _place(value: Any) -> Any:
    match value:
        case [lon, lat]:
            return {"lon": lon, "lat": lat}
    return value


def _values(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return [{"field": field, "value": text} for field, text in value.items()]


_IN_WIRE_FORM: dict[FieldKind, Callable[[Any], Any]] = {
    FieldKind.INSTANT: _instant,
    FieldKind.PLACE: _place,
    FieldKind.VALUES: _values,
}


def tell_clocks(records: Sequence[CommandRecord], offset_ms: int) -> bool:
    """Whether any of these commands is sent with a wrong clock's reading."""
    return any(wrong_reading(each.command, offset_ms) is not None for each in records)


def _clock_of(command: Command, offset_ms: int) -> datetime | None:
    reading = wrong_reading(command, offset_ms)
    return None if reading is None else to_datetime(reading)


def encode(
    records: Sequence[CommandRecord],
    session: level1.Session,
    client: str,
    frames: Frames | None = None,
    offset_ms: int = 0,
) -> bytes:
    """Encode the request for these commands: JSON, or a level 2 frame when `frames` is given."""
    commands = wire_commands(records, session, client, offset_ms)
    if frames is None:
        return msgspec.json.encode(commands)
    return encode_commands(msgspec.structs.replace(commands, client=""), frames)


def decode(
    reply: Reply, targets: Mapping[str, Key], epoch: str, frames: Frames | None = None
) -> list[CommandResult]:
    """Decode the answers to our own keys; SourceError when the answer is not the county's.

    A 200 without the magic answers nothing: it comes from a portal or a proxy. Nor does one of
    another epoch than the session's: a server restored since may have undone it.
    """
    answers: list[CommandResult] = []
    for result in _results(reply, epoch, frames):
        target = targets.get(result.key)
        if target is None:
            continue
        if (state := STATES.get(result.status)) is None:
            answers.append(_puzzling(result))
            continue
        answers.append(_answer(result, state, target))
    return answers


def read_result(result: level1.CommandResult, target: Key) -> CommandResult:
    """Convert a result that a receipt gives to one of our commands."""
    return _answer(result, STATES[result.status], target)


def _answer(
    result: _Result | level1.CommandResult, state: CommandState, target: Key
) -> CommandResult:
    return CommandResult(
        key=result.key,
        state=state,
        reason=text(result.reason),
        row=_row(result, target),
        durable=result.durable,
    )


def _puzzling(result: _Result | level1.CommandResult) -> CommandResult:
    """Hold a command whose answer this program does not recognise: it may have been done."""
    said = text(result.reason)
    reason = Text(
        f"县平台的答复“{result.status}”本程序不认识，不知道是否已办：请向县里核实，并升级本程序。"
        f"{said.in_language('zh_CN')}",
        f'The county answered "{result.status}", which this program does not know: whether it was'
        f" done is unclear. Ask the county, and bring this program up to date."
        f" {said.in_language('en')}".rstrip(),
    )
    return CommandResult(result.key, CommandState.HELD, reason, hold=Hold.ANSWER)


def states(reply: Reply, keys: frozenset[str], epoch: str, frames: Frames) -> list[CommandResult]:
    """Decode the states the server keeps of these commands; their rows are not requested."""
    return [
        CommandResult(each.key, STATES[each.status], text(each.reason), durable=each.durable)
        for each in _results(reply, epoch, frames)
        if each.key in keys and each.status in STATES
    ]


def _results(
    reply: Reply, epoch: str, frames: Frames | None
) -> Iterator[_Result | level1.CommandResult]:
    if frames is not None and is_compact(reply):
        try:
            told = decode_answer(reply.body, frames, MOST_UNPACKED).results
        except WireError as error:
            raise undecodable(reply.url, error, reply.body) from None
        if told.epoch == epoch:
            yield from told.results
        return
    found = reply.decode(_Results)
    if found.magic != MAGIC:
        raise not_county_api(reply.url, found.magic)
    for raw in found.results if found.epoch == epoch else ():
        try:
            yield msgspec.json.decode(raw, type=_Result)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue  # Unanswered: it is offered again under the same key.


def _row(result: _Result | level1.CommandResult, target: Key) -> Row | None:
    """Return the row in a conflict, if it is the target's and can be read."""
    if isinstance(result.row, msgspec.UnsetType):
        return None
    row = read_row(target.source, target.collection, result.row)
    return row if row is not None and row.id == target.id else None


def rejection(reply: Reply, key: str) -> CommandResult | None:
    """Return the server's refusal of the only command sent, if it is a problem document."""
    if "application/problem+json" not in reply.headers.get("Content-Type", ""):
        return None
    details = decode_json(reply.body, level1.ProblemDetails, reply.url)
    said = (details.detail or details.title)[:MAX_TEXT]
    # The key is another command's on the server: later answers to it are not about this one.
    for_good = details.type.rpartition(":")[2] == "key-reused"
    return CommandResult(key, CommandState.REJECTED, Text(said, said), durable=for_good)

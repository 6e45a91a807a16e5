"""A command in as few bits as carry it whole: what comes out has the digest of what went in."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from desktop.protocol.commands import CommandKind
from desktop.protocol.lifecycle import NEW_INCIDENT, new_incident_id
from desktop.protocol.report_forms import report_id
from desktop.wire.command_bodies import one_form
from desktop.wire.frames.bits import BitReader, BitWriter
from desktop.wire.frames.field_bits import put_fields, take_fields
from desktop.wire.frames.tables import NO_TABLES, Tables
from desktop.wire.frames.text import put_text, take_text
from desktop.wire.level1 import Command
from desktop.wire.level2.column_types import milliseconds, moments
from desktop.wire.level2.cursor import WireError

BEGIN_MS = 1_735_689_600_000
"""2025-01-01T00:00:00Z, from which the time of a command counts in 40 bits: until 2059."""
AT_BITS = 40
KIND_BITS, MORE_KINDS = 4, 15
TARGETS = ("incidents", "alarms")
ON_REPORTS = ("reports",)
KINDS = {kind.row.number: kind for kind in CommandKind if kind.row.number is not None}
UNNUMBERED = {kind.value: kind for kind in CommandKind if kind.row.number is None}
OWN, OF_REPORT, TEXT, UUID = range(4)
"""Forms of a target: what the command itself makes, an incident of another report, any id."""
FIRST, REPORT, OTHER = range(3)
"""Forms of `after`: none, the report that made the target, another command."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KEY = re.compile(r"[0-9a-f]{32}")
_ENCODER = msgspec.json.Encoder(order="deterministic")


class NotCarried(ValueError):
    """The command cannot go as frames: it is too long, or has what they have no room for."""


class Message(msgspec.Struct, frozen=True):
    """A command as frames carry it."""

    command: Command
    client: str = ""
    """Id of the client whose outbox holds the command; its first digits are in the head."""
    offset_ms: int = 0
    """The server's clock minus the desk's; 0 where the command has no `clock`."""


def encode_message(message: Message, tables: Tables = NO_TABLES) -> bytes:
    """Return the message as bytes, without its `client` and `seq`, which frames have in their head.

    NotCarried for one that does not fit.
    """
    try:
        data = _write(message, tables)
        again = decode_message(data, message.client, message.command.seq, tables)
    except (WireError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotCarried(str(error)) from error
    if _plain(again) != _plain(message):
        raise NotCarried("it would not arrive as it is")
    return data


def decode_message(data: bytes, client: str, seq: int, tables: Tables = NO_TABLES) -> Message:
    """Read what `encode_message` wrote, from these very bytes alone; WireError for others.

    OtherTables where the sender's tables were not these.
    """
    bits = BitReader(data)
    message, is_numbered = _read(bits, client, seq, tables)
    bits.end()
    if _write(message, tables if is_numbered else NO_TABLES) != data:
        raise WireError("not in its one form")
    return message


def _plain(message: Message) -> bytes:
    """Return all that must arrive; instants and places in one form."""
    command = message.command
    shown = msgspec.structs.replace(command, body=one_form(command.body))
    return _ENCODER.encode((shown, message.offset_ms))


def _write(message: Message, tables: Tables) -> bytes:
    command, out = message.command, BitWriter()
    kind = CommandKind(command.kind)
    _put_kind(out, kind)
    out.put(_targets(kind).index(command.collection), 1)
    out.put_bytes(bytes.fromhex(command.key))
    at_ms = milliseconds(command.at)
    out.put(at_ms - BEGIN_MS, AT_BITS)
    out.put(int(command.clock is not None), 1)
    if command.clock is not None:
        out.put_sint(milliseconds(command.clock) - at_ms)
        out.put_sint(message.offset_ms)
    _put_target(out, command)
    _put_after(out, command)
    out.put(int(command.base is not None), 1)
    if command.base is not None:
        out.put_uint(command.base)
    put_text(out, command.by)
    body = one_form(command.body)
    if unknown := set(body) - {field.name for field in kind.row.fields}:
        raise WireError(f"no such field: {min(unknown)}")
    put_fields(out, kind.row.fields, body, at_ms, tables)
    return out.to_bytes()


def _read(bits: BitReader, client: str, seq: int, tables: Tables) -> tuple[Message, bool]:
    """Read a message, and whether codes of it went by their numbers."""
    kind = _take_kind(bits)
    if kind is None:
        raise WireError("no such kind of command")
    targets, number = _targets(kind), bits.take(1)
    if number >= len(targets):
        raise WireError("no such collection")
    collection = targets[number]
    key = bits.take_bytes(16).hex()
    at_ms = BEGIN_MS + bits.take(AT_BITS)
    clock, offset_ms = None, 0
    if bits.take(1):
        clock = _moment(at_ms + bits.take_sint())
        offset_ms = bits.take_sint()
    target = _take_target(bits)
    made = "" if kind is CommandKind.REPORT else new_incident_id(key)
    after = _take_after(bits, made if target is None else target)
    base = bits.take_uint() if bits.take(1) else None
    by = take_text(bits)
    body, is_numbered = take_fields(bits, kind.row.fields, at_ms, tables)
    target = _own_target(kind, key, body) if target is None else target
    command = Command(
        *(key, seq, kind.value, target, collection, _moment(at_ms), by),
        *(after, base, body, clock),
    )
    return Message(command, client, offset_ms), is_numbered


def _put_kind(out: BitWriter, kind: CommandKind) -> None:
    """Write a kind's number; `MORE_KINDS` and a number above it are 15 and 1, 2, … after it, and a
    kind without a number is 15, 0 and its word.
    """
    number = kind.row.number
    out.put(MORE_KINDS if number is None else min(number, MORE_KINDS), KIND_BITS)
    if number is None:
        out.put_uint(0)
        put_text(out, kind.value)
    elif number >= MORE_KINDS:
        out.put_uint(number - MORE_KINDS + 1)


def _take_kind(bits: BitReader) -> CommandKind | None:
    number = bits.take(KIND_BITS)
    if number < MORE_KINDS:
        return KINDS.get(number)
    more = bits.take_uint()
    return KINDS.get(number + more - 1) if more else UNNUMBERED.get(take_text(bits))


def _targets(kind: CommandKind) -> tuple[str, ...]:
    """Return the collections that the bit after such a kind chooses between."""
    return ON_REPORTS if kind is CommandKind.REPORT else TARGETS


def _moment(at_ms: int) -> datetime:
    (found,) = moments([at_ms])
    assert isinstance(found, datetime)
    return found


def _put_target(out: BitWriter, command: Command) -> None:
    report = _report_of(command.target)
    if command.target == _own_target(CommandKind(command.kind), command.key, command.body):
        out.put(OWN, 2)
    elif report:
        out.put(OF_REPORT, 2)
        out.put_bytes(bytes.fromhex(report))
    elif _UUID.fullmatch(command.target):
        out.put(UUID, 2)
        out.put_bytes(uuid.UUID(command.target).bytes)
    else:
        out.put(TEXT, 2)
        put_text(out, command.target)


def _own_target(kind: CommandKind, key: str, body: Mapping[str, Any]) -> str:
    """Return the id of the row that the command makes: of a report what its body says, else of
    the incident that a key makes."""
    if kind is not CommandKind.REPORT:
        return new_incident_id(key)
    form, township, period = (body.get(name, "") for name in ("form", "township", "period"))
    return report_id(form, township, period)


def _take_target(bits: BitReader) -> str | None:
    """Read the target; None for what the command itself makes."""
    match bits.take(2):
        case 0:
            return None
        case 1:
            return new_incident_id(bits.take_bytes(16).hex())
        case 2:
            return take_text(bits)
    return str(uuid.UUID(bytes=bits.take_bytes(16)))


def _put_after(out: BitWriter, command: Command) -> None:
    if command.after is None:
        out.put(FIRST, 2)
    elif command.after == _report_of(command.target):
        out.put(REPORT, 2)
    else:
        out.put(OTHER, 2)
        out.put_bytes(bytes.fromhex(command.after))


def _take_after(bits: BitReader, target: str) -> str | None:
    match bits.take(2):
        case 0:
            return None
        case 1 if _report_of(target):
            return _report_of(target)
        case 2:
            return bits.take_bytes(16).hex()
    raise WireError("after no command")


def _report_of(target: str) -> str:
    """Return the key of the report that made this incident; empty for any other target."""
    key = target.removeprefix(NEW_INCIDENT)
    return key if key != target and _KEY.fullmatch(key) else ""

"""Commands and their results: few, small, and mostly made of random keys."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec

from desktop.protocol import limits
from desktop.protocol.commands import CommandKind
from desktop.protocol.lifecycle import NEW_INCIDENT
from desktop.protocol.limits import SECTION_BYTES
from desktop.wire.level1 import (
    COLLECTIONS,
    MAGIC,
    MAX_COMMANDS,
    Command,
    CommandResult,
    CommandResults,
    Commands,
)
from desktop.wire.level2.column_types import check_values, milliseconds, moments
from desktop.wire.level2.columns import put_ints, take_ints
from desktop.wire.level2.cursor import (
    Budget,
    Cursor,
    WireError,
    put_inside,
    put_sint,
    put_text,
    put_uint,
)
from desktop.wire.level2.frames import Frames
from desktop.wire.level2.schema import PHRASE

COMMANDS, RESULTS = 2, 3
"""First byte inside the frame."""

_NUMBERED = {each.row.number: each.value for each in CommandKind if each.row.number is not None}
KINDS = tuple(_NUMBERED[number] for number in range(len(_NUMBERED)))
"""Kinds by number; a kind without one is sent as its word."""
TARGETS = tuple(COLLECTIONS)
STATUSES = ("received", "accepted", "rejected", "conflict", "held")

AFTER, BASED, BODIED, CLOCKED, OFFSET = 1, 2, 4, 8, 16
REASONED, VERSIONED, SHOWN, DURABLE = 8, 16, 32, 64

TEXT, HEX, UUID, NEW = range(4)
_HEX = re.compile(r"(?:[0-9a-f]{2})+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_KEY = re.compile(r"[0-9a-f]{32}")
MOST_BODY = limits.BODY_BYTES
MOST_NUMBER = 2**53


def put_name(out: bytearray, name: str) -> None:
    """Write an id: hexadecimal digits as bytes, anything else as text."""
    if _UUID.fullmatch(name):
        form, data = UUID, bytes.fromhex(name.replace("-", ""))
    elif _HEX.fullmatch(name):
        form, data = HEX, bytes.fromhex(name)
    elif name.startswith(NEW_INCIDENT) and _HEX.fullmatch(name.removeprefix(NEW_INCIDENT)):
        form, data = NEW, bytes.fromhex(name.removeprefix(NEW_INCIDENT))
    else:
        form, data = TEXT, name.encode()
    put_uint(out, len(data) << 2 | form)
    out += data


def take_name(cursor: Cursor, most: int = 200) -> str:
    """Read what `put_name` wrote; at most so many characters."""
    head = cursor.uint()
    form, data = head & 3, cursor.take(head >> 2)
    if form == TEXT:
        try:
            name = data.decode()
        except UnicodeDecodeError as error:
            raise WireError("not UTF-8") from error
    elif form == UUID:
        if len(data) != 16:
            raise WireError("not a UUID")
        digits = data.hex()
        name = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    else:
        name = (NEW_INCIDENT if form == NEW else "") + data.hex()
    if len(name) > most:
        raise WireError("a name is too long")
    return name


def encode_commands(commands: Commands, frames: Frames) -> bytes:
    """The commands as one frame."""
    return frames.pack(bytes(check_values(lambda: _put_commands(commands))))


def decode_commands(data: bytes, frames: Frames, max_bytes: int = SECTION_BYTES) -> Commands:
    """Decode what `encode_commands` wrote; WireError for anything else."""
    cursor = Cursor(frames.unpack(data, max_bytes), Budget.of(len(data)))
    if cursor.byte() != COMMANDS:
        raise WireError("not commands")
    epoch, fence, client = _id(cursor), _number(cursor), take_name(cursor, 64)
    count = cursor.count(MAX_COMMANDS)
    if not count:
        raise WireError("no commands")
    keys = [cursor.take(16).hex() for _ in range(count)]
    seqs, ats = take_ints(cursor, count), take_ints(cursor, count)
    if min(seqs) < 1 or max(seqs) > MOST_NUMBER:
        raise WireError("no such number")
    found: list[Command] = []
    offset_ms = 0
    for key, seq, at in zip(keys, seqs, moments(ats), strict=True):
        command, told_ms = _take_command(cursor, key, seq, at, keys)
        if told_ms is not None:
            if found or not told_ms:
                raise WireError("an offset where there is none")
            offset_ms = told_ms
        found.append(command)
    cursor.end()
    return Commands(epoch, fence, client, tuple(found), offset_ms)


def _put_commands(commands: Commands) -> bytearray:
    out = bytearray([COMMANDS])
    put_name(out, commands.epoch)
    put_uint(out, commands.fence)
    put_name(out, commands.client)
    put_uint(out, len(commands.commands))
    keys = {each.key: place for place, each in enumerate(commands.commands)}
    for key in (each.key for each in commands.commands):
        if not _KEY.fullmatch(key):
            raise WireError("not a command key")
        out += bytes.fromhex(key)
    put_ints(out, [each.seq for each in commands.commands])
    put_ints(out, [milliseconds(each.at) for each in commands.commands])
    offset_ms = commands.offset_ms
    for each in commands.commands:
        _put_command(out, each, keys, offset_ms)
        offset_ms = 0  # The first one carries it.
    return out


def _put_command(out: bytearray, each: Command, keys: dict[str, int], offset_ms: int) -> None:
    """Write the rest of a command: words, target, and the fields that only some have."""
    marks = AFTER * (each.after is not None) | BASED * (each.base is not None)
    marks |= BODIED * bool(each.body) | CLOCKED * (each.clock is not None)
    marks |= OFFSET * bool(offset_ms)
    _put_word(out, each.kind, KINDS)
    _put_word(out, each.collection, TARGETS)
    out.append(marks)
    put_name(out, each.target)
    put_text(out, each.by)
    if each.after is not None:
        place = keys.get(each.after)
        put_uint(out, 0 if place is None else place + 1)
        if place is None:
            put_name(out, each.after)
    if each.base is not None:
        put_uint(out, each.base)
    if each.body:
        put_inside(out, msgspec.json.encode(each.body))
    if each.clock is not None:
        put_sint(out, milliseconds(each.clock) - milliseconds(each.at))
    if offset_ms:
        put_sint(out, offset_ms)


def _take_command(
    cursor: Cursor, key: str, seq: int, at: datetime, keys: list[str]
) -> tuple[Command, int | None]:
    """Read a command, and the request's clock offset when this command carries it."""
    kind, collection = _take_word(cursor, KINDS), _take_word(cursor, TARGETS)
    marks = cursor.byte()
    if marks & ~(AFTER | BASED | BODIED | CLOCKED | OFFSET):
        raise WireError("a command of another form")
    target, by = _id(cursor), cursor.text(400)
    if len(by) > 100:
        raise WireError("a word is too long")
    after = None
    if marks & AFTER:
        place = cursor.uint()
        if place > len(keys):
            raise WireError("after a command that is not here")
        after = keys[place - 1] if place else take_name(cursor)
    base = _number(cursor) if marks & BASED else None
    body = _object(cursor.take(cursor.uint())) if marks & BODIED else {}
    clock = moments([milliseconds(at) + cursor.sint()])[0] if marks & CLOCKED else None
    offset_ms = cursor.sint() if marks & OFFSET else None
    if abs(offset_ms or 0) > MOST_NUMBER:
        raise WireError("no such number")
    command = Command(key, seq, kind, target, collection, at, by, after, base, body, clock)
    return command, offset_ms


def encode_results(results: CommandResults, frames: Frames) -> bytes:
    """The results as one frame."""
    return frames.pack(bytes(check_values(lambda: put_results(results))))


def decode_results(data: bytes, frames: Frames, max_bytes: int = SECTION_BYTES) -> CommandResults:
    """Decode what `encode_results` wrote; WireError for anything else."""
    cursor = Cursor(frames.unpack(data, max_bytes), Budget.of(len(data)))
    if cursor.byte() != RESULTS:
        raise WireError("not results")
    return take_results(cursor)


def take_results(cursor: Cursor) -> CommandResults:
    """Read results behind their first byte, to the cursor's end."""
    epoch = _id(cursor)
    found = tuple(_take_result(cursor) for _ in range(cursor.count(10_000)))
    cursor.end()
    return CommandResults(MAGIC, epoch, found)


def put_results(results: CommandResults) -> bytearray:
    """Write results without their frame."""
    if results.magic != MAGIC:
        raise WireError("another magic")
    out = bytearray([RESULTS])
    put_name(out, results.epoch)
    put_uint(out, len(results.results))
    for each in results.results:
        put_name(out, each.key)
        shown = not isinstance(each.row, msgspec.UnsetType)
        out.append(
            STATUSES.index(each.status)
            | REASONED * (each.reason != "")
            | VERSIONED * (each.version is not None)
            | SHOWN * shown
            | DURABLE * each.durable
        )
        if each.reason != "":
            PHRASE.put(out, [each.reason])
        if each.version is not None:
            put_sint(out, each.version)
        if not isinstance(each.row, msgspec.UnsetType):
            put_inside(out, bytes(each.row))
    return out


def _take_result(cursor: Cursor) -> CommandResult:
    key, marks = take_name(cursor), cursor.byte()
    if marks & 128:
        raise WireError("a result of another form")
    number = marks & 7
    # A newer server's status has no name here; it must not spoil the other results.
    status: Any = STATUSES[number] if number < len(STATUSES) else str(number)
    reason = PHRASE.take(cursor, 1)[0] if marks & REASONED else ""
    version = cursor.sint() if marks & VERSIONED else None
    row: Any = msgspec.UNSET
    if marks & SHOWN:
        row = msgspec.Raw(cursor.take(cursor.uint()))
    return CommandResult(key, status, reason, version, row, bool(marks & DURABLE))


def _put_word(out: bytearray, word: str, known: tuple[str, ...]) -> None:
    """Write a word as its number, or as 255 and its text when it has none."""
    if word in known:
        out.append(known.index(word))
    else:
        out.append(255)
        put_text(out, word)


def _take_word(cursor: Cursor, known: tuple[str, ...]) -> str:
    number = cursor.byte()
    if number < len(known):
        return known[number]
    if number != 255:
        raise WireError("no such word")
    word = cursor.text(400)
    if len(word) > 100:
        raise WireError("a word is too long")
    return word


def _id(cursor: Cursor) -> str:
    name = take_name(cursor)
    if not name:
        raise WireError("an empty name")
    return name


def _number(cursor: Cursor) -> int:
    number = cursor.uint()
    if number > MOST_NUMBER:
        raise WireError("no such number")
    return number


def _object(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BODY:
        raise WireError("a body is too long")
    try:
        return msgspec.json.decode(data, type=dict[str, Any])
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise WireError("not a body") from error

"""The outbox's commands as frames of the county, and its outcomes as answers per key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from desktop.connectors.county.commands import STATES, to_wire
from desktop.domain.command import CommandRecord
from desktop.domain.localized_text import Text
from desktop.domain.source import CommandResult
from desktop.wire.frames.command_bits import Message, NotCarried, encode_message
from desktop.wire.frames.fragments import FrameType, Head, cut, read_fragment
from desktop.wire.frames.outcomes import Outcome, decode_outcomes, mark_epoch
from desktop.wire.frames.spoken import PhoneSheet, speak
from desktop.wire.frames.tables import Tables
from desktop.wire.level2.cursor import WireError

SETTLING = ("received", "accepted", "rejected", "conflict")


class Office(msgspec.Struct, frozen=True):
    """What an office and its county agreed on when they were paired."""

    number: int
    client: str
    """The beginning of this desk's client id: the office may have had another disk, or desk."""
    key: bytes
    tables: Tables


class Carried(msgspec.Struct, frozen=True):
    """A command as it would go; without frames where it cannot."""

    record: CommandRecord
    frames: tuple[bytes, ...] = ()
    spoken: PhoneSheet | None = None
    """The same, to be read over a telephone."""
    why_not: str = ""


class Heard(msgspec.Struct, frozen=True):
    """What a frame of outcomes tells of our commands."""

    answers: tuple[CommandResult, ...] = ()
    unsettled: tuple[tuple[CommandRecord, Outcome], ...] = ()
    """Commands that the county could not read or does not do now, with its reason."""
    is_of_another_epoch: bool = False


def pack(records: Sequence[CommandRecord], office: Office, offset_ms: int) -> list[Carried]:
    """Return the frames of each command; the records are in the order of their clicks.

    `offset_ms` is the server's clock minus this computer's, as last known; with the same one the
    frames of a command are the same bytes each time.
    """
    packed = []
    for record, command in zip(records, to_wire(records, offset_ms), strict=True):
        told_ms = offset_ms if command.clock is not None else 0
        head = Head(FrameType.COMMAND, office.number, office.client, record.seq)
        try:
            data = encode_message(Message(command, office.client, told_ms), office.tables)
            frames = cut(head, data, office.key)
        except (NotCarried, WireError) as error:
            packed.append(Carried(record, why_not=str(error)))
        else:
            spoken = speak(head, data, office.key)
            packed.append(Carried(record, tuple(frames), spoken))
    return packed


def read_outcomes(
    frame: bytes, office: Office, records: Iterable[CommandRecord], epoch: str
) -> Heard | None:
    """Return what a frame tells of these commands; None for one that is not for this desk.

    `epoch` is the county's as the desk last met it, if it did: outcomes of another one settle
    nothing, and the network will.
    """
    try:
        fragment = read_fragment(frame, {office.number: [office.key]})
        head = fragment.head
        if (head.type, head.client) != (FrameType.OUTCOMES, office.client):
            return None
        told = decode_outcomes(fragment.content)
    except WireError:
        return None
    if epoch and told.epoch != mark_epoch(epoch):
        return Heard(is_of_another_epoch=True)
    ours = {record.seq: record for record in records}
    answers, unsettled = [], []
    for outcome in told.outcomes:
        record = ours.get(outcome.number)
        if record is None:
            continue
        if outcome.status not in SETTLING:
            unsettled.append((record, outcome))
        elif record.command.key.startswith(outcome.key):
            # In Chinese alone, and no more of it than found room: the network tells the rest.
            reason = Text(outcome.reason)
            answers.append(CommandResult(record.command.key, STATES[outcome.status], reason))
    return Heard(tuple(answers), tuple(unsettled))

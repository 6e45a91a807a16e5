"""What a duty officer took down from a telephone: checked, read, and done as any other frames."""

from __future__ import annotations

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.frames.receiver import Receiver
from desktop.wire.frames.command_bits import decode_message
from desktop.wire.frames.fragments import FrameType, Head, NotAuthentic, cut, read_fragment
from desktop.wire.frames.outcomes import decode_outcomes
from desktop.wire.frames.spoken import Heard, hear, speak
from desktop.wire.frames.tables import Tables
from desktop.wire.level1 import MAGIC, Command
from desktop.wire.level2.cursor import WireError
from desktop.wire.spoken_reports import SpokenAnswer, SpokenOutcome, SpokenReceipt, SpokenReport


def hear_report(receiver: Receiver, database: Database, asked: SpokenReport) -> SpokenAnswer:
    """Return what the report says, and what became of it where it is to be done.

    WireError where it is not as an office of this county read it; nothing has been done then.
    """
    offices = receiver.offices()
    heard = hear(asked.groups, asked.check, {each.number: each.keys for each in offices.values()})
    if heard.head.type is not FrameType.COMMAND:
        raise NotAuthentic("a receipt, and no report")
    office = offices[heard.head.office]
    answers = _execute(receiver, heard) if asked.execute else []
    told = [read_fragment(answer, {office.number: office.keys}) for answer in answers]
    return SpokenAnswer(
        MAGIC,
        database.epoch,
        office.number,
        office.pairing,
        office.account,
        _read_command(heard, receiver.tables),
        tuple(
            msgspec.convert(each, SpokenOutcome, from_attributes=True)
            for fragment in told
            for each in decode_outcomes(fragment.content).outcomes
        ),
        tuple(_speak(fragment.head, fragment.content, fragment.key) for fragment in told),
    )


def _execute(receiver: Receiver, heard: Heard) -> list[bytes]:
    """Do the report as its frames; return the frames that tell its desk what became of it."""
    frames = cut(heard.head, heard.data, heard.key)
    return [answer for frame in frames for answer in receiver.take(frame, is_spoken=True)]


def _read_command(heard: Heard, tables: Tables) -> Command | None:
    """Return the command of a report; None where its codes are numbered by other tables."""
    head = heard.head
    try:
        return decode_message(heard.data, head.client, head.number, tables).command
    except WireError:
        return None


def _speak(head: Head, content: bytes, key: bytes) -> SpokenReceipt:
    sheet = speak(head, content, key)
    return SpokenReceipt(sheet.groups, sheet.check)

"""An example of a report read over a telephone, and of what is read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import msgspec

from desktop.wire.frames.command_bits import Message, encode_message
from desktop.wire.frames.fragments import FrameType, Head, read_fragment
from desktop.wire.frames.keys import derive_frame_key
from desktop.wire.frames.outcomes import Outcome, encode_outcomes
from desktop.wire.frames.spoken import PhoneSheet, speak
from desktop.wire.level1 import Command

OFFICE = 7
KEY = derive_frame_key(bytes(range(32)), "5d41402abc4b2a76", "xihe")


def speak_command(command: Mapping[str, Any], client: str) -> dict[str, Any]:
    """Return the digits that stand for a command."""
    told = msgspec.convert(command, Command)
    told = msgspec.structs.replace(told, at=told.at.astimezone(UTC))
    head = Head(FrameType.COMMAND, OFFICE, client[:4], told.seq)
    return _sheet(speak(head, encode_message(Message(told, head.client)), KEY))


def speak_outcome(command: Mapping[str, Any], client: str, epoch: str) -> dict[str, Any]:
    """Return the digits that tell its office that the county accepted it."""
    outcome = Outcome(command["seq"], command["key"][:8], "accepted")
    (frame,) = encode_outcomes([outcome], epoch, OFFICE, client[:4], KEY)
    told = read_fragment(frame, {OFFICE: [KEY]})
    return _sheet(speak(told.head, told.content, KEY))


def _sheet(spoken: PhoneSheet) -> dict[str, Any]:
    return {"groups": list(spoken.groups), "check": spoken.check}

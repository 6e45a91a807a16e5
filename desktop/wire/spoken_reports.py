"""Reports read over a telephone, as a desk hands them to its county: `POST /v1/spoken`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from desktop.protocol.limits import SPOKEN_GROUPS
from desktop.wire.level1 import Command, Id, Word

Group = Annotated[str, Meta(pattern="^[0-9]{8}$")]
Groups = Annotated[tuple[Group, ...], Meta(min_length=1, max_length=SPOKEN_GROUPS)]
CheckWord = Annotated[str, Meta(pattern="^[A-P]{4}$")]


class SpokenReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was heard: `frames.md`, section 5."""

    groups: Groups
    check: CheckWord
    execute: bool = False
    """Whether it is to be done; else it is only checked and read."""


class SpokenReceipt(msgspec.Struct, frozen=True):
    """What is to be read back to the office."""

    groups: Groups
    check: CheckWord


class SpokenOutcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one message of the office."""

    number: Annotated[int, Meta(ge=1, le=2**24 - 1)]
    status: Literal["received", "accepted", "rejected", "conflict", "held", "unreadable"]
    reason: Word = ""


class SpokenAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the report says, whose it is, and what became of it."""

    magic: str
    epoch: Id
    office: Annotated[int, Meta(ge=1, le=2**16 - 1)]
    name: Word = ""
    account: Word = ""
    command: Command | None = None
    outcomes: tuple[SpokenOutcome, ...] = ()
    receipts: tuple[SpokenReceipt, ...] = ()

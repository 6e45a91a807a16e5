"""Commands (指令) an officer gives and the receipts (回执) that come back."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Any

import msgspec

from desktop.domain.instant import Instant
from desktop.domain.text import Text


class CommandKind(StrEnum):
    """What the officer wants done."""

    ACKNOWLEDGE = "acknowledge"
    NOTE = "note"


class Collection(StrEnum):
    """The kinds of row a source can fill."""

    TOWNSHIPS = "townships"
    LINES = "lines"
    INCIDENTS = "incidents"
    ASSETS = "assets"
    QUEUES = "queues"
    WARNINGS = "warnings"
    ALARMS = "alarms"
    TRENDS = "trends"


class Key(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The identity of one row across all sources."""

    source: str
    collection: Collection
    id: str


class Receipt(StrEnum):
    """What is known of a command; `stored` is never shown as `sent`."""

    STORED = "stored"  # 本地已存
    SENT = "sent"  # 已发送, no answer yet
    RECEIVED = "received"  # 平台已收
    ACCEPTED = "accepted"  # 县级已签收
    REJECTED = "rejected"  # 被拒
    CONFLICT = "conflict"  # 冲突
    HELD = "held"  # waiting for a login or a quota

    @property
    def is_final(self) -> bool:
        """Whether the server has said its last word on the command."""
        return self in (Receipt.ACCEPTED, Receipt.REJECTED, Receipt.CONFLICT)

    @property
    def needs_officer(self) -> bool:
        """Whether the officer has to decide or log in."""
        return self in (Receipt.REJECTED, Receipt.CONFLICT, Receipt.HELD)


class Command(msgspec.Struct, frozen=True):
    """What an officer asked for, fixed at the click; every retry sends the same bytes."""

    key: str
    """Minted once, at the click; the server does it at most once per key."""
    kind: CommandKind
    target: Key
    at: Instant
    """When the officer asked, on corrected time."""
    by: str
    base: int | None = None
    """The row version the officer was looking at."""
    body: dict[str, Any] = {}
    """`{"text": …}` for a note."""


def mint_key() -> str:
    """A new command key: 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


class CommandRecord(msgspec.Struct, frozen=True):
    """A command with its place in the outbox and all that is known of it."""

    seq: int
    """Order of the clicks on this computer; never reused."""
    command: Command
    receipt: Receipt
    changed_at: Instant
    reason: Text = Text()
    """Why it was rejected, conflicts or is held, in the server's words."""
    seen: bool = False
    """Whether the officer has dismissed a final answer."""

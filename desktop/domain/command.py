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

    CREATE = "create"  # 接报, a new incident
    ACKNOWLEDGE = "acknowledge"  # 确认: seen, not yet confirmed as true
    NOTE = "note"  # 备注
    DISPATCH = "dispatch"  # 派遣
    FEEDBACK = "feedback"  # 反馈
    VERIFY = "verify"  # 核查
    CLOSE = "close"  # 结案
    ESCALATE = "escalate"  # 升级
    EXTEND = "extend"  # 延期
    DEFER = "defer"  # 缓办
    RETURN = "return"  # 回退
    VOID = "void"  # 作废
    SHELVE = "shelve"  # 搁置, an alarm
    UNSHELVE = "unshelve"  # 取消搁置
    ATTACH = "attach"  # 附件


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
    CANCELLED = "cancelled"  # 已撤回 by the officer before anything of it had left

    @property
    def is_final(self) -> bool:
        """Whether nothing more is expected: the server's last word, or withdrawn in time."""
        return self in (Receipt.ACCEPTED, Receipt.REJECTED, Receipt.CONFLICT, Receipt.CANCELLED)

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
    """What the kind needs, as `domain.steps.FIELDS` lists it, in the wire's words and units."""
    account: str = ""
    """The login its source was heard under at the click, where it tells them: it goes out
    under no other. Never sent."""


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
    priority: int = 0
    """The officer's own order: higher goes first; order on one target is never broken by it."""
    offered: bool = False
    """Whether bytes of it may have left this computer: from then on it cannot be cancelled."""
    retired: bool = False
    """Whether the server keeps it beyond any restore: it is never offered again."""
    replaces: str = ""
    """Key of the conflicting or refused command that the officer answered with this one."""

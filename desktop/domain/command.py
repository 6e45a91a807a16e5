"""Commands (指令) an officer gives and the states (回执) they pass through."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Any

import msgspec

from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.protocol.commands import Collection as Collection  # noqa: PLC0414 - re-exported
from desktop.protocol.commands import CommandKind as CommandKind  # noqa: PLC0414


class Key(msgspec.Struct, frozen=True, array_like=True, order=True):
    """The identity of one row across all sources."""

    source: str
    collection: Collection
    id: str


class CommandState(StrEnum):
    """How far a command has come; `stored` is never shown as `sent`."""

    STORED = "stored"  # 本地已存
    SENT = "sent"  # 已发送, no answer yet
    RECEIVED = "received"  # 平台已收
    ACCEPTED = "accepted"  # 县级已签收
    REJECTED = "rejected"  # 被拒
    CONFLICT = "conflict"  # 冲突
    HELD = "held"  # waiting for a login or a quota
    CANCELLED = "cancelled"  # 已撤回 by the officer before anything of it had left
    GIVEN_UP = "given_up"  # 已放弃 by the officer although its outcome is unknown

    @property
    def is_final(self) -> bool:
        """Whether no further answer is expected: the server has decided, or the officer has."""
        return self in _FINAL

    @property
    def needs_officer(self) -> bool:
        """Whether the officer has to decide or log in."""
        return self in (CommandState.REJECTED, CommandState.CONFLICT, CommandState.HELD)


_FINAL = frozenset(
    {
        CommandState.ACCEPTED,
        CommandState.REJECTED,
        CommandState.CONFLICT,
        CommandState.CANCELLED,
        CommandState.GIVEN_UP,
    }
)


class Hold(StrEnum):
    """Why a command with the state HELD waits, and what ends the wait."""

    NONE = ""
    LOGIN = "login"  # the server wants a login or a quota: ends with the next answer
    ACCOUNT = "account"  # given under another login: ends when that one is in use again
    SERVER = "server"  # given for another server: ends when that one answers again
    SOURCE = "source"  # its source is no longer in the profile: ends when it is again
    REPORT = "report"  # the incident it is on was refused: goes with the report's resending
    ANSWER = "answer"  # the server answered with a status this program does not know
    COPY = "copy"  # this disk was copied: the other computer may have sent it
    EXPIRED = "expired"  # it may have been done, and the server no longer keeps its key

    @property
    def wants_decision(self) -> bool:
        """Whether only the officer ends the hold, by sending the command anyway or giving it up."""
        return self in (Hold.COPY, Hold.EXPIRED)


class Command(msgspec.Struct, frozen=True):
    """What an officer asked for, fixed at the click; every retry sends the same bytes."""

    key: str
    """Made once, at the click; the server does the command at most once per key."""
    kind: CommandKind
    target: Key
    at: Instant
    """When the officer asked, on corrected time."""
    by: str
    base: int | None = None
    """The row version the officer was looking at."""
    body: dict[str, Any] = {}
    """The fields that the command's kind requires, in the wire's words and units."""
    account: str = ""
    """The account that the source's session had at the click, if it named one: the command goes out
    under no other. Never sent."""
    login: str = ""
    """Fingerprint of the login token in use at the click, which exists before the first session:
    the account is settled by it if no session had named one. Never sent."""
    server: str = ""
    """Identity of the server whose rows the officer saw at the click; the command goes to no other.
    Empty if no server had answered yet. Never sent."""
    clock_at: Instant | None = None
    """This computer's own clock at the click, uncorrected."""
    offset_known: bool = False
    """Whether a server had given the time since that clock was last set: then `at` is right,
    whatever the clock is set to later. Never sent."""


def mint_key() -> str:
    """Make a command key: 128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


class CommandRecord(msgspec.Struct, frozen=True):
    """A command with its place in the outbox, its state and the server's answer."""

    seq: int
    """Order of the clicks on this computer; never reused."""
    command: Command
    state: CommandState
    changed_at: Instant
    reason: Text = Text()
    """Why it was rejected, conflicts or is held, in the server's words."""
    seen: bool = False
    """Whether the officer has dismissed the final answer."""
    priority: int = 0
    """The officer's own priority: higher goes first; the order of clicks on one target is never
    broken by it."""
    offered: bool = False
    """Whether bytes of the command may have left this computer: from then on it cannot be
    cancelled."""
    retired: bool = False
    """Whether the server keeps the command beyond any restore: it is never offered again."""
    replaces: str = ""
    """Key of the conflicting or refused command that the officer answered with this one."""
    hold: Hold = Hold.NONE
    """Why it is HELD; NONE with any other state."""
    left_at: Instant | None = None
    """When bytes of it may first have left, or when the officer decided to send it anyway; None if
    nothing has left, or if an earlier version did not record it."""

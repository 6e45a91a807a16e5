"""Sessions opened by clients: whether the disk that asks is the one that asked before."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto

import msgspec

from desktop.county_server.scope import Account
from desktop.wire.level1 import TAG_CHARS, SessionRequest


class Standing(Enum):
    """How what a client remembers stands to what the server remembers of it."""

    IN_STEP = auto()
    BEHIND = auto()
    """The client remembers an opening that the server has lost: the server went back."""
    COPY = auto()
    """Another computer has opened a session as this client: one disk is a copy of the other."""


class Copied(Exception):
    """Another computer goes on under the client's name; nothing was changed."""


class Untold(Exception):
    """A client that told of its past before now tells nothing: the request may be very old."""


class Opened(msgspec.Struct, frozen=True):
    """A session's new fence."""

    fence: int
    behind: bool


def judge(known: tuple[int, str] | None, asked: SessionRequest) -> Standing:
    """Compare the newest opening known of a client, as (fence, tag), with what it tells.

    A client tells every opening it sent since the last answer it got, so that one whose
    answer was lost, came late or twice is among them: a disk alone is never a copy. A
    client that tells nothing (no fence, no tag) is not judged.
    """
    if known is None:
        return Standing.BEHIND if asked.fence else Standing.IN_STEP
    fence, tag = known
    if not asked.tried and not asked.fence:
        return Standing.IN_STEP
    if fence < asked.fence:
        return Standing.BEHIND
    if not tag:
        return Standing.IN_STEP
    if fence == asked.fence:
        # Under another tag it was given anew by a server that had lost the first, also to one
        # of this client's own later openings.
        return Standing.IN_STEP if tag in asked.tried[:1] else Standing.BEHIND
    # Its own tag: the very same request, come twice.
    known_here = tag in (*asked.tried, asked.nonce[:TAG_CHARS])
    return Standing.IN_STEP if known_here else Standing.COPY


def open_session(
    connection: sqlite3.Connection, asked: SessionRequest, account: Account, name: str
) -> Opened:
    """A new fence for a client, in the transaction that judges it; its older ones stop working.

    One told that the server went back is told so until it shows that it has heard it: that
    answer may have been lost, and the opening it answered brought the client into step.

    Raises, with nothing changed, Copied for a disk that another computer goes on from, and
    Untold: what a desk asks of a server that seems to know no more may come long after.
    """
    tells = bool(asked.tried or asked.fence)
    known = connection.execute(
        "SELECT fence, tag, behind FROM clients WHERE client=?", (asked.client,)
    ).fetchone()
    if known is not None and known[1] and not tells:
        raise Untold
    if asked.server not in ("", name):
        # What it remembers is of another server: it says nothing about this one.
        asked = msgspec.structs.replace(asked, fence=0, tried=())
    standing = judge(known and known[:2], asked)
    if standing is Standing.COPY:
        raise Copied
    behind = standing is Standing.BEHIND or _is_unheard(known, asked)
    (fence,) = connection.execute(
        "UPDATE meta SET value=value+1 WHERE name='fence' RETURNING value"
    ).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO clients(client, fence, account, tag, behind) VALUES(?, ?, ?, ?, ?)",
        (asked.client, fence, account.name, asked.nonce[:TAG_CHARS] if tells else "", behind),
    )
    return Opened(int(fence), behind)


def _is_unheard(known: tuple[int, str, int] | None, asked: SessionRequest) -> bool:
    """Whether a client that is judged was told of a lost past, and does not know it yet."""
    if known is None or not asked.tried:
        return False
    return bool(known[2]) and asked.fence < known[0]

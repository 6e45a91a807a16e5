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
    # Its own tag: the very same request, come twice.
    if not tag or tag in (*asked.tried, asked.nonce[:TAG_CHARS]):
        return Standing.IN_STEP
    # The very fence under another tag: given anew by a server that had lost the first.
    return Standing.BEHIND if fence == asked.fence else Standing.COPY


def open_session(
    connection: sqlite3.Connection, asked: SessionRequest, account: Account, name: str
) -> Opened:
    """A new fence for a client, in the transaction that judges it; its older ones stop working.

    Raises Copied, with nothing changed, for a disk that another computer goes on from.
    """
    known = connection.execute(
        "SELECT fence, tag FROM clients WHERE client=?", (asked.client,)
    ).fetchone()
    if asked.server not in ("", name):
        # What it remembers is of another server: it says nothing about this one.
        asked = msgspec.structs.replace(asked, fence=0, tried=())
    standing = judge(known, asked)
    if standing is Standing.COPY:
        raise Copied
    (fence,) = connection.execute(
        "UPDATE meta SET value=value+1 WHERE name='fence' RETURNING value"
    ).fetchone()
    connection.execute(
        "INSERT OR REPLACE INTO clients VALUES(?, ?, ?, ?)",
        (asked.client, fence, account.name, asked.nonce[:TAG_CHARS]),
    )
    return Opened(int(fence), standing is Standing.BEHIND)

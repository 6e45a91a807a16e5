"""Opening sessions: finds servers set back to a backup, and clients whose disk was copied."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto

import msgspec

from desktop.county_server.db.witnesses import Old
from desktop.county_server.scope import Account
from desktop.wire.level1 import TAG_CHARS, SessionRequest

_LARGEST_LEAP = 1_000_000
"""Sessions a server may have lost; a fence beyond that is not believed, lest it use up the rest."""


class Standing(Enum):
    """How a client's memory of its sessions compares with the server's."""

    IN_STEP = auto()
    BEHIND = auto()
    """The client knows a session that the server has lost: the server was set back."""
    COPY = auto()
    """Another computer has opened a session as this client: its disk is a copy."""


class Copied(Exception):
    """Another computer uses the client's name; nothing was changed."""


class Untold(Exception):
    """A client that named its openings before now names none: the request may be very old."""


class Opened(msgspec.Struct, frozen=True):
    """A session's new fence."""

    fence: int
    behind: bool


def judge(known: tuple[int, str] | None, asked: SessionRequest) -> Standing:
    """Compare a client's newest session here, as (fence, tag), with the openings in its request.

    A client names every opening it sent since the last answer it got, so that one whose
    answer was lost, came late or twice is among them: a single disk never looks like a copy.
    A client that names nothing (no fence, no tag) is not judged.
    """
    if known is None:
        return Standing.BEHIND if asked.fence else Standing.IN_STEP
    fence, tag = known
    if not tells(asked):
        return Standing.IN_STEP
    if fence < asked.fence:
        return Standing.BEHIND
    if not tag:
        return Standing.IN_STEP
    if fence == asked.fence:
        # With another tag, a server that had lost this session gave the fence again, perhaps to
        # one of this client's own later openings.
        return Standing.IN_STEP if tag in asked.tried[:1] else Standing.BEHIND
    # Its own tag: the same request arrived twice.
    if tag in (*asked.tried, asked.nonce[:TAG_CHARS]):
        return Standing.IN_STEP
    # One sent before the session that the client knows last: that one was lost here.
    return Standing.BEHIND if tag in asked.earlier else Standing.COPY


def tells(asked: SessionRequest) -> bool:
    """Whether the request names openings of before; else its client is not judged."""
    return bool(asked.tried or asked.fence)


def find_client(connection: sqlite3.Connection, account: str, beginning: str) -> str:
    """Return the account's only client whose id begins so; the beginning itself without one."""
    found = connection.execute(
        "SELECT client FROM clients WHERE account=? AND substr(client, 1, ?)=? LIMIT 2",
        (account, len(beginning), beginning),
    ).fetchall()
    return str(found[0][0]) if len(found) == 1 else beginning


def newest_session(
    connection: sqlite3.Connection, client: str, account: str
) -> tuple[int, int] | None:
    """Return the fence of a client's newest session under an account, and when it opened it."""
    found: tuple[int, int] | None = connection.execute(
        "SELECT fence, at FROM clients WHERE client=? AND account=?", (client, account)
    ).fetchone()
    return found


class _Opening(msgspec.Struct, frozen=True):
    """The newest session of a client under one account."""

    account: str
    fence: int
    tag: str
    behind: bool

    def is_proven_by(self, asked: SessionRequest) -> bool:
        """Whether the request must come from the disk that opened this session, or from a copy."""
        if not self.tag or self.fence < asked.fence:
            return False
        if self.fence == asked.fence:
            return self.tag in asked.tried[:1]
        return self.tag in asked.tried or self.tag in asked.earlier

    def is_of_another_disk(self, asked: SessionRequest) -> bool:
        """Whether it is newer than what the request knows, and none of its own openings.

        A single disk knows each of its sessions, under whatever account. Of two that went on from
        one image while the server was set back, each under its own account, this alone tells.
        """
        return bool(self.tag) and self.fence > asked.fence and not self.is_proven_by(asked)


def open_session(
    connection: sqlite3.Connection,
    asked: SessionRequest,
    account: Account,
    name: str,
    now_s: float = 0.0,
) -> Opened:
    """Judge a client and give it a new fence in one transaction; its older fences stop working.

    A client that is behind gets `behind` until a request shows that it has received it: the
    first answer may have been lost, and its opening brought the client into step.

    A session belongs to a client under an account. A session of another account under the same
    client name counts, and ends, only for the disk that proves to have opened it: there one
    officer logs in after another. Nobody else's opening touches it.

    Raises, with nothing changed, Copied when another computer works from a copy of the disk, and
    Untold for a request without openings, which may be very old.
    """
    names_openings = tells(asked)
    openings = [
        _Opening(*found)
        for found in connection.execute(
            "SELECT account, fence, tag, behind FROM clients WHERE client=?", (asked.client,)
        ).fetchall()
    ]
    own = next((each for each in openings if each.account == account.name), None)
    if own is not None and own.tag and not names_openings:
        raise Untold
    if asked.server not in ("", name):
        # The client's memory is of another server and says nothing about this one.
        asked = msgspec.structs.replace(asked, fence=0, tried=(), earlier=())
    others = [each for each in openings if each is not own]
    proven = next((each for each in others if each.is_proven_by(asked)), None)
    standing = _standing(own, proven, others, asked)
    if standing is Standing.COPY:
        raise Copied
    behind = standing is Standing.BEHIND or any(
        _is_unheard(each, asked) for each in (own, proven) if each is not None
    )
    fence = _next_fence(connection, asked.fence if behind else 0)
    if proven is not None:
        connection.execute(
            "DELETE FROM clients WHERE client=? AND account=?", (asked.client, proven.account)
        )
    tag = asked.nonce[:TAG_CHARS] if names_openings else ""
    connection.execute(
        "INSERT OR REPLACE INTO clients(client, fence, account, tag, behind, at)"
        " VALUES(?, ?, ?, ?, ?, ?)",
        (asked.client, fence, account.name, tag, behind, int(now_s)),
    )
    return Opened(fence, behind)


def _standing(
    own: _Opening | None,
    proven: _Opening | None,
    others: list[_Opening],
    asked: SessionRequest,
) -> Standing:
    """Judge a client by its account's own session and those of other accounts."""
    standing = judge(None if own is None else (own.fence, own.tag), asked)
    if tells(asked) and any(each.is_of_another_disk(asked) for each in others):
        return Standing.COPY
    if standing is Standing.BEHIND and proven is not None and proven.tag in asked.tried:
        return Standing.IN_STEP
    return standing


def _is_unheard(known: _Opening, asked: SessionRequest) -> bool:
    """Whether the client was told that it is behind, and has not shown that it received that."""
    return bool(asked.tried) and known.behind and asked.fence < known.fence


def _next_fence(connection: sqlite3.Connection, told: int) -> int:
    """Count on to a fence that nobody has; past the one a client tells that was given before.

    Otherwise the two disks of a client copied while the server was set back would each be given
    fences older than their own, and neither ever told from the other.
    """
    (value,) = connection.execute("SELECT value FROM meta WHERE name='fence'").fetchone()
    is_near = value < told <= value + _LARGEST_LEAP
    fence = (told if is_near else int(value)) + 1
    connection.execute("UPDATE meta SET value=? WHERE name='fence'", (fence,))
    return fence


def forget(connection: sqlite3.Connection, old: Old) -> None:
    """Drop the sessions of clients that have opened none for long."""
    connection.execute("DELETE FROM clients WHERE at < ? AND fence <= ?", (old.before_s, old.fence))

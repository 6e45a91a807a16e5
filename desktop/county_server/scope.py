"""Accounts, the rows they may see and the tokens that say how far they have read."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

import msgspec

FORM = r"([0-9a-z]{1,32})\.([0-9]{1,15})\.([0-9a-z]{1,32})(?:\.([0-9]{1,15})(?:\.([0-9]{1,15}))?)?"
TOKEN = re.compile(FORM)
WHOLE_COUNTY = "all"
LONG_TOKEN, MIXED_TOKEN = 32, 12
"""Characters, and different ones, of a token that nobody guesses."""


class Account(msgspec.Struct, frozen=True):
    """Who asks; no townships means the whole county."""

    name: str = ""
    townships: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    """Names that may stand on its commands; none means any that is nobody else's."""

    @property
    def scope(self) -> str:
        """Short name of what it may see, the same for accounts that see the same."""
        if not self.townships:
            return WHOLE_COUNTY
        joined = "\n".join(sorted(set(self.townships)))
        return hashlib.sha256(joined.encode()).hexdigest()[:12]

    def sees(self, townships: str) -> bool:
        """Whether a row of these townships (one a line, none: everybody's) is for this account."""
        if not self.townships or not townships:
            return True
        return any(township in self.townships for township in townships.split("\n"))


Accounts = Mapping[str, Account]
"""Accounts by the SHA-256 of their token, in hexadecimal; empty means open to everybody."""

ANYBODY = Account()


class Token(msgspec.Struct, frozen=True):
    """How far a reader has come: opaque to clients, never a time.

    Between two pages of changes `base` is where the first of them began: of a row
    that changed again since, the reader has the state of then. `seen` is where the
    data stood when the last one was read: what has changed up to there was left out of it.
    """

    mark: str
    """What this history of the data has at `seen`, and no other."""
    sequence: int
    scope: str
    base: int
    seen: int

    @property
    def name(self) -> str:
        """What is read at this token is called so: a cache may keep it for a day."""
        return f"{self.mark}-{self.sequence}"

    def __str__(self) -> str:
        said = f"{self.mark}.{self.sequence}.{self.scope}"
        between = (self.base, self.seen) != (self.sequence, self.sequence)
        return f"{said}.{self.base}.{self.seen}" if between else said


def read_token(text: str) -> Token | None:
    """The token written as `text`, or None when it is none of ours."""
    match = TOKEN.fullmatch(text)
    if match is None or not text.isascii():
        return None
    sequence = int(match[2])
    base = min(int(match[4]), sequence) if match[4] else sequence
    seen = max(int(match[5]), sequence) if match[5] else sequence
    return Token(match[1], sequence, match[3], base, seen)


def account_of(authorization: str | None, accounts: Accounts) -> Account | None:
    """The account a request comes from, or None when it may not in."""
    if not accounts:
        return ANYBODY
    given = token_hash(authorization)
    if given is None:
        return None
    found = None
    # All of them, each in the same time: how long it takes tells nothing of a token.
    for digest, account in accounts.items():
        if hmac.compare_digest(digest, given):
            found = account
    return found


def token_hash(authorization: str | None) -> str | None:
    """The SHA-256 of the token that an `Authorization` header brings; None without one."""
    token = _token_said(authorization)
    return None if token is None else hashlib.sha256(token.encode()).hexdigest()


def is_beyond_guessing(authorization: str | None) -> bool:
    """Whether the token is as long and mixed as those of `county-server token`: nobody comes
    upon it by trying, however often."""
    token = _token_said(authorization) or ""
    return len(token) >= LONG_TOKEN and len(set(token)) >= MIXED_TOKEN


def _token_said(authorization: str | None) -> str | None:
    kind, _, token = (authorization or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None

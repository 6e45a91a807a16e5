"""Accounts, the rows they may see, and the tokens of their readers' progress."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping

import msgspec

from desktop.wire.level1 import COLLECTIONS, FIRST_TABLES

FORM = r"([0-9a-z]{1,32})\.([0-9]{1,15})\.([0-9a-z]{1,32})(?:\.([0-9]{1,15})(?:\.([0-9]{1,15}))?)?"
TOKEN = re.compile(FORM)
WHOLE_COUNTY = "all"
READ = {n: frozenset(tuple(COLLECTIONS)[:n]) for n in range(FIRST_TABLES, len(COLLECTIONS) + 1)}
"""The collections of a reader who reads so many."""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
LONG_TOKEN, MIXED_TOKEN = 32, 12
"""Fewest characters, and fewest different ones, of a token that nobody can guess."""


class Account(msgspec.Struct, frozen=True):
    """The account of a request; no townships means the whole county."""

    name: str = ""
    townships: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    """Names allowed on its commands; none means any name that is not another account's."""
    tables: int = FIRST_TABLES
    """How many collections the reader behind the request knows; the others are kept from it."""

    @property
    def scope(self) -> str:
        """Short name of the account's scope, the same for accounts that see the same rows.

        It ends in a digit for readers of more than the first collections.
        """
        digit = DIGITS[self.tables] if self.tables > FIRST_TABLES else ""
        if not self.townships:
            return WHOLE_COUNTY + digit
        joined = "\n".join(sorted(set(self.townships)))
        return hashlib.sha256(joined.encode()).hexdigest()[:12] + digit

    def reading(self, tables: int) -> Account:
        """Return the account as a reader of so many collections has it."""
        known = min(max(tables, FIRST_TABLES), len(COLLECTIONS))
        return msgspec.structs.replace(self, tables=known)

    def as_reader(self, scope: str) -> Account:
        """Return the account as the reader has it to whom it was named by this scope."""
        readers = (self.reading(tables) for tables in READ)
        return next((each for each in readers if each.scope == scope), self)

    def reads(self, collection: str) -> bool:
        """Whether the reader knows the collection."""
        return collection in READ[self.tables]

    def sees(self, townships: str) -> bool:
        """Whether the account sees a row of these townships (one a line; none: everybody does)."""
        if not self.townships or not townships:
            return True
        return any(township in self.townships for township in townships.split("\n"))


Accounts = Mapping[str, Account]
"""Accounts by the SHA-256 of their token, in hexadecimal; empty means open to everybody."""

ANYBODY = Account()


class Token(msgspec.Struct, frozen=True):
    """A reader's progress: opaque to clients, never a time.

    Between two pages of changes `base` is the sequence number at which the first of them
    began: of a row that changed again since, the reader has the state of then. `seen` is the
    head when the last page was read: rows changed after `sequence` up to there come later.
    """

    mark: str
    """The lineage mark at `seen`, by which another history of the data is noticed."""
    sequence: int
    scope: str
    base: int
    seen: int

    @property
    def name(self) -> str:
        """Name of content read at this token; a cache may keep it for a day."""
        return f"{self.mark}-{self.sequence}"

    def __str__(self) -> str:
        said = f"{self.mark}.{self.sequence}.{self.scope}"
        between = (self.base, self.seen) != (self.sequence, self.sequence)
        return f"{said}.{self.base}.{self.seen}" if between else said


def read_token(text: str) -> Token | None:
    """Parse a token; None when the text has not the form of one."""
    match = TOKEN.fullmatch(text)
    if match is None or not text.isascii():
        return None
    sequence = int(match[2])
    base = min(int(match[4]), sequence) if match[4] else sequence
    seen = max(int(match[5]), sequence) if match[5] else sequence
    return Token(match[1], sequence, match[3], base, seen)


def account_of(authorization: str | None, accounts: Accounts) -> Account | None:
    """Return the account of a request, or None when it may not log in."""
    if not accounts:
        return ANYBODY
    given = token_hash(authorization)
    if given is None:
        return None
    found = None
    # All are compared, each in constant time: the time taken reveals nothing of a token.
    for digest, account in accounts.items():
        if hmac.compare_digest(digest, given):
            found = account
    return found


def token_hash(authorization: str | None) -> str | None:
    """Return the SHA-256 of the token in an `Authorization` header; None without one."""
    token = _token_said(authorization)
    return None if token is None else hashlib.sha256(token.encode()).hexdigest()


def is_beyond_guessing(authorization: str | None) -> bool:
    """Whether the token is as long and mixed as those of `county-server token`.

    Such a token cannot be guessed, however often somebody tries.
    """
    token = _token_said(authorization) or ""
    return len(token) >= LONG_TOKEN and len(set(token)) >= MIXED_TOKEN


def _token_said(authorization: str | None) -> str | None:
    kind, _, token = (authorization or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None

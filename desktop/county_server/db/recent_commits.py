"""Whom the last commits concern, so that hints reach only those, and who made them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Set

import msgspec

from desktop.county_server.scope import Account

KEPT = 1_000
"""Commits kept; a reader from before them always gets a hint."""


class _Commit(msgspec.Struct, frozen=True):
    before: int
    head: int
    townships: Set[str]
    by: str | None


class Touched:
    """The last commits with the townships of the rows they changed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits: deque[_Commit] = deque(maxlen=KEPT)

    def add(self, before: int, head: int, townships: Set[str], by: str | None = None) -> None:
        """Add a commit with the sets of townships of its rows; `""` concerns everybody.

        `by` is the account whose commands made it; None for one that no command made.
        """
        with self._lock:
            self._commits.append(_Commit(before, head, townships, by))

    def are_of(self, since: int, account: Account) -> bool:
        """Whether all commits after `since` that concern the account were its own commands'.

        Where there are no accounts, nobody knows whose they were.
        """
        commits = self._list_after(since)
        return commits is not None and all(
            each.by == account.name != ""
            for each in commits
            if any(account.sees(townships) for townships in each.townships)
        )

    def _list_after(self, since: int) -> list[_Commit] | None:
        """Return the commits after `since`; None when not all of them are known."""
        with self._lock:
            commits = [each for each in self._commits if each.head > since]
        return commits if commits and commits[0].before <= since else None

    def after(self, since: int, account: Account) -> bool:
        """Whether a commit after `since` may concern the account."""
        commits = self._list_after(since)
        if commits is None:
            return True
        return any(account.sees(townships) for each in commits for townships in each.townships)

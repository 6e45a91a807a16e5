"""The townships whose rows the last commits changed, so that hints reach only those concerned."""

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


class Touched:
    """The last commits with the townships of the rows they changed. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commits: deque[_Commit] = deque(maxlen=KEPT)

    def add(self, before: int, head: int, townships: Set[str]) -> None:
        """Add a commit with the sets of townships of its rows; `""` concerns everybody."""
        with self._lock:
            self._commits.append(_Commit(before, head, townships))

    def after(self, since: int, account: Account) -> bool:
        """Whether a commit after `since` may concern the account."""
        with self._lock:
            commits = [each for each in self._commits if each.head > since]
        if not commits or commits[0].before > since:
            return True
        return any(account.sees(townships) for each in commits for townships in each.townships)

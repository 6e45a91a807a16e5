"""A computer's disk in memory: what is durable, what is not yet, and when the power goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from desktop.domain.command import Collection, Key
from desktop.domain.instant import Instant
from desktop.domain.outbox_state import Entry
from desktop.domain.source import Binding, Row, Staged, UnreadableItem


class Crash(BaseException):
    """The process is gone at this very step; nothing after it happens."""


class Kept(NamedTuple):
    """One cached row with the server's dense number for it (-1: none told)."""

    row: Row
    number: int
    is_old: bool = False
    """Whether it is of another epoch: any version replaces it."""


class CacheState(msgspec.Struct, frozen=True):
    """Everything a cache holds of one source, true together."""

    rows: dict[tuple[Collection, str], Kept] = {}
    token: str | None = None
    epoch: str | None = None
    account: str = ""
    last_good_at: int | None = None
    offset_ms: int = 0
    staged: Staged | None = None
    diverged: bool = False
    held: frozenset[tuple[Collection, str]] = frozenset()
    bad_items: tuple[UnreadableItem, ...] = ()
    sum: int = 0
    offered: frozenset[Collection] | None = None


class OutboxState(msgspec.Struct):
    """Everything an outbox holds; entries are immutable, so a copy is shallow."""

    client: str
    seq: int = 0
    entries: dict[str, Entry] = {}
    drafts: dict[Key, str] = {}
    last_time: Instant = 0
    bindings: dict[str, Binding] = {}
    notes: dict[str, str] = {}
    """Small facts by name, such as the epoch last heard of a source."""

    def copy(self) -> OutboxState:
        """One that later changes leave alone."""
        return OutboxState(
            self.client,
            self.seq,
            self.entries.copy(),
            self.drafts.copy(),
            self.last_time,
            self.bindings.copy(),
            self.notes.copy(),
        )


class Image(NamedTuple):
    """A copy of a whole disk, for rolling back and cloning."""

    outbox: OutboxState
    cache: CacheState


class Disk:
    """Outbox writes are synced, cache writes are not: a power cut takes some of the latter."""

    def __init__(self, client: str) -> None:
        self.outbox = OutboxState(client)
        self.cache = CacheState()
        self.unsynced: list[CacheState] = []
        """The cache as it stood before each write that a power cut may still undo."""
        self.crash_in: int | None = None
        """The process dies at that many-th step from now."""
        self.on_step: Callable[[str], None] = lambda name: None

    def step(self, name: str) -> None:
        """One moment at which a process may die."""
        if self.crash_in is not None:
            self.crash_in -= 1
            if self.crash_in < 0:
                self.crash_in = None
                self.on_step(name)
                raise Crash(name)

    def write_cache(self, state: CacheState) -> None:
        """Commit one cache transaction: all of it or, if the process dies before, nothing."""
        self.step("before cache commit")
        self.unsynced.append(self.cache)
        if len(self.unsynced) > 8:
            del self.unsynced[0]
        self.cache = state
        self.step("after cache commit")

    def check_point(self) -> None:
        """Sync the cache: no power cut takes what is there now."""
        self.unsynced.clear()

    def lose_power(self, writes: int) -> None:
        """Undo the latest cache writes, at most those not yet synced."""
        if self.unsynced and writes:
            self.cache = self.unsynced[-min(writes, len(self.unsynced))]
        self.unsynced.clear()

    def lose_cache(self) -> None:
        """The cache was unreadable and set aside; the outbox stays."""
        self.cache = CacheState()
        self.unsynced.clear()

    def image(self) -> Image:
        """The disk as it is now."""
        return Image(self.outbox.copy(), self.cache)

    def roll_back(self, image: Image) -> None:
        """Put an older copy of the disk in the place of this one."""
        self.outbox, self.cache = image.outbox.copy(), image.cache
        self.unsynced.clear()

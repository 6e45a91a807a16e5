"""Server-sent hints: each is the newest sequence number, so losing one does no harm."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator

from starlette.concurrency import run_in_threadpool

from desktop.county_server.db.database import Database
from desktop.county_server.feed.hint_pages import PLAIN_LINES, Follower
from desktop.county_server.scope import ANYBODY, Account

HEARTBEAT_S = 45.0
"""Shorter than the minute after which proxies and desks give up; an hour of heartbeats is about
11 KB, with TLS and TCP around each byte."""
GATHER_S = 0.25
"""Changes that come this close together make one hint."""
BETWEEN_S = 1.0
"""Least time between two hints: each costs its desk a poll."""
MOST_STREAMS = 500


class _Listener:
    """One open stream, as those know it who have something to tell."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.changed, self.hurried = asyncio.Event(), asyncio.Event()


class Hints:
    """Wakes every open stream when the database changes. Belongs to one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._listeners: set[_Listener] = set()
        self._head = database.head
        self._closing = False
        self._unsubscribe = database.subscribe(self._tell)

    def _tell(self, head: int) -> None:
        """Pass the head to the event loop; runs on the committing thread."""
        try:
            self._loop.call_soon_threadsafe(self._wake, head)
        except RuntimeError:
            # The loop has just been closed: there is no stream left to wake.
            return

    def _wake(self, head: int) -> None:
        self._head = max(self._head, head)
        for each in self._listeners:
            each.changed.set()
            if self._closing:
                each.hurried.set()

    @property
    def full(self) -> bool:
        """Whether no further stream is accepted."""
        return len(self._listeners) >= MOST_STREAMS

    def serves(self, account: Account) -> bool:
        """Whether the account has a stream open, as far as is known. On the loop."""
        return any(each.account == account for each in self._listeners)

    def hurry(self, account: Account) -> None:
        """Have the account's streams tell at once what is new. On the loop."""
        for each in self._listeners:
            if each.account == account:
                each.hurried.set()

    async def events(
        self, account: Account = ANYBODY, follower: Follower | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the text of one stream: the present sequence number at once, then each newer one.

        Changes that do not concern the account make no hint. With a `follower` hints have pages.
        """
        own = _Listener(account)
        self._listeners.add(own)
        try:
            told, said_s = -1, self._loop.time()
            while not self._closing:
                own.changed.clear()
                own.hurried.clear()
                head, before = self._head, told
                told = head
                if before < 0 or (
                    head > before and self._database.has_changed_for(before, account)
                ):
                    said = PLAIN_LINES.event(head)
                    if follower is not None:
                        is_own = before >= 0 and self._database.is_all_of(before, account)
                        told, said = await run_in_threadpool(follower.tell, is_own=is_own)
                    said_s = self._loop.time()
                    yield said
                    continue
                try:
                    left_s = said_s + HEARTBEAT_S - self._loop.time()
                    await asyncio.wait_for(own.changed.wait(), left_s)
                except TimeoutError:
                    said_s = self._loop.time()
                    yield (follower or PLAIN_LINES).beat()
                    continue
                with contextlib.suppress(TimeoutError):
                    pause_s = max(GATHER_S, said_s + BETWEEN_S - self._loop.time())
                    await asyncio.wait_for(own.hurried.wait(), pause_s)
        finally:
            self._listeners.discard(own)

    def close(self) -> None:
        """End every stream. Callable from any thread; idempotent."""
        if not self._closing:
            self._closing = True
            self._unsubscribe()
            self._tell(0)

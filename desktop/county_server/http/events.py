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


class Hints:
    """Wakes every open stream when the database changes. Belongs to one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._wakers: set[asyncio.Event] = set()
        self._head = database.head
        self._closing = False
        self._ended = asyncio.Event()
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
        if self._closing:
            self._ended.set()
        for waker in self._wakers:
            waker.set()

    @property
    def full(self) -> bool:
        """Whether no further stream is accepted."""
        return len(self._wakers) >= MOST_STREAMS

    async def events(
        self, account: Account = ANYBODY, follower: Follower | None = None
    ) -> AsyncGenerator[bytes, None]:
        """Yield the text of one stream: the present sequence number at once, then each newer one.

        Changes that do not concern the account make no hint. With a `follower` hints have pages.
        """
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            told, said_s = -1, self._loop.time()
            while not self._closing:
                waker.clear()
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
                    await asyncio.wait_for(waker.wait(), left_s)
                except TimeoutError:
                    said_s = self._loop.time()
                    yield (follower or PLAIN_LINES).beat()
                    continue
                await self._pause(max(GATHER_S, said_s + BETWEEN_S - self._loop.time()))
        finally:
            self._wakers.discard(waker)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the streams."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ended.wait(), seconds)

    def close(self) -> None:
        """End every stream. Callable from any thread; idempotent."""
        if not self._closing:
            self._closing = True
            self._unsubscribe()
            self._tell(0)

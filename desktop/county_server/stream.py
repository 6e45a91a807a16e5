"""Server-sent hints: the newest sequence number, nothing that could be lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from desktop.county_server.database import Database

HEARTBEAT_S = 45.0
"""Shorter than the minute after which proxies give up; an hour of it is about 11 KB, with TLS and
TCP around each of its bytes."""
GATHER_S = 0.25
"""Changes that come this close together make one hint."""
MOST_STREAMS = 500


class Hints:
    """Wakes every open stream when the database changes. Belongs to one event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._wakers: set[asyncio.Event] = set()
        self._head = database.head
        self._closing = False
        self._unsubscribe = database.subscribe(self._tell)

    def _tell(self, head: int) -> None:
        """Runs on the committing thread."""
        try:
            self._loop.call_soon_threadsafe(self._wake, head)
        except RuntimeError:
            # The loop has just been closed: nobody is left to be told.
            return

    def _wake(self, head: int) -> None:
        self._head = max(self._head, head)
        for waker in self._wakers:
            waker.set()

    @property
    def full(self) -> bool:
        """Whether no further stream is taken."""
        return len(self._wakers) >= MOST_STREAMS

    async def events(self) -> AsyncIterator[bytes]:
        """The text of one stream: the present number at once, then each newer one."""
        waker = asyncio.Event()
        self._wakers.add(waker)
        try:
            told = -1
            while not self._closing:
                waker.clear()
                if self._head != told:
                    told = self._head
                    yield f"id: {told}\ndata: {told}\n\n".encode()
                    continue
                try:
                    await asyncio.wait_for(waker.wait(), HEARTBEAT_S)
                except TimeoutError:
                    yield b":\n\n"
                    continue
                if not self._closing:
                    await asyncio.sleep(GATHER_S)
        finally:
            self._wakers.discard(waker)

    def close(self) -> None:
        """End every stream; from any thread, idempotent."""
        if not self._closing:
            self._closing = True
            self._unsubscribe()
            self._tell(0)

"""A county's streams of hints: what it tells at once, and who hears a heartbeat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, NamedTuple

from desktop.county_server.db.database import Database
from desktop.county_server.feed.hint_pages import PLAIN_LINES, Follower
from desktop.county_server.http.events import GATHER_S, HEARTBEAT_S
from desktop.county_server.scope import ANYBODY, Account
from simulation.network import FIN, Reset

if TYPE_CHECKING:
    from simulation.network import SimSocket
    from simulation.server import Server

LONGEST_NUMBER = 24
"""Bytes of a hint without a page, in either form."""


class Stream:
    """One open stream."""

    def __init__(
        self, own: SimSocket, account: Account, told: int, follower: Follower | None
    ) -> None:
        self.own, self.account, self.told, self.follower = own, account, told, follower
        self.network = own.desk.network
        self.is_broken = False

    @property
    def is_over(self) -> bool:
        """Whether nobody listens any more."""
        return self.own.is_closed or self.own.is_shut


class Asked(NamedTuple):
    """A stream as it was asked for, and what it was told at its beginning."""

    by: Streams
    """Those of the server as it ran then."""
    account: Account
    follower: Follower | None
    head: int


class Streams:
    """In the place of the server's own, which waits on an event loop."""

    def __init__(self, server: Server, database: Database, *, full: bool) -> None:
        self.full = full
        self._server, self._database = server, database
        self._open: list[Stream] = []
        self._asked: Asked | None = None
        self._is_gathering = False
        self._unsubscribe = database.subscribe(self._changed)

    async def events(
        self, account: Account = ANYBODY, follower: Follower | None = None
    ) -> AsyncIterator[bytes]:
        """What a stream begins with."""
        self._asked = Asked(self, account, follower, self._database.head)
        yield _event(self._database, -1, account, follower)

    def serves(self, account: Account) -> bool:
        """Whether a stream of the account is open, as far as the county knows."""
        return any(each.account == account and not each.is_over for each in self._open)

    def hurry(self, _account: Account) -> None:
        """Tell at once what is new."""
        self._server.world.time.after(0.0, self._tell)

    def claim(self) -> Asked | None:
        """What the request asked for that was answered just now, if that was a stream."""
        asked, self._asked = self._asked, None
        return asked

    def take(self, own: SimSocket, asked: Asked) -> None:
        """Keep a stream open that was asked for over this socket."""
        stream = Stream(own, asked.account, asked.head, asked.follower)
        self._open.append(stream)
        self._beat_later(stream)
        if self._database.head > asked.head:
            self._changed(self._database.head)

    def close(self, *, killed: bool = False) -> None:
        """End them all."""
        self._unsubscribe()
        for stream in self._open:
            self._bring(stream, b"", Reset() if killed else FIN)
        self._open.clear()

    def _changed(self, head: int) -> None:
        if not self._is_gathering:
            self._is_gathering = True
            self._server.world.time.after(GATHER_S, self._tell)

    def _tell(self) -> None:
        self._is_gathering = False
        if self._server.database is not self._database:
            return
        head = self._database.head
        self._open = [stream for stream in self._open if not stream.is_over]
        for stream in self._open:
            before, stream.told = stream.told, head
            if head > before and self._database.has_changed_for(before, stream.account):
                said = _event(self._database, before, stream.account, stream.follower)
                if len(said) > LONGEST_NUMBER:
                    self._server.world.history.reach("a hint with a page")
                self._bring(stream, said)

    def _beat_later(self, stream: Stream) -> None:
        self._server.world.time.after(HEARTBEAT_S, lambda: self._beat(stream))

    def _beat(self, stream: Stream) -> None:
        if stream in self._open and not stream.is_over and not stream.is_broken:
            self._bring(stream, (stream.follower or PLAIN_LINES).beat())
            self._beat_later(stream)

    def _bring(self, stream: Stream, body: bytes, then: bytes | Reset | None = None) -> None:
        """Send, unless the way is gone: then the stream is half open, and never heard again."""
        way = stream.network == stream.own.desk.network and not self._server.world.weather.is_down
        stream.is_broken = stream.is_broken or not way
        if not stream.is_broken:
            stream.own.bring(chunk(body) if body else b"", then=then)


def chunk(body: bytes) -> bytes:
    """A piece of a body whose length is not told."""
    return b"%x\r\n%s\r\n" % (len(body), body)


def _event(database: Database, before: int, account: Account, follower: Follower | None) -> bytes:
    if follower is None:
        return PLAIN_LINES.event(database.head)
    return follower.tell(is_own=before >= 0 and database.is_all_of(before, account))[1]

"""Connection pools over this client's own sockets; loaded with the first request."""

from __future__ import annotations

import http.client
import io
import re
import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from desktop.connectors.http.byte_counter import ByteCounter
from desktop.connectors.http.errors import ProxyAway, ProxyRefused
from desktop.connectors.http.sockets import Made, Sockets, Watch

REFUSED = re.compile(r"Tunnel connection failed: (\d{3})")
"""The error text of `http.client` for a refused tunnel."""
SLICE_BYTES = 4096
"""Bytes written at once: each slice has its own time-out, and TLS makes small records."""


def make_watched_pools(sockets: Sockets, counter: ByteCounter) -> dict[str, type[Any]]:
    """Build connection pools with sockets made by `sockets`, which can end them, and counted
    bytes."""
    watched = _note_socket(sockets, counter)

    class WatchedTls(watched, HTTPSConnection):  # type: ignore[misc, valid-type]
        pass

    class Plain(HTTPConnectionPool):
        ConnectionCls = watched

    class Tls(HTTPSConnectionPool):
        ConnectionCls = WatchedTls

    return {"http": Plain, "https": Tls}


class _ByProxy(HTTPConnection):
    """A connection that separates failures of the proxy from those of the server."""

    opens_way = False
    """Whether the bytes being sent are for the proxy only."""

    def _tunnel(self) -> None:
        self.opens_way = True
        try:
            super()._tunnel()
        except (OSError, http.client.HTTPException) as error:
            told = REFUSED.match(str(error))
            if told is not None:
                raise ProxyRefused(str(self.proxy), int(told[1])) from error
            raise ProxyAway(str(self.proxy), _excerpt_of(error)) from error
        finally:
            self.opens_way = False


def _make(sockets: Sockets, connection: HTTPConnection, timeout_s: float) -> Made:
    """Connect to the server or to the proxy; the proxy may be inside, as the profile names it."""
    hop = connection.proxy is not None
    host, port = connection._dns_host, connection.port or 80
    try:
        return sockets.connect(host, port, timeout_s, anywhere=hop)
    except OSError as error:
        if hop:
            raise ProxyAway(str(connection.proxy), _excerpt_of(error)) from error
        raise


def _note_socket(sockets: Sockets, counter: ByteCounter) -> type[HTTPConnection]:
    class Watched(_ByProxy):
        response_class = _await_answer(counter)
        _watch: Watch | None = None
        _held: bytearray | None = None

        def connect(self) -> None:
            try:
                super().connect()
            except ConnectionError as error:
                # WORKAROUND: urllib3 takes a reset while it sends for an early answer and goes
                # on to read it, also from a connection that was never made (issue 2618).
                raise NewConnectionError(self, str(error)) from error

        def _new_conn(self) -> socket.socket:
            counter.note_fresh()
            timeout_s = self.timeout if isinstance(self.timeout, float | int) else 8.0
            made = _make(sockets, self, timeout_s)
            own, self._watch = _standing(made)
            return own

        def request(self, *what: Any, **named: Any) -> None:
            # Head and body leave together: apart they are two packets and two TLS records.
            self._held = bytearray()
            try:
                super().request(*what, **named)
                whole = memoryview(bytes(self._held))
            finally:
                self._held = None
            for start in range(0, len(whole), SLICE_BYTES):
                self.send(whole[start : start + SLICE_BYTES])

        def send(self, data: Any) -> None:
            if self._held is not None:
                self._held += data
                return
            if self.sock is None:
                self.connect()
            if not self.opens_way:
                counter.note_leaving()
            super().send(data)
            counter.note_sent(len(data))

        def close(self) -> None:
            super().close()
            if self._watch is not None:
                self._watch.done = True

    return Watched


def _excerpt_of(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _standing(made: Made) -> Made:
    """Return the connection unless it was already reset: Python's TLS would lose the socket."""
    own, watch = made
    try:
        own.getpeername()
    except OSError:
        own.close()
        watch.done = True
        raise ConnectionResetError("reset as soon as it was connected") from None
    return made


def _await_answer(counter: ByteCounter) -> type[http.client.HTTPResponse]:
    class Answered(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *rest: Any, **named: Any) -> None:
            super().__init__(sock, *rest, **named)
            self._raw = _Metered(self.fp.detach(), counter)
            self.fp: Any = io.BufferedReader(self._raw)

        def begin(self) -> None:
            try:
                super().begin()
            finally:
                # http.client takes a head that broke off for a whole one with fewer lines.
                if self._raw.ended:
                    raise ConnectionResetError("the head of the answer broke off")

    return Answered


class _Metered(io.RawIOBase):
    """The reading end of a connection, with its bytes counted."""

    def __init__(self, inner: io.RawIOBase, counter: ByteCounter) -> None:
        self._inner = inner
        self._counter = counter
        self.ended = False
        """Whether the other end has closed its side."""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count: int | None = self._inner.readinto(buffer)
        if count:
            self._counter.note_received(count)
        self.ended = count == 0
        return count

    def close(self) -> None:
        self._inner.close()
        super().close()

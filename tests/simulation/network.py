"""Sockets between a desk and whoever answers at an address, on virtual time."""

from __future__ import annotations

import errno
import io
import math
import os
import socket
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from urllib3.connectionpool import HTTPSConnectionPool

from desktop.connectors.http import sockets as real
from desktop.connectors.http.byte_counter import ByteCounter
from simulation.exchanges import Request, whole_request

if TYPE_CHECKING:
    from simulation.desk import Running

SEGMENT = 1400
"""Bytes that arrive together."""
FIN = b""


class Reset(Exception):
    """In the place of arriving bytes: the connection is reset."""


Piece = tuple[float, bytes | Reset]


class Link:
    """How good a desk's line is."""

    def __init__(self, delay_s: float, rate: float) -> None:
        self.delay_s, self.rate = delay_s, rate
        """One way, and bytes in a second."""


class SimSocket:
    """One TCP connection's end at the desk."""

    def __init__(self, lane: Running, host: str, port: int) -> None:
        self.lane, self.desk, self.host, self.port = lane, lane.desk, host, port
        self.network = self.desk.network
        """The network it was made on: on another one it is dead."""
        self._timeout_s: float | None = None
        self._sent = bytearray()
        self._coming: deque[Piece] = deque()
        self.is_closed = self.is_shut = False
        self.is_reset = False
        self.busy_until_s = 0.0

    # What a socket can do.

    def settimeout(self, timeout_s: float | None) -> None:
        self._timeout_s = timeout_s

    def gettimeout(self) -> float | None:
        return self._timeout_s

    def setsockopt(self, *what: Any) -> None:
        """Nothing here depends on it."""

    def getpeername(self) -> tuple[str, int]:
        if self.is_reset:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self.host, self.port

    def fileno(self) -> int:
        return -1

    def dup(self) -> SimSocket:
        return self

    def shutdown(self, how: int) -> None:
        self.is_shut = True

    def close(self) -> None:
        self.is_closed = True

    def makefile(self, mode: str, *rest: Any, **named: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reading(self))

    def sendall(self, data: bytes | memoryview) -> None:
        time = self.desk.world.time
        self.desk.disk.step("send")
        if self.desk.disk.is_dead:
            # Another lane of a program that died meanwhile: nothing of it reaches anybody.
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        if self.is_shut:
            # Nobody can tell afterwards how much of it had gone when its own deadline came.
            self._say_lost()
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        if self.is_reset or self.desk.network != self.network:
            # A dead way: the system takes the bytes and nobody gets them.
            if self.is_reset:
                raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
            self._sent.clear()
            self._say_lost()
            return
        self.desk.crossed["sent"] += len(data)
        time.wait(len(data) / self.desk.link.rate)
        self._sent += data
        asked = whole_request(self._sent)
        if asked is not None:
            self.desk.world.weather.carry(self, asked)

    def _say_lost(self) -> None:
        who = {"desk": self.desk.name, "source": self.lane.source}
        self.desk.world.say("sent into nothing", **who, ended=self.is_shut)

    def recv_into(self, buffer: Any) -> int:
        """Wait for what comes; it takes as long as it takes."""
        time = self.desk.world.time
        limit_s = time.now_s + (3600.0 if self._timeout_s is None else self._timeout_s)
        self.desk.disk.step("receive")
        while True:
            if self.is_shut or self.is_closed:
                return 0
            arrives_s = self._coming[0][0] if self._coming else None
            if arrives_s is not None and arrives_s <= time.now_s:
                break
            if time.now_s >= limit_s:
                raise TimeoutError("timed out")
            time.run_until(limit_s if arrives_s is None else min(arrives_s, limit_s), self)
            self.desk.disk.step("receive")
        piece = self._coming[0][1]
        if isinstance(piece, Reset):
            self.is_reset = True
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))
        if piece == FIN:
            return 0
        taken = piece[: len(buffer)]
        buffer[: len(taken)] = taken
        self.desk.crossed["received"] += len(taken)
        self._coming.popleft()
        if rest := piece[len(taken) :]:
            self._coming.appendleft((time.now_s, rest))
        return len(taken)

    # What the network does with it.

    @property
    def has_something(self) -> bool:
        """Whether a read would not wait; of an idle connection, whether it is dead."""
        if self.is_closed or self.is_shut:
            return True
        return bool(self._coming) and self._coming[0][0] <= self.desk.world.time.now_s

    @property
    def wakes_s(self) -> float:
        """When whoever waits for it need not wait any longer."""
        if self.is_closed or self.is_shut:
            return 0.0
        return self._coming[0][0] if self._coming else math.inf

    def bring(self, body: bytes, *, then: bytes | Reset | None = None, late_s: float = 0.0) -> None:
        """Have bytes arrive, as fast as the line is, and then the end of the connection."""
        link, time = self.desk.link, self.desk.world.time
        at_s = max(time.now_s + link.delay_s, self.busy_until_s) + late_s
        for start in range(0, len(body), SEGMENT):
            piece = body[start : start + SEGMENT]
            at_s += len(piece) / link.rate
            self._coming.append((at_s, piece))
        self.busy_until_s = at_s
        if then is not None:
            self._coming.append((at_s, then))


class _Reading(io.RawIOBase):
    def __init__(self, own: SimSocket) -> None:
        self._own = own

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._own.recv_into(memoryview(buffer))


class Sockets(real.Sockets):
    """The product's own, but for what makes a connection."""

    def __init__(self) -> None:
        super().__init__()
        from simulation.seams import world

        self.lane = world().running
        self.desk = self.lane.desk

    def begin(self, host: str, port: int, timeout_s: float) -> None:
        """Nothing is begun beside the caller."""

    def _connect(
        self, host: str, port: int, timeout_s: float, *, anywhere: bool = False
    ) -> real.Made:
        desk = self.desk
        desk.disk.step("connect")
        own: Any = SimSocket(self.lane, host, port)
        watch = self._watch(own)
        try:
            desk.world.weather.connect(own, timeout_s)
        except OSError:
            watch.done = True
            raise
        if self.closed.is_set():
            watch.done = True
            raise OSError("closed")
        return own, watch


def pools(made: Callable[..., dict[str, type[Any]]]) -> Callable[..., dict[str, type[Any]]]:
    """The product's pools, with TLS taken for granted where it is asked for."""

    def watched(sockets: Any, meter: ByteCounter) -> dict[str, type[Any]]:
        plain = made(sockets, meter)["http"]

        class Encrypted(plain.ConnectionCls):  # type: ignore[misc]
            is_verified = property(lambda self: True, lambda self, value: None)

            def __init__(self, host: str, port: int | None = None, **named: Any) -> None:
                kept = ("timeout", "blocksize", "socket_options", "source_address")
                super().__init__(host, port or 443, **{k: named[k] for k in kept if k in named})

            def set_cert(self, **named: Any) -> None:
                """Nobody's certificate is looked at here."""

        class Tls(HTTPSConnectionPool):
            ConnectionCls = Encrypted

        return {"http": plain, "https": Tls}

    return watched


def has_something(own: SimSocket, timeout: float | None = None) -> bool:
    """See `urllib3.util.wait.wait_for_read`."""
    return own.has_something


def refused() -> OSError:
    """Nobody listens there."""
    return ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


def nameless() -> OSError:
    """The name has no address."""
    return socket.gaierror(socket.EAI_NONAME, "Name or service not known")


__all__ = ["Link", "Request", "Reset", "SimSocket", "Sockets", "has_something", "pools"]

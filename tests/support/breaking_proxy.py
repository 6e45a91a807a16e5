"""A line that breaks where a test says, and counts every byte both ways."""

from __future__ import annotations

import contextlib
import socket
import threading

from support.listening import Relay, received, shut


class BreakingProxy(Relay):
    """Relays one server's connections; with `break_after` set the line dies so many bytes on."""

    def __init__(self, host: str, port: int) -> None:
        self.asked = 0
        """Bytes toward the server so far."""
        self.answered = 0
        """Bytes from the server so far, those of a broken line included."""
        self.connections = 0
        self.break_after: int | None = None
        """So many more bytes from the server, then every connection ends."""
        self._lock = threading.Lock()
        super().__init__(host, port)

    @property
    def carried(self) -> int:
        """Bytes both ways so far: the payload of TCP, headers of HTTP and all."""
        return self.asked + self.answered

    def _take(self, near: socket.socket) -> None:
        self.connections += 1
        far = socket.create_connection(self._there)
        for each in (near, far):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open |= {near, far}
        self._start(self._ask, near, far)
        self._start(self._answer, near, far)

    def _ask(self, near: socket.socket, far: socket.socket) -> None:
        while chunk := received(near):
            self.asked += len(chunk)
            with contextlib.suppress(OSError):
                far.sendall(chunk)
        shut(far)

    def _answer(self, near: socket.socket, far: socket.socket) -> None:
        while chunk := received(far):
            given = self._allowed(chunk)
            self.answered += len(given)
            with contextlib.suppress(OSError):
                near.sendall(given)
            if len(given) < len(chunk):
                break
        self._hang_up(near, far)

    def _allowed(self, chunk: bytes) -> bytes:
        with self._lock:
            if self.break_after is None:
                return chunk
            given = chunk[: self.break_after]
            self.break_after -= len(given)
            return given

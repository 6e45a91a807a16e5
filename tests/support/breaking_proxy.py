"""A line that breaks where a test says, and counts every byte both ways."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class BreakingProxy:
    """Relays one server's connections; with `break_after` set the line dies so many bytes on."""

    def __init__(self, host: str, port: int) -> None:
        self.asked = 0
        """Bytes toward the server so far."""
        self.answered = 0
        """Bytes from the server so far, those of a broken line included."""
        self.connections = 0
        self.break_after: int | None = None
        """So many more bytes from the server, then every connection ends."""
        self._there = (host, port)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def drop_all(self) -> None:
        """End every connection, as a server does with idle ones."""
        for line in list(self._open):
            _shut(line)

    def close(self) -> None:
        """Drop every line and wait for the threads."""
        _shut(self._listener)
        self._listener.close()
        self.drop_all()
        for thread in self._threads:
            thread.join(5)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(self._there)
            for each in (near, far):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open |= {near, far}
            self._start(self._ask, near, far)
            self._start(self._answer, near, far)

    def _ask(self, near: socket.socket, far: socket.socket) -> None:
        while chunk := _received(near):
            self.asked += len(chunk)
            with contextlib.suppress(OSError):
                far.sendall(chunk)
        _shut(far)

    def _answer(self, near: socket.socket, far: socket.socket) -> None:
        while chunk := _received(far):
            given = self._allowed(chunk)
            self.answered += len(given)
            with contextlib.suppress(OSError):
                near.sendall(given)
            if len(given) < len(chunk):
                break
        _shut(near)
        _shut(far)
        near.close()
        far.close()
        self._open -= {near, far}

    def _allowed(self, chunk: bytes) -> bytes:
        with self._lock:
            if self.break_after is None:
                return chunk
            given = chunk[: self.break_after]
            self.break_after -= len(given)
            return given


def _received(line: socket.socket) -> bytes:
    try:
        return line.recv(65_536)
    except OSError:
        return b""


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)

"""What stands on the way between a desk and a server: a port, and a thread for each connection."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self


class Listening:
    """Listens on a free loopback port from the beginning; one owner, one `close()`.

    Each connection is given to `_take`, on a thread of the port's own.
    """

    def __init__(self) -> None:
        self._open: set[socket.socket] = set()
        """Connections that `close` ends."""
        self._threads: list[threading.Thread] = []
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
            shut(line)

    def close(self) -> None:
        """Take no more connections, end those there are and wait for the threads."""
        shut(self._listener)
        self._listener.close()
        self.drop_all()
        for thread in self._threads:
            thread.join(5)

    def _take(self, near: socket.socket) -> None:
        """Begin to serve a new connection."""
        raise NotImplementedError

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
            self._take(near)


class Relay(Listening):
    """Stands before one server."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        super().__init__()

    def _hang_up(self, near: socket.socket, far: socket.socket) -> None:
        """End both halves of a connection."""
        for line in (near, far):
            shut(line)
            line.close()
        self._open -= {near, far}


def received(line: socket.socket) -> bytes:
    """The next bytes of a connection; none where it has ended, however it did."""
    try:
        return line.recv(65_536)
    except OSError:
        return b""


def shut(line: socket.socket) -> None:
    """End both directions of a connection, if it has not ended."""
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)

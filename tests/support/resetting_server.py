"""A server whose every connection ends in a reset, at the moment a test names."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

NOW = struct.pack("ii", 1, 0)
"""`SO_LINGER` of a socket that resets its connection when it is closed."""


class ResettingServer:
    """Reads so many bytes of each connection, says something, and resets it."""

    def __init__(self, read: int = 0, said: bytes = b"") -> None:
        self.go = threading.Event()
        """Until it is set, connections are accepted and left alone."""
        self.go.set()
        self._read, self._said = read, said
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="resetting")
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                there, _ = self._listener.accept()
            except OSError:
                return
            self.go.wait(5)
            with there, contextlib.suppress(OSError):
                there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW)
                if self._read:
                    there.recv(self._read)
                there.sendall(self._said)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

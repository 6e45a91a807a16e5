"""A line that loses answers: what was asked arrives, what was answered does not."""

from __future__ import annotations

import socket
import threading

from support.listening import Relay, received, shut


class CuttingProxy(Relay):
    """Relays one server's HTTP; the next answers to requests that hold `losing` are thrown away.

    The server has done its work by then: this is the response lost after the commit.
    """

    def __init__(self, host: str, port: int) -> None:
        self.losing = b""
        self.lost = 0
        super().__init__(host, port)

    def _take(self, near: socket.socket) -> None:
        far = socket.create_connection(self._there)
        self._open |= {near, far}
        cut = threading.Event()
        self._start(self._ask, near, far, cut)
        self._start(self._answer, near, far, cut)

    def _ask(self, near: socket.socket, far: socket.socket, cut: threading.Event) -> None:
        while chunk := received(near):
            if self.losing and self.losing in chunk:
                cut.set()
            far.sendall(chunk)
        shut(far)

    def _answer(self, near: socket.socket, far: socket.socket, cut: threading.Event) -> None:
        while chunk := received(far):
            if cut.is_set():
                self.lost += 1
                break
            near.sendall(chunk)
        self._hang_up(near, far)

"""A line that counts the bytes it carries, both ways, headers and all."""

from __future__ import annotations

import socket
import threading

from support.cutting_proxy import CuttingProxy, received, shut


class CountingProxy(CuttingProxy):
    """Relays one server's HTTP; `carried` is the payload of TCP both ways so far."""

    def __init__(self, host: str, port: int) -> None:
        self.asked = self.answered = 0
        super().__init__(host, port)

    @property
    def carried(self) -> int:
        """Bytes both ways."""
        return self.asked + self.answered

    def _ask(self, near: socket.socket, far: socket.socket, _cut: threading.Event) -> None:
        while chunk := received(near):
            self.asked += len(chunk)
            far.sendall(chunk)
        shut(far)

    def _answer(self, near: socket.socket, far: socket.socket, _cut: threading.Event) -> None:
        while chunk := received(far):
            self.answered += len(chunk)
            near.sendall(chunk)
        shut(near)
        shut(far)
        near.close()
        far.close()
        self._open -= {near, far}

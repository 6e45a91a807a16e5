"""A line that loses answers: what was asked arrives, what was answered does not."""

from __future__ import annotations

import socket
import threading
from typing import Self


class CuttingProxy:
    """Relays one server's HTTP; the next answers to requests that hold `losing` are thrown away.

    The server has done its work by then: this is the response lost after the commit.
    """

    def __init__(self, host: str, port: int) -> None:
        self.losing = b""
        self.lost = 0
        self._there = (host, port)
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._start(self._accept)

    def close(self) -> None:
        """Drop every line and wait for the threads."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for line in list(self._open):
            shut(line)
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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
        shut(near)
        shut(far)
        near.close()
        far.close()
        self._open -= {near, far}


def received(line: socket.socket) -> bytes:
    try:
        return line.recv(65_536)
    except OSError:
        return b""


def shut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return

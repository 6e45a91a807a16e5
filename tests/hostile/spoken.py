"""A stranger at the other end of a connection: whatever is asked, he says his one thing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.sockets import Watch

MOST = 1 << 16
"""Bytes that a connection holds before anybody reads them."""


@contextmanager
def speaking(says: bytes, line: HttpClient) -> Iterator[HttpClient]:
    """The line with this stranger at its other end, whatever address it asks for.

    Each connection says the same bytes and then ends; nothing leaves this process.
    """
    theirs_all: list[socket.socket] = []

    def connect(*_where: Any, **_how: Any) -> tuple[socket.socket, Watch]:
        ours, theirs = socket.socketpair()
        theirs_all.append(theirs)
        ours.settimeout(5)
        theirs.sendall(says[:MOST])
        theirs.shutdown(socket.SHUT_WR)
        return ours, line._sockets._watch(ours)

    line._sockets.connect = connect  # type: ignore[method-assign]
    line._sockets.begin = lambda *_: None  # type: ignore[method-assign]
    try:
        yield line
    finally:
        line.close()
        line._sockets.release()
        for each in theirs_all:
            each.close()

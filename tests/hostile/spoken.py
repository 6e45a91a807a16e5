"""A stranger at the other end of a connection: whatever is asked, he says his one thing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from desktop.connectors.http.client import HttpClient
from desktop.connectors.http.sockets import Sockets, Watch

MOST = 1 << 16
"""Bytes that a connection holds before anybody reads them."""


@contextmanager
def speaking(says: bytes, line: HttpClient) -> Iterator[HttpClient]:
    """The line with this stranger at its other end, whatever address it asks for.

    Each connection says the same bytes and then ends; nothing leaves this process.
    """
    theirs_all: list[socket.socket] = []
    watches: list[Watch] = []

    def connect(*_where: Any, **_how: Any) -> tuple[socket.socket, Watch]:
        ours, theirs = socket.socketpair()
        theirs_all.append(theirs)
        ours.settimeout(5)
        theirs.sendall(says[:MOST])
        theirs.shutdown(socket.SHUT_WR)
        watches.append(Watch(ours))
        return ours, watches[-1]

    with (
        patch.object(Sockets, "connect", connect),
        patch.object(Sockets, "begin", lambda *_: None),
    ):
        try:
            yield line
        finally:
            line.close()
            for watch in watches:
                watch.release()
            for each in theirs_all:
                each.close()

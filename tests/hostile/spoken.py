"""A stranger at the other end of a connection: whatever is asked, he says his one thing."""

from __future__ import annotations

import socket
from types import TracebackType
from typing import Any, Self

from desktop.connectors.http import HttpLine
from desktop.connectors.sockets import Watch


class Spoken:
    """Connections that all say the same bytes and then end; nothing leaves this process."""

    def __init__(self, says: bytes) -> None:
        self._says = says
        self._pairs: list[socket.socket] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for each in self._pairs:
            each.close()

    def speaks_to(self, line: HttpLine) -> None:
        """Be whom that line reaches, whatever address it asks for."""

        def connect(
            host: str, port: int, timeout_s: float, **_told: Any
        ) -> tuple[socket.socket, Watch]:
            ours, theirs = socket.socketpair()
            self._pairs.append(theirs)
            ours.settimeout(timeout_s)
            theirs.sendall(self._says[: 1 << 16])
            theirs.shutdown(socket.SHUT_WR)
            return ours, line._sockets._watch(ours)

        line._sockets.connect = connect  # type: ignore[method-assign]
        line._sockets.begin = lambda *_: None  # type: ignore[method-assign]

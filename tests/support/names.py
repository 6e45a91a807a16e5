"""Names of hosts that lead to this computer, as if a name server said so."""

from __future__ import annotations

import socket
from typing import Any

import pytest


def resolve_as(
    monkeypatch: pytest.MonkeyPatch, known: dict[str, str], ports: dict[int, Any] | None = None
) -> None:
    """Let these names have these addresses from now on; each may still be changed.

    A port of `ports` is found at that address and port, whatever the name.
    """
    ask = socket.getaddrinfo
    by_port = ports or {}

    def answer(
        host: Any, port: Any, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
    ) -> Any:
        if flags & socket.AI_NUMERICHOST and host in known:
            raise socket.gaierror(socket.EAI_NONAME, "a name")
        host, port = by_port.get(port, (known.get(host, host), port))
        return ask(host, port, family, type, proto, flags)

    monkeypatch.setattr(socket, "getaddrinfo", answer)

"""This computer's address towards a server, asked of the system only: no byte is sent."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def address_towards(url: str) -> str | None:
    """Return this computer's own address on the route to a server; None when there is no route.

    For a host given by name it is the address towards the internet: resolving the name could take
    long, and the result is only compared with the one before.
    """
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS.get(parts.scheme, 443)
        host = parts.hostname or ""
    except ValueError:
        return None
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as asking:
        asking.setblocking(False)
        try:
            # Connecting a datagram socket only chooses the way.
            asking.connect((host if _is_number(host) else _ELSEWHERE, port))
            return str(asking.getsockname()[0])
        except OSError:
            return None


_ELSEWHERE = "198.51.100.1"
"""TEST-NET-2 (RFC 5737): its route is the route to everything not near by."""


def _is_number(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return True
    return False

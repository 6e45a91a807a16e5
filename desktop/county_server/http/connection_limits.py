"""Limits on open connections: from one address, and in all."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections import Counter

MOST_FROM_ONE = 256
"""A township's fifty desks behind one address hold two connections each, and a third now and
then."""
MOST_IN_ALL = 4_000
OWN_FILES = 256
"""Open files that the server itself needs."""


def neighbourhood(address: str) -> str:
    """Return what counts as one address: of IPv6 the network, as everybody has a whole one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


class Guests:
    """Counts the open connections. Used by the event loop's thread alone."""

    def __init__(self, most_from_one: int, proxy: str) -> None:
        self._most_from_one = most_from_one
        self._proxy = proxy and neighbourhood(proxy)
        self._most = _room()
        self._from: Counter[str] = Counter()

    def enter(self, address: str) -> bool:
        """Count in one more connection from there; return whether there was room for it."""
        has_too_many = self._from[address] >= self._most_from_one and address != self._proxy
        if has_too_many or self._from.total() >= self._most:
            return False
        self._from[address] += 1
        return True

    def leave(self, address: str) -> None:
        """Count out a connection from there."""
        self._from[address] -= 1
        if self._from[address] <= 0:
            del self._from[address]


def _room() -> int:
    """Return how many connections this process can have open."""
    if sys.platform == "win32":
        return MOST_IN_ALL
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_IN_ALL
    return max(1, min(MOST_IN_ALL, soft - OWN_FILES, soft * 3 // 4))


class Door(socket.socket):
    """A listening socket that closes connections beyond the limits before TLS costs time."""

    def __init__(self, family: int, most_from_one: int = MOST_FROM_ONE, *, proxy: str = "") -> None:
        """Connections from `proxy` are bounded only in all, since it connects for many clients."""
        # asyncio sets TCP_NODELAY only on sockets that say what they are; accepted ones inherit it.
        super().__init__(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._guests = Guests(most_from_one, proxy)

    def accept(self) -> tuple[socket.socket, tuple[str, int]]:
        """Accept the next connection; ConnectionAbortedError for one beyond the limits."""
        number, address = self._accept()  # type: ignore[attr-defined]
        guest = _Guest(self.family, self.type, self.proto, number)
        name = neighbourhood(str(address[0]))
        if not self._guests.enter(name):
            guest.close()
            raise ConnectionAbortedError(f"too many connections from {name}")
        guest.note_entry(self._guests, name)
        return guest, address


class _Guest(socket.socket):
    """An accepted connection, counted until it is closed."""

    def __init__(self, family: int, kind: int, protocol: int, number: int) -> None:
        super().__init__(family, kind, protocol, number)
        self._leave_from: tuple[Guests, str] | None = None

    def note_entry(self, guests: Guests, name: str) -> None:
        """Record the counter and the address the connection is counted under."""
        self._leave_from = guests, name

    def close(self) -> None:
        """Close the connection and count it out. Idempotent."""
        super().close()
        found, self._leave_from = self._leave_from, None
        if found is not None:
            guests, name = found
            guests.leave(name)

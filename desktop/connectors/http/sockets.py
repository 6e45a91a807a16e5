"""Sockets that another thread can shut down while one waits on them."""

from __future__ import annotations

import contextlib
import queue
import socket
import threading
import time
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

LOOK_UP_SLICE_S = 0.1
TRANSLATED = IPv6Network("64:ff9b::/96")
COMPATIBLE = IPv6Network("::/96")
"""RFC 6052 and RFC 4291: IPv4 in the last four bytes."""
Address = tuple[int, Any]


class InsideAddress(OSError):
    """An address from a feed leads into this network: nothing was sent there."""


class Watch:
    """A second handle on one connection: shutting it down ends waits on the first.

    A duplicate is kept because wrapping a socket in TLS takes its handle away.
    """

    def __init__(self, own: socket.socket) -> None:
        self._own = own.dup()
        self.done = False
        """Whether the connection it belongs to has been closed."""

    def shut(self) -> None:
        """End the connection in both directions; a wait on it returns at once."""
        with contextlib.suppress(OSError):
            self._own.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Let go of the duplicate handle."""
        self._own.close()


Made = tuple[socket.socket, Watch]


class Sockets:
    """All connections of one client. Thread-safe."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.on_used: Callable[[], None] = lambda: None
        """Called on the thread that asks for a connection, before it has one."""
        self.outside_only = False
        """Whether new connections to addresses inside this network are refused."""
        self._inside: dict[tuple[str, int], bool] = {}
        self._lock = threading.Lock()
        self._watches: list[Watch] = []
        self._early: tuple[str, int, queue.SimpleQueue[Made | OSError]] | None = None

    def begin(self, host: str, port: int, timeout_s: float) -> None:
        """Start to connect in the background to the profile's address; the next `connect` to it
        takes the connection over.

        A handshake on a thin line lasts as long as loading the libraries that will use it.
        """
        made: queue.SimpleQueue[Made | OSError] = queue.SimpleQueue()
        with self._lock:
            if self._early is not None or self.closed.is_set():
                return
            self._early = (host, port, made)

        def work() -> None:
            try:
                made.put(self._connect(host, port, timeout_s, anywhere=True))
            except BaseException as error:  # noqa: BLE001 - somebody waits for an answer
                made.put(_as_os_error(error))
            if self.closed.is_set():
                _let_go(made)
                made.put(OSError("closed"))  # For a thread waiting to take it over.

        try:
            threading.Thread(target=work, name="connect", daemon=True).start()
        except RuntimeError:
            with self._lock:
                self._early = None  # No thread is left: `connect` does it itself.

    def connect(self, host: str, port: int, timeout_s: float, *, anywhere: bool = False) -> Made:
        """Return a connected socket without Nagle's delay, trying each address of the host in turn.

        `anywhere` is for addresses that the profile names. Raises OSError; TimeoutError when the
        time is up.
        """
        self.on_used()
        with self._lock:
            early = self._early
            may_be_inside = anywhere or not self.outside_only
            if early is not None and early[:2] == (host, port) and may_be_inside:
                self._early = None
            else:
                early = None
        if early is None:
            return self._connect(host, port, timeout_s, anywhere=anywhere)
        made = self._take_over(early[2], timeout_s)
        if isinstance(made, OSError):
            raise made
        made[0].settimeout(timeout_s)
        return made

    def _take_over(
        self, made: queue.SimpleQueue[Made | OSError], timeout_s: float
    ) -> Made | OSError:
        """Wait for the connection begun early; the lookup and the connecting have a time-out
        each."""
        ends_at = time.monotonic() + 2 * timeout_s + LOOK_UP_SLICE_S
        while time.monotonic() < ends_at:
            with contextlib.suppress(queue.Empty):
                return made.get(timeout=LOOK_UP_SLICE_S)
            if self.closed.is_set():
                break
        # A thread still making it finds the sockets closed, or `sweep` frees the connection.
        _let_go(made)
        return OSError("closed") if self.closed.is_set() else TimeoutError("not connected in time")

    def _connect(self, host: str, port: int, timeout_s: float, *, anywhere: bool = False) -> Made:
        ends_at = time.monotonic() + timeout_s
        last: OSError = OSError("the name has no address")
        for family, address in self._look_up(host, port, timeout_s):
            if self.outside_only and not anywhere and is_inside(address[0]):
                last = InsideAddress(f"{address[0]} is an inside address")
                continue
            own = socket.socket(family, socket.SOCK_STREAM)
            watch = self._watch(own)
            try:
                own.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                own.settimeout(max(0.001, ends_at - time.monotonic()))
                own.connect(address)
            except OSError as error:
                own.close()
                watch.done = True
                last = error
            else:
                self._inside[host, port] = is_inside(address[0])
                return own, watch
            if self.closed.is_set():
                break
        raise last

    def was_inside(self, host: str, port: int) -> bool:
        """Whether the last connection to a host and port led into this network."""
        return self._inside.get((host, port), False)

    def shut(self) -> None:
        """End every connection now open; new ones may still be made."""
        with self._lock:
            for watch in self._watches:
                watch.shut()

    def sweep(self) -> None:
        """Free the handles of connections that have been closed."""
        with self._lock:
            for watch in self._watches:
                if watch.done:
                    watch.release()
            self._watches = [watch for watch in self._watches if not watch.done]

    def close(self) -> None:
        """End every connection and refuse new ones; idempotent, never waits."""
        self.closed.set()
        self.shut()

    def release(self) -> None:
        """Free every handle; for the owner, once no thread waits any more.

        A connection still being made is freed by its own thread: closing never waits.
        """
        with self._lock:
            early, self._early = self._early, None
        if early is not None:
            _let_go(early[2])
        with self._lock:
            for watch in self._watches:
                watch.release()
            self._watches = []

    def _watch(self, own: socket.socket) -> Watch:
        with self._lock:
            if self.closed.is_set():
                own.close()
                raise OSError("closed")
            watch = Watch(own)
            self._watches.append(watch)
            return watch

    def _look_up(self, host: str, port: int, timeout_s: float) -> list[Address]:
        """Look up the addresses of a host; the wait ends with the time or with `close()`.

        The resolver itself cannot be interrupted, so names are looked up on a daemon thread that
        may outlive the wait by the resolver's own time-out.
        """
        plain = host.strip("[]")
        with contextlib.suppress(socket.gaierror):
            # For a text Python loads what makes names of other scripts ASCII, 2 ms before the list
            # of a desk is painted.
            number = plain.encode() if plain.isascii() else plain
            return _addresses(number, port, socket.AI_NUMERICHOST)
        if plain == "localhost":
            return _addresses(plain, port, 0)
        answers: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                answers.put(_addresses(plain, port, 0))
            except BaseException as error:  # noqa: BLE001 - somebody waits for an answer
                answers.put(_as_os_error(error))

        threading.Thread(target=ask, name="look-up", daemon=True).start()
        ends_at = time.monotonic() + timeout_s
        while not self.closed.is_set():
            with contextlib.suppress(queue.Empty):
                answer = answers.get(timeout=LOOK_UP_SLICE_S)
                if isinstance(answer, OSError):
                    raise answer
                return answer
            if time.monotonic() > ends_at:
                raise socket.gaierror(socket.EAI_AGAIN, "the look-up took too long")
        raise OSError("closed")


def is_inside(address: str) -> bool:
    """Whether an address is of this computer or of a network of its own, not of the internet.

    An IPv4 address within an IPv6 one (mapped, translated, 6to4, Teredo) counts as itself.
    """
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        within = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if found in TRANSLATED or found in COMPATIBLE:
            within = IPv4Address(int(found) & 0xFFFFFFFF)
        if within is not None:
            return is_inside(str(within))
    return not found.is_global or found.is_multicast


def names_inside(url: str) -> bool:
    """Whether a URL's host is an inside address given by number, or `localhost`."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        return host == "localhost" or is_inside(host)
    except ValueError:
        return False


def _let_go(made: queue.SimpleQueue[Made | OSError]) -> None:
    """Close the connection that was made and not taken over, if there is one."""
    with contextlib.suppress(queue.Empty):
        if not isinstance(one := made.get_nowait(), OSError):
            one[0].close()


def _as_os_error(error: BaseException) -> OSError:
    """Convert any error to an OSError for the waiting thread: an invalid name, or an unforeseen
    one."""
    if isinstance(error, OSError):
        return error
    if isinstance(error, UnicodeError):
        return socket.gaierror(str(error))
    told = OSError(type(error).__name__)
    told.__cause__ = error
    return told


def _addresses(host: str | bytes, port: int, flags: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return [(family, address) for family, _type, _protocol, _name, address in found]

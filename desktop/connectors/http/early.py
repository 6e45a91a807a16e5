"""Connections begun while what will use them is still being loaded."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from desktop.connectors.http.request import Limits, origin
from desktop.connectors.http.sockets import Sockets


class EarlyConnections:
    """Sockets by the address they are for, each taken over by one client. Thread-safe.

    On a thin line the handshake takes as long as the window takes to read its cache and paint.
    """

    def __init__(self, on_used: Callable[[], None]) -> None:
        """`on_used` is called when a request is about to go over the first of them, on its
        thread."""
        self._on_used = on_used
        self.used = False
        """Whether one has been."""
        self._lock = Lock()
        self._begun: dict[str, Sockets] = {}
        self._closed = self._is_begun = False

    def begin(self, url: str) -> None:
        """Start to connect to the host of an address of the profile, in the background."""
        scheme, host, port = origin(url)
        if host is None or port is None or port < 0 or scheme not in ("http", "https"):
            return  # The request itself says what is wrong with the address.
        sockets = Sockets()
        sockets.on_used = self._note_use
        with self._lock:
            if self._closed or url in self._begun:
                return
            self._begun[url] = sockets
            self._is_begun = True
        sockets.begin(host, port, Limits().connect_timeout_s)

    def take(self, url: str) -> Sockets | None:
        """Hand over the sockets begun for that address, if any were; the caller closes them."""
        with self._lock:
            return self._begun.pop(url, None)

    @property
    def begun(self) -> bool:
        """Whether one waits for its client, or for that client's first request."""
        return not self.used and self._is_begun

    def _note_use(self) -> None:
        if not self.used:
            self.used = True
            self._on_used()

    def close(self) -> None:
        """End what nobody took over; idempotent, never waits."""
        with self._lock:
            self._closed = True
            left, self._begun = list(self._begun.values()), {}
        for sockets in left:
            sockets.close()
            sockets.release()

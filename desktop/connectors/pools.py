"""Connection pools over our own sockets; loaded with the first request."""

from __future__ import annotations

import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from desktop.connectors.sockets import Sockets, Watch


def watched_pools(sockets: Sockets) -> dict[str, type[Any]]:
    """Connection pools whose sockets are made by, and known to, `sockets`."""

    class Watched(HTTPConnection):
        _watch: Watch | None = None

        def _new_conn(self) -> socket.socket:
            timeout_s = self.timeout if isinstance(self.timeout, float | int) else 8.0
            own, self._watch = sockets.connect(self._dns_host, self.port or 80, timeout_s)
            return own

        def close(self) -> None:
            super().close()
            if self._watch is not None:
                self._watch.done = True

    class WatchedTls(Watched, HTTPSConnection):
        pass

    class Plain(HTTPConnectionPool):
        ConnectionCls = Watched

    class Tls(HTTPSConnectionPool):
        ConnectionCls = WatchedTls

    return {"http": Plain, "https": Tls}

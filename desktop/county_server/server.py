"""The county API served over HTTP, from a thread of its own or in the foreground."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

import uvicorn

from desktop.county_server.api import Api, Settings
from desktop.county_server.database import Database

START_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 5.0
GRACE_S = 2
"""How long requests under way may take at shutdown."""


class CountyServer:
    """One county's API on one port. The database stays its owner's to close."""

    def __init__(
        self,
        database: Database,
        settings: Settings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.api = Api(database, settings or Settings())
        self._address = (host, port)
        self._server: uvicorn.Server | None = None
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen and serve on a thread; the base URL. OSError when the port is taken."""
        self._socket = _listen(*self._address)
        config = uvicorn.Config(
            self.api.app,
            lifespan="on",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            ws="none",
            timeout_keep_alive=75,
            timeout_graceful_shutdown=GRACE_S,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name="county-server", daemon=True)
        self._thread.start()
        return self.base_url

    def _run(self) -> None:
        assert self._server is not None
        assert self._socket is not None
        self._server.run(sockets=[self._socket])

    @property
    def base_url(self) -> str:
        """Where it is served, without a slash at the end."""
        assert self._socket is not None, "not started"
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    def close(self) -> None:
        """End the streams, let requests under way finish shortly, stop. Idempotent."""
        self.api.end_streams()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(CLOSE_TIMEOUT_S)
            self._thread = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        self.api.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket; connections wait in its backlog until the server is up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener

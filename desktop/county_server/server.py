"""The county API served over HTTP, from a thread of its own or in the foreground."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import TracebackType
from typing import Self

import uvicorn

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Api, Settings
from desktop.county_server.http.connection_limits import MOST_FROM_ONE, Door
from desktop.county_server.http.hosts import Hosts
from desktop.county_server.http.listening import check
from desktop.county_server.http.transport import CountyLine

CLOSE_TIMEOUT_S = 5.0
KEEP_ALIVE_S = 600
"""A desk that follows the hints polls every few minutes only, and a new connection costs it 3 KB
of TLS: twice the longest pause between two polls, while an idle connection costs next to nothing.
"""
GRACE_S = 2
"""Time that requests under way may still take at shutdown."""


class CountyServer:
    """One county's API on one port. Its owner closes the database."""

    def __init__(
        self,
        database: Database,
        settings: Settings | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        names: Iterable[str] = (),
        plain: bool = False,
        open_to_all: bool = False,
        most_from_one: int = MOST_FROM_ONE,
        proxy: str = "",
    ) -> None:
        """`names` are the server's host names besides its address. With `plain` it may be served
        without TLS beyond this computer, with `open_to_all` without accounts too, as on the
        closed network of a bench. `X-Forwarded-For` is believed from the address of a reverse
        `proxy`, and from no other.
        """
        self._settings = settings or Settings()
        self._plain, self._open_to_all = plain, open_to_all
        self._names, self._most_from_one, self._proxy = (host, *names), most_from_one, proxy
        self._tls = tls
        self.api = Api(database, self._settings)
        self._address = (host, port)
        self._server: _Server | None = None
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> str:
        """Listen and serve on a thread; return the base URL. OSError when the port is taken.

        ListenRefused where the settings would be unsafe.
        """
        if not self._open_to_all:
            is_encrypted = self._tls is not None
            check(
                *(self._address[0], self._settings.accounts),
                is_encrypted=is_encrypted, plain=self._plain,
            )  # fmt: skip
        self._socket = _listen(*self._address, self._most_from_one, self._proxy)
        config = uvicorn.Config(
            Hosts(self.api.app, self._names),
            loop="asyncio",  # Another loop would not accept through `Door`.
            forwarded_allow_ips=self._proxy,
            lifespan="on",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            http=CountyLine,
            ws="none",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
        )
        config.load()
        config.ssl = self._tls
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name="county-server", daemon=True)
        self._thread.start()
        return self.base_url

    def _run(self) -> None:
        assert self._server is not None
        assert self._socket is not None
        self._server.run(sockets=[self._socket])

    @property
    def is_serving(self) -> bool:
        """Whether the server's thread still runs; after its end nobody gets an answer."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def base_url(self) -> str:
        """URL of the server, without a slash at the end."""
        assert self._socket is not None, "not started"
        host, port = self._socket.getsockname()[:2]
        scheme = "http" if self._tls is None else "https"
        return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"

    def close(self) -> None:
        """End the streams, let requests under way finish within a short time, stop. Idempotent."""
        self.api.end_streams()
        if self._server is not None:
            self._server.end()
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


class _Server(uvicorn.Server):
    """One that is told when to end, where uvicorn's own looks ten times a second."""

    _loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Let it shut down, from any thread; nothing where it already has."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # It is closed.
                self._loop.call_soon_threadsafe(self._told.set)

    async def main_loop(self) -> None:
        self._told = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if not await self.on_tick(0):
            await self._told.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Whoever was accepted in this very round of the loop is not yet known to it: a listener
        # that closes first would leave that connection open for good.
        for each in sockets or []:
            with suppress(NotImplementedError):  # On Windows, where the loop has no readers.
                asyncio.get_running_loop().remove_reader(each)
        await asyncio.sleep(0)  # A connection gets its transport,
        await asyncio.sleep(0)  # and is made known to uvicorn.
        await super().shutdown(sockets)
        for late in list(self.server_state.connections):  # It had not yet agreed on TLS then.
            late.transport.abort()


def _listen(host: str, port: int, most_from_one: int, proxy: str) -> socket.socket:
    """Open a listening socket; connections wait in its backlog until the server is up."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = Door(family, most_from_one, proxy=proxy)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener

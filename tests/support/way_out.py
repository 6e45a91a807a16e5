"""A real proxy that knows names nobody else does, and keeps what it was told."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from urllib.parse import urlsplit

from support.listening import Listening, shut

Place = tuple[str, int]


class WayOut(Listening):
    """An HTTP proxy on a free loopback port: CONNECT, and whole addresses of plain http."""

    def __init__(
        self,
        names: dict[str, int] | None = None,
        *,
        authorization: str = "",
        tls: ssl.SSLContext | None = None,
        status: int = 200,
        stalls: bool = False,
        sloppy: bool = False,
        last: int = 0,
    ) -> None:
        """`names` leads hosts to ports of this computer; `status` is said to every CONNECT.

        The `last` request is passed on, but its answer is not: the proxy ends.
        """
        self.names = dict(names or {})
        self.authorization = authorization
        self.status = status
        self.sloppy = sloppy
        """Whether it says 401 to a wrong password, as tinyproxy does."""
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        """Method, target and headers of each request to the proxy itself."""
        self.waiting = threading.Event()
        """Set once a request is left without an answer."""
        self._stalls, self._last = stalls, last
        self._tls = tls
        super().__init__()
        if tls:
            self.url = self.url.replace("http:", "https:", 1)

    def told(self, header: str) -> set[str]:
        """What was said in a header, over all requests."""
        return {headers.get(header, "") for _, _, headers in self.asked}

    def _take(self, near: socket.socket) -> None:
        self._open.add(near)
        self._start(self._serve, near)

    def _serve(self, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls is not None:
                near = self._tls.wrap_socket(near, server_side=True)
                self._open.add(near)
            with near, near.makefile("rb", buffering=0) as incoming:
                while self._one(near, incoming):
                    pass

    def _one(self, near: socket.socket, incoming: socket.SocketIO) -> bool:
        """Serve one request; whether another may come on the same connection."""
        first, *lines = _head(incoming)
        if not first:
            return False
        method, target, _ = first.split(" ", 2)
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)}
        self.asked.append((method, target, headers))
        if self._stalls:
            self.waiting.set()
            return bool(incoming.read(1))
        told = headers.get("proxy-authorization", "")
        if self.authorization and told != self.authorization:
            status = 401 if told and self.sloppy else 407
            near.sendall(_answer(status, b'Proxy-Authenticate: Basic realm="out"\r\n'))
            return True
        if method != "CONNECT":
            found = self._fetched(method, target, headers, incoming)
            if len(self.asked) == self._last:
                shut(self._listener)
                self._listener.close()
                return False
            near.sendall(found)
            return True
        if self.status != 200:
            near.sendall(_answer(self.status))
            return False
        host, _, port = target.rpartition(":")
        self._relay(near, (host, int(port)))
        return False

    def _fetched(
        self, method: str, target: str, headers: dict[str, str], incoming: socket.SocketIO
    ) -> bytes:
        parts = urlsplit(target)
        body = _exactly(incoming, int(headers.get("content-length", 0)))
        own = {k: v for k, v in headers.items() if not k.startswith("proxy-")}
        line = http.client.HTTPConnection(*self._place((parts.hostname or "", parts.port or 80)))
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            line.request(method, path, body, own)
            said = line.getresponse()
            found = said.read()
            kept = {k: v for k, v in said.getheaders() if k.lower() not in FRAMING}
            told = "".join(f"{k}: {v}\r\n" for k, v in kept.items()).encode("latin-1")
            return _answer(said.status, told, found)
        finally:
            line.close()

    def _place(self, asked: Place) -> Place:
        known = self.names.get(asked[0])
        return ("127.0.0.1", known) if known else asked

    def _relay(self, near: socket.socket, asked: Place) -> None:
        far = socket.create_connection(self._place(asked))
        self._open.add(far)
        near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self._start(_pump, far, near)
        _pump(near, far)
        far.close()


FRAMING = ("content-length", "connection", "transfer-encoding")


def _answer(status: int, headers: bytes = b"", body: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d Said\r\n%bContent-Length: %d\r\n\r\n%b" % (
        status, headers, len(body), body,
    )  # fmt: skip


def _head(incoming: socket.SocketIO) -> list[str]:
    """Lines of a head, read a byte at a time: what follows belongs to somebody else."""
    said = b""
    while not said.endswith(b"\r\n\r\n"):
        piece = incoming.read(1)
        if not piece:
            return [""]
        said += piece
    return said[:-4].decode("latin-1").split("\r\n")


def _exactly(incoming: socket.SocketIO, count: int) -> bytes:
    said = b""
    while len(said) < count and (piece := incoming.read(count - len(said))):
        said += piece
    return said


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        while chunk := source.recv(65_536):
            target.sendall(chunk)
    shut(target)

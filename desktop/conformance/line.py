"""HTTP requests whose answers are kept as received: every byte, even if the head declares fewer."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

import msgspec

CHUNK = 65_536
MOST_HEAD = 65_536
MOST_BODY = 512 * 1024 * 1024
PATIENCE_S = 60.0
"""Timeout for the next byte of an answer."""
AFTERWARDS_S = 1.0
"""How long to read on from a server that keeps the connection open after its answer's end."""


class Unreachable(Exception):
    """The server did not answer, or not in HTTP; the text is the system's."""


class Response(msgspec.Struct, frozen=True):
    """One answer as received."""

    request: str
    """The request, such as `GET /v1/changes?since=…`."""
    status: int
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    """All bytes of the body without the framing of chunks; still in its content coding."""
    framed: str
    """What is wrong with the length; empty when nothing is."""
    arrived_s: float
    """When the head had arrived, as `time.time()`."""

    @property
    def media_type(self) -> str:
        """The media type in lower case, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Endless:
    """An answer that goes on, in chunks."""

    def __init__(self, head: Response, connection: socket.socket, got: bytes) -> None:
        self.head = head
        self._connection, self._got = connection, got

    def hear(self, wait_s: float) -> bytes:
        """Return the body so far, after waiting at most so long for more of it."""
        self._connection.settimeout(wait_s)
        with contextlib.suppress(TimeoutError):
            self._got += self._connection.recv(CHUNK)
        return _join_chunks(self._got)[0]


class Line:
    """A client of one server, with a connection for each request to see where its answer ends."""

    def __init__(
        self,
        base_url: str,
        login: str = "",
        tls: ssl.SSLContext | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """`login` is the value of `Authorization`, sent to this server only."""
        self.base_url = base_url.rstrip("/")
        where = urlsplit(self.base_url)
        self.encrypted = where.scheme == "https"
        self._host = where.hostname or ""
        self._port = where.port or (443 if self.encrypted else 80)
        self._netloc, self._prefix = where.netloc.rpartition("@")[2], where.path
        self._login = login
        self._tls = tls
        self._patience_s = patience_s

    @property
    def logs_in(self) -> bool:
        """Whether requests carry a login."""
        return bool(self._login)

    def ask(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        login: bool = True,
    ) -> Response:
        """Send a request and return the answer; raises Unreachable when there is none."""
        try:
            with self._open_and_ask(method, path, headers or {}, body, login=login) as connection:
                return _read(connection, f"{method} {path}")
        except (OSError, ValueError) as error:
            raise Unreachable(f"{method} {path}: {str(error) or type(error).__name__}") from error

    def ask_and_hang_up(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Send a request and close the connection when the answer begins to arrive."""
        try:
            with self._open_and_ask(method, path, headers, body, login=True) as connection:
                connection.recv(1)
        except OSError as error:
            raise Unreachable(f"{method} {path}: {error}") from error

    def listen(self, path: str, wait_s: float) -> Response:
        """Return the start of an endless answer: up to the first event, or until the timeout."""
        try:
            with self._open_and_ask("GET", path, {}, None, login=True) as connection:
                status, headers, got = _head(connection)
                connection.settimeout(wait_s)
                with contextlib.suppress(TimeoutError):
                    while b"\n\n" not in got and (more := connection.recv(CHUNK)):
                        got += more
        except (OSError, ValueError) as error:
            raise Unreachable(f"GET {path}: {error}") from error
        return Response(f"GET {path}", status, headers, got, "", time.time())

    @contextlib.contextmanager
    def hold_open(self, path: str, headers: Mapping[str, str]) -> Iterator[Endless]:
        """Keep an endless answer open meanwhile; Unreachable when there is none."""
        try:
            with self._open_and_ask("GET", path, headers, None, login=True) as connection:
                status, told, got = _head(connection)
                head = Response(f"GET {path}", status, told, b"", "", time.time())
                yield Endless(head, connection, got)
        except (OSError, ValueError) as error:
            raise Unreachable(f"GET {path}: {error}") from error

    @contextlib.contextmanager
    def _open_and_ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, login: bool
    ) -> Iterator[socket.socket]:
        """Open a connection and send the request over it."""
        named = {"Host": self._netloc, "Connection": "close", "Accept-Encoding": "identity"}
        if login and self._login:
            named["Authorization"] = self._login
        if body is not None:
            named |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
        named |= dict(headers)
        lines = [f"{method} {self._prefix}{path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in named.items()]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + (body or b"")
        plain = socket.create_connection((self._host, self._port), timeout=self._patience_s)
        with plain:
            line = (
                self._tls.wrap_socket(plain, server_hostname=self._host)
                if self._tls is not None
                else plain
            )
            with line:
                line.sendall(request)
                yield line


def _head(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Read the status, headers and first bytes of the body; ValueError when it is not HTTP."""
    got = b""
    while b"\r\n\r\n" not in got:
        more = connection.recv(CHUNK)
        got += more
        if not more or len(got) > MOST_HEAD:
            raise ValueError("no answer in HTTP")
    head, _, rest = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _, status = first.partition(" ")
    if not version.startswith("HTTP/1.") or not status[:3].isdigit():
        raise ValueError("no answer in HTTP/1.1")
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return int(status[:3]), headers, rest


def _read(connection: socket.socket, request: str) -> Response:
    status, headers, got = _head(connection)
    arrived_s = time.time()
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body, wrong = _join_chunks(_to_the_end(connection, got, None))
        return Response(request, status, headers, body, wrong, arrived_s)
    declared = headers.get("content-length")
    if status in (204, 304):
        body = _to_the_end(connection, got, 0)
        wrong = f"{len(body)} B" if body else ""
        return Response(request, status, headers, body, wrong, arrived_s)
    if declared is None:
        return Response(request, status, headers, _to_the_end(connection, got, None), "", arrived_s)
    if not (declared.isascii() and declared.isdigit()):
        return Response(request, status, headers, got, f"Content-Length: {declared}", arrived_s)
    body = _to_the_end(connection, got, int(declared))
    wrong = "" if len(body) == int(declared) else f"Content-Length: {declared}; {len(body)} B"
    return Response(request, status, headers, body, wrong, arrived_s)


def _to_the_end(connection: socket.socket, got: bytes, declared: int | None) -> bytes:
    """Read until the server closes the connection, or for a moment beyond the declared bytes."""
    body = bytearray(got)
    while len(body) <= MOST_BODY:
        if declared is not None and len(body) >= declared:
            connection.settimeout(AFTERWARDS_S)
        try:
            more = connection.recv(CHUNK)
        except (TimeoutError, ConnectionResetError):
            break
        if not more:
            break
        body += more
    return bytes(body)


def _join_chunks(data: bytes) -> tuple[bytes, str]:
    """Join the chunks of a body; return it and what is wrong with its chunks."""
    body, at = bytearray(), 0
    while True:
        end = data.find(b"\r\n", at)
        digits = data[at:end].partition(b";")[0].strip() if end >= 0 else b""
        try:
            size = int(digits, 16)
        except ValueError:
            return bytes(body), "the chunks break off"
        if size == 0:
            return bytes(body), ""
        piece = data[end + 2 : end + 2 + size]
        body += piece
        at = end + 2 + size + 2
        if len(piece) < size:
            return bytes(body), "a chunk breaks off"

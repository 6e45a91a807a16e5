"""Requests whose answers are seen as they came: every byte, whatever the head says of them."""

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
"""For the next byte of an answer."""
AFTERWARDS_S = 1.0
"""How long a server that does not hang up is listened to once its answer should be over."""


class Unreachable(Exception):
    """Nobody answered, or not in HTTP; the words are the system's."""


class Response(msgspec.Struct, frozen=True):
    """One answer as it came."""

    request: str
    """`GET /v1/changes?since=…`: what was asked."""
    status: int
    headers: Mapping[str, str]
    """By names in small letters."""
    body: bytes
    """All that came, without the framing of chunks; its coding is still on."""
    framed: str
    """What is wrong with its length, or nothing."""
    arrived_s: float
    """When its head was here, as `time.time()`."""

    @property
    def media_type(self) -> str:
        """Its media type in small letters, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class Line:
    """One server; a connection of its own for each request, so that its end is seen."""

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
        """The answer; raises Unreachable when there is none."""
        try:
            with self._open_and_ask(method, path, headers or {}, body, login=login) as connection:
                return _read(connection, f"{method} {path}")
        except (OSError, ValueError) as error:
            raise Unreachable(f"{method} {path}: {str(error) or type(error).__name__}") from error

    def ask_and_hang_up(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> None:
        """Ask, wait until an answer begins to arrive, and lose it."""
        try:
            with self._open_and_ask(method, path, headers, body, login=True) as connection:
                connection.recv(1)
        except OSError as error:
            raise Unreachable(f"{method} {path}: {error}") from error

    def listen(self, path: str, wait_s: float) -> Response:
        """An answer that does not end by itself, with what comes of it within a time."""
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
    def _open_and_ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, login: bool
    ) -> Iterator[socket.socket]:
        """A connection over which the request has gone out."""
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
    """Status, headers and the first bytes of the body; ValueError when it is no HTTP."""
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
    """All bytes until the server hangs up, or for a moment after the declared ones."""
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
    """The body of a chunked answer, and what is wrong with its chunks."""
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

"""One kept-alive connection that counts every byte, with no client's habits in between."""

from __future__ import annotations

import socket
import ssl
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65_536


class RawAnswer:
    """An answer as it came: its head as bytes, its headers in small letters, its body."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head = head
        self.body = body
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        pairs = (line.partition(": ") for line in lines if line)
        self.headers = {name.lower(): value for name, _, value in pairs}

    @property
    def size(self) -> int:
        """All bytes of it."""
        return len(self.head) + len(self.body)


class RawLine:
    """Asks over one connection and remembers in what pieces the answers arrived."""

    def __init__(self, base_url: str, trusted: ssl.SSLContext | None = None) -> None:
        where = urlsplit(base_url)
        self.host = where.netloc
        line = socket.create_connection((where.hostname or "", where.port or 0), timeout=10)
        self._line = trusted.wrap_socket(line, server_hostname="localhost") if trusted else line
        self.pieces: list[int] = []
        self.asked = 0
        """Bytes of the last request."""

    def ask(self, path: str, *lines: str, body: bytes | None = None) -> RawAnswer:
        """The answer to a request with these header lines and no others but `Host`."""
        method = "GET" if body is None else "POST"
        head = [f"{method} {path} HTTP/1.1", f"Host: {self.host}", *lines]
        if body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        request = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + (body or b"")
        self.asked = len(request)
        self.pieces = []
        self._line.sendall(request)
        return self._read()

    def _read(self) -> RawAnswer:
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._receive()
        head, _, body = got.partition(b"\r\n\r\n")
        found = RawAnswer(head + b"\r\n\r\n", b"")
        size = int(found.headers.get("content-length", "0"))
        while len(body) < size:
            body += self._receive()
        assert len(body) == size
        return RawAnswer(head + b"\r\n\r\n", body)

    def _receive(self) -> bytes:
        """What came next; of TLS never more than one record."""
        piece = self._line.recv(CHUNK)
        assert piece, "the server closed the connection"
        self.pieces.append(len(piece))
        return piece

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

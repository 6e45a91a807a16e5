"""Small HTTP servers that answer exactly what a test scripts, however wrong it is."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self


@dataclass
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    secure: bool = False
    """Whether it came over TLS."""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass
class Said:
    """One answer; `cut` sends only so many bytes of the body, `stall` then waits for the end."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    stall: bool = False
    drip: bool = False
    half_head: bool = False
    """Whether the head breaks off after its first line; then the server waits."""
    length: bool = True
    """Whether the head tells the body's length; without, the connection ends it."""

    def head(self) -> bytes:
        named = {"Content-Type": "application/json", **self.headers}
        if self.length and self.status not in (204, 304):
            named["Content-Length"] = named.get("Content-Length", str(len(self.body)))
        if not self.length:
            named["Connection"] = "close"
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{k}: {v}" for k, v in named.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def said_json(what: Any, status: int = 200, **headers: str) -> Said:
    """A JSON answer; header names with underscores become dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(json.dumps(what, ensure_ascii=False).encode(), status, named)


def said_lines(*lines: Any, cut: int | None = None) -> Said:
    """An answer of one JSON object a line."""
    body = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
    return Said(body, headers={"Content-Type": "application/x-ndjson"}, cut=cut)


def said_packed(body: bytes) -> Said:
    """A gzip answer."""
    return Said(gzip.compress(body), headers={"Content-Encoding": "gzip"})


PORTAL = Said(
    b"<!DOCTYPE html><html><title>WiFi login</title></html>", headers={"Content-Type": "text/html"}
)
"""What a captive portal says to everything."""

TLS_HELLO = b"\x16"
"""What a TLS connection begins with, and no request in the clear."""

Script = Said | list[Said] | Callable[[Asked], Said]


class ScriptedServer:
    """A real server on a free loopback port, answering from a table by path.

    A list is used up one by one and its last answer repeated; `"*"` answers the rest.
    """

    def __init__(
        self,
        answers: dict[str, Script] | None = None,
        tls: ssl.SSLContext | None = None,
        *,
        plain_too: bool = False,
        host: str = "127.0.0.1",
    ) -> None:
        """With `plain_too` whoever does not begin with TLS is answered in the clear."""
        self.answers: dict[str, Script] = dict(answers or {})
        self.asked: list[Asked] = []
        self.connections = 0
        self.waiting = threading.Event()
        """Set once an answer stalls, so that a test knows its client waits."""
        self._tls, self._plain_too = tls, plain_too
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{self.port}"
        self._accepting = threading.Thread(target=self._accept, name="scripted-accept")
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def count(self, path: str, method: str = "GET") -> int:
        """How often a path was asked for."""
        return sum(1 for each in self.asked if each.path == path and each.method == method)

    def close(self) -> None:
        """End all connections and threads."""
        self._ended.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._serve, args=(connection,), name="scripted")
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None and not self._is_plain(connection):
                connection = self._tls.wrap_socket(connection, server_side=True)
            self._open.add(connection)
            with connection, connection.makefile("rb") as incoming:
                while not self._ended.is_set() and self._one(connection, incoming):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _is_plain(self, connection: socket.socket) -> bool:
        return self._plain_too and connection.recv(1, socket.MSG_PEEK) != TLS_HELLO

    def _one(self, connection: socket.socket, incoming: Any) -> bool:
        first = incoming.readline().decode("latin-1").split()
        if len(first) < 2:
            return False
        headers: dict[str, str] = {}
        while line := incoming.readline().strip().decode("latin-1"):
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        body = incoming.read(int(headers.get("content-length", "0")))
        asked = Asked(first[0], first[1], headers, body, isinstance(connection, ssl.SSLSocket))
        self.asked.append(asked)
        said = self._said(asked)
        self._send(connection, said)
        return said.length and said.cut is None and not said.stall

    def _said(self, asked: Asked) -> Said:
        script = self.answers.get(asked.path, self.answers.get("*", Said(b"", 404)))
        if isinstance(script, list):
            return script.pop(0) if len(script) > 1 else script[0]
        return script if isinstance(script, Said) else script(asked)

    def _send(self, connection: socket.socket, said: Said) -> None:
        body = said.body if said.cut is None else said.body[: said.cut]
        if said.half_head:
            connection.sendall(said.head().partition(b"\r\n")[0] + b"\r\nX-Half: ")
            self._ended.wait(30)
        elif said.drip:
            for byte in said.head() + body:
                connection.sendall(bytes([byte]))
                if self._ended.wait(0.02):
                    return
        else:
            connection.sendall(said.head() + (b"" if said.status in (204, 304) else body))
        if said.stall:
            self.waiting.set()
            self._ended.wait(30)

"""HTTP/1.1 as bytes: what a desk asked, and what is answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.streams import Asked

REASONS = {200: "OK", 206: "Partial Content", 302: "Found", 304: "Not Modified"}
Headers = list[tuple[str, str]]


class Request:
    """A whole request as it came."""

    def __init__(self, method: str, path: str, headers: Headers, body: bytes, size: int) -> None:
        self.method, self.path, self.headers, self.body, self.size = (
            *(method, path, headers, body, size),
        )
        self.told: dict[str, Any] = {}
        """Its line in the history."""
        self.asker, self.asked_n = "", 0
        """The desk, and the place of the newest entry of the history when it asked."""
        self.listens: Asked | None = None
        """The stream of hints that its answer begins."""

    def header(self, name: str) -> str:
        """The value of a header; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def route(self) -> str:
        """The path without its query and its last, changing part."""
        parts = self.path.partition("?")[0].strip("/").split("/")
        return "/".join(parts[:2])


class Response:
    """A whole answer."""

    def __init__(self, status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> None:
        self.status, self.headers, self.body = status, list(headers), body

    def header(self, name: str) -> str:
        """The value of a header; empty without one."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    def encode(self, *, length: int | None = None) -> bytes:
        """As it crosses the wire; `length` is said in the place of the true one."""
        reason = REASONS.get(self.status, "") if self.status != 204 else ""
        lines = [f"HTTP/1.1 {self.status} {reason}"]
        named = {name.lower() for name, _ in self.headers}
        for name, value in self.headers:
            said = str(length) if name.lower() == "content-length" and length is not None else value
            lines.append(f"{name}: {said}")
        if "content-length" not in named and self.status not in (204, 304):
            lines.append(f"content-length: {len(self.body) if length is None else length}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body

    def encode_begun(self) -> bytes:
        """As the beginning of an answer of which nobody knows how long it will be."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, '')}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        lines += ["transfer-encoding: chunked", "", ""]
        piece = b"%x\r\n%s\r\n" % (len(self.body), self.body)
        return "\r\n".join(lines).encode("latin-1") + piece


def whole_request(sent: bytearray) -> Request | None:
    """The first whole request of what was sent, taken out of it."""
    head, ended, _ = bytes(sent).partition(b"\r\n\r\n")
    if not ended:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.partition(":") for line in lines]
    headers = [(name, value.strip()) for name, _, value in pairs]
    length = next((int(v) for n, v in headers if n.lower() == "content-length"), 0)
    size = len(head) + 4 + length
    if len(sent) < size:
        return None
    body = bytes(sent[len(head) + 4 : size])
    del sent[:size]
    method, path, _ = first.split(" ")
    return Request(method, path, headers, body, size)

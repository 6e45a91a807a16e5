"""The HTTP line of the county connector over a network that has accidents."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import parse_qsl

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.http.errors import excerpt, is_page, refusal
from desktop.connectors.http.response import Reply, Stream, too_large
from desktop.domain.clock import Clock, computer_now
from desktop.domain.source import Problem
from model.response import Said

BASE = "http://county.sim/"
PIECE_BYTES = 600
MOST_BYTES = 1 << 20


class Unreached(Exception):
    """No answer came: the request or its answer was lost."""


class Delivery(Said, frozen=True):
    """An answer as it comes out of the network."""

    cut: bool = False
    """Whether the connection broke inside the body, and the head had told its length."""


class Network(Protocol):
    """What carries requests; raises `Unreached`."""

    def carry(
        self, method: str, path: str, query: Mapping[str, str], head: Mapping[str, str], body: bytes
    ) -> Delivery: ...


class SimLine:
    """Speaks as `HttpClient` does, in the same words, over a network in memory."""

    def __init__(self, network: Network, clock: Clock) -> None:
        self.base_url = BASE
        self.bytes_received = 0
        self.bytes_sent = 0
        self.requests = 0
        self.offset_ms: int | None = None
        self.known = False
        self._network = network
        self._clock = clock
        self._closed = False

    def get(
        self,
        path: str,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        max_bytes: int | None = None,
        **rest: Any,
    ) -> Reply:
        with self.open("GET", path, accept=accept, headers=headers, expect=expect) as stream:
            return stream.whole()

    def post(
        self,
        path: str,
        body: bytes,
        *,
        content: str = "application/json",
        expect: Collection[int] = (200,),
        **rest: Any,
    ) -> Reply:
        headers = {"Content-Type": content}
        with self.open("POST", path, body=body, headers=headers, expect=expect, **rest) as stream:
            return stream.whole()

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        **rest: Any,
    ) -> Iterator[Stream]:
        if self._closed:
            raise Cancelled
        self.requests += 1
        path = path.removeprefix("./").lstrip("/")
        url = BASE + path
        plain, _, asked = path.partition("?")
        query = dict(parse_qsl(asked)) if asked else {}
        head = {**(headers or {}), "Accept": accept}
        try:
            said = self._network.carry(method, plain, query, head, body or b"")
        except Unreached:
            raise SourceError(Problem("timed_out", {"address": url, "reason": ""})) from None
        if 300 < said.status < 400 and "Location" in said.headers:
            details = {"address": url, "reason": excerpt(said.headers["Location"])}
            raise SourceError(Problem("captive_portal", details))
        if said.status not in expect:
            raise refusal(said.status, said.headers, url, said.body)
        if said.status == 200 and is_page(said.headers.get("Content-Type", ""), said.body):
            details = {"address": url, "reason": excerpt(said.body)}
            raise SourceError(Problem("captive_portal", details))
        yield Stream(url, said.status, said.headers, self._pieces(url, said))

    def _pieces(self, url: str, said: Delivery) -> Iterator[bytes]:
        if len(said.body) > MOST_BYTES:
            raise too_large(url, MOST_BYTES)
        for start in range(0, len(said.body), PIECE_BYTES):
            piece = said.body[start : start + PIECE_BYTES]
            self.bytes_received += len(piece)
            yield piece
        if said.cut:
            raise SourceError(Problem("cut_short", {"address": url, "reason": ""}))

    def note_server_time(self, server_at: int) -> None:
        self.offset_ms = server_at - computer_now(self._clock)

    def begin(self) -> None:
        """There is nothing to connect to."""

    def reset(self) -> None:
        """There is no connection to drop."""

    def close(self) -> None:
        self._closed = True

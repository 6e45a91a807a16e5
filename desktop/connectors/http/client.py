"""HTTP to one source: bounded in time and size, and closed from any thread at any moment.

Nothing is taken from the environment: no proxy variables, no `.netrc`, no
certificate bundle. A county's own authority is named in the profile (`ca_file`).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.http.byte_counter import ByteCounter
from desktop.connectors.http.errors import (
    before_leaving,
    captive_portal,
    excerpt,
    is_page,
    refusal,
)
from desktop.connectors.http.login import HEADER, Login
from desktop.connectors.http.proxy import Proxy
from desktop.connectors.http.request import Limits, Request
from desktop.connectors.http.response import Body, Reply, Stream
from desktop.connectors.http.sender import Sender, network_errors
from desktop.connectors.http.server_time import ServerTime
from desktop.connectors.http.sockets import Sockets
from desktop.domain.clock import Clock
from desktop.domain.instant import Instant
from desktop.domain.link import RequestStats, TrafficClass
from desktop.domain.source import Problem

if TYPE_CHECKING:
    import requests


class HttpClient:
    """A source's keep-alive connection, used by one thread; `close()` from any thread.

    Every failure is a SourceError with a problem for the screen; after `close()` it is Cancelled.
    """

    def __init__(
        self,
        base_url: str,
        clock: Clock,
        *,
        login: Login | None = None,
        proxy: Proxy | None = None,
        ca_file: str = "",
        limits: Limits | None = None,
        on_traffic: Callable[[RequestStats], None] | None = None,
        lean: bool = False,
        sockets: Sockets | None = None,
    ) -> None:
        """Paths lie below `base_url`; an empty one asks that address itself, as it is written.

        `lean` omits the `User-Agent` and `Accept-Encoding: gzip` headers. `sockets` may have begun
        to connect; the client closes them.
        """
        self._address = base_url
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self.limits = limits or Limits()
        self.known = False
        """Whether the server has been reached before: a wrong certificate then means a captive
        portal, not a mistake in the profile."""
        self.marked: Callable[[str, Mapping[str, str]], bool] = never_marked
        """Whether an answer from that address with such headers bears the source's mark."""
        self._login = login
        self._proxy = proxy or Proxy()
        self._on_traffic = on_traffic
        self._counter = ByteCounter(clock)
        self._sockets = sockets or Sockets()
        self._time = ServerTime(clock)
        self._sender = Sender(
            *(self._sockets, self._counter, self._time),
            login=login,
            proxy=self._proxy,
            ca_file=ca_file,
            lean=lean,
        )
        self._lock = threading.Lock()
        self._under_way = 0

    @property
    def outside_only(self) -> bool:
        """Whether addresses inside this network are refused, as the next address comes from a
        feed."""
        return self._sender.outside_only

    @outside_only.setter
    def outside_only(self, wanted: bool) -> None:
        self._sender.outside_only = wanted

    @property
    def bytes_received(self) -> int:
        """Heads and bodies as they crossed the wire, before TLS."""
        return self._counter.received

    @property
    def bytes_sent(self) -> int:
        """Heads and bodies as they crossed the wire, before TLS."""
        return self._counter.sent

    def get(
        self,
        path: str,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        max_bytes: int | None = None,
        kind: TrafficClass = TrafficClass.CHANGES,
    ) -> Reply:
        """Send a GET to a path or an absolute address and return the whole answer.

        An empty path asks the client's own address as it is written, without a slash added.
        """
        with self.open(
            "GET", path, accept=accept, headers=headers, expect=expect,
            limits=self.limits.with_max_bytes(max_bytes), kind=kind,
        ) as stream:  # fmt: skip
            return stream.whole()

    def post(
        self,
        path: str,
        body: bytes,
        *,
        content: str = "application/json",
        accept: str = "application/json",
        expect: Collection[int] = (200,),
        kind: TrafficClass = TrafficClass.COMMANDS,
        again: bool = False,
    ) -> Reply:
        """Send a POST and return the whole answer; it is repeated only if `again` allows it."""
        with self.open(
            "POST", path, body=body, accept=accept, headers={"Content-Type": content},
            expect=expect, kind=kind, again=again,
        ) as stream:  # fmt: skip
            return stream.whole()

    def put(
        self,
        path: str,
        body: bytes,
        *,
        headers: Mapping[str, str],
        expect: Collection[int] = (200,),
        kind: TrafficClass = TrafficClass.FILES,
    ) -> Reply:
        """Send a PUT of plain bytes and return the whole answer."""
        with self.open(
            "PUT", path, body=body, accept="", headers=headers, expect=expect, kind=kind
        ) as stream:
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
        limits: Limits | None = None,
        kind: TrafficClass = TrafficClass.CHANGES,
        again: bool | None = None,
        packed: bool = False,
    ) -> Iterator[Stream]:
        """Open an answer to read as it arrives; it is broken off when the block is left."""
        request = Request(
            method=method,
            path=path,
            body=body,
            headers={**({"Accept": accept} if accept else {}), **(headers or {})},
            expect=expect,
            limits=limits or self.limits,
            kind=kind,
            again=method in ("GET", "PUT") if again is None else again,
            packed=packed,
        )
        with self._open_stream(request) as stream:
            yield stream

    @contextmanager
    def _open_stream(self, request: Request) -> Iterator[Stream]:
        url = urljoin(self.base_url, request.path) if request.path else self._address
        late = threading.Event()
        is_ended = partial(self._is_ended, late)
        timer = threading.Timer(request.limits.deadline_s, self._end_late, (late,))
        timer.daemon = True
        response: requests.Response | None = None
        outer_left = self._counter.left  # A command goes out while a snapshot streams.
        begun = False
        self._begin()
        try:
            timer.start()
            begun = True
            self._sender.begin(self.base_url, request.limits.connect_timeout_s)
            response = self._sender.send(request, url, is_ended)
            yield self._check_status(response, request)
            if is_ended():
                raise Cancelled  # A head that we cut off ourselves can look like a whole answer.
        except (SourceError, Cancelled) as error:
            raise self._judge_error(error, late, url) from None
        except network_errors() as error:
            raise self._judge_error(self._sender.failure(error, url), late, url) from error
        except Exception as error:
            # A connection shut down half-way through its making fails in odd ways, too.
            if not is_ended():
                raise
            raise self._judge_error(Cancelled(), late, url) from error
        finally:
            if begun:
                timer.cancel()
                timer.join()
            if response is not None:
                response.close()
            self._counter.left |= outer_left
            self._end()
            self.report(request.kind)

    def proves(self, url: str, headers: Mapping[str, str]) -> bool:
        """Whether an answer surely comes from the source: over TLS, which is always verified, or
        with its mark. Any host in between can give other answers."""
        return urlsplit(url).scheme == "https" or self.marked(url, headers)

    def was_inside(self, url: str) -> bool:
        """Whether the last connection made for an address led into this network."""
        return self._sender.was_inside(url)

    def _tells_time(self, status: int, url: str, headers: Mapping[str, str]) -> bool:
        """Whether the clock may follow an answer: for a source with marks, only a marked one."""
        return self.proves(url, headers) or (status != 204 and self.marked is never_marked)

    def report(self, kind: TrafficClass) -> None:
        """Report the bytes used since the last report; done automatically after each request."""
        if self._on_traffic is not None:
            self._on_traffic(self._counter.traffic(kind))

    @property
    def offset_ms(self) -> int | None:
        """Server time minus this computer's, from the last `Date` or `note_server_time`."""
        return self._time.offset_ms

    def note_server_time(self, server_at: Instant) -> None:
        """Set the offset from a time more exact than the `Date` of the last answer."""
        self._time.note(server_at)

    def begin(self) -> None:
        """Start to connect in the background, while the caller prepares the first request; does
        nothing once a request was made."""
        self._sender.begin(self.base_url, self.limits.connect_timeout_s)

    def forget_login(self) -> None:
        """Read the login's secret again with the next request, because it has been replaced."""
        if self._login is not None:
            self._login.forget()

    def reset(self) -> None:
        """End every connection, from any thread; the next request makes a new one.

        Requests under way that may be repeated are repeated, the others fail.
        """
        self._sender.resets += 1
        self._sockets.shut()

    def close(self) -> None:
        """End all waits on this client, from any thread; idempotent, does not wait itself."""
        self._sockets.close()
        with self._lock:
            self._let_go_when_idle()

    def _begin(self) -> None:
        with self._lock:
            if self._sockets.closed.is_set():
                raise Cancelled
            self._under_way += 1
        self._counter.begin()

    def _end(self) -> None:
        with self._lock:
            self._under_way -= 1
            self._sockets.sweep()
            self._let_go_when_idle()

    def _let_go_when_idle(self) -> None:
        """Free the handles once closed and unused; a handle freed in use could be another's by
        then."""
        if self._under_way or not self._sockets.closed.is_set():
            return
        self._sender.drop()
        self._sockets.release()

    def _is_ended(self, late: threading.Event) -> bool:
        """Whether the request was ended by its deadline or by closing."""
        return late.is_set() or self._sockets.closed.is_set()

    def _end_late(self, late: threading.Event) -> None:
        late.set()
        self._sockets.shut()

    def _judge_error(
        self, error: SourceError | Cancelled, late: threading.Event, url: str
    ) -> SourceError | Cancelled:
        """Return the error to raise, taking into account whether this client ended the request
        itself."""
        if self._sockets.closed.is_set():
            return Cancelled(may_have_left=self._counter.left)
        if late.is_set():
            error = SourceError(Problem("timed_out", {"address": url, "reason": ""}))
        elif self.known and isinstance(error, SourceError):
            error = captive_portal(error)
        if isinstance(error, SourceError) and not self._counter.left:
            error = self._proxy.hint(before_leaving(error), url)
        elif self._counter.left_before:
            # A proxy that is gone or refuses says nothing of the attempt before.
            error.may_have_left = True
        return error

    def _check_status(self, response: requests.Response, request: Request) -> Stream:
        """Return the stream of an expected answer; raise any other as an error."""
        url, status, headers = str(response.url), response.status_code, response.headers
        read = partial(response.raw.read1, decode_content=False)
        body = Body((url, status, headers), read, self._sockets.closed, request.limits.max_bytes)
        if not request.takes(status):
            proven = self.proves(url, headers)
            error = refusal(status, headers, url, body.beginning(), proven=proven)
            sent = HEADER in response.request.headers
            raise self._login.judge_refusal(error, headers, sent=sent) if self._login else error
        chunks = body.raw() if request.packed else body.unpack()
        first = next(chunks, b"")
        if status in (200, 206) and is_page(headers.get("Content-Type", ""), first):
            raise SourceError(Problem("captive_portal", {"address": url, "reason": excerpt(first)}))
        # Only now: a portal's clock may be at 1970, and by it nothing would be overdue.
        if self._tells_time(status, url, headers):
            self._time.note_date(headers)

        def whole() -> Iterator[bytes]:
            yield first
            yield from chunks

        return Stream(url, status, headers, whole())


def never_marked(_url: str, _headers: Mapping[str, str]) -> bool:
    """Return False: the source does not mark its answers."""
    return False

"""HTTP to one source: bounded in time and size, and closed from any thread at any moment.

`requests` is imported at the first request, not with this module: it costs a
tenth of a second that a window painting from its cache does not have to spend.

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
    ProxyRefused,
    before_leaving,
    captive_portal,
    excerpt,
    failure,
    is_page,
    refusal,
)
from desktop.connectors.http.login import HEADER, Login
from desktop.connectors.http.proxy import Proxy
from desktop.connectors.http.request import Limits, Request, joined, origin, upgrades
from desktop.connectors.http.response import Body, Reply, Stream
from desktop.connectors.http.server_time import ServerTime
from desktop.connectors.http.sockets import InsideAddress, Sockets, names_inside
from desktop.domain.clock import Clock
from desktop.domain.instant import Instant
from desktop.domain.link import Traffic, TrafficClass
from desktop.domain.source import Problem

if TYPE_CHECKING:
    import requests

MAX_REDIRECTS = 3


class HttpClient:
    """A source's keep-alive connection, used by one thread; `close()` from any thread.

    Every failure is a SourceError with words; after `close()` it is Cancelled.
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
        on_traffic: Callable[[Traffic], None] | None = None,
        lean: bool = False,
    ) -> None:
        """`lean` leaves out the name of this program and the offer to unpack gzip."""
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self.limits = limits or Limits()
        self.outside_only = False
        """Whether inside addresses are out of bounds for whom the next address came from."""
        self.known = False
        """Whether the server has been reached before: another certificate is then not a
        mistake in the profile but somebody on the way."""
        self.marked: Callable[[str, Mapping[str, str]], bool] = unmarked
        """Whether an answer from that address with such headers bears the source's mark."""
        self._login = login
        self._proxy = proxy or Proxy()
        self._ca_file = ca_file
        self._on_traffic = on_traffic
        self._lean = lean
        self._counter = ByteCounter(clock)
        self._sockets = Sockets()
        self._session: requests.Session | None = None
        self._lock = threading.Lock()
        self._under_way = 0
        self._resets = 0
        self._time = ServerTime(clock)

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
        """The whole answer to a GET of a path or an absolute address."""
        with self.open(
            "GET", path, accept=accept, headers=headers, expect=expect,
            limits=self.limits.bounded(max_bytes), kind=kind,
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
        """The whole answer to a POST; never sent a second time unless `again` allows it."""
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
        """The whole answer to a PUT of plain bytes."""
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
        """An answer to read as it arrives; breaks off when the block is left."""
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
        with self._opened(request) as stream:
            yield stream

    @contextmanager
    def _opened(self, request: Request) -> Iterator[Stream]:
        url = urljoin(self.base_url, request.path)
        late = threading.Event()
        timer = threading.Timer(request.limits.deadline_s, self._end_late, (late,))
        timer.daemon = True
        response: requests.Response | None = None
        outer_left = self._counter.left  # A command goes out while a snapshot streams.
        begun = False
        self._begin()
        try:
            timer.start()
            begun = True
            if self._session is None:
                self._connect_early(request.limits.connect_timeout_s)
            response = self._send(request, url, late)
            yield self._checked(response, request)
            if late.is_set() or self._sockets.closed.is_set():
                raise Cancelled  # A head that we cut off ourselves can look like a whole answer.
        except (SourceError, Cancelled) as error:
            raise self._judged(error, late, url) from None
        except _network_errors() as error:
            raise self._judged(self._failure(error, url), late, url) from error
        except Exception as error:
            # A connection shut down half-way through its making fails in odd ways, too.
            if not (self._sockets.closed.is_set() or late.is_set()):
                raise
            raise self._judged(Cancelled(), late, url) from error
        finally:
            if begun:
                timer.cancel()
                timer.join()
            if response is not None:
                response.close()
            self._counter.left |= outer_left
            self._end()
            self.report(request.kind)

    def _failure(self, error: BaseException, url: str) -> SourceError:
        found = failure(error, url, self._proxy.refused)
        if found.problem.code.startswith("proxy_") and self._session is not None:
            self._session.close()  # It keeps for good what it once told a proxy.
            self._session = None
        if found.problem.code == "tls_wrong_host" and self._proxy.towards(url) is None:
            from desktop.connectors.http.sessions import names_nobody

            _, host, port = origin(url)
            if names_nobody(self._sockets, (host or "", port or 443), self._ca_file):
                found.problem = Problem("tls_no_names", found.problem.details)
        return found

    def proves(self, url: str, headers: Mapping[str, str]) -> bool:
        """Whether an answer is surely the source's own: come over TLS, which is always
        verified, or with its mark. Anybody on the way can give any other."""
        return urlsplit(url).scheme == "https" or self.marked(url, headers)

    def was_inside(self, url: str) -> bool:
        """Whether the last connection made for an address led to an inside one."""
        _, host, port = origin(url)
        return names_inside(url) or self._sockets.was_inside(host or "", port or 0)

    def _tells_time(self, status: int, url: str, headers: Mapping[str, str]) -> bool:
        """Whether the clock may go by an answer: a source that has marks sets none without."""
        return self.proves(url, headers) or (status != 204 and self.marked is unmarked)

    def report(self, kind: TrafficClass) -> None:
        """Tell what was used since the last telling; done by itself when a request is over."""
        if self._on_traffic is not None:
            self._on_traffic(self._counter.traffic(kind))

    @property
    def offset_ms(self) -> int | None:
        """Server time minus this computer's, from the last `Date` or `note_server_time`."""
        return self._time.offset_ms

    def note_server_time(self, server_at: Instant) -> None:
        """Take the offset from a time more exact than the `Date` of the last answer."""
        self._time.note(server_at)

    def begin(self) -> None:
        """Begin to connect beside the caller, who has something to look up before the first
        request; nothing happens once there was one."""
        if self._session is None:
            self._connect_early(self.limits.connect_timeout_s)

    def forget_login(self) -> None:
        """Read the login's secret anew with the next request: another one is kept since."""
        if self._login is not None:
            self._login.forget()

    def reset(self) -> None:
        """End every connection, from any thread; the next request makes a new one.

        What is under way and may be asked twice is asked again, the rest fails.
        """
        self._resets += 1
        self._sockets.shut()

    def close(self) -> None:
        """End whatever waits on this client, from any thread; idempotent, does not wait itself."""
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
        """Free the handles once closed and unused; freeing them in use could hit a stranger's."""
        if self._under_way or not self._sockets.closed.is_set():
            return
        if self._session is not None:
            self._session.close()
            self._session = None
        self._sockets.release()

    def _end_late(self, late: threading.Event) -> None:
        late.set()
        self._sockets.shut()

    def _judged(
        self, error: SourceError | Cancelled, late: threading.Event, url: str
    ) -> SourceError | Cancelled:
        """What an error means once it is known whether we ended the request ourselves."""
        if self._sockets.closed.is_set():
            return Cancelled(may_have_left=self._counter.left)
        if late.is_set():
            error = SourceError(Problem("timed_out", {"address": url, "reason": ""}))
        elif self.known and isinstance(error, SourceError):
            error = captive_portal(error)
        if isinstance(error, SourceError) and not self._counter.left:
            error = self._proxy.hint(before_leaving(error), url)
        return error

    def _send(self, request: Request, url: str, late: threading.Event) -> requests.Response:
        for _ in range(MAX_REDIRECTS + 1):
            response = self._answered(request, url, late)
            target = response.headers.get("Location")
            if response.status_code not in (301, 302, 303, 307, 308) or target is None:
                return response
            response.close()
            there = joined(url, target)
            is_within = origin(there) == origin(url) or upgrades(url, there)
            if request.method != "GET" or not is_within:
                raise SourceError(
                    Problem("captive_portal", {"address": url, "reason": excerpt(there or target)})
                )
            url = there
        raise SourceError(Problem("captive_portal", {"address": url, "reason": "redirects"}))

    def _answered(self, request: Request, url: str, late: threading.Event) -> requests.Response:
        """The head of an answer, asked for twice where a kept connection was found dead.

        A server may drop an idle connection at any moment, and only using it shows.
        """
        resets = self._resets
        try:
            return self._send_once(request, url)
        except _network_errors() as error:
            stale = not self._counter.fresh or self._resets != resets
            ended = late.is_set() or self._sockets.closed.is_set()
            broke = failure(error, url).problem.code == "cut_short"
            if not (request.again and stale and broke) or self._counter.heard or ended:
                raise
        return self._send_once(request, url)

    def _send_once(self, request: Request, url: str) -> requests.Response:
        import requests

        if self._session is None:
            from desktop.connectors.http.sessions import new_session

            tell = self._proxy.headers
            self._session = new_session(self._sockets, self._counter, tell, lean=self._lean)
        session, hop = self._session, self._proxy.towards(url)
        self._sockets.outside_only = self.outside_only
        if self.outside_only and hop and self.was_inside(url):
            raise InsideAddress(url)  # Of a name, the proxy alone learns where it leads.
        headers: dict[str, str | bytes] = dict(request.headers)
        given, limits = (
            None if self._login is None else self._login.header(url, hop),
            request.limits,
        )
        if given is not None:
            headers[HEADER] = given
        prepared = session.prepare_request(
            requests.Request(request.method, url, headers=headers, data=request.body)
        )
        self._counter.attempt()
        self._time.ask()
        response = session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=(limits.connect_timeout_s, limits.read_timeout_s),
            verify=self._ca_file or True,
            proxies={urlsplit(url).scheme: hop} if hop else {},
        )
        self._time.hear()
        if response.status_code == 401 and self._login is not None:
            self._login.forget()
        if hop and self._proxy.says(url, response.status_code, response.headers):
            response.close()
            raise ProxyRefused(hop, response.status_code)
        return response

    def _checked(self, response: requests.Response, request: Request) -> Stream:
        """The stream of an expected answer; anything else is raised with its words."""
        url, status, headers = str(response.url), response.status_code, response.headers
        read = partial(response.raw.read1, decode_content=False)
        body = Body((url, status, headers), read, self._sockets.closed, request.limits.max_bytes)
        if not request.takes(status):
            proven = self.proves(url, headers)
            error = refusal(status, headers, url, body.beginning(), proven=proven)
            sent = HEADER in response.request.headers
            raise self._login.judged(error, headers, sent=sent) if self._login else error
        chunks = body.raw() if request.packed else body.unpacked()
        first = next(chunks, b"")
        if status in (200, 206) and is_page(headers.get("Content-Type", ""), first):
            raise SourceError(Problem("captive_portal", {"address": url, "reason": excerpt(first)}))
        # Only now: a portal's box may live in 1970, and by its clock nothing would be overdue.
        if self._tells_time(status, url, headers):
            self._time.note_date(headers)

        def whole() -> Iterator[bytes]:
            yield first
            yield from chunks

        return Stream(url, status, headers, whole())

    def _connect_early(self, timeout_s: float) -> None:
        """Connect while the libraries of the first request are being loaded."""
        try:
            scheme, host, port = origin(self._proxy.towards(self.base_url) or self.base_url)
        except SourceError:
            return  # It is told with the request.
        if host is not None and port is not None and port > 0 and scheme in ("http", "https"):
            self._sockets.begin(host, port, timeout_s)


def unmarked(_url: str, _headers: Mapping[str, str]) -> bool:
    """False: the source marks nothing."""
    return False


def _network_errors() -> tuple[type[BaseException], ...]:
    """What requests and the layers under it raise; known only once they are loaded."""
    from desktop.connectors.http.sessions import NETWORK_ERRORS

    return NETWORK_ERRORS

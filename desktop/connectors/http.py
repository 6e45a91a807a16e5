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
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import msgspec

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.answers import CHUNK_BYTES, MEGABYTE, Reply, Stream, gunzip, too_large
from desktop.connectors.failures import excerpt, failure, http_date_at, is_page, refusal
from desktop.connectors.sockets import Sockets
from desktop.domain.clock import Clock
from desktop.domain.instant import SECOND, Instant
from desktop.domain.link import Traffic
from desktop.domain.source import Problem

if TYPE_CHECKING:
    import requests

MAX_REDIRECTS = 3
HALF_A_SECOND_MS = 500


class Limits(msgspec.Struct, frozen=True):
    """How long one request may take and how much it may bring."""

    connect_timeout_s: float = 8.0
    read_timeout_s: float = 25.0
    """The longest silence between two reads."""
    deadline_s: float = 120.0
    """The whole request, however lively it drips."""
    max_bytes: int = 32 * MEGABYTE
    """Of the body as sent and, separately, as unpacked."""


class HttpLine:
    """A source's keep-alive connection, used by one thread; `close()` from any thread.

    Every failure is a SourceError with words; after `close()` it is Cancelled.
    """

    def __init__(
        self,
        base_url: str,
        clock: Clock,
        *,
        bearer: Callable[[], str | None] | None = None,
        ca_file: str = "",
        limits: Limits | None = None,
        on_traffic: Callable[[Traffic], None] | None = None,
    ) -> None:
        self.base_url = base_url if base_url.endswith("/") else base_url + "/"
        self.limits = limits or Limits()
        self.bytes_received = 0
        """Heads and bodies as they crossed the wire, before TLS."""
        self.bytes_sent = 0
        self.offset_ms: int | None = None
        """Server time minus this computer's, from the last `Date` or `note_server_time`."""
        self._clock = clock
        self._bearer = bearer
        self._token: str | None = None
        self._ca_file = ca_file
        self._on_traffic = on_traffic
        self._sockets = Sockets()
        self._session: requests.Session | None = None
        self._lock = threading.Lock()
        self._under_way = 0
        self._asked_at = 0
        self._heard_at = 0

    def get(
        self,
        path: str,
        *,
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        expect: Collection[int] = (200,),
        max_bytes: int | None = None,
    ) -> Reply:
        """The whole answer to a GET of a path or an absolute address."""
        with self.open("GET", path, accept=accept, headers=headers, expect=expect,
                       limits=self._limits(max_bytes)) as stream:  # fmt: skip
            body = b"".join(stream.chunks())
            return Reply(stream.url, stream.status, stream.headers, body)

    def post(self, path: str, body: bytes, *, expect: Collection[int] = (200,)) -> Reply:
        """The whole answer to a POST of JSON; never sent a second time by itself."""
        with self.open("POST", path, body=body, expect=expect) as stream:
            answer = b"".join(stream.chunks())
            return Reply(stream.url, stream.status, stream.headers, answer)

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
    ) -> Iterator[Stream]:
        """An answer to read as it arrives; breaks off when the block is left."""
        limits = limits or self.limits
        url = urljoin(self.base_url, path)
        wanted = {**({"Accept": accept} if accept else {}), **(headers or {})}
        if body is not None:
            wanted["Content-Type"] = "application/json"
        late = threading.Event()
        timer = threading.Timer(limits.deadline_s, self._end_late, (late,))
        timer.daemon = True
        response: requests.Response | None = None
        self._begin()
        try:
            timer.start()
            response = self._send(method, url, wanted, body, limits)
            yield self._checked(response, expect, limits)
            if late.is_set() or self._sockets.closed.is_set():
                raise Cancelled  # A head that we cut off ourselves can look like a whole answer.
        except (SourceError, Cancelled) as error:
            raise self._judged(error, late, url) from None
        except _network_errors() as error:
            raise self._judged(failure(error, url), late, url) from error
        except Exception as error:
            # A connection shut down half-way through its making fails in odd ways, too.
            if not (self._sockets.closed.is_set() or late.is_set()):
                raise
            raise self._judged(Cancelled(), late, url) from error
        finally:
            timer.cancel()
            timer.join()
            if response is not None:
                response.close()
            self._end()

    def note_server_time(self, server_at: Instant) -> None:
        """Take the offset from a time more exact than the `Date` of the last answer."""
        self.offset_ms = server_at - (self._asked_at + self._heard_at) // 2

    def reset(self) -> None:
        """End every connection, from any thread; the next request makes a new one."""
        self._sockets.shut()

    def close(self) -> None:
        """End whatever waits on this line, from any thread; idempotent, does not wait itself."""
        self._sockets.close()
        with self._lock:
            self._let_go_when_idle()

    def _begin(self) -> None:
        with self._lock:
            if self._sockets.closed.is_set():
                raise Cancelled
            self._under_way += 1

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

    def _limits(self, max_bytes: int | None) -> Limits:
        if max_bytes is None:
            return self.limits
        return msgspec.structs.replace(self.limits, max_bytes=max_bytes)

    def _judged(
        self, error: SourceError | Cancelled, late: threading.Event, url: str
    ) -> SourceError | Cancelled:
        """What an error means once it is known whether we ended the request ourselves."""
        if self._sockets.closed.is_set():
            return Cancelled()
        if late.is_set():
            return SourceError(Problem("timed_out", {"address": url, "reason": ""}))
        return error

    def _send(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, limits: Limits
    ) -> requests.Response:
        for _ in range(MAX_REDIRECTS + 1):
            response = self._send_once(method, url, headers, body, limits)
            target = response.headers.get("Location")
            if response.status_code not in (301, 302, 303, 307, 308) or target is None:
                return response
            response.close()
            there = urljoin(url, target)
            if method != "GET" or _origin(there) != _origin(url):
                raise SourceError(
                    Problem("captive_portal", {"address": url, "reason": excerpt(there)})
                )
            url = there
        raise SourceError(Problem("captive_portal", {"address": url, "reason": "redirects"}))

    def _send_once(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, limits: Limits
    ) -> requests.Response:
        import requests

        session = self._session = self._session or self._new_session()
        if self._bearer is not None and _origin(url) == _origin(self.base_url):
            self._token = self._token or self._bearer()
            if self._token:
                headers = {**headers, "Authorization": f"Bearer {self._token}"}
        prepared = session.prepare_request(
            requests.Request(method, url, headers=headers, data=body)
        )
        self._asked_at = computer_now(self._clock)
        response = session.send(
            prepared,
            stream=True,
            allow_redirects=False,
            timeout=(limits.connect_timeout_s, limits.read_timeout_s),
            verify=self._ca_file or True,
        )
        self._heard_at = computer_now(self._clock)
        self.bytes_sent += _head_bytes(prepared.headers) + len(body or b"") + len(url)
        self.bytes_received += _head_bytes(response.headers)
        if response.status_code == 401:
            self._token = None
        return response

    def _checked(
        self, response: requests.Response, expect: Collection[int], limits: Limits
    ) -> Stream:
        """The stream of an expected answer; anything else is raised with its words."""
        url, status, headers = str(response.url), response.status_code, response.headers
        if status not in expect:
            raise refusal(status, headers, url, self._some_of(response, limits))
        chunks = self._unpacked(response, limits)
        first = next(chunks, b"")
        if status == 200 and is_page(headers.get("Content-Type", ""), first):
            raise SourceError(Problem("captive_portal", {"address": url, "reason": excerpt(first)}))
        # Only now: a portal's box may live in 1970, and by its clock nothing would be overdue.
        said_at = http_date_at(headers.get("Date", ""))
        if said_at is not None:
            # An answer out of a cache tells the time it was made, and how long ago that was.
            age = headers.get("Age", "")
            age_s = int(age[:9]) if age.isascii() and age.isdigit() else 0
            self.note_server_time(said_at + age_s * SECOND + HALF_A_SECOND_MS)

        def whole() -> Iterator[bytes]:
            yield first
            yield from chunks

        return Stream(url, status, headers, whole())

    def _some_of(self, response: requests.Response, limits: Limits) -> bytes:
        try:
            return next(self._unpacked(response, limits), b"")
        except SourceError:
            return b""

    def _unpacked(self, response: requests.Response, limits: Limits) -> Iterator[bytes]:
        """The body without its gzip, bounded before and after unpacking."""
        url, declared = str(response.url), response.headers.get("Content-Length", "")
        if declared.isdigit() and int(declared[:18]) > limits.max_bytes:
            raise too_large(url, limits.max_bytes)
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        packed = self._raw(response, limits)
        if encoding in ("identity", ""):
            yield from packed
        elif encoding in ("gzip", "x-gzip"):
            yield from gunzip(packed, url, limits.max_bytes)
        else:
            raise SourceError(
                Problem("not_understood", {"address": url, "reason": excerpt(encoding),
                                           "excerpt": ""})
            )  # fmt: skip

    def _raw(self, response: requests.Response, limits: Limits) -> Iterator[bytes]:
        total = 0
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=False):
            total += len(chunk)
            self.bytes_received += len(chunk)
            if total > limits.max_bytes:
                raise too_large(str(response.url), limits.max_bytes)
            yield chunk
        if self._sockets.closed.is_set():
            raise Cancelled
        declared = response.headers.get("Content-Length", "")
        bodyless = response.status_code in (204, 304)
        if declared.isdigit() and total < int(declared[:18]) and not bodyless:
            raise SourceError(Problem("cut_short", {"address": str(response.url), "reason": ""}))

    def _new_session(self) -> requests.Session:
        import requests
        from requests.adapters import HTTPAdapter
        from requests.structures import CaseInsensitiveDict

        from desktop.connectors.pools import watched_pools

        session = requests.Session()
        session.trust_env = False
        session.headers = CaseInsensitiveDict(
            {"User-Agent": "county-desk", "Accept-Encoding": "gzip"}
        )
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=1, max_retries=0)
        adapter.poolmanager.pool_classes_by_scheme = watched_pools(self._sockets)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session


def computer_now(clock: Clock) -> Instant:
    """This computer's own time, also when the clock given is a corrected one."""
    return clock.now() - int(getattr(clock, "offset_ms", 0))


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)


def _head_bytes(headers: Mapping[str, Any]) -> int:
    return 16 + sum(len(str(name)) + len(str(value)) + 4 for name, value in headers.items())


def _network_errors() -> tuple[type[BaseException], ...]:
    """What requests and the layers under it raise; known only once they are loaded."""
    import http.client

    import requests
    import urllib3

    return (
        requests.RequestException,
        urllib3.exceptions.HTTPError,
        http.client.HTTPException,
        OSError,
        UnicodeError,
    )

"""Send requests of one source: the choice of connection, login and repetition.

`requests` is imported at the first request, not with this module: it costs a tenth of a second that
a window painting from its cache does not have to spend.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desktop.application.ports import SourceError
from desktop.connectors.http.byte_counter import ByteCounter
from desktop.connectors.http.errors import ProxyRefused, excerpt, failure
from desktop.connectors.http.login import HEADER, Login
from desktop.connectors.http.proxy import Proxy
from desktop.connectors.http.request import Request, join, origin, upgrades
from desktop.connectors.http.server_time import ServerTime
from desktop.connectors.http.sockets import InsideAddress, Sockets, names_inside
from desktop.domain.source import Problem

if TYPE_CHECKING:
    import requests

MAX_REDIRECTS = 3


class Sender:
    """Sender of one request after another over the sockets of a client; not thread-safe."""

    def __init__(
        self,
        sockets: Sockets,
        counter: ByteCounter,
        time: ServerTime,
        *,
        login: Login | None,
        proxy: Proxy,
        ca_file: str,
        lean: bool,
    ) -> None:
        self.outside_only = False
        """Whether addresses inside this network are refused, as the next address comes from a
        feed."""
        self.resets = 0
        """How often all connections were ended; the caller that ends them counts."""
        self._sockets, self._counter, self._time = sockets, counter, time
        self._login, self._proxy = login, proxy
        self._ca_file, self._lean = ca_file, lean
        self._session: requests.Session | None = None

    def begin(self, url: str, timeout_s: float) -> None:
        """Connect while the libraries of the first request are being loaded; does nothing once a
        request was made."""
        if self._session is not None:
            return
        try:
            scheme, host, port = origin(self._proxy.towards(url) or url)
        except SourceError:
            return  # The request itself raises it.
        if host is not None and port is not None and port > 0 and scheme in ("http", "https"):
            self._sockets.begin(host, port, timeout_s)

    def send(self, request: Request, url: str, is_ended: Callable[[], bool]) -> requests.Response:
        """Send a request, follow its redirects and return the head of the answer; `is_ended` says
        whether the wait was cancelled."""
        for _ in range(MAX_REDIRECTS + 1):
            response = self._await_head(request, url, is_ended)
            target = response.headers.get("Location")
            if response.status_code not in (301, 302, 303, 307, 308) or target is None:
                return response
            response.close()
            there = join(url, target)
            is_safer = upgrades(url, there)
            if is_safer and request.method != "GET":
                # What was posted has been sent in the clear, and is not sent on by itself.
                details = {"address": url, "there": excerpt(there)}
                raise SourceError(Problem("wants_https", details))
            if request.method != "GET" or not (is_safer or origin(there) == origin(url)):
                raise SourceError(
                    Problem("captive_portal", {"address": url, "reason": excerpt(there or target)})
                )
            url = there
        raise SourceError(Problem("captive_portal", {"address": url, "reason": "redirects"}))

    def _await_head(
        self, request: Request, url: str, is_ended: Callable[[], bool]
    ) -> requests.Response:
        """Return the head of an answer, asking again if a kept connection was found dead.

        A server may drop an idle connection at any moment, and only using it shows.
        """
        resets = self.resets
        try:
            return self._send_once(request, url)
        except network_errors() as error:
            stale = not self._counter.fresh or self.resets != resets
            broke = failure(error, url).problem.code == "cut_short"
            if not (request.again and stale and broke) or self._counter.heard or is_ended():
                raise
        return self._send_once(request, url)

    def _send_once(self, request: Request, url: str) -> requests.Response:
        import requests

        self._counter.prepare()
        if self._session is None:
            from desktop.connectors.http.sessions import new_session

            tell = self._proxy.headers
            self._session = new_session(self._sockets, self._counter, tell, lean=self._lean)
        session, hop = self._session, self._proxy.towards(url)
        self._sockets.outside_only = self.outside_only
        if self.outside_only and hop and self.was_inside(url):
            raise InsideAddress(url)  # Only the proxy resolves the name.
        headers: dict[str, str | bytes] = dict(request.headers)
        limits = request.limits
        given = None if self._login is None else self._login.header(url, hop)
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

    def failure(self, error: BaseException, url: str) -> SourceError:
        """Convert an exception met while sending to a SourceError."""
        found = failure(error, url, self._proxy.refusal_of)
        if found.problem.code.startswith("proxy_"):
            self.drop()  # It keeps the headers once sent to a proxy.
        if found.problem.code == "tls_wrong_host" and self._proxy.towards(url) is None:
            from desktop.connectors.http.sessions import names_nobody

            _, host, port = origin(url)
            if names_nobody(self._sockets, (host or "", port or 443), self._ca_file):
                found.problem = Problem("tls_no_names", found.problem.details)
        return found

    def was_inside(self, url: str) -> bool:
        """Whether the last connection made for an address led into this network."""
        _, host, port = origin(url)
        return names_inside(url) or self._sockets.was_inside(host or "", port or 0)

    def drop(self) -> None:
        """Drop the kept connections; the next request makes new ones."""
        if self._session is not None:
            self._session.close()
            self._session = None


def network_errors() -> tuple[type[BaseException], ...]:
    """Return the exceptions that requests and the layers under it raise; loads them."""
    from desktop.connectors.http.sessions import NETWORK_ERRORS

    return NETWORK_ERRORS

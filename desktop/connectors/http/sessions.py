"""HTTP sessions over a client's own sockets; loaded with its first request."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util import SKIP_HEADER
from urllib3.util.ssl_ import create_urllib3_context

from desktop.connectors.http.byte_counter import ByteCounter
from desktop.connectors.http.pool import make_watched_pools
from desktop.connectors.http.sockets import Sockets

NETWORK_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
)
"""The exceptions that requests and the layers under it raise."""


PADDED = 0x10
"""OpenSSL's `SSL_OP_TLSEXT_PADDING`, which Python has no name for: a greeting of 256 to 511 bytes
is filled up to 512, for servers of before 2014. On 64 kbit/s that takes 31 ms; neither Java nor Go
does it."""
LOOK_S = 8.0
"""Time-out of the second look at a certificate, in seconds."""


class _Adapter(HTTPAdapter):
    """An adapter that sends over the watched sockets, directly or through a proxy."""

    def __init__(self, pools: dict[str, type[Any]], tell: Callable[[], dict[str, str]]) -> None:
        super().__init__(pool_connections=4, pool_maxsize=2, max_retries=0)
        self._pools, self._tell = pools, tell
        self.poolmanager.pool_classes_by_scheme = pools

    def init_poolmanager(self, *sizes: Any, **how: Any) -> None:
        super().init_poolmanager(*sizes, ssl_context=_new_context(), **how)

    def proxy_manager_for(self, proxy: str, **how: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **how)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def proxy_headers(self, proxy: str) -> dict[str, str]:  # noqa: ARG002
        return self._tell()


def _new_context() -> ssl.SSLContext:
    """Build what a connection is encrypted with: as usual, with a greeting of no more bytes than it
    has."""
    context: ssl.SSLContext = create_urllib3_context()
    context.options &= ~PADDED
    return context


class _Session(requests.Session):
    """A session that neither follows nor parses redirects: an invalid address would raise."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return None: no redirect is followed."""

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Return a request with the session's headers and cookies, all that is set on one here.

        Merging what could be set besides costs more than sending.
        """
        headers: CaseInsensitiveDict[str | bytes] = CaseInsensitiveDict(self.headers)
        headers.update(request.headers)
        prepared = requests.PreparedRequest()
        prepared.prepare(
            request.method, request.url, headers, data=request.data, cookies=self.cookies
        )
        return prepared


def new_session(
    sockets: Sockets, counter: ByteCounter, tell: Callable[[], dict[str, str]], *, lean: bool
) -> requests.Session:
    """Build a session that takes nothing from the environment; `lean` omits the default headers.

    `tell` returns the headers for the proxy only.
    """
    session = _Session()
    session.trust_env = False
    said = (SKIP_HEADER, SKIP_HEADER) if lean else ("county-desk", "gzip")
    session.headers = CaseInsensitiveDict(zip(("User-Agent", "Accept-Encoding"), said, strict=True))
    # Two: commands go out while a snapshot still streams from a server without ranges.
    adapter = _Adapter(make_watched_pools(sockets, counter), tell)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def names_nobody(sockets: Sockets, there: tuple[str, int], ca_file: str) -> bool:
    """Whether a certificate that was refused for its host names no host at all.

    The refusal does not say so: it is looked at again over a connection of its own, on which
    nothing is sent. False if that does not succeed.
    """
    context = ssl.create_default_context(cafile=ca_file or DEFAULT_CA_BUNDLE_PATH)
    context.check_hostname = False  # The mismatch is certain; all else is verified.
    try:
        own, watch = sockets.connect(*there, LOOK_S)
        try:
            with context.wrap_socket(own, server_hostname=there[0]) as seen:
                found: dict[str, Any] = seen.getpeercert() or {}
        finally:
            own.close()
            watch.done = True
    except OSError:
        return False
    names: tuple[tuple[str, str], ...] = found.get("subjectAltName", ())
    return not any(kind in ("DNS", "IP Address") for kind, _ in names)

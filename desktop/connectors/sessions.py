"""What speaks HTTP for a line: loaded with its first request, over its own sockets."""

from __future__ import annotations

import http.client

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.util import SKIP_HEADER

from desktop.connectors.meter import Meter
from desktop.connectors.pools import watched_pools
from desktop.connectors.sockets import Sockets

NETWORK_ERRORS = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
    UnicodeError,
)
"""What requests and the layers under it raise."""


def new_session(sockets: Sockets, meter: Meter, *, lean: bool) -> requests.Session:
    """A session that takes nothing from the environment; `lean` names and offers nothing."""
    session = requests.Session()
    session.trust_env = False
    said = (SKIP_HEADER, SKIP_HEADER) if lean else ("county-desk", "gzip")
    session.headers = CaseInsensitiveDict(zip(("User-Agent", "Accept-Encoding"), said, strict=True))
    # Two: commands go out while a snapshot still streams from a server without ranges.
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=2, max_retries=0)
    adapter.poolmanager.pool_classes_by_scheme = watched_pools(sockets, meter)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session

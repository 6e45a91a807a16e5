"""A request to a source, and the limits on its time and size."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urljoin, urlsplit

import msgspec

from desktop.domain.link import TrafficClass
from desktop.protocol import limits


class Limits(msgspec.Struct, frozen=True):
    """Limits on the time and size of one request."""

    connect_timeout_s: float = 8.0
    read_timeout_s: float = 25.0
    """The longest silence between two reads."""
    deadline_s: float = 120.0
    """Of the whole request, however slowly its bytes come."""
    max_bytes: int = limits.ANSWER_BYTES
    """Of the body as sent and, separately, as unpacked."""

    def with_max_bytes(self, max_bytes: int | None) -> Limits:
        """Return these limits with another bound of the body, if one is given."""
        return self if max_bytes is None else msgspec.structs.replace(self, max_bytes=max_bytes)


ONLY_IF_ASKED = {206: ("Range",), 304: ("If-None-Match", "If-Modified-Since")}
"""Statuses that answer a conditional or range request: without one they are errors."""


class Request(msgspec.Struct, frozen=True):
    """One request; a header not named here is not sent."""

    method: str
    path: str
    """Below the base address, or an absolute address."""
    body: bytes | None = None
    headers: Mapping[str, str] = {}
    expect: Collection[int] = (200,)
    limits: Limits = Limits()
    kind: TrafficClass = TrafficClass.CHANGES
    again: bool = False
    """Whether it may be repeated: it is then sent once more if a kept connection turns out to be
    dead."""
    packed: bool = False
    """Whether the body is wanted as sent, not unpacked."""

    def takes(self, status: int) -> bool:
        """Whether that status is an acceptable answer to this request."""
        wishes = ONLY_IF_ASKED.get(status)
        return status in self.expect and (
            wishes is None or any(name in self.headers for name in wishes)
        )


def join(url: str, target: str) -> str:
    """Return the address a redirect leads to; empty when its target is no address."""
    try:
        there = urljoin(url, target)
        urlsplit(there).port  # noqa: B018 - it is read to be checked
    except ValueError:
        return ""
    return there


def upgrades(url: str, there: str) -> bool:
    """Whether a redirect leads from http to https of the same host, at its port or the usual one.

    It is another origin all the same, so no login goes along; the certificate verifies the host.
    """
    (scheme, host, port), (scheme_there, host_there, port_there) = origin(url), origin(there)
    is_safer = (scheme, scheme_there) == ("http", "https")
    return is_safer and host is not None and host_there == host and port_there in (port, 443)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Return scheme, host and port of an address; -1 for an invalid port."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)

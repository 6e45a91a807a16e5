"""What is asked of a source, and how long and how much the answer may be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urljoin, urlsplit

import msgspec

from desktop.domain.link import TrafficClass
from desktop.protocol import limits


class Limits(msgspec.Struct, frozen=True):
    """How long one request may take and how much it may bring."""

    connect_timeout_s: float = 8.0
    read_timeout_s: float = 25.0
    """The longest silence between two reads."""
    deadline_s: float = 120.0
    """The whole request, however lively it drips."""
    max_bytes: int = limits.ANSWER_BYTES
    """Of the body as sent and, separately, as unpacked."""

    def with_max_bytes(self, max_bytes: int | None) -> Limits:
        """These with another bound of the body, where one is given."""
        return self if max_bytes is None else msgspec.structs.replace(self, max_bytes=max_bytes)


ONLY_IF_ASKED = {206: ("Range",), 304: ("If-None-Match", "If-Modified-Since")}
"""Statuses that answer a wish: without it nothing is there that they could be a part of, or the
same as."""


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
    """Whether it does no harm twice: then it is asked again, once, where a kept connection
    turns out to be dead."""
    packed: bool = False
    """Whether the body is wanted as sent, not unpacked."""

    def takes(self, status: int) -> bool:
        """Whether an answer of that status is one to what was asked."""
        wishes = ONLY_IF_ASKED.get(status)
        return status in self.expect and (
            wishes is None or any(name in self.headers for name in wishes)
        )


def join(url: str, target: str) -> str:
    """Where a redirect leads; empty when its target is no address at all."""
    try:
        there = urljoin(url, target)
        urlsplit(there).port  # noqa: B018 - it is read to be checked
    except ValueError:
        return ""
    return there


def upgrades(url: str, there: str) -> bool:
    """Whether a redirect leads from http to https of the same host, at its port or the usual one.

    That is another origin all the same, so no login goes along; whom it leads to, the
    certificate says.
    """
    (scheme, host, port), (scheme_there, host_there, port_there) = origin(url), origin(there)
    is_safer = (scheme, scheme_there) == ("http", "https")
    return is_safer and host is not None and host_there == host and port_there in (port, 443)


def origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port of an address; -1 for a port that is none."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname, port or {"http": 80, "https": 443}.get(parts.scheme)

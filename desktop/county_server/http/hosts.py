"""A check of the `Host` header, against web pages whose own name was made to point here."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from desktop.county_server.problems import ApiError, problem

HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[^:\[\]]+)(?::[0-9]{0,5})?")


class Hosts:
    """ASGI application that answers 421 to requests for a host that is none of the server's names.

    A browser sends the name its page came from, whatever address that name points to by now: a
    page from the web can reach a server on this computer, but never by one of its names.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self._app = app
        # Listening at 0.0.0.0 means listening everywhere: it is no server's name.
        named = {plain_host(each) for each in names if not _is_everywhere(each)}
        self._names = named | {"localhost"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] == "http" and not self._is_meant(scope):
            detail = "县平台不以该地址提供服务，请核对地址，或由管理员用 --name 登记。 / "
            detail += "The county is not served under this name: see to the address, or have its"
            detail += " operator add it with --name."
            answer = problem(ApiError(421, "host", detail, {"Connection": "close"}))
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_meant(self, scope: Scope) -> bool:
        said = Request(scope).headers.getlist("host")
        match = HOST.fullmatch(said[0].strip()) if len(said) == 1 else None
        if match is None:
            return False
        host = plain_host(match[1])
        if host in self._names:
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        # The address the request came to: unlike a name it cannot have been made to point here.
        reached = scope.get("server") or ("",)
        return address.is_loopback or host == plain_host(str(reached[0]))


def _is_everywhere(host: str) -> bool:
    try:
        return ipaddress.ip_address(plain_host(host)).is_unspecified
    except ValueError:
        return False


def plain_host(name: str) -> str:
    """Normalize a host for comparison: in lower case, an address in its shortest form."""
    plain = name.strip().strip("[]").lower().removesuffix(".").partition("%")[0]
    try:
        found = ipaddress.ip_address(plain)
    except ValueError:
        return plain
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def is_loopback(host: str) -> bool:
    """Whether a server listening there can be reached from this computer alone."""
    plain = plain_host(host)
    try:
        return ipaddress.ip_address(plain).is_loopback
    except ValueError:
        return plain == "localhost"

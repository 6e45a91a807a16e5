"""How a source's requests leave: directly, by the profile's proxy, or by the system's setting."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from desktop.application.ports import (
    SYSTEM,
    ProxyRule,
    SourceError,
    SourceSettings,
    is_here,
    is_sendable,
)
from desktop.connectors.http.sockets import names_inside
from desktop.domain.source import Problem

HEADER = "Proxy-Authorization"
WANTS_LOGIN = (407, 401)
"""Some proxies answer a wrong password with 401; before the tunnel is open it can only be
theirs."""


class Proxy:
    """The route for one client; the password is read when first needed."""

    def __init__(
        self,
        rule: ProxyRule = ProxyRule(),  # noqa: B008 - a constant
        read: Callable[[], str | None] = lambda: None,
    ) -> None:
        self.rule, self._read = rule, read
        self._secret: str | None = None
        self._found = ""
        """The login contained in the system's own setting."""

    def towards(self, url: str) -> str | None:
        """Return the address of the proxy for a URL, without a login; None for a direct connection.

        Raises SourceError if the system names one that cannot be used.
        """
        if self.rule.said != SYSTEM:
            return self.rule.said or None
        found = system_proxy(url)
        if found is None:
            return None
        scheme, login, place = found
        if scheme not in ("http", "https"):
            problem = self.rule.problem("proxy_unusable", url)
            problem.details["proxy"] = f"{scheme}://{place}"
            raise SourceError(problem, held=True, may_have_left=False)
        self._found = login
        return f"{scheme}://{place}"

    def headers(self) -> dict[str, str]:
        """Return the headers for the proxy only: its login, if there is one.

        Raises SourceError if the login could be read on the way.
        """
        login = self._found
        if self.rule.user:
            self._secret = self._secret or self._read()
            if self._secret is None:
                return {}
            if self.rule.forbids():
                raise self._hold("proxy_unprotected")
            if not is_sendable(self._secret):
                raise self._hold("proxy_password_refused")
            login = f"{self.rule.user}:{self._secret}"
        return {HEADER: "Basic " + b64encode(login.encode()).decode()} if login else {}

    def refusal_of(self, url: str, proxy: str, status: int) -> SourceError:
        """Return the error for a proxy that refuses; a refused password is read again next time."""
        if status not in WANTS_LOGIN:
            code = "proxy_refused"
        else:
            code = (
                "proxy_password_refused" if self._secret or self._found else "proxy_login_missing"
            )
            self._secret = None
        problem = self.rule.problem(code, url, str(status))
        problem.details["proxy"] = proxy
        held = status in WANTS_LOGIN
        return SourceError(problem, held=held, may_have_left=False)

    @staticmethod
    def says(url: str, status: int, headers: Mapping[str, str]) -> bool:
        """Whether an answer is the proxy's own refusal; never one that came through a tunnel."""
        wants = WANTS_LOGIN if "WWW-Authenticate" not in headers else WANTS_LOGIN[:1]
        return urlsplit(url).scheme == "http" and status in wants

    def hint(self, error: SourceError, url: str) -> SourceError:
        """Return the error as "proxy needed" if the direct route failed and the system has a
        proxy."""
        if self.rule.said or error.may_have_left or error.problem.code not in NO_WAY:
            return error
        if names_inside(url):
            return error  # A proxy leads out of this network, not into it.
        found = system_proxy(url)
        if found is not None:
            details = {**error.problem.details, "proxy": f"{found[0]}://{found[2]}"}
            error.problem = Problem("proxy_needed", {**details, "source": self.rule.source})
        return error

    def _hold(self, code: str) -> SourceError:
        return SourceError(self.rule.problem(code), held=True, may_have_left=False)


NO_WAY = frozenset({"name_not_found", "unreachable", "refused", "timed_out"})


def proxy_for(settings: SourceSettings, secrets: Callable[[str], str | None]) -> Proxy:
    """Build the route that a profile gives a source, for one client of it."""
    rule = ProxyRule.of(settings)
    return Proxy(rule, lambda: secrets(rule.entry))


def system_proxy(url: str) -> tuple[str, str, str] | None:
    """Return scheme, login and host of the proxy that this computer's setting names for an address.

    None if it names none, or excepts the address; this computer is always excepted.
    """
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or is_here(url):
        return None
    known = getproxies()
    said = known.get(parts.scheme) or known.get("all") or ""
    if not said or proxy_bypass(host):
        return None
    found = urlsplit(said if "://" in said else f"http://{said}")
    login, _, place = found.netloc.rpartition("@")
    return (found.scheme, unquote(login), place) if place else None

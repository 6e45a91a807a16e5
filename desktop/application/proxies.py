"""Proxies of sources: a profile's proxy settings, and the cautions they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from desktop.application.addresses import address_fault, holds_login
from desktop.application.logins import LoginRule, is_exposed, is_sendable
from desktop.application.manifest import Setting, SourceSettings
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem

DIRECT, SYSTEM = "none", "system"
NOTHING_WITHIN = (
    'must not hold a name or password: write proxy_user = "…" on a line of its own and keep the'
    " password with county-desk login SOURCE --proxy"
)

SETTINGS = (
    Setting("proxy", "text", Text("代理服务器", "Proxy"), default=""),
    Setting("proxy_user", "text", Text("代理的用户名", "User name at the proxy"), default=""),
)
"""Settings that every kind of source takes; `[link]` may give both for all sources."""


def proxy_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each fault of a profile's proxy settings as (setting's name, words)."""
    said, user = values.get("proxy", ""), values.get("proxy_user", "")
    if not isinstance(said, str):
        yield "proxy", "proxy must be text"
        return
    named = said not in ("", DIRECT, SYSTEM)
    if named and (fault := _address_fault(said)):
        yield "proxy", f"proxy {fault}"
    if not isinstance(user, str) or ":" in user or not is_sendable(user):
        yield "proxy_user", "proxy_user must be text without a colon or control character"
    elif user and not named:
        yield "proxy_user", "proxy_user is for a proxy whose address the profile gives"


def _address_fault(said: str) -> str:
    if "@" in said:
        return NOTHING_WITHIN
    if said.startswith("socks"):
        return "must be an http:// or https:// address: SOCKS is not spoken here"
    if not said.startswith(("http://", "https://")):
        return 'must be "system", "none" or an http:// or https:// address'
    fault = NOTHING_WITHIN if holds_login(said) else address_fault(said)
    parts = None if fault else urlsplit(said)
    if parts is not None and (parts.path not in ("", "/") or parts.query or parts.fragment):
        return "must end with the host or port"
    return fault


class ProxyRule(msgspec.Struct, frozen=True):
    """The proxy of one source, by its profile."""

    said: str = ""
    """An address, `system`, or empty: the source is reached directly."""
    user: str = ""
    insecure: bool = False
    source: str = ""

    @classmethod
    def of(cls, settings: SourceSettings) -> ProxyRule:
        """The rule of one source."""
        values = settings.values
        said = str(values.get("proxy") or "")
        return cls(
            said="" if said == DIRECT else said.rstrip("/"),
            user=str(values.get("proxy_user") or ""),
            insecure=values.get("insecure") is True,
            source=settings.id,
        )

    @property
    def entry(self) -> str:
        """Return the name under which its password is kept, for every source that uses the proxy.

        It holds blanks, which no source's id does.
        """
        return f"proxy {self.user} {self.said}" if self.user else ""

    def forbids(self) -> bool:
        """Whether the password may not be sent, because it could be read on the way."""
        return bool(self.user) and not self.insecure and is_exposed(self.said)

    def problem(self, code: str, address: str = "", reason: str = "") -> Problem:
        """A problem of this proxy on the way to an address."""
        details = {"proxy": self.said, "source": self.source, "address": address}
        return Problem(code, {**details, "reason": reason})


def caution_of(settings: SourceSettings) -> Problem | None:
    """Return what to warn of at a source for as long as its profile stays as it is, or None."""
    rule = ProxyRule.of(settings)
    is_bare = rule.user and rule.insecure and is_exposed(rule.said)
    bare = rule.problem("proxy_exposed") if is_bare else None
    second = LoginRule.of_alertmanager(settings)
    return LoginRule.of(settings).caution() or (second and second.caution()) or bare

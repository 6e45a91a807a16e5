"""Logins of sources: a profile's login settings, the addresses that get a login, and cautions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import msgspec

from desktop.application.manifest import Setting, SourceSettings
from desktop.domain.localized_text import Text
from desktop.domain.source import Problem

BEARER, BASIC, NONE = LOGINS = ("bearer", "basic", "none")
SECRET = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")

SETTINGS = (
    Setting("login", "text", Text("登录方式", "Kind of login"), default=BEARER),
    Setting("user", "text", Text("用户名", "User name"), default=""),
    Setting("insecure", "flag", Text("允许明文登录", "Login unencrypted"), default=False),
)
"""Settings that every kind of source takes besides its manifest's own."""


def login_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each fault of a source's login settings as (setting's name, words)."""
    login, user = values["login"], values["user"]
    if login not in LOGINS:
        yield "login", f"login must be one of {', '.join(LOGINS)}, not {login!r}"
    elif login == BASIC and not user:
        yield "user", 'user is required by login = "basic"'
    elif login != BASIC and user:
        yield "user", 'user is for login = "basic" only'
    yield from _user_faults("user", user)
    yield from _second_faults(values)


def _user_faults(name: str, user: Any) -> Iterator[tuple[str, str]]:
    if isinstance(user, str) and (":" in user or not is_sendable(user)):
        yield name, f"{name} must hold no colon and no control character"


def _second_faults(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each fault of an Alertmanager's own login settings."""
    secret, user = values.get("alertmanager_secret", ""), values.get("alertmanager_user", "")
    if not isinstance(secret, str) or (secret and not SECRET.fullmatch(secret)):
        words = "alertmanager_secret must be a name of lower-case letters, digits, - and _"
        yield "alertmanager_secret", words
    elif secret and shares_login(values):
        words = "alertmanager_secret is another login: it goes without alertmanager_login"
        yield "alertmanager_secret", words
    elif secret and not values.get("alertmanager_url"):
        yield "alertmanager_secret", "alertmanager_secret needs alertmanager_url"
    if user and not secret:
        yield "alertmanager_user", "alertmanager_user needs alertmanager_secret"
    yield from _user_faults("alertmanager_user", user)


def logs_in(settings: SourceSettings) -> bool:
    """Whether a source logs in, so that the keyring may hold a secret for it."""
    return bool(settings.values.get("login") != NONE)


def shares_login(values: Mapping[str, Any]) -> bool:
    """Whether the profile gives a source's login to its Alertmanager, too."""
    return values.get("alertmanager_login") is True


def is_sendable(secret: str) -> bool:
    """Whether a user name, password or token can stand in a request: no control characters."""
    return not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in secret)


class LoginRule(msgspec.Struct, frozen=True):
    """How and where a source logs in, by its profile."""

    home: str
    """The address whose origin alone gets the login: the source's own."""
    user: str | None = None
    """None where the secret is a token."""
    insecure: bool = False
    source: str = ""
    also: str = ""
    """A second address whose origin gets it, because the profile says so."""
    secret: str = ""
    """Name of a second secret of the source; empty for its own login."""

    @classmethod
    def of(cls, settings: SourceSettings) -> LoginRule:
        """The rule of one source."""
        values = settings.values
        return cls(
            home=settings.address,
            user=str(values.get("user") or "") if values.get("login") == BASIC else None,
            insecure=values.get("insecure") is True,
            source=settings.id,
            also=str(values.get("alertmanager_url") or "") if shares_login(values) else "",
        )

    @classmethod
    def of_alertmanager(cls, settings: SourceSettings) -> LoginRule | None:
        """The rule of a source's Alertmanager, where the profile names a secret of its own."""
        values = settings.values
        secret = str(values.get("alertmanager_secret") or "")
        if not secret:
            return None
        shared = cls.of(settings)
        return cls(
            home=str(values.get("alertmanager_url") or ""),
            user=str(values.get("alertmanager_user") or "") or shared.user,
            insecure=shared.insecure,
            source=settings.id,
            secret=secret,
        )

    @classmethod
    def all_of(cls, settings: SourceSettings) -> list[LoginRule]:
        """Every login of a source."""
        own = [cls.of(settings)] if logs_in(settings) else []
        second = cls.of_alertmanager(settings)
        return own if second is None else [*own, second]

    @property
    def entry(self) -> str:
        """Return the name under which its secret is kept; no source's id holds a blank."""
        return f"{self.source} {self.secret}" if self.secret else self.source

    @property
    def login(self) -> str:
        """Return the arguments with which `county-desk login` keeps its secret."""
        return f"{self.source} --secret {self.secret}" if self.secret else self.source

    def forbids(self, address: str, via: str | None = None) -> bool:
        """Whether the login may not be sent to an address because it could be read on the way.

        Plain http to this computer, too, can be read on the way to a proxy elsewhere (`via`).
        """
        leaves = via is not None and urlsplit(address).scheme != "https" and not is_here(via)
        return not self.insecure and (is_exposed(address) or leaves)

    def caution(self) -> Problem | None:
        """Return what to warn of for as long as the profile sends the login unprotected."""
        bare = [each for each in self.homes() if is_exposed(each)]
        return self.problem("login_exposed", bare[0]) if self.insecure and bare else None

    def homes(self) -> list[str]:
        """Return the addresses whose origins get the login; no others do."""
        return [each for each in (self.home, self.also) if each]

    def problem(self, code: str, address: str) -> Problem:
        """A problem of this login at an address."""
        if self.secret and code == "password_wanted":
            code = "second_password_wanted"
        told = {"address": address, "source": self.source, "home": self.home}
        return Problem(code, {**told, "login": self.login})


def is_exposed(address: str) -> bool:
    """Whether what is sent there can be read on the way: plain http beyond this computer."""
    parts = urlsplit(address)
    return parts.scheme != "https" and not _is_loopback(parts.hostname or "")


def is_here(address: str) -> bool:
    """Whether an address is of this computer itself."""
    try:
        return _is_loopback(urlsplit(address).hostname or "")
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    try:
        return host.rstrip(".") == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

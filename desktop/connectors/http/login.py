"""A source's login on the wire: its header, the origins that receive it, its refusal."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Mapping

import msgspec

from desktop.application.ports import LoginRule, SourceError, SourceSettings, is_sendable
from desktop.connectors.http.request import origin

HEADER = "Authorization"
NONE_KEPT_S = 5.0
"""How long it is remembered that no secret is kept: to ask the keyring costs more than a poll."""


class Login:
    """The login of one source for one of its clients; the secret is read when first needed."""

    def __init__(self, read: Callable[[], str | None], rule: LoginRule) -> None:
        self._read, self._rule = read, rule
        self._secret: str | None = None
        self._none_until_s = 0.0

    def forget(self) -> None:
        """Read the secret again when it is next needed."""
        self._secret, self._none_until_s = None, 0.0

    def _find(self) -> str | None:
        """Return the secret; that there is none is asked again after a few seconds."""
        if self._secret is None and time.monotonic() >= self._none_until_s:
            self._secret = self._read() or None
            if self._secret is None:
                self._none_until_s = time.monotonic() + NONE_KEPT_S
        return self._secret

    def header(self, url: str, via: str | None = None) -> bytes | None:
        """Return the `Authorization` header for an address; None if the login is not for that
        address.

        Raises SourceError if it could be read on the way, or by the proxy `via`: then nothing may
        be sent.
        """
        rule = self._rule
        if not self._is_for(url):
            return None
        secret = self._find()
        if not secret:
            return None
        if rule.forbids(url, via):
            raise SourceError(rule.problem("login_unprotected", url), held=True)
        if not is_sendable(secret):
            # If `requests` refused it, the error text would reveal it.
            raise SourceError(rule.problem("login_unusable", url), held=True)
        if rule.user is None:
            return b"Bearer " + secret.strip().encode()
        return b"Basic " + b64encode(f"{rule.user}:{secret}".encode())

    def _is_for(self, url: str) -> bool:
        return origin(url) in map(origin, self._rule.homes())

    def judge_refusal(
        self, refusal: SourceError, headers: Mapping[str, str], *, sent: bool
    ) -> SourceError:
        """Return the refusal; for a login, as a problem that fits its kind and whether one was
        `sent`."""
        if refusal.problem.code != "login_expired":
            return refusal
        rule, url = self._rule, refusal.problem.details["address"]
        wanted = headers.get("WWW-Authenticate", "").lower()
        if not self._is_for(url):
            code = "login_elsewhere"
        elif rule.user is None and "basic" in wanted and "bearer" not in wanted:
            code = "password_wanted"
        elif not sent:
            code = "login_missing"
        else:
            code = "login_expired" if rule.user is None else "password_refused"
        found = rule.problem(code, url)
        details = {**refusal.problem.details, **found.details}
        refusal.problem = msgspec.structs.replace(found, details=details)
        return refusal


def login_for(
    settings: SourceSettings,
    secrets: Callable[[str], str | None],
    rule: LoginRule | None = None,
) -> Login:
    """Build the login a profile gives a source, for one client of it; the source's own without a
    `rule`."""
    own = rule or LoginRule.of(settings)
    return Login(lambda: secrets(own.entry), own)

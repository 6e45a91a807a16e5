"""What the program gives a connector beside the settings of its source."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from desktop.application.ports import Installation, LoginRule, SourceSettings
from desktop.domain.clock import Clock
from desktop.domain.link import RequestStats
from desktop.domain.strange import CodeTables

if TYPE_CHECKING:
    from desktop.connectors.http.client import HttpClient
    from desktop.connectors.http.sockets import Sockets


def _nothing(_name: str) -> str | None:
    return None


def _empty(_name: object) -> str:
    return ""


def _none_begun(_url: str) -> Sockets | None:
    return None


def _no_tables() -> CodeTables | None:
    return None


class Services(msgspec.Struct, frozen=True):
    """The program's services for all connectors; one value for all of them."""

    clock: Clock
    secrets: Callable[[str], str | None] = _nothing
    """Reads the token or password kept for a source, or for a proxy by its entry; None if there is
    none. Raises SourceError if it exists and cannot be read."""
    installation: Installation | None = None
    """The stored state of this installation; without it nothing is stored."""
    fingerprint: Callable[[SourceSettings], str] = _empty
    """Returns the fingerprint of a source's current login: it distinguishes logins without
    revealing any."""
    table: Callable[[str], str] = _empty
    """Reads one of the county's own tables by its file name; empty if there are none."""
    codes: Callable[[], CodeTables | None] = _no_tables
    """Returns the codes in the county's tables, for a probe to check against; None without
    tables."""
    dictionaries: Callable[[], Mapping[str, bytes]] = dict
    """Reads this installation's dictionaries of small level 2 frames, by name."""
    begun: Callable[[str], Sockets | None] = _none_begun
    """Hands over the sockets that have begun to connect to an address, if any have."""

    def http_client(
        self,
        settings: SourceSettings,
        url: str,
        on_traffic: Callable[[RequestStats], None],
        *,
        lean: bool = False,
        rule: LoginRule | None = None,
    ) -> HttpClient:
        """Build a client for an address of a source, with its login, proxy and trusted authority.

        The login is the source's own unless another `rule` is given. `lean` omits the `User-Agent`
        and `Accept-Encoding: gzip` headers.
        """
        from desktop.connectors.http.client import HttpClient
        from desktop.connectors.http.login import login_for
        from desktop.connectors.http.proxy import proxy_for

        begun = self.begun(url)
        if begun is not None:
            # The line waits for its first request: what that needs comes before all other imports.
            importlib.import_module("desktop.connectors.http.sessions")
        return HttpClient(
            url,
            self.clock,
            login=login_for(settings, self.secrets, rule),
            proxy=proxy_for(settings, self.secrets),
            ca_file=settings.ca_file,
            on_traffic=on_traffic,
            lean=lean,
            sockets=begun,
        )

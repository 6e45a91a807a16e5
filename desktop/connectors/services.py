"""What a connector is given beside the settings of its source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

from desktop.application.ports import Installation, LoginRule, SourceSettings
from desktop.domain.clock import Clock
from desktop.domain.link import RequestStats
from desktop.domain.strange import CodeTables

if TYPE_CHECKING:
    from desktop.connectors.http.client import HttpClient


def _nothing(_name: str) -> str | None:
    return None


def _empty(_name: object) -> str:
    return ""


def _no_tables() -> CodeTables | None:
    return None


class Services(msgspec.Struct, frozen=True):
    """What the program does for its connectors; one value for all of them."""

    clock: Clock
    secrets: Callable[[str], str | None] = _nothing
    """Reads the token or password kept for a source, or for a proxy by its entry; None without
    one. Raises SourceError where it is there and cannot be read."""
    installation: Installation | None = None
    """What this installation remembers of itself; without it nothing is remembered."""
    fingerprint: Callable[[SourceSettings], str] = _empty
    """Tells the logins of a source apart without telling any: the fingerprint of that of now."""
    table: Callable[[str], str] = _empty
    """Reads one of the county's own tables by its file name; empty without them."""
    codes: Callable[[], CodeTables | None] = _no_tables
    """Tells the codes that the county's tables name, by which a probe judges; None without."""
    dictionaries: Callable[[], Mapping[str, bytes]] = dict
    """Reads the dictionaries of small level 2 frames that this installation has, by name."""

    def http_client(
        self,
        settings: SourceSettings,
        url: str,
        on_traffic: Callable[[RequestStats], None],
        *,
        lean: bool = False,
        rule: LoginRule | None = None,
    ) -> HttpClient:
        """A client for an address of a source: its login, its way out, whom it trusts.

        The login is the source's own but for another `rule`. `lean` leaves out the name of this
        program and the offer to unpack gzip.
        """
        from desktop.connectors.http.client import HttpClient
        from desktop.connectors.http.login import login_for
        from desktop.connectors.http.proxy import proxy_for

        return HttpClient(
            url,
            self.clock,
            login=login_for(settings, self.secrets, rule),
            proxy=proxy_for(settings, self.secrets),
            ca_file=settings.ca_file,
            on_traffic=on_traffic,
            lean=lean,
        )

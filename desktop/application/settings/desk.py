"""What a settings window asks of the program besides the profile's file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from desktop.application.logins import LoginRule
from desktop.application.manifest import SourceSettings
from desktop.application.profile import Profile
from desktop.application.proxies import ProxyRule
from desktop.application.settings.bulletins import CountyBulletins
from desktop.application.settings.editor import ProfileEditor
from desktop.domain.source import ProbeResult, Problem


class Probed(msgspec.Struct, frozen=True):
    """What answered at a source: what it is, or why nothing came."""

    found: ProbeResult | None = None
    problem: Problem | None = None
    caution: Problem | None = None
    """What to warn of for as long as the source is set like this."""


class Secret(msgspec.Struct, frozen=True):
    """A token or password that a source's settings call for."""

    entry: str
    """The name under which it is kept."""
    kind: str
    """`login`, `alertmanager` or `proxy`."""


class SettingsDesk(Protocol):
    """The profile's editor, and what its sources answer; every call but `cancel` may take long."""

    editor: ProfileEditor
    bulletins: CountyBulletins | None
    """What the county publishes; None where no desk is open, or it has no one county."""
    is_demo: bool
    """Whether the profile is the demo's, and goes with it."""

    def probe(self, profile: Profile, source: str, typed: Mapping[str, str]) -> Probed:
        """Ask a source once, with the secrets `typed` by their entries before the kept ones."""

    def cancel(self) -> None:
        """End the probe under way; may be called from any thread."""

    @property
    def holds_secrets(self) -> bool:
        """Whether secrets are in memory alone, for a desk to keep once it is open."""

    def keep(self, profile: Profile, entry: str, secret: str) -> None:
        """Keep a secret in the keyring, or the desk's own encrypted folder; raises StoreError.

        Where there is neither, it is held in memory.
        """


def secrets_of(settings: SourceSettings) -> tuple[Secret, ...]:
    """Return the secrets that a source's settings call for."""
    found = [
        Secret(rule.entry, "alertmanager" if rule.secret else "login")
        for rule in LoginRule.all_of(settings)
    ]
    proxy = ProxyRule.of(settings).entry
    return (*found, *([Secret(proxy, "proxy")] if proxy else []))

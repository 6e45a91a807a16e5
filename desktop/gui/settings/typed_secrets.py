"""Secrets that were typed in a source's form, on their way into the keyring."""

from __future__ import annotations

from collections.abc import Mapping

from desktop.application.settings.desk import SettingsDesk, secrets_of
from desktop.application.settings.editor import Snapshot


class TypedSecrets:
    """What was typed of one source's secrets; afterwards, what became of it."""

    def __init__(self, desk: SettingsDesk, source: str, typed: Mapping[str, str]) -> None:
        self.source, self._desk, self._typed = source, desk, typed
        self.error: Exception | None = None
        """For which they were not kept."""
        self.is_lost = False
        """Whether they were not kept because the profile cannot be used."""
        self.waits = False
        """Whether they are kept once the desk opens: there is no keyring."""

    def keep(self, written: Snapshot) -> None:
        """Keep them for the source that now stands in the file; on the thread that wrote it."""
        if not self._typed:
            return
        if written.profile is None:
            self.is_lost = True
            return
        try:
            for settings in written.profile.sources:
                for secret in secrets_of(settings) if settings.id == self.source else ():
                    if secret.kind in self._typed:
                        self._desk.keep(written.profile, secret.entry, self._typed[secret.kind])
        except Exception as error:  # noqa: BLE001 - told on the GUI thread: the file is written
            self.error = error
        self.waits = self._desk.holds_secrets

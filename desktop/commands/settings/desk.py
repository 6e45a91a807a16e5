"""The settings window's side of a desk: its profile's file, probes of sources, and their logins."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from desktop import bootstrap, source_logins
from desktop.application.ports import Connector, SourceError
from desktop.application.profile import Profile
from desktop.application.proxies import caution_of
from desktop.application.settings.bulletins import CountyBulletins
from desktop.application.settings.central import CountySettings
from desktop.application.settings.desk import Probed
from desktop.application.settings.editor import ProfileEditor
from desktop.commands.settings.bulletins import find_bulletins
from desktop.commands.settings.central import read_county
from desktop.commands.settings.profile_files import open_file
from desktop.connectors.kinds import Manifests
from desktop.domain.source import Problem
from desktop.storage.keys import login_tokens
from desktop.storage.keys.encryption_key import NoKeyring, has_own_key

if TYPE_CHECKING:
    from desktop.bootstrap import Desk


class ProfileDesk:
    """One profile's settings, with its desk where one is open."""

    def __init__(
        self,
        file: Path,
        options: argparse.Namespace,
        desk: Desk | None = None,
        *,
        is_demo: bool = False,
        posture: str = "",
    ) -> None:
        self.editor = ProfileEditor(open_file(file), Manifests(), self._read_county)
        self.is_demo, self._desk = is_demo, desk
        self.bulletins: CountyBulletins | None = (
            None if desk is None else find_bulletins(desk, posture)
        )
        self._posture = posture
        self._throws_away = options.key == "throw-away"
        self._connector: Connector | None = None
        self.unkept: dict[str, str] = {}
        """Secrets by their entries that a desk has to keep once it is open: there is no keyring."""

    def probe(self, profile: Profile, source: str, typed: Mapping[str, str]) -> Probed:
        """Ask a source once; what breaks in it is told as its problem."""
        kept: list[source_logins.Secrets] = [typed.get, self.unkept.get]
        if self._desk is not None:
            kept.append(self._desk.read_secret)
        token = source_logins.login_token(profile, kept)
        caution = caution_of(next(each for each in profile.sources if each.id == source))
        try:
            self._connector = bootstrap.build_beside(profile, source, token)
            return Probed(found=self._connector.probe(), caution=caution)
        except SourceError as error:
            return Probed(problem=error.problem, caution=caution)
        except Exception as error:  # noqa: BLE001 - a connector of a third party, too
            what = f"{type(error).__name__}: {error}"
            return Probed(problem=Problem("internal_error", {"what": what}), caution=caution)
        finally:
            self.cancel()

    def cancel(self) -> None:
        """End the probe under way: its sockets are shut."""
        connector, self._connector = self._connector, None
        if connector is not None:
            with suppress(Exception):
                connector.close()

    def _read_county(self) -> CountySettings | None:
        return None if self._desk is None else read_county(self._desk, self._posture)

    @property
    def holds_secrets(self) -> bool:
        """Whether a desk has to open for what was typed to be kept."""
        return bool(self.unkept)

    def keep(self, profile: Profile, entry: str, secret: str) -> None:
        """Keep a secret as `county-desk login` does; without keyring and desk, until one opens."""
        desk = self._desk
        if desk is not None and self._is_in_folder(desk.folder):
            desk.keep_secret(entry, secret)
            return
        try:
            login_tokens.keep(profile.place, entry, "token", secret)
        except NoKeyring:
            if desk is None:
                self.unkept[entry] = secret
            else:
                desk.keep_secret(entry, secret)

    def _is_in_folder(self, folder: Path) -> bool:
        return self._throws_away or has_own_key(folder)

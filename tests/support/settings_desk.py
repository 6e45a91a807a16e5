"""A settings window's desk whose sources answer as a test says."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from desktop.application.profile import Profile
from desktop.application.settings.bulletins import CountyBulletins
from desktop.application.settings.central import CountySettings
from desktop.application.settings.desk import Probed
from desktop.application.settings.editor import ProfileEditor
from desktop.application.settings.profile_file import ProfileFile
from desktop.connectors.kinds import Manifests
from desktop.domain.command import Collection
from desktop.domain.source import ProbeResult

PROFILE = """\
# Written by hand.
[desk]
name = "hand"
theme = "light"   # as the county wants it

[[source]]
id = "county"
kind = "county"
title = { zh = "县平台", en = "County" }
url = "http://127.0.0.1:8700"
"""
ANSWER = Probed(found=ProbeResult("county-desk/1", frozenset(Collection), {}))


class AnsweringDesk:
    """A real profile's file in a folder, and sources that answer."""

    is_demo = False
    bulletins: CountyBulletins | None = None

    def __init__(
        self, folder: Path, text: str | None = PROFILE, county: CountySettings | None = None
    ) -> None:
        self.path = folder / "profile.toml"
        if text is not None:
            self.path.write_text(text, encoding="utf-8")
        file = ProfileFile(self.path, folder / "good.toml")
        self.editor = ProfileEditor(file, Manifests(), lambda: county)
        self.answer = ANSWER
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.kept: dict[str, str] = {}
        self.holds_secrets = False
        """As the test wants it."""
        self.threads: set[threading.Thread] = set()

    @property
    def text(self) -> str:
        """What is in the file."""
        return self.path.read_text(encoding="utf-8")

    def probe(self, profile: Profile, source: str, typed: Mapping[str, str]) -> Probed:
        """Answer as the test wants it."""
        address = next(each.address for each in profile.sources if each.id == source)
        self.asked.append((address, dict(typed)))
        self.threads.add(threading.current_thread())
        return self.answer

    def cancel(self) -> None:
        """Nothing is under way."""

    def keep(self, profile: Profile, entry: str, secret: str) -> None:
        """Keep a secret in memory."""
        assert profile.place
        self.kept[entry] = secret

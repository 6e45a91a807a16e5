"""A real county that publishes, and a real desk of it that is opened again and again."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from desktop import bootstrap
from desktop.application.settings.kept_bulletins import Kept
from desktop.application.sync.exchange import exchange
from desktop.commands.opening import open_desk
from desktop.commands.settings.bulletins import BulletinDesk
from desktop.county_server.command import main
from desktop.county_server.courier.offices import Offices
from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from support.county_rows import incident

PROFILE = """\
[desk]
title = "示范县"
theme = "light"

[[source]]
id = "county"
kind = "county"
url = "{url}"
login = "none"
county_key = "{key}"
"""

DARK = """\
by = "信息中心"
fixed = ["desk.day_begins"]
[desk]
day_begins = "08:00"
theme = "dark"
timezone = "Asia/Urumqi"
[[group]]
postures = ["wall"]
[group.wall]
distance_m = 6.0
height_m = 1.6
"""


class PublishingCounty:
    """A county's server on a file of its own, and its operator's commands."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.path = folder, folder / "county.db"
        self._database = Database(self.path)
        self._database.put("incidents", [incident("i1")])
        self.offices = Offices(self.path)
        self._server = CountyServer(self._database, Settings(county="云溪县"))
        self.url = self._server.start()

    def run(self, *words: str) -> int:
        """Run one of the operator's commands."""
        return main([*words, "--database", str(self.path)])

    def acknowledge(self) -> None:
        """Have nothing wait at the county to be acknowledged."""
        seen = msgspec.structs.replace(incident("i1"), acknowledged_at=datetime.now(UTC))
        self._database.put("incidents", [seen])

    def publish(self, text: str, *more: str) -> int:
        """Publish settings of this text."""
        file = self.folder / "settings.toml"
        file.write_text(text, encoding="utf-8")
        return self.run("settings", "publish", str(file), *more)

    def forget_published(self) -> None:
        """Lose what was published, and how far its numbers went."""
        shutil.rmtree(self.path.with_name("county.db.published"))
        (self.path.with_name("county.db.courier") / "numbers.json").unlink()

    def profile(self, *, key: str | None = None) -> str:
        """The text of a desk's profile that trusts this county, or a key of another."""
        own = self.offices.own().public.fingerprint if key is None else key
        return PROFILE.format(url=self.url, key=own)

    def close(self) -> None:
        self._server.close()
        self._database.close()


@contextmanager
def a_publishing_county(folder: Path) -> Iterator[PublishingCounty]:
    folder.mkdir(exist_ok=True)
    with closing(PublishingCounty(folder)) as county:
        yield county


class DeskOfCounty:
    """One desk's folder and profile."""

    def __init__(self, folder: Path, profile: str) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.file = folder, folder / "desk.toml"
        self.file.write_text(profile, encoding="utf-8")
        self._running: bootstrap.Desk | None = None

    @contextmanager
    def start(self, command: str = "desk", key: str = "file") -> Iterator[bootstrap.Desk]:
        """Open the desk as its window does, up to the window."""
        options = argparse.Namespace(
            command=command,
            key=key,
            profile=self.file,
            profile_dir=self.folder / "data",
            passphrase_file=None,
            token_file=[],
            lang="en",
        )
        profile = bootstrap.load_profile(self.file)
        words = bootstrap.words_in("en")
        with closing(open_desk(profile, options, words, connects=True)) as desk:
            yield desk

    def _begin(self, desk: bootstrap.Desk) -> None:
        if self._running is not desk:
            self._running = desk
            desk.start()

    def exchange(self, desk: bootstrap.Desk) -> None:
        """Have all rows of the county here."""
        self._begin(desk)
        desk.engine.run_between_exchanges("county", exchange)

    def look(self, desk: bootstrap.Desk, posture: str = "") -> tuple[list[str], Kept]:
        """Ask the county once; what the officer is told, and what is kept then."""
        bulletins = BulletinDesk(desk, "county", posture)
        self._begin(desk)
        if not desk.outbox.binding("county").server:
            desk.engine.run_between_exchanges("county", lambda each: each.connector.epoch())
        told = bulletins.look()
        assert told is not None
        return [str(desk.words.problem(each)) for each in told], bulletins.recall()

    def take(self) -> Kept:
        """Start, ask the county once, and end well; what is kept then."""
        with self.start() as desk:
            self.look(desk)
            bulletins = BulletinDesk(desk, "county")
            bulletins.prove()
            return bulletins.recall()

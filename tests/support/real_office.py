"""An office whose every step is a command of the real program, and its county as another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from desktop import bootstrap
from desktop.__main__ import main
from desktop.county_server.command import main as county_server
from desktop.domain.command import CommandRecord
from desktop.storage.keys.encryption_key import KeyFile
from support.courier_pairing import pair_office
from support.program import County, write_profile


@contextmanager
def a_county(folder: Path) -> Iterator[County]:
    """A county that stands still, with some incidents."""
    with County(folder, "--speed", "0", "--incidents", "60") as county:
        yield county


class RealOffice:
    """One desk folder and its profile; the commands run in the test's own process."""

    def __init__(self, folder: Path, county: County, said: pytest.CaptureFixture[str]) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self.county, self._said = folder, county, said
        self.profile = write_profile(folder / "desk.toml", county.url)

    def run(self, *words: str | Path, status: int = 0) -> str:
        """Run one command of the program; what it said."""
        own = ("--profile", self.profile, "--profile-dir", self.folder / "desk", "--key", "file")
        done = main([*map(str, words), *map(str, own), "--lang", "en"])
        said = self._said.readouterr()
        assert done == status, said.out + said.err
        return said.out + said.err

    def sync(self) -> None:
        """Exchange with the county."""
        self.run("sync", "--once")

    def courier(self, *words: str | Path, status: int = 0) -> str:
        """Run one command of `courier`."""
        return self.run("courier", *words, status=status)

    def at_the_county(self, *words: str | Path, status: int = 0) -> str:
        """Run one command of the operator's `courier`; what it said."""
        told = ["courier", *map(str, words), "--database", str(self.county.database)]
        done, said = county_server(told), self._said.readouterr()
        assert done == status, said.out + said.err
        return said.out + said.err

    def pair(self, name: str) -> None:
        """Pair with the county, whose people compare the fingerprints."""
        pair_office(self.courier, self.at_the_county, self.folder, name)

    @contextmanager
    def open(self) -> Iterator[bootstrap.Desk]:
        """The desk itself, as a window has it."""
        profile = bootstrap.load_profile(self.profile)
        words, folder = bootstrap.words_in("en"), self.folder / "desk"
        with closing(bootstrap.Desk(profile, folder, KeyFile().key(folder), words, [])) as desk:
            yield desk

    def records(self) -> list[CommandRecord]:
        """Every command here in the order of the clicks."""
        with self.open() as desk:
            return sorted(desk.outbox.recent(500), key=lambda each: each.seq)

    def states(self) -> set[str]:
        """The states that commands here are in."""
        return {record.state.value for record in self.records()}

"""What a county publishes for its desks, beside its database and outside its backups.

A backup that is put back must not bring back settings that desks have left behind: they would
refuse whatever came with a number that they have seen. The highest numbers are noted beside the
key, too: what it signs once under a number it never signs again, whatever is lost.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.disk import private_folder, write_whole
from desktop.wire.bulletins import (
    SETTINGS,
    UPDATE,
    Bulletin,
    Bulletins,
    CentralSettings,
    Package,
    ProgramUpdate,
    write_bulletin,
)
from desktop.wire.level1 import MAGIC

KINDS: dict[str, type[CentralSettings | ProgramUpdate]] = {
    SETTINGS: CentralSettings,
    UPDATE: ProgramUpdate,
}
NUMBERED = re.compile(r"[a-z]+-([0-9]{1,16})\.json")
PIECE_BYTES = 1 << 20


class Board:
    """The bulletins of one county; read anew each time, for several processes."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._folder = database.with_name(database.name + ".published")
        self._offices = Offices(database)
        self._highest = self._offices.file.with_name("numbers.json")

    def newest(self, kind: str) -> Bulletin | None:
        """Return the bulletin of a kind that desks get now."""
        numbers = self.numbers(kind)
        return self.find(kind, numbers[-1]) if numbers else None

    def find(self, kind: str, number: int) -> Bulletin | None:
        """Return one that was published at some time."""
        file = self._file(kind, number)
        if not file.exists():
            return None
        return msgspec.json.decode(file.read_bytes(), type=Bulletin)

    def numbers(self, kind: str) -> list[int]:
        """Return the numbers of all that were published, in their order."""
        if not self._folder.is_dir():
            return []
        found = (NUMBERED.fullmatch(each.name) for each in self._folder.glob(f"{kind}-*.json"))
        return sorted(int(each[1]) for each in found if each)

    def read(self, kind: str, number: int) -> CentralSettings | ProgramUpdate | None:
        """Return what one that was published says."""
        found = self.find(kind, number)
        return None if found is None else msgspec.json.decode(found.text, type=KINDS[kind])

    def publish(
        self, kind: str, make: Callable[[int], CentralSettings | ProgramUpdate], least: int = 1
    ) -> int:
        """Sign and publish what `make` returns for the next number, and return that number.

        Raises `msgspec.ValidationError` where no desk could read it.
        """
        county, keys = identity_of(self._database), self._offices.own()
        with self._offices.alone():
            highest = self._read_highest()
            used = [highest.get(kind, 0), *self.numbers(kind)]
            number = max(least, max(used) + 1)
            bulletin = write_bulletin(kind, make(number), county, keys)
            private_folder(self._folder)
            write_whole(self._highest, msgspec.json.encode(highest | {kind: number}))
            write_whole(self._file(kind, number), msgspec.json.encode(bulletin))
        return number

    def _read_highest(self) -> dict[str, int]:
        if not self._highest.exists():
            return {}
        return msgspec.json.decode(self._highest.read_bytes(), type=dict[str, int])

    def encode(self, county: str) -> bytes | None:
        """Return what `GET /v1/bulletins` answers; None where nothing was ever published."""
        found = [each for each in map(self.newest, KINDS) if each is not None]
        return msgspec.json.encode(Bulletins(MAGIC, county, tuple(found))) if found else None

    def take_package(self, kind: str, file: Path) -> Package:
        """Keep a package for desks to fetch."""
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        kept = self._folder / digest
        if not kept.exists():
            private_folder(self._folder)
            draft = kept.with_suffix(".new")
            shutil.copyfile(file, draft)
            draft.chmod(0o600)
            draft.replace(kept)
        return Package(kind, file.name, file.stat().st_size, digest)

    def sweep(self) -> None:
        """Delete the packages that nobody is told of any more."""
        for file in self._folder.glob("[0-9a-f]" * 64):
            if self.package(file.name) is None:
                file.unlink()

    def package(self, digest: str) -> Path | None:
        """Return a kept package that is told of now."""
        newest = self.newest(UPDATE)
        if newest is None:
            return None
        told = msgspec.json.decode(newest.text, type=ProgramUpdate)
        file = self._folder / digest
        named = any(each.digest == digest for each in told.packages)
        return file if named and file.is_file() else None

    def _file(self, kind: str, number: int) -> Path:
        return self._folder / f"{kind}-{number}.json"


def say_moment(when: datetime) -> str:
    """Return a moment for people, in this computer's time."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}"

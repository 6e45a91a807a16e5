"""What a county publishes for its desks, beside its database and outside its backups.

A backup that is put back must not bring back settings that desks have left behind: they would
refuse whatever came with a number that they have seen. The highest numbers are noted beside the
key, too: what it signs once under a number it never signs again, whatever is lost. There it also
stands which number brought which other back.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import msgspec

from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.disk import copy_private, private_folder, write_whole
from desktop.wire.bulletins import (
    SETTINGS,
    UPDATE,
    Bulletin,
    Bulletins,
    CentralSettings,
    Package,
    ProgramUpdate,
    is_signed,
    write_bulletin,
)
from desktop.wire.courier import PrivateKeys
from desktop.wire.level1 import MAGIC

KINDS: dict[str, type[CentralSettings | ProgramUpdate]] = {
    SETTINGS: CentralSettings,
    UPDATE: ProgramUpdate,
}
NUMBERED = re.compile(r"[a-z]+-([0-9]{1,16})\.json")
KEPT_ON = timedelta(days=1)


class NothingToTakeBack(Exception):
    """Nothing of the kind is in force that a taking back would end."""


class Board:
    """The bulletins of one county; read anew each time, for several processes."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._folder = database.with_name(database.name + ".published")
        self._offices = Offices(database)
        self._highest = self._offices.file.with_name("numbers.json")

    def newest(self, kind: str, county: str) -> Bulletin | None:
        """Return the newest of a kind that was signed as this county's.

        A drill is another county: what was published for the real one would seem forged there.
        """
        found = (self.find(kind, number) for number in reversed(self.numbers(kind)))
        return next((each for each in found if each and is_signed(each, county)), None)

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

    def find_origin(self, number: int) -> int:
        """Return the number of the settings that a taking back brought back under this number.

        0 where there were none before; the number itself where it took nothing back.
        """
        return self._read_highest().get(f"{SETTINGS}-{number}", number)

    def publish(
        self, kind: str, make: Callable[[int], CentralSettings | ProgramUpdate], least: int = 1
    ) -> int:
        """Sign and publish what `make` returns for the next number, and return that number.

        Raises `msgspec.ValidationError` where no desk could read it.
        """
        keys = self._offices.own()
        with self._offices.alone():
            return self._sign(kind, make, least, keys)

    def take_settings_back(self, now: datetime, least: int = 1) -> int:
        """Publish anew what was in force before the newest settings; return its number.

        Each further one goes one further back, at last to none at all. Raises NothingToTakeBack;
        not where a number `least` is wanted, which desks have to see whatever it says. Raises
        `msgspec.DecodeError` where what was in force before cannot be read.
        """
        keys = self._offices.own()
        with self._offices.alone():
            newest = max(self.numbers(SETTINGS), default=self._read_highest().get(SETTINGS, 0))
            origin = self.find_origin(newest)
            if not origin and least == 1:
                raise NothingToTakeBack
            earlier = [each for each in self.numbers(SETTINGS) if each < origin]
            before = earlier[-1] if earlier else 0
            # Not the file of its origin, which may be lost.
            found = self.read(SETTINGS, before) if before else CentralSettings(1, now)
            assert isinstance(found, CentralSettings)
            again = partial(msgspec.structs.replace, found, made_at=now)
            first = self.find_origin(before)
            return self._sign(SETTINGS, lambda n: again(version=n), least, keys, first)

    def _sign(
        self,
        kind: str,
        make: Callable[[int], CentralSettings | ProgramUpdate],
        least: int,
        keys: PrivateKeys,
        origin: int | None = None,
    ) -> int:
        """Publish it; the caller has the lock. `origin` is noted where it is brought back."""
        highest = self._read_highest()
        used = [highest.get(kind, 0), *self.numbers(kind)]
        number = max(least, max(used) + 1)
        bulletin = write_bulletin(kind, make(number), identity_of(self._database), keys)
        known = highest | {kind: number}
        if origin is not None:
            known[f"{kind}-{number}"] = origin
        private_folder(self._folder)
        write_whole(self._highest, msgspec.json.encode(known))
        write_whole(self._file(kind, number), msgspec.json.encode(bulletin))
        return number

    def _read_highest(self) -> dict[str, int]:
        if not self._highest.exists():
            return {}
        return msgspec.json.decode(self._highest.read_bytes(), type=dict[str, int])

    def encode(self, county: str) -> bytes | None:
        """Return what `GET /v1/bulletins` answers; None where nothing was published."""
        found = [each for kind in KINDS if (each := self.newest(kind, county)) is not None]
        return msgspec.json.encode(Bulletins(MAGIC, county, tuple(found))) if found else None

    def keep_package(self, package: Package, file: Path) -> None:
        """Keep a copy of a package's file for desks to fetch."""
        kept = self._folder / package.digest
        if not kept.exists():
            private_folder(self._folder)
            draft = kept.with_suffix(".new")
            try:
                copy_private(file, draft)
                draft.replace(kept)
            except OSError:
                draft.unlink(missing_ok=True)
                raise

    def sweep(self, now: datetime) -> None:
        """Delete the packages that no desk asks for any more, as far as the disk lets it."""
        offered = self._find_offered(now)
        for file in self._folder.glob("[0-9a-f]" * 64):
            if file.name not in offered:
                with contextlib.suppress(OSError):
                    file.unlink()

    def package(self, digest: str, now: datetime) -> Path | None:
        """Return a kept package that desks may ask for."""
        file = self._folder / digest
        return file if digest in self._find_offered(now) and file.is_file() else None

    def _find_offered(self, now: datetime) -> set[str]:
        """Return the digests of packages that are told of, or were until a day ago.

        A desk hears within the hour that a newer one is there, and may be fetching the one before.
        Of one that was taken back nobody shall get anything.
        """
        offered = set[str]()
        for number in reversed(self.numbers(UPDATE)):
            told = self.read(UPDATE, number)
            if not isinstance(told, ProgramUpdate) or not told.program:
                break
            offered |= {each.digest for each in told.packages}
            if told.made_at < now - KEPT_ON:
                break
        return offered

    def _file(self, kind: str, number: int) -> Path:
        return self._folder / f"{kind}-{number}.json"


def describe_package(kind: str, file: Path) -> Package:
    """Return what desks are told of a package's file, or raise `msgspec.ValidationError`."""
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    told = {"kind": kind, "name": file.name, "size": file.stat().st_size, "digest": digest}
    return msgspec.convert(told, Package)


def say_moment(when: datetime) -> str:
    """Return a moment for people, in this computer's time."""
    return f"{when.astimezone():%Y-%m-%d %H:%M}"

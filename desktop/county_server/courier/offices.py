"""The offices a county is paired with, beside its database and outside its backups.

A backup that is put back must not bring back an office that was revoked since.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from desktop.county_server.db.database import meta
from desktop.county_server.db.disk import private_folder, write_whole
from desktop.county_server.db.file_lock import FileLock, InUse
from desktop.wire.courier import BundleError, Fault, Pairing, PrivateKeys, PublicKeys
from desktop.wire.level1 import DRILL

WAIT_S, STEP_S = 5.0, 0.02


class Office(msgspec.Struct, frozen=True):
    """A paired office; `keys` are those in use and, after them, new ones not yet used."""

    name: str
    account: str
    """Name of the account under which its commands are done; empty where there are none."""
    keys: tuple[PublicKeys, ...]
    revoked: bool = False
    past: tuple[bytes, ...] = ()
    """Ids of keys that were replaced or revoked: they are never taken again."""


class _Stored(msgspec.Struct, frozen=True):
    offices: tuple[Office, ...] = ()


class Offices:
    """The paired offices and the county's own keys; read anew each time, for several processes."""

    def __init__(self, database: Path) -> None:
        self._folder = database.with_name(database.name + ".courier")
        self._file, self._key = self._folder / "offices.json", self._folder / "key"

    @property
    def file(self) -> Path:
        """The file that changes whenever an office does."""
        return self._file

    def own(self) -> PrivateKeys:
        """Return the county's keys, made when they are first asked for."""
        with self.alone():
            if not self._key.exists():
                write_whole(self._key, PrivateKeys().seed)
            return PrivateKeys(self._key.read_bytes())

    def list_all(self) -> tuple[Office, ...]:
        """Return every office, by name."""
        if not self._file.exists():
            return ()
        stored = msgspec.json.decode(self._file.read_bytes(), type=_Stored)
        return tuple(sorted(stored.offices, key=lambda each: each.name))

    def find(self, name: str) -> Office | None:
        """Return the office of that name."""
        return next((each for each in self.list_all() if each.name == name), None)

    def check(self, name: str, key: bytes) -> tuple[Office, PublicKeys]:
        """Return the office and its keys of that id; BundleError when it may not send."""
        office = self.find(name)
        if office is None:
            raise BundleError(Fault.UNKNOWN_OFFICE)
        if office.revoked:
            raise BundleError(Fault.REVOKED)
        found = next((each for each in office.keys if each.id == key), None)
        if found is None:
            raise BundleError(Fault.UNKNOWN_KEY)
        if not found.can_agree():
            # Its commands would be done, and then there could be no receipt.
            raise BundleError(Fault.UNUSABLE_KEY)
        return office, found

    def pair(self, pairing: Pairing, account: str) -> None:
        """Add an office, or new keys for one: those in use are good until the new ones are used."""
        if not pairing.keys.can_agree():
            raise BundleError(Fault.UNUSABLE_KEY)
        with self.alone():
            known = self.find(pairing.office)
            keys, past = pairing.keys, () if known is None else known.past
            if keys.id in past:
                raise BundleError(Fault.REVOKED)
            used = () if known is None else known.keys[:1]
            both = used if keys in used else (*used, keys)
            self._put(Office(pairing.office, account, both, past=past))

    def revoke(self, name: str) -> None:
        """Refuse all bundles of an office from now on; paired again it needs new keys."""
        with self.alone():
            known = self.find(name)
            if known is None:
                raise BundleError(Fault.UNKNOWN_OFFICE)
            past = (*known.past, *(each.id for each in known.keys))
            self._put(Office(name, known.account, (), revoked=True, past=past))

    def note_use(self, name: str, key: bytes) -> None:
        """Drop the keys that newer ones replace, now that these are used."""
        with self.alone():
            known = self.find(name)
            if known is None or key not in [each.id for each in known.keys[1:]]:
                return
            kept = tuple(each for each in known.keys if each.id == key)
            past = (*known.past, *(each.id for each in known.keys if each.id != key))
            self._put(msgspec.structs.replace(known, keys=kept, past=past))

    def _put(self, office: Office) -> None:
        others = [each for each in self.list_all() if each.name != office.name]
        stored = _Stored((*others, office))
        write_whole(self._file, msgspec.json.encode(stored))

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes and threads from writing; InUse when one does not finish."""
        private_folder(self._folder)
        lock, tried_until_s = None, time.monotonic() + WAIT_S
        while lock is None:
            try:
                lock = FileLock(self._file)
            except InUse:
                if time.monotonic() > tried_until_s:
                    raise
                time.sleep(STEP_S)
        try:
            yield
        finally:
            lock.close()


def identity_of(database: Path) -> str:
    """Return the identity of the server whose file this is, also while it runs."""
    if not database.is_file():
        raise FileNotFoundError(database)
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        return identity(connection)


def identity(connection: sqlite3.Connection) -> str:
    """Return the identity of a county's server, in the form of `Header.county`."""
    return str(meta(connection, "server")) + (DRILL if meta(connection, "drill") else "")

"""The offices that may send frames, from the operator's file.

[[office]]
number = 7                # 1 to 65535
account = "dongqiao"      # as in the file of accounts; left out where there is none
key_file = "dongqiao.key" # 64 hexadecimal digits, beside this file; chmod 600

[[office]]
number = 8
pairing = "西河"          # of `county-server courier pair`: its keys and its account
"""

from __future__ import annotations

import logging
import re
import threading
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.county_server.courier.offices import Offices as PairedOffices
from desktop.county_server.db.database import Database
from desktop.county_server.http.account_file import AccountsError, check_closed
from desktop.county_server.http.roster import LOOK_EVERY_S, FileState, file_state
from desktop.protocol.limits import LAST_OFFICE
from desktop.wire.courier import derive_office_secret
from desktop.wire.frames.keys import derive_frame_key

log = logging.getLogger(__name__)

KEY = re.compile(r"\s*([0-9a-fA-F]{64})\s*")


class Office(msgspec.Struct, frozen=True):
    """An office: its number in frames, whose account it is, and the keys of its frames."""

    number: int
    account: str
    keys: tuple[bytes, ...]
    """For this county and account alone; two while an office that was paired anew has not used
    its new one."""
    pairing: str = ""
    """Name of the pairing that the keys are of; empty where they are of a file."""


class OfficesError(Exception):
    """The offices file or a key file is invalid; the text names the file, never a key."""


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=1, le=LAST_OFFICE)]
    key_file: str = ""
    pairing: str = ""
    account: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    office: Annotated[tuple[_Written, ...], Meta(min_length=1)]


def read_offices(file: Path, county: str, paired: PairedOffices) -> Mapping[int, Office]:
    """Read the offices of a TOML file in the form above, by number, without those revoked.

    `county` is the identity of the server, which their keys are made for, and `paired` are the
    offices it is paired with. Raises OfficesError, also where other users of the computer can read
    a key, and OSError where a file is missing.
    """
    offices: dict[int, Office] = {}
    known: set[bytes] = set()
    numbers: set[int] = set()
    for each in _parse(file):
        if each.number in numbers:
            raise OfficesError(f"{file}: 单位号 {each.number} 重复 / office {each.number} twice")
        numbers.add(each.number)
        account, secrets = _secrets_of(each, file, county, paired)
        if known.intersection(secrets):
            raise OfficesError(f"{file}: 单位 {each.number} 的密钥与另一单位相同 / a key twice")
        known.update(secrets)
        keys = tuple(derive_frame_key(secret, county, account) for secret in secrets)
        if keys:
            offices[each.number] = Office(each.number, account, keys, each.pairing)
    return offices


def _secrets_of(
    written: _Written, file: Path, county: str, paired: PairedOffices
) -> tuple[str, list[bytes]]:
    """Return an office's account and secrets, none of one whose pairing was revoked."""
    if bool(written.key_file) == bool(written.pairing) or (written.pairing and written.account):
        raise OfficesError(
            f"{file}: 单位 {written.number} 应写 key_file，或只写 pairing（账号以配对为准）"
            " / key_file, or pairing alone, which has its account"
        )
    if written.key_file:
        return written.account, [read_key(file.parent / written.key_file)]
    found = paired.find(written.pairing)
    if found is None:
        raise OfficesError(
            f"{file}: 没有与“{written.pairing}”配对 / not paired with {written.pairing}"
        )
    return found.account, [
        derive_office_secret(paired.own(), keys, county, found.name) for keys in found.keys
    ]


def _parse(file: Path) -> tuple[_Written, ...]:
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8-sig")), _File)
    except (ValueError, RecursionError) as error:
        raise OfficesError(f"{file}: {error}") from None
    return found.office


class OfficeRoster:
    """The offices of a file, which is read anew when it or one of its keys changes. Thread-safe."""

    def __init__(self, file: Path, county: str, database: Database) -> None:
        """Read the file; raises as `read_offices`."""
        self._file, self._county, self._time_s = file, county, database.time_s
        self._paired = PairedOffices(database.path)
        self._lock = threading.Lock()
        self._looked_at_s = database.time_s()
        self._watched: tuple[Path, ...] = ()
        self._states: list[FileState] = []
        self._offices: Mapping[int, Office] = {}
        self._read()

    def offices(self) -> Mapping[int, Office]:
        """Return the present offices; a bad or missing file changes nothing and is logged once."""
        with self._lock:
            now_s = self._time_s()
            # A clock that was set back delays no look.
            if abs(now_s - self._looked_at_s) >= LOOK_EVERY_S:
                self._looked_at_s = now_s
                self._look()
            return self._offices

    def note_use(self, office: Office, key: bytes) -> None:
        """Learn that the office used a key: by the new one of a pairing the old one is replaced."""
        if not office.pairing or key == office.keys[0]:
            return
        found = self._paired.find(office.pairing)
        for keys in () if found is None else found.keys[1:]:
            secret = derive_office_secret(self._paired.own(), keys, self._county, office.pairing)
            if derive_frame_key(secret, self._county, office.account) == key:
                self._paired.note_use(office.pairing, keys.id)

    def _look(self) -> None:
        states = _states(self._watched)
        if states == self._states:
            return
        self._states = states
        try:
            self._read()
        except (OfficesError, OSError) as error:
            log.warning("单位文件未能读取，沿用原有单位 / the offices stay as they were: %s", error)

    def _read(self) -> None:
        keys = [self._file.parent / each.key_file for each in _parse(self._file) if each.key_file]
        watched = (self._file, self._paired.file, *keys)
        # Taken before reading: a change made meanwhile gives another state and is read next time.
        states = _states(watched)
        self._offices = read_offices(self._file, self._county, self._paired)
        self._watched, self._states = watched, states


def _states(files: Sequence[Path]) -> list[FileState]:
    return [file_state(each) for each in files]


def read_key(file: Path) -> bytes:
    """Read an office's secret; OfficesError for a file that is none or that others can read."""
    try:
        check_closed(file)
        found = KEY.fullmatch(file.read_text(encoding="ascii"))
    except (AccountsError, UnicodeDecodeError) as error:
        raise OfficesError(str(error)) from None
    if found is None:
        raise OfficesError(f"{file}: 应为 64 位十六进制 / 64 hexadecimal digits expected")
    return bytes.fromhex(found[1])

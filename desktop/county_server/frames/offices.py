"""The offices that may send frames, from the operator's file.

[[office]]
number = 7                # 1 to 65535
account = "dongqiao"      # as in the file of accounts; left out where there is none
key_file = "dongqiao.key" # 64 hexadecimal digits, beside this file; chmod 600
"""

from __future__ import annotations

import logging
import re
import threading
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.county_server.http.account_file import AccountsError, check_closed
from desktop.county_server.http.roster import LOOK_EVERY_S, FileState, file_state
from desktop.wire.frames.fragments import LAST_OFFICE
from desktop.wire.frames.keys import derive_frame_key

log = logging.getLogger(__name__)

KEY = re.compile(r"\s*([0-9a-fA-F]{64})\s*")


class Office(msgspec.Struct, frozen=True):
    """An office: its number in frames, whose account it is, and the key of its frames."""

    number: int
    account: str
    key: bytes
    """Of its secret, for this county and account alone."""


class OfficesError(Exception):
    """The offices file or a key file is invalid; the text names the file, never a key."""


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=1, le=LAST_OFFICE)]
    key_file: str
    account: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    office: Annotated[tuple[_Written, ...], Meta(min_length=1)]


def read_offices(file: Path, county: str) -> Mapping[int, Office]:
    """Read the offices of a TOML file in the form above, by number.

    `county` is the identity of the server, which their keys are made for.

    Raises OfficesError, also where other users of the computer can read a key, and OSError where a
    file is missing.
    """
    offices: dict[int, Office] = {}
    secrets: set[bytes] = set()
    for each in _parse(file):
        if each.number in offices:
            raise OfficesError(f"{file}: 单位号 {each.number} 重复 / office {each.number} twice")
        secret = read_key(file.parent / each.key_file)
        if secret in secrets:
            raise OfficesError(f"{file}: 单位 {each.number} 的密钥与另一单位相同 / a key twice")
        secrets.add(secret)
        key = derive_frame_key(secret, county, each.account)
        offices[each.number] = Office(each.number, each.account, key)
    return offices


def _parse(file: Path) -> tuple[_Written, ...]:
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8-sig")), _File)
    except (ValueError, RecursionError) as error:
        raise OfficesError(f"{file}: {error}") from None
    return found.office


class OfficeRoster:
    """The offices of a file, which is read anew when it or one of its keys changes. Thread-safe."""

    def __init__(self, file: Path, county: str, time_s: Callable[[], float]) -> None:
        """Read the file; raises as `read_offices`."""
        self._file, self._county, self._time_s = file, county, time_s
        self._lock = threading.Lock()
        self._looked_at_s = time_s()
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
        keys = [self._file.parent / each.key_file for each in _parse(self._file)]
        watched = (self._file, *keys)
        # Taken before reading: a change made meanwhile gives another state and is read next time.
        states = _states(watched)
        self._offices = read_offices(self._file, self._county)
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

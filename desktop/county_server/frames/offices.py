"""The offices that may send frames, from the operator's file.

[[office]]
number = 7                # 1 to 65535
account = "dongqiao"      # as in the file of accounts; left out where there is none
key_file = "dongqiao.key" # 64 hexadecimal digits, beside this file; chmod 600
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from desktop.county_server.http.account_file import AccountsError, check_closed
from desktop.wire.frames.fragments import LAST_OFFICE
from desktop.wire.frames.keys import derive_frame_key

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
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8-sig")), _File)
    except (ValueError, RecursionError) as error:
        raise OfficesError(f"{file}: {error}") from None
    offices: dict[int, Office] = {}
    secrets: set[bytes] = set()
    for each in found.office:
        if each.number in offices:
            raise OfficesError(f"{file}: 单位号 {each.number} 重复 / office {each.number} twice")
        secret = read_key(file.parent / each.key_file)
        if secret in secrets:
            raise OfficesError(f"{file}: 单位 {each.number} 的密钥与另一单位相同 / a key twice")
        secrets.add(secret)
        key = derive_frame_key(secret, county, each.account)
        offices[each.number] = Office(each.number, each.account, key)
    return offices


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

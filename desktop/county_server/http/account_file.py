"""The accounts of a county, from its operator's file: who may log in, and what each may see.

[[account]]
name = "dongqiao"                 # on record with every command
token_sha256 = "9f86d0…"          # what `county-server token` prints; or token = "…"
townships = ["dongqiao"]          # left out: the whole county
officers = ["张伟", "李娜"]        # left out: any name that is no other account's
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from desktop.county_server.commands.duties import plain
from desktop.county_server.scope import Account, Accounts

MOST_BYTES = 10_000_000
LEAST_TOKEN = 12
"""Fewest characters of a token written in the file itself; shorter ones could be guessed."""
DIGEST = re.compile(r"[0-9a-f]{64}")
HEADER = re.compile(r"\s*\[\[\s*account\s*\]\]\s*(#.*)?")
PLACE = re.compile(r"(.*) \(at line ([0-9]+), column [0-9]+\)", re.DOTALL)


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    token: str = ""
    token_sha256: str = ""
    townships: tuple[str, ...] | None = None
    officers: tuple[str, ...] = ()


class AccountsError(Exception):
    """The accounts file is invalid; the text names the line and the fault, never a token."""


def read_accounts(file: Path) -> Accounts:
    """Read the accounts of a TOML file in the form above.

    Raises AccountsError, also for a file that other users of the computer can read, and
    OSError when there is no such file.
    """
    check_closed(file)
    text = _text(file)
    try:
        found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        said = PLACE.fullmatch(str(error))
        line, what = (said[2], said[1]) if said else (len(text.rstrip().split("\n")), str(error))
        raise AccountsError(f"{file}:{line}: 不是 TOML / not TOML: {what}") from None
    tables = found.get("account")
    if set(found) != {"account"} or not isinstance(tables, list) or not tables:
        raise AccountsError(f"{file}: 应只有 [[account]] 各节 / expected [[account]] tables alone")
    return _Reader(file, text).accounts(tables)


def check_closed(file: Path) -> None:
    """Check a file's mode; AccountsError when other users of the computer can read or change it."""
    mode = file.stat().st_mode if os.name == "posix" else 0
    if mode & 0o027:
        zh, en = ("改动", "change") if mode & 0o022 else ("读取", "read")
        raise AccountsError(
            f"{file}: 本机其他用户可以{zh}，请执行 chmod 600 / other users can {en} it: chmod 600"
        )


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise AccountsError(f"{file}: 过大 / larger than {MOST_BYTES} bytes")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise AccountsError(f"{file}:{line}: 不是 UTF-8 / not UTF-8") from None


class _Reader:
    """Builds the accounts of one file; errors name the line."""

    def __init__(self, file: Path, text: str) -> None:
        self._file = file
        self._lines = text.split("\n")
        self._headers = [n for n, line in enumerate(self._lines, 1) if HEADER.fullmatch(line)]

    def accounts(self, tables: list[Any]) -> Accounts:
        """Build the accounts by their token's SHA-256; AccountsError for the first invalid one."""
        found: dict[str, Account] = {}
        names: dict[str, int] = {}
        for number, table in enumerate(tables):
            try:
                written = msgspec.convert(table, _Written)
            except msgspec.ValidationError as error:
                raise self._wrong(number, "", str(error)) from None
            for field, what in _faults(written):
                raise self._wrong(number, field, what)
            if (name := plain(written.name)) in names:
                line = self._line(names[name], "name")
                raise self._wrong(number, "name", f"与第 {line} 行重名 / named as on line {line}")
            names[name] = number
            digest = written.token_sha256 or hashlib.sha256(written.token.encode()).hexdigest()
            if digest in found:
                what = (
                    f"令牌与账号 {found[digest].name} 相同 / the token is that of another account"
                )
                raise self._wrong(number, "token", what)
            found[digest] = Account(written.name.strip(), written.townships or (), written.officers)
        return found

    def _wrong(self, number: int, field: str, what: str) -> AccountsError:
        line = self._line(number, field)
        where = f":{line}" if line else ""
        return AccountsError(
            f"{self._file}{where}: 第 {number + 1} 个账号 / account {number + 1}: {what}"
        )

    def _line(self, number: int, field: str) -> int:
        """Return the line of an account's field, else that of the account; 0 when not found."""
        if number >= len(self._headers):
            return 0
        first = self._headers[number]
        last = self._headers[number + 1] if number + 1 < len(self._headers) else None
        stands = re.compile(rf"\s*{field}\w*\s*=")
        for line, text in enumerate(self._lines[first : last and last - 1], first + 1):
            if field and stands.match(text):
                return line
        return first


def _faults(written: _Written) -> Iterator[tuple[str, str]]:
    """Yield the faults in the values of an account, each with its field."""
    if not plain(written.name):
        yield "name", "没有名称 / no name"
    if bool(written.token) == bool(written.token_sha256):
        yield "token", "须写 token 与 token_sha256 之一 / one of token and token_sha256 is needed"
    if written.token and len(written.token.strip()) < LEAST_TOKEN:
        yield (
            "token",
            f"令牌至少 {LEAST_TOKEN} 个字符 / the token is shorter than {LEAST_TOKEN} characters",
        )
    if written.token_sha256 and not DIGEST.fullmatch(written.token_sha256):
        yield "token_sha256", "应为 64 位十六进制 / 64 small hexadecimal digits expected"
    if written.townships == ():
        # An empty list could mean no township as well as all of them.
        yield "townships", "全县账号请去掉这一行 / for the whole county leave this line out"
    for field, words in (("townships", written.townships or ()), ("officers", written.officers)):
        if not all(each.strip() for each in words):
            yield field, "有空白的一项 / an empty word"

"""The accounts of a county, from a file of its operator: who may in, and what each may see."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import msgspec

from desktop.county_server.scope import Account, Accounts


class _Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    token: str
    townships: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account: tuple[_Written, ...]


class AccountsError(Exception):
    """The file is no list of accounts; says what is wrong, never a token."""


def read_accounts(file: Path) -> Accounts:
    """The accounts of a TOML file: `[[account]]` with `name`, `token` and maybe `townships`.

    Raises AccountsError, and OSError when there is no such file.
    """
    try:
        written = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise AccountsError(f"{file}: {error}") from None
    accounts = {
        hashlib.sha256(each.token.encode()).hexdigest(): Account(each.name, each.townships)
        for each in written.account
    }
    names = [each.name for each in written.account]
    if not all(each.name and each.token for each in written.account):
        raise AccountsError(f"{file}: an account without a name or a token")
    if len(set(names)) < len(names) or len(accounts) < len(names):
        raise AccountsError(f"{file}: two accounts with the same name or token")
    return accounts

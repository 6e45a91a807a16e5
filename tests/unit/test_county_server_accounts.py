"""Accounts from an operator's file: read with their townships, refused in words without a token."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from desktop.county_server.account_file import AccountsError, read_accounts
from desktop.county_server.scope import Account, account_of

TWO = """
[[account]]
name = "zhang"
token = "first s3cret"

[[account]]
name = "li"
token = "second s3cret"
townships = ["dongqiao"]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "accounts.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_token_lets_in_its_own_account(tmp_path):
    accounts = read_accounts(written(tmp_path, TWO))
    assert account_of("Bearer first s3cret", accounts) == Account("zhang")
    assert account_of("Bearer second s3cret", accounts) == Account("li", ("dongqiao",))
    assert account_of("Bearer third", accounts) is None
    assert account_of(None, accounts) is None
    assert hashlib.sha256(b"first s3cret").hexdigest() in accounts


@pytest.mark.parametrize(
    "text",
    [
        "[[account]]\nname = 'zhang'\n",
        "[[account]]\nname = ''\ntoken = 's3cret'\n",
        "[[account]]\nname = 'zhang'\ntoken = ''\n",
        "[[account]]\nname = 'zhang'\ntoken = 's3cret'\nrole = 'chief'\n",
        TWO.replace("li", "zhang"),
        TWO.replace("second", "first"),
        "account = s3cret",
    ],
)
def test_a_wrong_file_is_refused_without_a_token_in_the_words(tmp_path, text):
    with pytest.raises(AccountsError) as caught:
        read_accounts(written(tmp_path, text))
    assert "accounts.toml" in str(caught.value)
    assert "s3cret" not in str(caught.value)

"""Accounts from an operator's file: read with their townships, refused in words without a token."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from desktop.county_server.command import main
from desktop.county_server.http.account_file import AccountsError, read_accounts
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
    file.chmod(0o600)
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
        "[[account]]\nname = 'zhang'\ntoken = 'first s3cret'\nrole = 'chief'\n",
        "[[account]]\nname = 'zhang'\ntoken = 's3cret'\n",
        TWO.replace('name = "li"', 'name = " ＺHANG"'),
        TWO.replace('["dongqiao"]', '["dongqiao", " "]'),
        TWO + "tocken = 's3cret'",
        TWO + "token_sha256 = 'first s3cret'",
        "",
        "county = 's3cret'\n" + TWO,
        TWO.replace("li", "zhang"),
        TWO.replace("second", "first"),
        "account = s3cret",
        "account = " + "[" * 3_000 + "'s3cret'",
        "account = " + "9" * 5_000 + "  # s3cret",
    ],
)
def test_a_wrong_file_is_refused_without_a_token_in_the_words(tmp_path, text):
    with pytest.raises(AccountsError) as caught:
        read_accounts(written(tmp_path, text))
    assert "accounts.toml" in str(caught.value)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (TWO.replace("second", "first"), 8),
        (TWO.replace('"li"', '"zhang"'), 7),
        (TWO.replace('"li"', "7"), 6),
        (TWO.replace('["dongqiao"]', '["", "a"]'), 9),
        (TWO.replace('token = "second s3cret"', 'token_sha256 = "second s3cret"'), 8),
        (TWO.replace("second s3cret", "s3cret"), 8),
        (TWO + "name = ", 10),
        (TWO.replace('["dongqiao"]', "[]"), 9),
    ],
    ids=[
        "token twice",
        "name twice",
        "no text",
        "empty word",
        "no hash",
        "short",
        "no TOML",
        "none or all",
    ],
)
def test_the_line_that_is_wrong_is_named(tmp_path, text, line):
    with pytest.raises(AccountsError) as caught:
        read_accounts(written(tmp_path, text))
    assert f"accounts.toml:{line}:" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_file_in_another_encoding_is_refused_with_its_line(tmp_path):
    file = tmp_path / "accounts.toml"
    file.write_bytes(TWO.encode() + "officers = ['张伟']".encode("gb18030"))
    file.chmod(0o600)
    with pytest.raises(AccountsError, match=r"accounts\.toml:10: .*UTF-8"):
        read_accounts(file)


def test_a_token_may_stand_there_as_its_hash_alone(tmp_path):
    digest = hashlib.sha256(b"first s3cret").hexdigest()
    text = f"[[account]]\nname = 'zhang'\ntoken_sha256 = '{digest}'\nofficers = ['张伟']\n"
    accounts = read_accounts(written(tmp_path, text))
    found = account_of("Bearer first s3cret", accounts)
    assert found == Account("zhang", officers=("张伟",))
    assert account_of(f"Bearer {digest}", accounts) is None, "the hash opens nothing"


@pytest.mark.skipif(sys.platform == "win32", reason="no such modes there")
@pytest.mark.parametrize("mode", [0o644, 0o604, 0o620, 0o602])
def test_a_file_that_others_can_read_or_change_is_refused(tmp_path, mode):
    file = written(tmp_path, TWO)
    file.chmod(mode)
    with pytest.raises(AccountsError, match="chmod 600"):
        read_accounts(file)


def test_the_token_command_prints_what_lets_its_token_in(tmp_path, capsys):
    assert main(["token", '东桥 "A"']) == 0
    said = capsys.readouterr().out
    token = said.partition("once: ")[2].partition("\n")[0]
    accounts = read_accounts(written(tmp_path, said[said.index("[[") :]))
    assert account_of(f"Bearer {token}", accounts) == Account('东桥 "A"')
    assert len(token) >= 32

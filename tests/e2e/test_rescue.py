"""A damaged outbox at the command line: kept closed, and readable text only when asked for."""

from __future__ import annotations

import os
from pathlib import Path

from desktop.storage.keys.encryption_key import KeyFile
from support.program import county_desk, write_profile


def test_what_is_rescued_of_an_outbox_is_text_only_by_an_explicit_command(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    folder = tmp_path / "desk"
    words = ["--profile", os.fspath(profile), "--profile-dir", os.fspath(folder), "--key", "file"]
    given = county_desk("command", "create", "-", "title=泵房积水", "level=ordinary", *words)
    assert given.returncode == 0, given.stderr
    path = folder / "outbox.db"
    path.write_bytes(b"\xa5" * 4096 + path.read_bytes()[4096:])
    refused = county_desk("outbox", *words)
    assert refused.returncode == 2
    assert "outbox-rescued.db" in refused.stderr
    held = b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())
    assert "泵房积水".encode() not in held
    to = tmp_path / "plain.jsonl"
    done = county_desk("outbox", "--rescue-to", to, *words)
    assert (done.returncode, "1 条" in done.stdout) == (0, True), done.stderr
    assert "泵房积水" in to.read_text("utf-8")
    assert to.stat().st_mode & 0o777 == 0o600
    again = county_desk("outbox", "--rescue-to", to, *words)
    assert (again.returncode, "没有覆盖" in again.stderr) == (2, True)


def test_a_key_that_others_may_read_opens_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    folder = tmp_path / "desk"
    words = ["--profile", os.fspath(profile), "--profile-dir", os.fspath(folder), "--key", "file"]
    assert county_desk("outbox", *words).returncode == 0
    key = folder / KeyFile.NAME
    key.chmod(0o644)
    refused = county_desk("outbox", *words)
    assert (refused.returncode, f"chmod 600 {key}" in refused.stderr) == (2, True)
    key.chmod(0o600)
    folder.chmod(0o777)
    refused = county_desk("outbox", *words)
    assert (refused.returncode, f"chmod go-w {folder}" in refused.stderr) == (2, True)


def test_a_passphrase_file_is_held_to_the_same(tmp_path: Path) -> None:
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    passphrase = tmp_path / "passphrase"
    words = ["--profile", os.fspath(profile), "--profile-dir", os.fspath(tmp_path / "desk")]
    words += ["--passphrase-file", os.fspath(passphrase)]
    passphrase.write_text("1234567\n")
    passphrase.chmod(0o640)
    assert "chmod 600" in county_desk("outbox", *words).stderr
    passphrase.chmod(0o600)
    short = county_desk("outbox", *words)
    assert (short.returncode, "至少 8 个字符" in short.stderr) == (2, True)
    passphrase.write_text("12345678\n")
    assert county_desk("outbox", *words).returncode == 0

"""`county-desk backup` and `restore`, on one computer and then on another."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from desktop.__main__ import main
from desktop.application.ports import StoreError
from desktop.domain.clock import SystemClock
from desktop.storage.backup.restoring import make_ready
from desktop.storage.backup.writing import Desk, write_backup
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.sqlite.folder_lock import RESTORE_READY
from support.quick_keys import make_keys_quick


def test_a_desk_moves_to_another_computer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    make_keys_quick(monkeypatch)
    profile, backup, secret = (tmp_path / name for name in ("desk.toml", "b.cdk", "secret"))
    profile.write_text('[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n')
    secret.touch(0o600)
    secret.write_text("a long passphrase\n")
    given = ["--backup-passphrase-file", str(secret), "--key", "file", "--lang", "en"]
    here = ["--profile", str(profile), "--profile-dir", str(tmp_path / "here"), *given]
    bare = [word for word in here if word not in given[:2]]
    assert main(["command", "create", "-", "title=泵房积水", "level=ordinary", *bare]) == 0
    assert main(["backup", str(backup), *here]) == 0
    said = capsys.readouterr().out
    assert "commands without an answer: 1" in said
    assert "Not in a backup: the logins" in said
    assert main(["backup", str(backup), *here]) == 2
    assert "there already" in capsys.readouterr().err
    assert main(["restore", str(backup), *here]) == 2
    assert "commands without an answer here (1)" in capsys.readouterr().err
    other = tmp_path / "other"
    there = ["--profile", str(other / "desk.toml"), "--profile-dir", str(other / "data"), *given]
    assert main(["restore", str(backup), "--list", *there]) == 0
    assert not other.exists()
    assert main(["restore", str(backup), *there]) == 0
    assert "(1) are held" in capsys.readouterr().out
    assert (other / "desk.toml").read_text() == profile.read_text()
    assert main(["outbox", *(word for word in there if word not in given[:2])]) == 1
    assert "comes from a backup" in capsys.readouterr().out
    ready = tmp_path / "ready"
    ready.mkdir(0o700)
    key = KeyFile().key(ready)
    make_ready(ready, key, backup, "a long passphrase", SystemClock())
    bare_there = ["--profile", str(profile), "--profile-dir", str(ready), *given[2:]]
    assert main(["outbox", *bare_there]) == 1
    said = capsys.readouterr()
    assert "was restored" in said.err, "whoever opens the desk next puts it in place"
    assert "comes from a backup" in said.out
    profile.write_text(profile.read_text() + "# 改过\n")
    assert main(["restore", str(backup), *here]) == 2
    assert "--keep-profile" in capsys.readouterr().err


def test_a_restore_that_is_refused_writes_no_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    make_keys_quick(monkeypatch)
    profile, backup, secret = (tmp_path / name for name in ("desk.toml", "b.cdk", "secret"))
    profile.write_text('[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n')
    secret.touch(0o600)
    secret.write_text("a long passphrase\n")
    here = ["--profile", str(profile), "--profile-dir", str(tmp_path / "d"), "--key", "file"]
    assert main(["command", "create", "-", "title=泵房积水", "level=ordinary", *here]) == 0
    here += ["--backup-passphrase-file", str(secret), "--lang", "en"]
    assert main(["backup", str(backup), *here]) == 0
    profile.unlink()
    assert main(["restore", str(backup), *here]) == 2
    assert "nothing was restored or changed" in capsys.readouterr().err
    assert not profile.exists()


def test_a_desk_that_is_half_restored_is_not_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    make_keys_quick(monkeypatch)
    profile, backup, folder = tmp_path / "desk.toml", tmp_path / "b.cdk", tmp_path / "d"
    profile.write_text('[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n')
    here = ["--profile", str(profile), "--profile-dir", str(folder), "--key", "file"]
    assert main(["outbox", *here]) == 0
    key = KeyFile().key(folder)
    write_backup(Desk(folder, key, profile, "desk", "1"), backup, "a long passphrase", 0)
    make_ready(folder, key, backup, "a long passphrase", SystemClock())
    replaced = os.replace

    def replace(from_: str | Path, to: str | Path) -> None:
        if Path(from_) == folder / RESTORE_READY / "files.db":
            raise OSError(errno.EIO, "the disk fails")
        replaced(from_, to)

    with monkeypatch.context() as failing:
        failing.setattr(os, "replace", replace)
        for words in (["outbox", *here], ["outbox", "--rescue-to", str(tmp_path / "r"), *here]):
            assert main([*words, "--lang", "en"]) == 2
            assert "halfway (the disk fails)" in capsys.readouterr().err
    with pytest.raises(StoreError) as refused:
        write_backup(
            Desk(folder, key, profile, "desk", "1"), tmp_path / "2", "a long passphrase", 0
        )
    assert refused.value.problem.code == "restore_halfway"
    assert main(["outbox", *here, "--lang", "en"]) == 0
    assert "was restored" in capsys.readouterr().err

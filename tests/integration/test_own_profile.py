"""What opens when no profile is named."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from desktop import paths
from desktop.__main__ import main


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "county-desk" / "profile.toml"


def test_without_a_profile_both_languages_say_where_one_may_lie(
    config: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["shot", "--out", "x.png"]) == 2
    said = capsys.readouterr().err
    assert str(config) in said
    assert "没有指定来源" in said
    assert "No sources given" in said


def test_a_profile_that_may_not_be_looked_for_is_said_to_be_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    # Nobody can look for so long a name, as nobody can in another user's folder.
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ("x" * 300)))
    assert main(["shot", "--out", "x.png"]) == 2
    assert "profile.toml: cannot be read" in capsys.readouterr().err


def test_a_file_that_cannot_be_used_is_named_in_both_languages_and_not_in_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def refuse(_file: Path) -> bool:
        raise PermissionError(errno.EACCES, "Permission denied", "/srv/other/desk")

    monkeypatch.setattr(paths, "is_there", refuse)
    assert main(["shot", "--out", "x.png"]) == 1
    said = capsys.readouterr().err
    assert "/srv/other/desk 打不开" in said
    assert "/srv/other/desk cannot be read or written (Permission denied)" in said


def test_the_own_profile_is_read_and_its_faults_are_named(
    config: Path, capsys: pytest.CaptureFixture[str]
):
    config.parent.mkdir()
    config.write_text("[desk]\nlanguage = 'fr'\n", "utf-8")
    assert paths.own_profile() == config
    assert main(["shot", "--out", "x.png"]) == 2
    assert f"{config}:2:" in capsys.readouterr().err

"""What opens when no profile is named."""

from __future__ import annotations

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


def test_the_own_profile_is_read_and_its_faults_are_named(
    config: Path, capsys: pytest.CaptureFixture[str]
):
    config.parent.mkdir()
    config.write_text("[desk]\nlanguage = 'fr'\n", "utf-8")
    assert paths.own_profile() == config
    assert main(["shot", "--out", "x.png"]) == 2
    assert f"{config}:2:" in capsys.readouterr().err

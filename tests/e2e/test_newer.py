"""An older program meets what a newer one wrote: words in both languages, and nothing touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.storage.sqlite.data_format import FILE, FORMAT
from support.program import county_desk, free_port, write_profile

NEWER = 4


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): (p.stat().st_mtime_ns, p.read_bytes()) for p in files}


@pytest.fixture
def desk(tmp_path: Path) -> tuple[str, ...]:
    profile = write_profile(tmp_path / "desk.toml", f"http://127.0.0.1:{free_port()}")
    told = ("--profile", str(profile), "--profile-dir", str(tmp_path / "desk"), "--key", "file")
    done = county_desk("command", "create", "-", "title=堤上渗水", *told)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "desk" / FILE).read_text().startswith(f"{FORMAT} ")
    return told


@pytest.mark.parametrize(
    ("command", "language", "said"),
    [
        (("outbox",), "zh_CN", "由更新的版本（9.1）写成"),
        (("sync",), "en", "written by a newer version (9.1)"),
        (("desk",), "en", "Install 9.1 or a newer version again"),
        (("list", "incidents", "--offline"), "zh_CN", "装回 9.1 或更新的版本"),
    ],
)
def test_what_a_newer_program_keeps_is_refused_untouched(desk, tmp_path, command, language, said):
    (tmp_path / "desk" / FILE).write_text(f"{FORMAT + 1} 9.1\n")
    before = state(tmp_path / "desk")
    done = county_desk(*command, *desk, "--lang", language)
    assert (done.returncode, said in done.stderr) == (NEWER, True), done.stderr
    assert state(tmp_path / "desk") == before


def test_a_profile_for_a_newer_program_is_refused_in_both_languages(desk, tmp_path):
    profile = tmp_path / "desk.toml"
    profile.write_text("version = 2\n[hologram]\n" + profile.read_text(encoding="utf-8"))
    before = state(tmp_path)
    done = county_desk("outbox", *desk)
    assert done.returncode == NEWER
    assert "hologram" not in done.stderr, "what is new cannot be judged"
    assert "是给更新的版本写的" in done.stderr
    assert "is for a newer version" in done.stderr
    assert state(tmp_path) == before

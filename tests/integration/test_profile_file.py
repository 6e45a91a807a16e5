"""A profile's file and its editor: whole or not at all, and never over somebody else's change."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from desktop import bootstrap, paths
from desktop.application.ports import StoreError
from desktop.application.profile import ProfileError
from desktop.application.settings.document import put_source, remove_source, set_value
from desktop.application.settings.editor import Refused
from desktop.commands.settings.profile_files import keep_last_good, read_last_good
from support.settings_desk import PROFILE, AnsweringDesk

DARK = set_value("desk", "theme", "dark")


def test_a_change_is_in_the_file_with_its_comments_and_permissions(tmp_path: Path) -> None:
    desk = AnsweringDesk(tmp_path)
    desk.path.chmod(0o640)
    desk.editor.read()
    assert desk.editor.change(DARK).value("desk", "theme") == "dark"
    assert desk.text == PROFILE.replace('"light"', '"dark"')
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o640
    assert [each.name for each in tmp_path.iterdir()] == ["profile.toml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    there = AnsweringDesk(tmp_path / "shared")
    (tmp_path / "profile.toml").symlink_to(there.path)
    here = AnsweringDesk(tmp_path, None)
    here.editor.read()
    here.editor.change(DARK)
    assert here.path.is_symlink()
    assert '"dark"' in there.text


def test_a_change_by_somebody_else_is_not_written_over_unless_that_is_wanted(
    tmp_path: Path,
) -> None:
    desk = AnsweringDesk(tmp_path)
    desk.editor.read()
    desk.path.write_text(PROFILE + "# theirs\n", encoding="utf-8")
    assert desk.editor.is_changed()
    with pytest.raises(StoreError, match="settings_changed"):
        desk.editor.change(DARK)
    assert "# theirs" in desk.text
    desk.editor.read()
    assert desk.editor.change(DARK).profile is not None
    assert "# theirs" in desk.text
    desk.path.write_text("half writ", encoding="utf-8")
    desk.editor.change(set_value("desk", "language", "en"), over=True)
    assert "# theirs" in desk.text


def test_a_change_that_makes_the_profile_useless_is_not_written(tmp_path: Path) -> None:
    desk = AnsweringDesk(tmp_path)
    desk.editor.read()
    for edit in (set_value("desk", "theme", "green"), remove_source("county")):
        with pytest.raises(Refused):
            desk.editor.change(edit)
    assert desk.text == PROFILE
    desk.editor.replace(PROFILE.replace('"light"', '"green"'))
    assert (tmp_path / "profile.toml.before").read_text(encoding="utf-8") == PROFILE
    assert [fault.line for fault in desk.editor.snapshot.faults] == [4]
    for text in (PROFILE, "# mine\n", PROFILE, desk.text):
        desk.editor.replace(text)
    kept = {each.name: each.read_text(encoding="utf-8") for each in tmp_path.glob("*.before*")}
    assert kept == {
        "profile.toml.before": PROFILE,
        "profile.toml.before-2": PROFILE.replace('"light"', '"green"'),
        "profile.toml.before-3": "# mine\n",
    }
    assert desk.editor.change(set_value("desk", "language", "en")).faults, "it was there before"
    assert desk.editor.change(DARK).faults == ()


@pytest.mark.parametrize("text", ["[desk\n", "\ufffe", "version = 2\n"])
def test_a_file_that_cannot_be_used_is_told_and_left(tmp_path: Path, text: str) -> None:
    desk = AnsweringDesk(tmp_path, None)
    desk.path.write_bytes(text.encode("utf-16" if text == "\ufffe" else "utf-8"))
    before = desk.path.read_bytes()
    snapshot = desk.editor.read()
    assert snapshot.profile is None
    assert snapshot.faults or snapshot.unwritable
    assert desk.path.read_bytes() == before


def test_what_cannot_be_written_is_told_and_the_file_stays_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = AnsweringDesk(tmp_path)
    desk.editor.read()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(os, "fsync", fail)
        with pytest.raises(StoreError, match="disk_full"):
            desk.editor.change(DARK)
    assert desk.text == PROFILE
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert desk.editor.read().unwritable is not None


def test_a_first_profile_is_made_with_its_folder(tmp_path: Path) -> None:
    desk = AnsweringDesk(tmp_path, None)
    assert desk.editor.read().faults
    values = {"id": "county", "kind": "county", "url": "http://127.0.0.1:8700"}
    assert desk.editor.change(put_source("county", values)).profile is not None
    assert stat.S_IMODE(desk.path.stat().st_mode) == 0o600
    assert bootstrap.load_profile(desk.path).counties == ("county",)


def test_the_last_good_profile_opens_in_place_of_a_faulty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    file = AnsweringDesk(tmp_path).path
    error = ProfileError([f"{file}:1: faulty"])
    assert read_last_good(file, error) is None
    keep_last_good(file)
    file.write_text("[desk", encoding="utf-8")
    keep_last_good(file)
    found = read_last_good(file, error)
    assert found is not None
    profile, notice = found
    assert (profile.name, profile.counties) == ("hand", ("county",))
    assert notice.details == {"file": str(file), "line": "1", "reason": "faulty"}
    assert paths.last_good_profile(file) != paths.last_good_profile(tmp_path / "other.toml")

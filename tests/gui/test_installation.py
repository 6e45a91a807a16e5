"""A desk that is open when another version is installed says so, and goes on as it is."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QFileSystemWatcher, QObject
from pytestqt.qtbot import QtBot

from desktop.application.installed import Installed, find_installed
from desktop.commands.restart import PAUSES_S, begin_anew, programs_anew
from desktop.domain.source import Problem
from desktop.gui.installation import InstallationWatch
from support.open_desk import open_desk
from support.sample_board import empty_county

OLD, NEW = "0.1.0+deb12-0a0a0a0a", "0.2.0+deb12-0b0b0b0b"
REBUILT = "0.1.0+deb12-0c0c0c0c"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    for build in (OLD, NEW, REBUILT):
        (folder / "run" / build).mkdir(parents=True)
    (folder / "current").symlink_to(f"run/{OLD}")
    return folder


def set_up(folder: Path, build: str) -> None:
    """As the package's own script does it."""
    (folder / "current.new").symlink_to(f"run/{build}")
    (folder / "current.new").rename(folder / "current")


def test_the_desk_says_once_that_another_version_is_there(
    qtbot: QtBot, tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(package / "run" / OLD))
    with open_desk(qtbot, empty_county(), tmp_path, language="en") as desk:
        qtbot.waitUntil(lambda: desk.whole)
        assert not desk.notices.isVisible()
        set_up(package, NEW)
        qtbot.waitUntil(desk.notices.isVisible)
        assert desk.notices.words.text().startswith("Version 0.2.0 was just installed")


def test_what_else_changes_in_the_folder_tells_of_no_version_twice(
    qtbot: QtBot, package: Path
) -> None:
    told: list[Problem] = []
    owner = QObject()
    watch = InstallationWatch(Installed(package, OLD), told.append, owner)
    [watcher] = watch.findChildren(QFileSystemWatcher)
    set_up(package, NEW)
    qtbot.waitUntil(lambda: len(told) == 1)
    with qtbot.waitSignal(watcher.directoryChanged):
        (package / "anything").touch()
    assert len(told) == 1


def test_another_build_of_the_same_version_is_told_from_this_one(
    qtbot: QtBot, tmp_path: Path, package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "prefix", str(package / "run" / OLD))
    with open_desk(qtbot, empty_county(), tmp_path, language="en") as desk:
        qtbot.waitUntil(lambda: desk.whole)
        set_up(package, REBUILT)
        qtbot.waitUntil(desk.notices.isVisible)
        assert f"Version {REBUILT} was just installed" in desk.notices.words.text()
        assert f"goes on with {OLD} as before" in desk.notices.words.text()


def test_what_begins_anew_is_the_version_that_was_installed(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["county-desk", "settings", "--lang", "en"])
    monkeypatch.setattr(sys, "orig_argv", ["python", "-I", "county-desk", *sys.argv[1:]])
    prefix = str(package / "run" / OLD)
    (same,) = programs_anew(prefix)
    assert same[0] == sys.executable
    set_up(package, NEW)
    assert programs_anew(prefix) == [[str(package / "bin" / "county-desk"), "--lang", "en"], same]


def test_where_the_system_starts_nothing_it_is_tried_for_a_minute_and_then_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["county-desk", "wall"])
    waited: list[float] = []

    def refuse(program: str, words: list[str]) -> None:
        assert words[0] == program
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    assert begin_anew(execute=refuse, pause=waited.append) == 1
    assert tuple(waited) == PAUSES_S
    said = capsys.readouterr().err
    assert "请手动再打开" in said
    assert "Cannot allocate memory" in said


class Begun(Exception):
    """What takes this program's place never comes back."""


def test_a_version_that_cannot_start_leaves_the_one_that_runs(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["county-desk", "wall"])
    monkeypatch.setattr(sys, "prefix", str(package / "run" / OLD))
    set_up(package, NEW)
    tried = []

    def start_only_this(program: str, words: list[str]) -> None:
        tried.append(program)
        if program != sys.executable:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")
        raise Begun

    with pytest.raises(Begun):
        begin_anew(execute=start_only_this, pause=lambda wait_s: None)
    assert tried == [str(package / "bin" / "county-desk"), sys.executable]


def test_a_checkout_a_wheel_and_a_package_without_a_build_are_replaced_by_nobody(package: Path):
    assert find_installed(str(package)) is None
    assert find_installed("/usr") is None
    (package / "current").unlink()
    assert find_installed(str(package / "run" / OLD)) is None
    assert Installed(package, OLD).read_other() == ""

"""A profile opened twice: the second start brings the first window forward and leaves; one that
meets a script waits for it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from desktop import bootstrap, paths
from desktop.__main__ import main
from desktop.commands import screen
from desktop.commands.opening import LAYOUT, CannotOpen, open_desk
from desktop.commands.screen import PAUSE_S, TRIES, open_or_call
from desktop.gui import single_instance
from desktop.gui.first_paint import VARIABLE
from desktop.gui.remembered import Remembered
from desktop.storage.sqlite.folder_lock import FolderLock
from support.display import Display
from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile


def test_a_second_start_leaves_the_store_to_the_first_and_says_so(tmp_path: Path) -> None:
    with (
        Display() as display,
        County(tmp_path, "--speed", "0", "--incidents", "60") as county,
    ):
        profile = write_profile(tmp_path / "desk.toml", county.url)
        words = ["--profile", os.fspath(profile), "--profile-dir", os.fspath(tmp_path / "desk")]
        words += ["--key", "file"]
        painted = tmp_path / "painted"
        first = subprocess.Popen(
            [*PROGRAM, "desk", *words],
            cwd=ROOT,
            env=display.environment() | {VARIABLE: os.fspath(painted)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(painted.exists, 40, "incidents painted")

            # The first listens for others a moment after its first paint; that is waited for.
            done = county_desk("desk", *words, environment=display.environment())
            assert done.returncode == 0, done.stderr
            assert "移到了前面" in done.stdout
            assert first.poll() is None
            told = county_desk("sync", "--once", *words)
            assert told.returncode == 2
            assert "已在另一个窗口" in told.stderr
        finally:
            first.terminate()
            assert first.wait(10) == 0


@pytest.fixture
def script(tmp_path: Path) -> Iterator[FolderLock]:
    """What a script holds while it reads a desk's folder."""
    lock = FolderLock(tmp_path / "desk")
    assert lock.take()
    yield lock
    lock.close()


@pytest.fixture
def open_here(tmp_path: Path) -> Callable[[], bootstrap.Desk]:
    profile = bootstrap.load_profile(write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9"))
    options = argparse.Namespace(
        lang="en",
        command="sync",
        key="file",
        profile_dir=tmp_path / "desk",
        passphrase_file=None,
        token_file=[],
    )
    return lambda: open_desk(profile, options, bootstrap.words_in("en"))


def test_a_start_waits_for_a_script_that_reads_the_folder(
    script: FolderLock, open_here: Callable[[], bootstrap.Desk]
) -> None:
    paused: list[float] = []

    def pause(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 3:
            script.close()

    desk = open_or_call(open_here, lambda: False, pause)
    assert desk is not None
    with closing(desk):
        assert paused == [PAUSE_S] * 3


def test_a_start_that_waits_in_vain_ends_in_about_three_seconds_and_says_so(
    script: FolderLock, open_here: Callable[[], bootstrap.Desk]
) -> None:
    paused: list[float] = []
    with pytest.raises(CannotOpen) as caught:
        open_or_call(open_here, lambda: False, paused.append)
    assert caught.value.problem.code == "profile_open"
    assert len(paused) == TRIES
    assert sum(paused) == pytest.approx(3)


def test_a_window_that_can_be_called_only_in_a_moment_comes_forward_all_the_same(
    script: FolderLock, open_here: Callable[[], bootstrap.Desk]
) -> None:
    answers = iter((False, False, True))
    assert open_or_call(open_here, lambda: next(answers), lambda _seconds: None) is None


def test_what_else_keeps_a_desk_closed_is_said_at_once(open_here, tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("no folder")
    with pytest.raises(CannotOpen) as caught:
        open_or_call(open_here, lambda: pytest.fail("called"), lambda _s: pytest.fail("paused"))
    assert caught.value.problem.code == "store_unreachable"


def test_a_wall_that_a_unit_starts_again_and_again_calls_no_window_forward(
    script: FolderLock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    called: list[object] = []
    monkeypatch.setattr(single_instance, "call", lambda places, _file: not called.append(places))
    monkeypatch.setattr(screen, "TRIES", 1)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    profile = write_profile(tmp_path / "desk.toml", "http://127.0.0.1:9")
    words = ["wall", "--profile", str(profile), "--profile-dir", str(tmp_path / "desk")]
    Remembered(tmp_path / "desk" / LAYOUT, of_profile={"language": "zh_CN"}).choose(
        "language", "en"
    )
    assert main(words) == 0
    assert len(called) == 1, "a person who starts it twice sees it"
    assert capsys.readouterr().out == "The open window came forward.\n", "as chosen in the window"
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/nowhere")
    assert main(words) == 2
    assert len(called) == 1
    assert "e2e" in capsys.readouterr().err


def test_of_starts_before_there_is_a_profile_one_asks_for_it_also_after_another_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="cd-") as runtime, ExitStack() as started:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
            monkeypatch.setenv(name, os.fspath(tmp_path))
        monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)  # A path short enough for a socket.
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
        places = paths.front_places(paths.own_profile())

        def start() -> subprocess.Popen[str]:
            words = [*PROGRAM, "--lang", "zh_CN"]
            process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
            started.enter_context(process)
            started.callback(process.kill)
            return process

        both = [start(), start()]
        until(lambda: any(each.poll() is not None for each in both), 40, "one of them ended")
        both.sort(key=lambda each: each.poll() is None)
        ended, first = both
        assert (ended.returncode, first.poll()) == (0, None)
        assert ended.communicate()[0] == "已打开的窗口移到了前面。\n"
        assert single_instance.call(places)
        first.kill()
        first.wait()
        assert not single_instance.call(places)
        third = start()
        until(lambda: single_instance.call(places), 40, "the window opened anew")
        assert third.poll() is None


AT_REST = """
from PySide6.QtCore import QCoreApplication, QTimer
from desktop.gui.qt_application import heed_signals
app = QCoreApplication([])
heed_signals(app.quit)
QTimer.singleShot(0, lambda: print("rests", flush=True))
app.exec()
"""


def test_a_window_at_rest_hears_at_once_that_it_is_to_end() -> None:
    program = [sys.executable, "-c", AT_REST]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"rests\n"
        process.terminate()
        try:
            assert process.wait(5) == 0
        finally:
            process.kill()

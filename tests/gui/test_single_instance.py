"""A second start of a profile brings the first window forward, and opens none of its own."""

from __future__ import annotations

import os
import socket
import threading
from pathlib import Path
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop import paths
from desktop.gui import single_instance
from desktop.gui.single_instance import SingleInstance, ask, call

NOBODY = r"no later start will find this window"
TAKEN = r"something else stands where later starts would call"


@pytest.fixture
def place(tmp_path: Path) -> str:
    return os.fspath(tmp_path / "f.sock")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.showMinimized()
    return made


def called(qtbot: QtBot, places: list[str]) -> bool:
    """What a later start is told, which waits on a thread of its own.

    While it waits for the other's farewell no Python runs, the other's neither: so not for long.
    """
    answers: list[bool] = []
    caller = threading.Thread(target=lambda: answers.append(call(places)))
    with patch.object(single_instance, "ANSWERS_WITHIN_MS", 200):
        caller.start()
        qtbot.waitUntil(lambda: len(answers) == 1)
        caller.join()
    return answers[0]


def test_a_later_start_brings_a_minimised_window_back(
    qtbot: QtBot, window: QWidget, place: str
) -> None:
    door = SingleInstance([place], window)
    assert door.place == place
    assert called(qtbot, ["/nowhere/at/all", place])
    qtbot.waitUntil(lambda: not window.isMinimized())
    door.close()
    assert not window.windowState() & Qt.WindowState.WindowMinimized
    assert not Path(place).exists()


def test_a_file_that_a_later_start_was_given_is_shown_in_the_window(
    qtbot: QtBot, window: QWidget, place: str
) -> None:
    door = SingleInstance([place], window)
    handed: list[Path] = []
    door.handed.connect(handed.append)
    file = Path("/media/u 盘/报告\n1.cdb")
    caller = threading.Thread(target=lambda: call([place], file))
    with patch.object(single_instance, "ANSWERS_WITHIN_MS", 200):
        caller.start()
        qtbot.waitUntil(lambda: handed == [file])
        caller.join()
    door.close()


def asked(qtbot: QtBot, places: list[str], request: bytes) -> bytes | None:
    """What a later start gets for its request, which it waits for on a thread of its own."""
    answers: list[bytes | None] = []
    caller = threading.Thread(target=lambda: answers.append(ask(places, request)))
    with patch.object(single_instance, "ANSWERS_WITHIN_MS", 20):
        caller.start()
        qtbot.waitUntil(lambda: len(answers) == 1)
        caller.join()
    return answers[0]


def test_a_later_start_has_work_done_and_the_window_stays_where_it_is(
    qtbot: QtBot, window: QWidget, place: str
) -> None:
    threads: list[str] = []

    def answer(request: bytes) -> bytes:
        threads.append(threading.current_thread().name)
        return request[::-1] + b"\n" + bytes(100_000)

    door = SingleInstance([place], window, answer)
    request = b"x" * 200_000 + b"y"
    assert asked(qtbot, [place], request) == request[::-1] + b"\n" + bytes(100_000)
    assert threads != [threading.current_thread().name]
    assert window.isMinimized()
    door.close()


def test_work_that_breaks_ends_in_an_empty_answer(
    qtbot: QtBot, window: QWidget, place: str
) -> None:
    def answer(_request: bytes) -> bytes:
        raise ValueError

    door = SingleInstance([place], window, answer)
    assert asked(qtbot, [place], b"work") == b""
    assert asked(qtbot, ["/nowhere/at/all"], b"work") is None
    door.close()


def test_a_caller_that_hangs_up_before_its_answer_harms_nobody(
    qtbot: QtBot, window: QWidget, place: str
) -> None:
    may_end = threading.Event()
    done: list[bytes] = []

    def answer(request: bytes) -> bytes:
        assert may_end.wait(10)
        done.append(request)
        return b"too late"

    door = SingleInstance([place], window, answer)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(place)
        caller.sendall(b"first\n")
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(place)
        caller.sendall(b"half a line")
    may_end.set()
    assert asked(qtbot, [place], b"second") == b"too late"
    assert done == [b"first", b"second"]
    door.close()


def test_where_nobody_listens_a_start_is_told_so(qtbot: QtBot, place: str) -> None:
    assert not call([place])
    assert not call([])


def test_a_socket_left_over_by_a_killed_program_is_taken_over(
    qtbot: QtBot, window: QWidget, place: str
) -> None:
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(place)
    door = SingleInstance([place], window)
    assert called(qtbot, [place])
    door.close()


def test_only_this_user_may_use_the_socket(window: QWidget, place: str) -> None:
    door = SingleInstance([place], window)
    assert Path(place).stat().st_mode & 0o077 == 0
    door.close()


@pytest.mark.expects_log(TAKEN)
@pytest.mark.expects_log(NOBODY)
@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_what_is_no_socket_stays_and_the_window_works_without(
    window: QWidget, tmp_path: Path, place: str, kind: str
) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    match kind:
        case "file":
            Path(place).write_text("mine")
        case "link":
            Path(place).symlink_to(mine)
        case "folder":
            Path(place).mkdir()
    door = SingleInstance([place], window)
    assert door.place == ""
    assert mine.read_text() == "mine"
    assert os.path.lexists(place)
    door.close()


@pytest.mark.expects_log(TAKEN)
def test_where_one_place_is_taken_the_next_one_serves(
    qtbot: QtBot, window: QWidget, tmp_path: Path, place: str
) -> None:
    Path(place).write_text("mine")
    other = os.fspath(tmp_path / "other.sock")
    door = SingleInstance([place, other], window)
    assert door.place == other
    assert called(qtbot, [place, other])
    door.close()


@pytest.mark.expects_log(NOBODY)
@pytest.mark.parametrize("places", [[], ["/nowhere/at/all/f.sock"]])
def test_where_nobody_can_listen_the_log_says_so(window: QWidget, places: list[str]) -> None:
    door = SingleInstance(places, window)
    assert door.place == ""
    door.close()


@pytest.mark.expects_log(r"another user called this window")
def test_another_user_who_reaches_the_socket_raises_nothing(
    qtbot: QtBot, window: QWidget, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    door = SingleInstance([place], window)
    with socket.socket(socket.AF_UNIX) as other, monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: 4_000_000)
        other.connect(place)
        other.setblocking(False)
        qtbot.waitUntil(lambda: _has_ended(other))
    assert window.isMinimized()
    door.close()


def _has_ended(other: socket.socket) -> bool:
    try:
        return other.recv(1) == b""
    except BlockingIOError:
        return False


def test_a_program_of_another_user_does_not_pass_for_the_first_window(
    qtbot: QtBot, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.bind(place)
        stranger.listen()
        monkeypatch.setattr(os, "geteuid", lambda: 4_000_000)
        assert not call([place])


def test_the_socket_lies_in_the_users_own_runtime_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime, desk = tmp_path / "run", tmp_path / "desk"
    for folder in (runtime, desk):
        folder.mkdir(mode=0o700)
    monkeypatch.setattr(paths, "LONGEST_SOCKET_BYTES", 4096)
    monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(runtime))
    first, second = paths.front_places(desk)
    assert (Path(first).parent, second) == (runtime, os.fspath(desk / "front.sock"))
    runtime.chmod(0o750)
    assert paths.front_places(desk) == [second]
    monkeypatch.setenv("XDG_RUNTIME_DIR", "somewhere/else")
    assert paths.front_places(desk) == [second]
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    desk.chmod(0o755)
    assert paths.front_places(desk) == []


def test_a_path_too_long_for_a_socket_is_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    deep = tmp_path / ("x" * 120)
    deep.mkdir(mode=0o700)
    assert paths.front_places(deep) == []

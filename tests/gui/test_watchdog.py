"""The sign of life for a supervisor comes from the thread that paints, and only when asked for."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from select import select

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop.gui.watchdog import ALIVE, Watchdog, find_supervisor
from support.checkout import ROOT


def test_it_tells_at_once_and_again_within_its_period(qtbot: QtBot, tmp_path: Path) -> None:
    place, parent = str(tmp_path / "notify"), QObject()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(place)
        supervisor.setblocking(False)
        Watchdog(place, 0.1, parent)
        assert supervisor.recv(64) == ALIVE
        with pytest.raises(BlockingIOError):
            supervisor.recv(64)

        qtbot.waitUntil(lambda: select([supervisor], [], [], 0)[0] == [supervisor], timeout=2000)
        assert supervisor.recv(64) == ALIVE
    parent.deleteLater()


def test_a_supervisor_that_is_gone_is_no_fault(qtbot: QtBot, tmp_path: Path) -> None:
    parent = QObject()
    Watchdog(str(tmp_path / "gone"), 60, parent).tell()
    parent.deleteLater()


def test_only_a_process_that_is_watched_tells() -> None:
    asked = {"NOTIFY_SOCKET": "@place", "WATCHDOG_USEC": "60000000"}
    assert find_supervisor(asked) == ("@place", 60.0)
    assert find_supervisor({**asked, "WATCHDOG_PID": str(os.getpid())}) is not None
    assert find_supervisor({**asked, "WATCHDOG_PID": "1"}) is None
    assert find_supervisor({**asked, "WATCHDOG_USEC": "0"}) is None
    assert find_supervisor({"WATCHDOG_USEC": "60000000"}) is None


@pytest.mark.skipif(sys.platform == "win32", reason="no systemd there")
@pytest.mark.parametrize(
    "first",
    [
        "from desktop.gui.qt_application import application; application([]); application([])",
        "from desktop.gui.keyring_window import wait_for_key; wait_for_key(True, lambda _: b'key')",
    ],
    ids=["the desk", "the keyring"],
)
def test_it_tells_from_the_first_window_on(first: str, tmp_path: Path) -> None:
    place = str(tmp_path / "notify")
    watched = {"NOTIFY_SOCKET": place, "WATCHDOG_USEC": "60000000", "QT_QPA_PLATFORM": "offscreen"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.bind(place)
        supervisor.setblocking(False)
        environment = {**os.environ, **watched}
        subprocess.run([sys.executable, "-c", first], cwd=ROOT, env=environment, check=True)
        assert supervisor.recv(64) == ALIVE
        with pytest.raises(BlockingIOError):
            supervisor.recv(64)

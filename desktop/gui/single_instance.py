"""One window for each profile: a second start brings the first to the front."""

from __future__ import annotations

import logging
import os
import socket
import stat
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

ANSWERS_WITHIN_MS = 2_000
_CREDENTIALS = struct.Struct("3i")
"""Linux's `ucred`: process, user, group."""

log = logging.getLogger(__name__)


class SingleInstance(QObject):
    """A socket for later starts of this user, each of which raises the window.

    The caller must hold the profile's folder: a socket left over from a killed program is then
    unused and is taken over. If there is no place for a socket, or another's file is there, the
    window works all the same and no later start finds it.
    """

    def __init__(self, places: Sequence[str], window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._answer)
        if not any(_is_free(place) and self._server.listen(place) for place in places):
            code = self._server.serverError().name if places else "NoPlace"
            log.warning("no later start will find this window", extra={"code": code})

    @property
    def place(self) -> str:
        """The path of its socket; empty when it has none."""
        return self._server.fullServerName() if self._server.isListening() else ""

    def close(self) -> None:
        """Answer no later start any more; idempotent."""
        self._server.close()

    def _answer(self) -> None:
        while self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            caller.disconnected.connect(caller.deleteLater)
            is_own = _is_own(caller)
            caller.disconnectFromServer()
            if is_own:
                self._come_forward()
            else:
                log.warning("another user called this window")

    def _come_forward(self) -> None:
        state = self._window.windowState() & ~Qt.WindowState.WindowMinimized
        self._window.setWindowState(state | Qt.WindowState.WindowActive)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()


def call(places: Sequence[str]) -> bool:
    """Call a first program of this user and return whether there is one; its window comes to the
    front."""
    return any(_call(place) for place in places)


def _call(place: str) -> bool:
    caller = QLocalSocket()
    caller.connectToServer(place)
    # Who listens is looked at first: another user's program must not pass for ours.
    answered = caller.waitForConnected(ANSWERS_WITHIN_MS) and _is_own(caller)
    if answered:
        caller.waitForDisconnected(ANSWERS_WITHIN_MS)
    caller.abort()
    return answered


def _is_own(other: QLocalSocket) -> bool:
    """Whether the other end is a process of this user, if the system can say.

    Elsewhere than on Linux the path alone decides: only this user can reach it.
    """
    if sys.platform != "linux":
        return True
    handle = int(other.socketDescriptor())
    if handle < 0:
        return False  # The other process has ended.
    with socket.socket(fileno=os.dup(handle)) as held:
        told = held.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(told)
    return bool(user == os.geteuid())


def _is_free(place: str) -> bool:
    """Whether the path can be used; a socket left by a killed program of this user is removed.

    A file, a link or another user's socket must not be removed, and stays.
    """
    if sys.platform == "win32":
        return True
    path = Path(place)
    try:
        told = path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    if not stat.S_ISSOCK(told.st_mode) or told.st_uid != os.geteuid():
        log.warning("something else stands where later starts would call")
        return False
    try:
        path.unlink()
    except OSError:
        return False
    return True

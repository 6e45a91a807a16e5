"""One window for each profile: a second start brings the first to the front, or has it do work."""

from __future__ import annotations

import logging
import os
import socket
import stat
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.gui.task_runner import TaskRunner

FRONT = b"front"
"""What a start asks for that only brings the window to the front; after a space, with a file to
show in it, its path quoted as in a URL."""
MOST_BYTES = 1_000_000
"""Of a request, which is one line."""
ANSWERS_WITHIN_MS = 2_000
_CREDENTIALS = struct.Struct("3i")
"""Linux's `ucred`: process, user, group."""

log = logging.getLogger(__name__)


Answer = Callable[[bytes], bytes]
"""Does what a request asks and returns what became of it; on a thread of its own."""


class SingleInstance(QObject):
    """A socket for later starts of this user, each of which raises the window, or has work done
    that needs the profile's store.

    The caller must hold the profile's folder: a socket left over from a killed program is then
    unused and is taken over. If there is no place for a socket, or another's file is there, the
    window works all the same and no later start finds it.
    """

    handed = Signal(object)
    """The path of a file that a later start was given."""

    def __init__(
        self, places: Sequence[str], window: QWidget, answer: Answer | None = None
    ) -> None:
        super().__init__(window)
        self._window, self._answer = window, answer
        self._runner = TaskRunner("later-start", self)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._meet)
        if not any(_is_free(place) and self._server.listen(place) for place in places):
            code = self._server.serverError().name if places else "NoPlace"
            log.warning("no later start will find this window", extra={"code": code})

    @property
    def place(self) -> str:
        """The path of its socket; empty when it has none."""
        return self._server.fullServerName() if self._server.isListening() else ""

    def close(self) -> None:
        """Answer no later start any more, and wait a while for what is being done; idempotent."""
        self._server.close()
        self._runner.close()

    def _meet(self) -> None:
        while self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            caller.disconnected.connect(caller.deleteLater)
            if not _is_own(caller):
                caller.disconnectFromServer()
                log.warning("another user called this window")
                continue
            caller.readyRead.connect(partial(self._hear, caller))
            if caller.bytesAvailable():
                self._hear(caller)

    def _hear(self, caller: QLocalSocket) -> None:
        """Do what the caller asks once its line is whole; the end of the answer is a hang-up."""
        if not caller.canReadLine():
            if caller.bytesAvailable() > MOST_BYTES:
                caller.abort()
            return
        request = bytes(caller.readLine().data()).strip()
        answer = self._answer
        word, _, file = request.partition(b" ")
        if word == FRONT or answer is None:
            caller.disconnectFromServer()
            self._come_forward()
            if file:
                self.handed.emit(Path(os.fsdecode(unquote_to_bytes(file))))
            return
        self._runner.ask(
            lambda: answer(request), partial(_reply, caller), lambda _error: caller.abort()
        )

    def _come_forward(self) -> None:
        state = self._window.windowState() & ~Qt.WindowState.WindowMinimized
        self._window.setWindowState(state | Qt.WindowState.WindowActive)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()


def call(places: Sequence[str], file: Path | None = None) -> bool:
    """Call a first program of this user and return whether there is one; its window comes to the
    front, and shows the file."""
    with _call(places) as caller:
        if caller is None:
            return False
        line = FRONT if file is None else FRONT + b" " + quote(os.fsencode(file)).encode()
        _say(caller, line)
        caller.waitForDisconnected(ANSWERS_WITHIN_MS)
        return True


def ask(places: Sequence[str], request: bytes) -> bytes | None:
    """Have a first program of this user do work and return its answer; None where there is none.

    It lasts as long as the work does. Empty when the other ended before it had an answer.
    """
    with _call(places) as caller:
        if caller is None:
            return None
        _say(caller, request)
        while caller.state() is QLocalSocket.LocalSocketState.ConnectedState:
            caller.waitForDisconnected(ANSWERS_WITHIN_MS)
        return bytes(caller.readAll().data())


@contextmanager
def _call(places: Sequence[str]) -> Iterator[QLocalSocket | None]:
    """Yield a connection to the first program of this user that answers there, closed after."""
    caller = QLocalSocket()
    try:
        yield caller if any(_reach(caller, place) for place in places) else None
    finally:
        caller.abort()


def _reach(caller: QLocalSocket, place: str) -> bool:
    caller.connectToServer(place)
    # Who listens is looked at first: another user's program must not pass for ours.
    if caller.waitForConnected(ANSWERS_WITHIN_MS) and _is_own(caller):
        return True
    caller.abort()
    return False


def _say(caller: QLocalSocket, line: bytes) -> None:
    caller.write(line + b"\n")
    while caller.bytesToWrite() and caller.waitForBytesWritten(ANSWERS_WITHIN_MS):
        pass


def _reply(caller: QLocalSocket, answer: bytes) -> None:
    if isValid(caller):  # It may have hung up meanwhile.
        caller.write(answer)
        caller.disconnectFromServer()


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

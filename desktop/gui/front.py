"""One window for each profile: a second start brings the first to the front."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtNetwork import QLocalServer, QLocalSocket
from PySide6.QtWidgets import QWidget

ANSWERS_WITHIN_MS = 2_000


class FrontDoor(QObject):
    """Listens under a name for later starts, and raises its window for each.

    Whoever opens it must hold the profile's folder: a name left over from a program that
    was killed is then nobody's and is taken over.
    """

    def __init__(self, name: str, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._come_forward)
        QLocalServer.removeServer(name)
        self._server.listen(name)

    def close(self) -> None:
        """Answer no later start any more; idempotent."""
        self._server.close()

    def _come_forward(self) -> None:
        while self._server.hasPendingConnections():
            caller = self._server.nextPendingConnection()
            caller.disconnected.connect(caller.deleteLater)
            caller.disconnectFromServer()
        state = self._window.windowState() & ~Qt.WindowState.WindowMinimized
        self._window.setWindowState(state | Qt.WindowState.WindowActive)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()


def call(name: str) -> bool:
    """Whether a first program listens under that name; its window then comes to the front."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    answered = socket.waitForConnected(ANSWERS_WITHIN_MS)
    if answered:
        socket.waitForDisconnected(ANSWERS_WITHIN_MS)
    socket.abort()
    return answered

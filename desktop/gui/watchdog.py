"""The sign of life that a supervisor asks for: it comes from the thread that paints, from the
first window on, which may be one that waits for the keyring."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import QObject, QTimer

ALIVE = b"WATCHDOG=1"


class Watchdog(QObject):
    """Tells systemd twice in its period that the event loop turns; a hung one falls silent."""

    def __init__(self, place: str, period_s: float, parent: QObject) -> None:
        super().__init__(parent)
        # A leading @ stands for the zero byte of a socket without a file.
        self._place = f"\0{place[1:]}" if place.startswith("@") else place
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.tell)
        self._timer.start(int(period_s * 500))
        self.tell()

    def tell(self) -> None:
        """Send one sign; a supervisor that is gone is nothing to stumble over."""
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            line.sendto(ALIVE, self._place)


def find_supervisor(environment: Mapping[str, str]) -> tuple[str, float] | None:
    """Return where this process is to send its signs, and within how many seconds; None: nowhere.

    As in sd_watchdog_enabled(3).
    """
    place, period_us = environment.get("NOTIFY_SOCKET"), environment.get("WATCHDOG_USEC", "")
    if not place or not period_us.isdecimal() or int(period_us) == 0:
        return None
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    return place, int(period_us) / 1e6


def answer_supervisor(application: QObject) -> None:
    """Tell the supervisor of this process, where there is one, as long as the application lives."""
    supervisor = find_supervisor(os.environ)
    if supervisor is not None and application.findChild(Watchdog) is None:
        Watchdog(*supervisor, application)

"""The one QApplication of the process, and the signals that end it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QSocketNotifier
from PySide6.QtWidgets import QApplication

from desktop.application.profile import Look
from desktop.gui.qt_libraries import UNUSABLE, give_icon, start_qt
from desktop.gui.theme import dress
from desktop.gui.widgets.accessible import give_roles

SWITCH_S = 0.0005
"""How long a busy thread keeps the interpreter: at 5 ms a paint beside it would take 250 ms."""


def application(argv: Sequence[str] = (), status: int = UNUSABLE) -> QApplication:
    """Return the one QApplication of the process, making it if needed.

    Where there is no screen the program ends with the status given.
    """
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        # Not by `setStyle`: that returns the style, for which PySide makes the class of every one.
        app = start_qt([sys.argv[0], "-style", "Fusion", *argv], status)
    elif app.style().name() != "fusion":
        app.setStyle("Fusion")
    sys.setswitchinterval(SWITCH_S)
    app.setApplicationName("county-desk")
    app.setDesktopFileName("county-desk")
    if "WATCHDOG_USEC" in os.environ:
        from desktop.gui.watchdog import answer_supervisor

        answer_supervisor(app)
    give_roles()
    return app


def application_before_desk(look: Look, status: int = UNUSABLE) -> QApplication:
    """Return the one QApplication, as `application` does, for a window that opens before a desk."""
    app = application(status=status)
    give_icon()
    theme = dress(look.posture, look.theme, app)
    theme.apply()
    theme.deleteLater()
    return app


def heed_signals(leave: Callable[[], None]) -> None:
    """Call `leave` on the GUI thread at SIGINT or SIGTERM, for as long as the application lives.

    Python runs its handlers between two of its own instructions, and a window at rest runs none for
    seconds: the byte that a signal writes wakes the event loop.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: leave())
    if sys.platform == "win32":
        return  # Nothing sends it these signals, and its notifiers hear other sockets.
    heard, told = socket.socketpair()
    for end in (heard, told):
        end.setblocking(False)
    signal.set_wakeup_fd(told.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(
        heard.fileno(), QSocketNotifier.Type.Read, QCoreApplication.instance()
    )
    # The sockets live as long as what refers to them.
    notifier.activated.connect(lambda *_, ends=(heard, told): ends[0].recv(64))

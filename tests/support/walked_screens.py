"""A program that shows screen after screen to whoever reads it: one a line, the next on a line.

`walked_screens.py WINDOW LANGUAGE PROFILE` writes the name of each screen once it is at rest, and
goes on when it is given a line. The windows are those of `county-desk selftest`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from PySide6.QtCore import QSocketNotifier  # noqa: E402 - needs the paths above
from PySide6.QtGui import QPixmap  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

from desktop.__main__ import main as run  # noqa: E402
from desktop.commands.selftest import every_screen  # noqa: E402


def main() -> int:
    """Show them all, and end; the status is that of the self-test."""
    window, language, profile = sys.argv[1:]
    words = ("--draw", window, "--lang", language, "--theme", "light", "--size", "1366x768")
    with patch.object(every_screen, "keep_in", lambda *_names: wait_for_reader):
        return run(["selftest", *words, "--profile", profile])


def wait_for_reader(name: str, _picture: QPixmap) -> None:
    """Tell a screen's name, and go on answering questions until there is a line to read."""
    print(name, flush=True)
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    asked: list[bool] = []

    def go_on() -> None:
        asked.append(True)
        QApplication.exit()

    notifier.activated.connect(go_on)
    while not asked:
        QApplication.exec()  # A window that closes by itself ends it, too.
    notifier.setEnabled(False)
    os.read(sys.stdin.fileno(), 1)


if __name__ == "__main__":
    sys.exit(main())

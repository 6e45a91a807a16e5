"""A bare window with one clock that shows the seconds: what no window can rest below.

Answers `threads` on its input as `idle_desk.py` does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from idle_desk import threads  # noqa: E402 - needs the paths above
from own_desk import InputLines  # noqa: E402
from PySide6.QtCore import QTime, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication, QLabel  # noqa: E402


def main() -> None:
    """Show the clock and answer until the input ends."""
    app = QApplication([])
    clock = QLabel()
    clock.resize(1920, 1080)
    second = QTimer(interval=1000)
    second.timeout.connect(lambda: clock.setText(QTime.currentTime().toString()))
    second.start()
    clock.show()
    heard = InputLines()

    def obey(word: str) -> None:
        if word == "threads":
            print(json.dumps(threads()), flush=True)
        else:
            app.quit()

    heard.came.connect(obey)
    heard.listen()
    app.exec()


if __name__ == "__main__":
    main()

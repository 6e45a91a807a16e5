"""The real desk that measures its own event loop: `busy_desk.py PROFILE FOLDER`.

Its input says `begin`, then `end` (answered with the delays since in milliseconds), and
`digest COLLECTION` (answered as `busy_county` does, once nothing is on its way), or `window` (its
X window).
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from busy_county import digest  # noqa: E402 - needs the paths above
from own_desk import obey_input, opened  # noqa: E402
from PySide6.QtCore import QObject, Qt, QTimer  # noqa: E402

from desktop.domain.command import Collection  # noqa: E402
from desktop.gui.qt_application import application  # noqa: E402

BEAT_MS = 4


class Pulse(QObject):
    """Asks for a beat every few milliseconds and notes how late each one comes."""

    def __init__(self) -> None:
        super().__init__()
        self._late_ms: list[float] = []
        self._last_s = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        """Forget what was measured and measure anew."""
        self._late_ms.clear()
        self._last_s = time.perf_counter()
        self._timer.start(BEAT_MS)

    def end(self) -> dict[str, float]:
        """The delays since the beginning."""
        self._timer.stop()
        late = sorted(self._late_ms)
        return {
            "beats": len(late),
            "p50": late[len(late) // 2],
            "p99": late[int(len(late) * 0.99)],
            "max": late[-1],
        }

    def _beat(self) -> None:
        now_s = time.perf_counter()
        self._late_ms.append(max(0.0, (now_s - self._last_s) * 1000 - BEAT_MS))
        self._last_s = now_s


def main(profile_file: Path, folder: Path) -> None:
    """Open the desk and obey until the input ends."""
    app = application([])
    desk, session = opened(profile_file, folder)
    pulse = Pulse()

    def obey(word: str, rest: str) -> bool:
        if word == "begin":
            pulse.begin()
        elif word == "end":
            print(json.dumps(pulse.end()), flush=True)
        elif word == "window":
            print(int(session.window.winId()), flush=True)
        elif word == "settled":
            print(json.dumps(session.quiet and desk.engine.is_settled()), flush=True)
        elif word == "digest":
            rows = desk.cache.rows(Collection(rest))
            print(digest((row.id, getattr(row, "version", 0)) for row in rows), flush=True)
        else:
            return False
        return True

    obey_input(app, session, obey)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""The real desk that tells what its threads cost: `idle_desk.py PROFILE FOLDER POSTURE`.

Its input asks `settled` or `threads`: for each thread its name, the seconds of CPU it has used and
how often it gave up the CPU by itself, to wake up again.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from own_desk import obey_input, opened  # noqa: E402 - needs the paths above

from desktop.gui.qt_application import application  # noqa: E402

TASKS = Path("/proc/self/task")


def threads() -> list[tuple[str, str, float, int]]:
    """Number, name, seconds of CPU and wake-ups of every thread of this process."""
    return list(_threads())


def _threads() -> Iterator[tuple[str, str, float, int]]:
    known = {str(thread.native_id): thread.name for thread in threading.enumerate()}
    for task in TASKS.iterdir():
        try:
            stat, status = (task / "stat").read_text(), (task / "status").read_text()
            # The scheduler's own count, in nanoseconds; that in `stat` is of whole ticks.
            used_s = int((task / "schedstat").read_text().split()[0]) / 1e9
        except (FileNotFoundError, ProcessLookupError):
            continue  # It ended meanwhile.
        own = stat[stat.index("(") + 1 : stat.rindex(")")]
        switches = next(line for line in status.splitlines() if line.startswith("voluntary"))
        yield task.name, known.get(task.name, own), used_s, int(switches.split()[1])


def main(profile_file: Path, folder: Path, posture: str) -> None:
    """Open the window and answer until the input ends."""
    app = application([])
    desk, session = opened(profile_file, folder, posture=posture)

    def obey(word: str, _rest: str) -> bool:
        if word == "threads":
            print(json.dumps(threads()), flush=True)
        elif word == "settled":
            print(json.dumps(session.quiet and desk.engine.is_settled()), flush=True)
        else:
            return False
        return True

    obey_input(app, session, obey)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])

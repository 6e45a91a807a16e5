"""The desk at the near end of a thin line: `thin_desk.py PROFILE FOLDER OPEN`.

Prints seconds since it first asked, as JSON lines with the time of it (`at`): `critical` when
the 20 most critical incidents were painted, `list` when all OPEN ones were. Its input says
`ask MARK`: it then asks the county at once and prints `marked MARK` when its first 20 lines
carry the mark on screen; `top` is answered with their ids.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from begun_desk import begun  # noqa: E402 - needs the paths above


def main(profile_file: Path, folder: Path, at_work: int) -> None:
    """Open the desk and obey until the input ends."""
    desk = begun(profile_file, folder)
    # Qt is loaded while the connection is made, as in the program.
    from own_desk import obey_input, shown
    from thin_watch import CRITICAL, Watch

    from desktop.gui.desk.window import DeskWindow
    from desktop.gui.qt_application import application

    app = application([])
    watch = Watch(at_work)
    session = shown(desk, on_start=watch.begin)
    assert isinstance(session.window, DeskWindow)
    watched = session.window.panes["incidents"]
    watch.watch(watched)

    def obey(word: str, mark: str) -> bool:
        if word == "ask":
            watch.begin(mark)
            desk.engine.sync_now()
        elif word == "top":
            keys = [watched.model.key_at(row) for row in range(CRITICAL)]
            print(json.dumps([key.id for key in keys if key is not None]), flush=True)
        else:
            return False
        return True

    obey_input(app, session, obey)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))

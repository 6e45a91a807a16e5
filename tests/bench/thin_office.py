"""The office at the near end of a thin line: `thin_office.py PROFILE FOLDER ASSIGNMENTS INCIDENTS`.

Prints seconds since it first asked, as JSON lines with the time of it (`at`): `assignments` when
cards of so many were on screen, `whole` when all so many incidents and all else were here. Its
input says `photos COUNT BYTES`: it then attaches photos, and prints `sent` with their digests and
the bytes of files by the desk's own meter once the county has confirmed them all.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from begun_desk import begun  # noqa: E402 - needs the paths above
from office import read_login  # noqa: E402

from desktop.domain.command import Collection, Key  # noqa: E402
from desktop.domain.link import ByteCount, TrafficClass  # noqa: E402

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.bootstrap import Desk

LOOK_MS = 100


def main(profile_file: Path, folder: Path, assignments: int, incidents: int) -> None:
    """Open the office and obey until the input ends."""
    desk = begun(profile_file, folder, read_login)
    # Qt is loaded while the connection is made, as in the program.
    from own_desk import obey_input, shown
    from PySide6.QtCore import QTimer

    from desktop.gui.qt_application import application

    app = application([])
    watch = Watch(desk, assignments, incidents)
    session = shown(desk, watch.begin, "township")
    timer = QTimer(interval=LOOK_MS)
    timer.timeout.connect(lambda: watch.look(session.window))
    timer.start()

    def obey(word: str, rest: str) -> bool:
        if word == "photos":
            watch.attach(*map(int, rest.split()))
        return word == "photos"

    obey_input(app, session, obey)


class Watch:
    """Tells what the office has on screen and in its store, each once."""

    def __init__(self, desk: Desk, assignments: int, incidents: int) -> None:
        self._desk, self._assignments, self._incidents = desk, assignments, incidents
        self._began_s = 0.0
        self._told: set[str] = set()
        self._photos: list[str] = []
        self._sent_before = 0

    def begin(self) -> None:
        """Count the seconds from now."""
        self._began_s = time.monotonic()

    def look(self, window: QWidget) -> None:
        """Tell what is there for the first time."""
        from desktop.gui.township.assignment_card import AssignmentCard

        cards = [card for card in window.findChildren(AssignmentCard) if card.isVisible()]
        if len(cards) >= self._assignments:
            self._tell("assignments")
        [county] = self._desk.engine.statuses()
        if "whole" not in self._told and county.last_good_at is not None and not county.partial:
            here = len(self._desk.cache.rows(Collection.INCIDENTS))
            self._tell("whole", complete=here == self._incidents)
        waits = self._desk.files.uploads(county.id) or self._desk.outbox.list_unfinished()
        if self._photos and not waits:
            self._tell("sent", up=self._sent() - self._sent_before, digests=self._photos)

    def attach(self, count: int, size: int) -> None:
        """Attach so many photos to the open cases, and count the seconds and bytes from now."""
        self.begin()
        self._sent_before = self._sent()
        cases = self._desk.cache.open_incidents(count)
        photos = [Random(number).randbytes(size) for number in range(count)]
        for number, photo in enumerate(photos):
            case = cases[number % len(cases)]
            target = Key(case.source, Collection.INCIDENTS, case.id)
            name = f"现场{number + 1:03}.jpg"
            self._desk.board.commands.attach(target, name, "image/jpeg", photo)
        self._photos = [hashlib.sha256(photo).hexdigest() for photo in photos]

    def _sent(self) -> int:
        spent = self._desk.meter.usage().spent
        return spent.get(TrafficClass.FILES, ByteCount()).sent

    def _tell(self, what: str, **more: object) -> None:
        if what not in self._told:
            self._told.add(what)
            now_s = time.monotonic()
            said = {what: now_s - self._began_s, "at": now_s, **more}
            print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))

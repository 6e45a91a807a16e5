"""Kills real desks at every crash point and looks at what the county and the disk then hold."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.http.api import Settings
from desktop.county_server.server import CountyServer
from desktop.wire import level1
from simulation.victim import POINTS, Task

NEW_CACHE = ("migration", "mid snapshot page", "index rebuild")
"""Points that a desk passes only while it makes its cache."""
NEW_EPOCH = ("epoch requeue", "offered again, rows not outdated", "rows outdated, not committed")
"""Points that a desk passes only when the county has begun another epoch."""
NEW_NAME = (
    "client id changed, commands not held",
    "client id not committed",
    "commands held, session not opened anew",
)
"""Points that a desk passes only when its disk was set back to an old image."""
ONCE = NEW_NAME[1:]
"""Points that a run passes once at most."""
IMAGED_SHARE, SET_BACK_SHARE = 0.3, 0.08
KILLS_A_LIFE = 12
"""So often one desk's folder is killed before it is looked at."""
RANDOM_SHARE = 0.25
RESTORED_SHARE = 0.7
"""Of new epochs, where there is a backup: the others lose nothing."""
LONGEST_MS = 120


class Verdict(msgspec.Struct):
    """What was found over all lives."""

    kills: int = 0
    lost: list[str] = []
    doubled: list[str] = []
    disordered: list[str] = []
    other: list[str] = []
    at: dict[str, int] = {}
    """How many at each crash point."""

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, doubled, out of order or otherwise wrong."""
        return not (self.lost or self.doubled or self.disordered or self.other)


class ForkServer:
    """A process with everything loaded that forks desks."""

    def __init__(self) -> None:
        victim = Path(__file__).with_name("victim.py")
        self._process = subprocess.Popen(
            [sys.executable, str(victim)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def fork(self, task: Task) -> str:
        """How the desk ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(task).decode() + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()


class Life:
    """One desk's folder and one county, from the first start to the last look."""

    def __init__(
        self, folder: Path, forks: ForkServer, dice: random.Random, *, careless: bool = False
    ) -> None:
        self._folder, self._forks, self._dice = folder, forks, dice
        self._careless = careless
        self._backup: Path | None = None
        (folder / "desk").mkdir()
        self._database = Database(folder / "county.db")
        for name in ("i1", "i2", "i3"):
            row = level1.Incident(name, "落石", datetime.now(UTC))
            self._database.put("incidents", [row])
        self._server = CountyServer(self._database, Settings(snapshot_level=1))
        self._url = self._server.start()

    def kill(self, run: int, point: str, nth: int) -> str:
        """Start the desk and kill it there; how it ended."""
        if point in NEW_CACHE:
            self._forget_the_cache()
        if point in NEW_EPOCH or self._dice.random() < 0.1:
            self._begin_epoch()
        if point == "retire" or self._dice.random() < 0.2:
            self._backup = self._folder / f"backup-{run}.db"
            self._database.backup(self._backup)
        self._touch_the_disk(point)
        self._change_a_row()
        desk = str(self._folder / "desk")
        task = Task(desk, self._url, run, point, nth, self._careless)
        return self._forks.fork(task)

    def _touch_the_disk(self, point: str) -> None:
        """Keep an image of it, or put an older one in its place."""
        desk, image = self._folder / "desk", self._folder / "image"
        if image.exists() and (point in NEW_NAME or self._dice.random() < SET_BACK_SHARE):
            shutil.rmtree(desk)
            image.rename(desk)
        elif not image.exists() and self._dice.random() < IMAGED_SHARE:
            shutil.copytree(desk, image)

    def _begin_epoch(self) -> None:
        """Restore the newest backup, with all that came after it lost, or lose nothing."""
        if self._backup is not None and self._dice.random() < RESTORED_SHARE:
            self._database.restore(self._backup)
        else:
            self._database.begin_epoch()

    def _forget_the_cache(self) -> None:
        """A cache that is not there is made anew, migrations and all."""
        for file in (self._folder / "desk").glob("cache.db*"):
            file.unlink()

    def _change_a_row(self) -> None:
        name = self._dice.choice(("i4", "i5"))
        if self._dice.random() < 0.3:
            self._database.delete("incidents", [name])
        else:
            title = f"第 {self._dice.randrange(10**6)} 号"
            row = level1.Incident(name, title, datetime.now(UTC))
            self._database.put("incidents", [row])

    def look(self, run: int, verdict: Verdict) -> None:
        """Let the desk come to rest and compare clicks, outbox, rows and county."""
        ended = self._forks.fork(Task(str(self._folder / "desk"), self._url, run, "", -1))
        healed = self._folder / "desk" / "healed.json"
        if ended != "ended 0" or not healed.exists():
            verdict.other.append(f"the desk did not come to rest: {ended}")
            return
        found = json.loads(healed.read_text())
        clicked, kept = self._told()
        notes = dict(self._notes())
        done = [mark for marks in notes.values() for mark in marks]
        here = dict(found["records"])
        verdict.lost += [m for m in kept if m not in done or here.get(m) != "accepted"]
        verdict.doubled += [m for m, count in Counter(done).items() if count > 1]
        # Of clicks on a disk that is no more, and of what an officer sent anew, any may come first.
        owed = {mark: where for mark, where in clicked.items() if mark not in found["released"]}
        for target, marks in notes.items():
            order = [mark for mark, where in owed.items() if where == target and mark in marks]
            there = [mark for mark in dict.fromkeys(marks) if mark in owed]
            if there != order:
                verdict.disordered.append(f"{target}: {there} instead of {order}")
        rows = {row.id: row.version for row in self._incidents()}
        if found["rows"] != rows:
            verdict.other.append(f"rows {found['rows']} instead of {rows}")
        if any(receipt != "accepted" for receipt in here.values()):
            verdict.other.append(f"unanswered: {here}")

    def _told(self) -> tuple[dict[str, str], list[str]]:
        clicked: dict[str, str] = {}
        kept: list[str] = []
        for line in (self._folder / "desk" / "clicks.log").read_text().splitlines():
            word, mark, target = line.split()
            if word == "clicked":
                clicked[mark] = target
            else:
                kept.append(mark)
        return clicked, kept

    def _incidents(self) -> Iterator[level1.Incident]:
        for row in self._database.rows("incidents"):
            assert isinstance(row, level1.Incident)
            yield row

    def _notes(self) -> Iterator[tuple[str, list[str]]]:
        for row in self._incidents():
            texts = [each.text for each in row.timeline if each.kind == "note"]
            yield row.id, [text if isinstance(text, str) else text.zh for text in texts]

    def close(self) -> None:
        self._server.close()
        self._database.close()


def run(kills: int, seed: int, *, careless: bool = False) -> Verdict:
    """That many kills, points in turn, some at a random moment; of `careless` desks at wish."""
    verdict, dice, forks = Verdict(), random.Random(seed), ForkServer()
    points = [*POINTS]
    dice.shuffle(points)
    try:
        while verdict.kills < kills:
            with TemporaryDirectory(prefix="killed-") as folder:
                life = Life(Path(folder), forks, dice, careless=careless)
                try:
                    _one_life(life, min(KILLS_A_LIFE, kills - verdict.kills), dice, points, verdict)
                finally:
                    life.close()
    finally:
        forks.close()
    return verdict


def _one_life(
    life: Life, kills: int, dice: random.Random, points: list[str], verdict: Verdict
) -> None:
    run = 0
    while kills and run < 4 * KILLS_A_LIFE:
        run += 1
        point, nth = points[0], dice.randrange(3)
        if dice.random() < RANDOM_SHARE:
            nth = dice.randrange(LONGEST_MS)
            point = f"after {nth} ms"
        else:
            points.append(points.pop(0))
        if point in ONCE:
            nth = 0
        if life.kill(run, point, nth) == "killed":
            kills -= 1
            verdict.kills += 1
            at = "a random moment" if point.startswith("after") else point
            verdict.at[at] = verdict.at.get(at, 0) + 1
    life.look(run + 1, verdict)

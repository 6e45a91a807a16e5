"""A duty officer at the real program: a desk in a real window, worked by keyboard alone."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import psutil  # type: ignore[import-untyped]

from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection, Key
from desktop.domain.incident_list import IncidentFilter
from desktop.gui.first_paint import VARIABLE
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.sqlite.database import connect
from support.program import PROGRAM, ROOT, until

SEEN_WITHIN_S = 40
TYPED_AGAIN = 4
LOOK_S, IDLE_S, MOST_LOOKS = 0.2, 0.01, 60
XDOTOOL = shutil.which("xdotool") or "xdotool"


class DutyOfficer:
    """A desk in a real window, and what its own files say, read beside it."""

    def __init__(self, environment: Mapping[str, str], profile: Path, folder: Path) -> None:
        """`environment` is that of a program on the display."""
        self._environment = {**environment, VARIABLE: str(folder / "painted")}
        folder.mkdir()
        self.profile, self.folder = profile, folder
        self._words = ("--profile", str(profile), "--profile-dir", str(folder), "--key", "file")
        self.open()

    def open(self) -> None:
        """Start the desk, as at the first time or after it has ended."""
        (self.folder / "painted").unlink(missing_ok=True)
        self._desk = subprocess.Popen(
            [*PROGRAM, "desk", *self._words],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait_for_incidents(self) -> None:
        """Until the list has been painted with rows, and the window has the keyboard."""
        until((self.folder / "painted").exists, SEEN_WITHIN_S, "incidents painted")
        search = ("search", "--onlyvisible", "--pid", str(self._desk.pid))
        windows = until(lambda: self._xdotool(*search).split(), 10, "a visible window")
        self._xdotool("windowfocus", "--sync", windows[-1])

    def press(self, *keys: str) -> None:
        """Press keys one after another, by their X names; `ctrl+a` is pressed together."""
        self._xdotool("key", "--delay", "80", *keys)

    def type(self, letters: str) -> None:
        """Type letters, digits and spaces at the speed of a quick typist."""
        self._xdotool("type", "--delay", "30", letters)

    def click(self, x: int, y: int) -> None:
        """Click at a place of the screen, in its own pixels."""
        self._xdotool("mousemove", "--sync", str(x), str(y), "click", "1")

    def write(self, text: str, target: Key) -> None:
        """Type into the open editor, and again where the display mixed up the characters.

        Characters no key has are lent one for a moment; a window that is busy just then
        reads another from it. A person sees that and types again; so does this.
        """
        for _ in range(TYPED_AGAIN):
            self._xdotool("type", "--delay", "200", text)
            try:
                until(lambda: self.draft(target) == text, 4, "the text as it was typed")
            except AssertionError:
                self.press("ctrl+a")
            else:
                return
        raise AssertionError(f"the display never typed {text!r}: {self.draft(target)!r}")

    def wait_until_idle(self) -> None:
        """Until the desk has taken in all it was given: it uses no time any more."""
        desk = psutil.Process(self._desk.pid)
        for _ in range(MOST_LOOKS):
            before = sum(desk.cpu_times()[:2])
            threading.Event().wait(LOOK_S)
            if sum(desk.cpu_times()[:2]) - before <= IDLE_S:
                return
        raise AssertionError("the desk never rests")

    def fails(self) -> bool:
        """Whether the desk's own cache says that the county fails, read beside it."""
        with closing(self._cache()) as cache:
            return cache.failure("county") is not None

    def held(self) -> set[str]:
        """The open incidents in the desk's own cache, read beside it."""
        with closing(self._cache()) as cache:
            return {incident.id for incident in cache.open_incidents(1_000)}

    def first(self) -> Key:
        """The incident that leads the list, read beside the desk."""
        with closing(self._cache()) as cache:
            [row] = cache.incident_rows(cache.incident_numbers(IncidentFilter(), 1))
            return row.key

    def knows_acknowledged(self, incident: Key) -> bool:
        """Whether the desk's own cache has an incident as acknowledged."""
        with closing(self._cache()) as cache:
            found = cache.incident(incident)
            return found is not None and found.acknowledged_at is not None

    def _cache(self) -> SqliteCache:
        return open_cache(self.folder, KeyFile().key(self.folder), SystemClock(), {})

    def begun(self) -> Key | None:
        """The incident of the note that was begun last, read beside the desk."""
        asked = (
            "SELECT source, target FROM draft WHERE collection = ? ORDER BY changed_at DESC LIMIT 1"
        )
        with self._outbox() as db:
            found = db.execute(asked, (Collection.INCIDENTS,)).fetchall()
        return Key(str(found[0][0]), Collection.INCIDENTS, str(found[0][1])) if found else None

    def draft(self, target: Key) -> str:
        """The note begun on an incident, as the desk's outbox has it, read beside it."""
        asked = "SELECT text FROM draft WHERE source = ? AND collection = ? AND target = ?"
        with self._outbox() as db:
            return db.execute(asked, (target.source, target.collection, target.id)).get or ""

    def receipts(self) -> list[str]:
        """The states of all commands given, the first one first, read beside the desk."""
        with self._outbox() as db:
            return [state for (state,) in db.execute("SELECT receipt FROM command ORDER BY seq")]

    @contextmanager
    def _outbox(self) -> Iterator[apsw.Connection]:
        key = KeyFile().key(self.folder)
        db = connect(self.folder / "outbox.db", key, durable=False, read_only=True)
        try:
            yield db
        finally:
            db.close()

    def kill(self) -> None:
        """End the desk between two instructions, as a power cut would."""
        self._desk.kill()
        self._desk.wait()

    def close(self) -> int:
        """End the desk as the system would at shutdown; its exit status."""
        if self._desk.poll() is None:
            self._desk.terminate()
        try:
            return self._desk.wait(10)
        except subprocess.TimeoutExpired:
            self._desk.kill()
            return self._desk.wait()

    def _xdotool(self, *words: str) -> str:
        done = subprocess.run(
            [XDOTOOL, *words],
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )
        return done.stdout

"""A duty officer's evening: a real window, a real county, and a network that goes and returns."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import pytest

from desktop.domain.clock import SystemClock
from desktop.domain.command import Key
from desktop.domain.incident_list import IncidentFilter
from desktop.gui.first_paint import VARIABLE
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.sqlite.database import connect
from support.display import Display
from support.program import PROGRAM, ROOT, County, free_port, until, write_profile

NOTE = "电工已到场"
"""Short: each character takes the display a while."""
SEEN_WITHIN_S = 40
PERIOD_S = 2
TYPED_AGAIN = 4


class Officer:
    """A desk in a real window, worked by keyboard alone."""

    def __init__(self, display: Display, profile: Path, folder: Path) -> None:
        self._environment = display.environment() | {VARIABLE: str(folder / "painted")}
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
        self._xdotool("key", "--delay", "80", *keys)

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

    def _cache(self) -> SqliteCache:
        return open_cache(self.folder, KeyFile().key(self.folder), SystemClock(), {})

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
            ["xdotool", *words],
            env=self._environment,
            capture_output=True,
            encoding="utf-8",
            timeout=30,
            check=False,
        )
        return done.stdout


@pytest.fixture
def display() -> Iterator[Display]:
    with Display(1920, 1080) as running:
        yield running


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    words = ("--speed", "0", "--incidents", "120")
    with County(tmp_path, *words, port=free_port()) as running:
        yield running


def test_an_acknowledgement_and_a_note_survive_an_outage_and_arrive_once(display, county, tmp_path):
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    officer = Officer(display, profile, tmp_path / "desk")
    try:
        officer.wait_for_incidents()
        worst = officer.first()
        assert not county.row("incidents", worst.id).get("acknowledged_at")
        officer.press("j", "a")
        until(lambda: officer.receipts() == ["stored"], SEEN_WITHIN_S, "the acknowledgement held")

        county.stop()
        until(officer.fails, SEEN_WITHIN_S, "the desk knows that its source is down")
        assert worst.id in officer.held()
        officer.press("m")
        officer.write(NOTE, worst)
        officer.press("ctrl+Return")
        until(lambda: len(officer.receipts()) == 2, SEEN_WITHIN_S, "the note held")
        assert county.commands() == 0

        county.start()
        until(lambda: county.commands() == 2, SEEN_WITHIN_S, "both of them at the county")
        until(lambda: not officer.fails(), SEEN_WITHIN_S, "the desk knows that its source is back")
        assert officer.close() == 0
    finally:
        officer.close()
    row = county.row("incidents", worst.id)
    assert row["acknowledged_at"]
    told = [entry["text"] for entry in row["timeline"]]
    texts = [text if isinstance(text, str) else text.get("zh") for text in told]
    assert texts.count(NOTE) == 1
    assert county.commands() == 2


def test_a_note_begun_outlives_a_killed_desk_and_is_sent_by_the_next(display, county, tmp_path):
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    officer = Officer(display, profile, tmp_path / "desk")
    try:
        officer.wait_for_incidents()
        officer.press("j", "m")
        target = officer.first()
        officer.write(NOTE, target)
        officer.kill()
        kept = [file for file in officer.folder.rglob("*") if file.is_file()]
        assert not [file for file in kept if NOTE.encode() in file.read_bytes()]
        officer.open()
        officer.wait_for_incidents()
        officer.press("j", "m")

        def sent() -> bool:
            # An editor whose draft is still being read sends nothing; an empty one neither.
            officer.press("ctrl+Return")
            return county.commands() == 1

        until(sent, SEEN_WITHIN_S, "the note at the county")
        until(lambda: officer.draft(target) == "", SEEN_WITHIN_S, "the draft is gone")
        assert officer.close() == 0
    finally:
        officer.close()
    told = [entry["text"] for entry in county.row("incidents", target.id)["timeline"]]
    texts = [text if isinstance(text, str) else text.get("zh") for text in told]
    assert texts.count(NOTE) == 1


def test_a_slip_of_a_key_is_taken_back_before_the_county_has_it(display, county, tmp_path):
    profile = write_profile(tmp_path / "desk.toml", county.url, period_s=PERIOD_S)
    officer = Officer(display, profile, tmp_path / "desk")
    try:
        officer.wait_for_incidents()
        officer.press("j", "a")
        until(lambda: officer.receipts() == ["stored"], SEEN_WITHIN_S, "the acknowledgement held")
        officer.press("z")
        until(lambda: officer.receipts() == ["cancelled"], SEEN_WITHIN_S, "it was taken back")

        def given_again() -> bool:
            # On an incident that is still shown as acknowledged the key does nothing.
            officer.press("a")
            return len(officer.receipts()) == 2

        until(given_again, SEEN_WITHIN_S, "the second one")
        until(lambda: county.commands() == 1, SEEN_WITHIN_S, "the second one at the county")
        assert officer.receipts()[0] == "cancelled"
        assert officer.close() == 0
    finally:
        officer.close()

"""Commands from a script: stored, sent, told, exported and taken back, over real HTTP."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import County, county_desk, free_port, write_profile

PHOTO = bytes(range(256)) * 64


class Office:
    """One desk folder with its profile, as a script would keep them."""

    def __init__(self, folder: Path, url: str) -> None:
        self.profile = write_profile(folder / "desk.toml", url)
        self.folder = folder / "desk"

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return county_desk(
            *words,
            *("--profile", str(self.profile), "--profile-dir", str(self.folder)),
            *("--key", "file", "--lang", "en"),
        )

    def states(self) -> dict[str, str]:
        """Receipts by command kind."""
        rows = json.loads(self.run("outbox", "--json").stdout)["rows"]
        return {row["kind"]: row["state"] for row in rows}

    def incident(self, stage: str) -> str:
        rows = json.loads(self.run("list", "incidents", "--offline", "--json").stdout)["rows"]
        return next(str(row["id"]) for row in rows if row["stage"] == stage)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    folder = tmp_path_factory.mktemp("county")
    with County(folder, "--speed", "0", "--incidents", "60") as running:
        yield running


@pytest.fixture
def office(county: County, tmp_path: Path) -> Office:
    made = Office(tmp_path, county.url)
    assert made.run("sync").returncode == 0
    return made


def test_a_dispatch_and_a_report_are_stored_then_sent_and_accepted(county, office):
    target = office.incident("filed")
    stored = office.run("command", "dispatch", target, "unit=县水务局")
    assert (stored.returncode, stored.stdout.split()[1]) == (0, "stored")
    sent = office.run("command", "create", "-", "title=路灯不亮", "level=ordinary", "--sync")
    assert sent.returncode == 0, sent.stderr
    assert office.states() == {"dispatch": "accepted", "create": "accepted"}
    assert county.row("incidents", target)["stage"] == "dispatched"
    assert county.row("incidents", f"new-{sent.stdout.split()[0]}")["title"]["zh"] == "路灯不亮"


def test_a_file_comes_whole_to_the_county(county, office, tmp_path):
    photo = tmp_path / "现场.jpg"
    photo.write_bytes(PHOTO)
    target = office.incident("handling")
    done = office.run("command", "attach", target, f"file={photo}", "--sync")
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = county.row("incidents", target)["files"]
    assert file["digest"] == hashlib.sha256(PHOTO).hexdigest()
    assert file["name"] == "现场.jpg"
    assert file.get("here", True)


def test_what_waits_is_listed_exported_reordered_and_taken_back(tmp_path):
    office = Office(tmp_path, f"http://127.0.0.1:{free_port()}")
    keys = [
        office.run("command", "create", "-", f"title={name}").stdout.split()[0] for name in "ab"
    ]
    rows = list(csv.DictReader(io.StringIO(office.run("outbox", "--csv").stdout)))
    assert [row["key"] for row in rows] == keys[::-1]
    assert office.run("outbox", "--first", keys[1][:8]).returncode == 0
    assert office.run("outbox", "--cancel", keys[0][:8]).returncode == 0
    assert office.run("outbox", "--cancel", keys[0][:8]).returncode == 1
    assert "Withdrawn" in office.run("outbox").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("dispatch", "nowhere", "unit=x"), "target: Not valid"),
        (("create", "-"), "title: Required"),
        (("create", "-", "title=x", "colour=red"), "colour: No such field"),
        (("create", "-", "title=x", "occurred_at=yesterday"), "occurred_at: Not valid"),
        (("create", "-", "title=x", "--source", "other"), "source: No source takes this"),
    ],
)
def test_a_wrong_command_is_refused_by_its_field_and_not_stored(tmp_path, words, said):
    office = Office(tmp_path, f"http://127.0.0.1:{free_port()}")
    done = office.run("command", *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert office.states() == {}


def test_a_sync_prints_the_bytes_of_its_run_by_class(office):
    office.run("command", "create", "-", "title=x")
    told = office.run("sync").stdout.splitlines()[-1]
    assert told.startswith("bytes: ")
    assert "commands=" in told
    assert "changes=" in told
    assert "today=" in told


def test_a_profile_that_is_open_elsewhere_says_so_in_words(office):
    from desktop.storage.sqlite.folder_lock import FolderLock

    lock = FolderLock(office.folder)
    assert lock.take()
    try:
        done = office.run("sync", "--once")
    finally:
        lock.close()
    assert done.returncode == 2
    assert "already open in another window or program" in done.stderr
    assert office.run("list", "incidents", "--offline").returncode == 0

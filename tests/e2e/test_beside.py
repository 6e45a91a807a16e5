"""Lists are read while the desk is open, in the profile's time, and as the desk exports them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.gui.first_paint import VARIABLE
from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile


class Office:
    """A county, and the options of a desk on it."""

    def __init__(self, folder: Path) -> None:
        self.county = County(folder, "--speed", "0", "--incidents", "60")
        self.folder = folder / "desk"
        profile = write_profile(folder / "desk.toml", self.county.url)
        self.words = ["--profile", os.fspath(profile), "--profile-dir", os.fspath(self.folder)]
        self.words += ["--key", "file", "--lang", "en"]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return county_desk(*words, *self.words)

    def opened(self) -> subprocess.Popen[bytes]:
        """The desk in a window nobody sees, once its incidents are painted."""
        painted = self.folder.with_name("painted")
        painted.unlink(missing_ok=True)
        desk = subprocess.Popen(
            [*PROGRAM, "desk", *self.words],
            cwd=ROOT,
            env=dict(os.environ) | {VARIABLE: os.fspath(painted), "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(painted.exists, 40, "incidents painted")
        return desk


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    made = Office(tmp_path_factory.mktemp("office"))
    assert made.run("sync", "--once").returncode == 0
    yield made
    made.county.stop()


@pytest.fixture
def open_office(office: Office) -> Iterator[Office]:
    desk = office.opened()
    yield office
    desk.terminate()
    assert desk.wait(10) == 0


def test_lists_and_the_outbox_are_read_while_the_desk_is_open(open_office: Office):
    listed = open_office.run("list", "incidents", "--all", "--json")
    assert listed.returncode == 0, listed.stderr
    assert len(json.loads(listed.stdout)["rows"]) >= 60
    assert "is open in another window" in listed.stderr
    waiting = open_office.run("outbox", "--json")
    assert waiting.returncode == 0, waiting.stderr
    assert json.loads(waiting.stdout)["rows"] == []


def test_what_would_write_is_still_refused_while_the_desk_is_open(open_office: Office):
    for words in (("sync", "--once"), ("outbox", "--cancel", "0")):
        done = open_office.run(*words)
        assert done.returncode == 2
        assert "already open in another window" in done.stderr


def test_times_are_told_in_the_profiles_zone(office: Office):
    for words in (("list", "incidents"), ("list", "incidents", "--json"), ("outbox", "--json")):
        told = office.run(*words, "--offline" if words[0] == "list" else "--limit=9").stdout
        assert "+08:00" in told
        assert "+00:00" not in told


def test_a_csv_in_a_file_has_the_mark_of_an_export_in_every_locale(office: Office):
    done = subprocess.run(
        [*PROGRAM, "list", "incidents", "--offline", "--csv", *office.words],
        cwd=ROOT,
        env=dict(os.environ) | {"PYTHONIOENCODING": "gb18030"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith(b"\xef\xbb\xbfsource,")
    (row, *_) = csv.DictReader(io.StringIO(done.stdout.decode("utf-8-sig"), newline=""))
    assert row["title"]


def test_a_csv_on_a_terminal_has_no_mark(office: Office):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, "list", "queues", "--offline", "--csv", *office.words], cwd=ROOT, stdout=theirs
    ) as running:
        os.close(theirs)
        said = os.read(ours, 64)
        while True:
            try:
                if not os.read(ours, 4096):
                    break
            except OSError:
                break  # So the system says that nobody writes to a terminal any more.
    os.close(ours)
    assert said.startswith(b"source,")
    assert running.returncode == 0


def test_a_cache_that_is_not_there_yet_is_said(office: Office, tmp_path: Path):
    words = [*office.words]
    words[3] = os.fspath(tmp_path / "new")
    done = county_desk("list", "incidents", "--offline", *words)
    assert done.returncode == 1
    assert "There is no cache in" in done.stderr

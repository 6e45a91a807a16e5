"""kill -9 and a full disk at every step of a report with photos: neither words nor photos lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.application.photos.exif import read_exif
from desktop.application.ports import StoreError
from desktop.storage.cache.store import SqliteCache, open_cache
from desktop.storage.files.store import open_files
from desktop.storage.outbox.store import open_outbox
from support.builders import FakeClock
from support.camera import camera_jpeg
from support.checkout import ROOT
from support.faulty_disk import faulty_disk
from support.report_in_hand import Writing
from support.stores import KEY, Stores

TESTS = Path(__file__).parent.parent
MOST_COMMITS = 60
"""More than the steps of one report make."""

KILL_AT_EACH_COMMIT = """
import os, signal, sys
from contextlib import contextmanager
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from desktop.storage.sqlite.durable import DurableFile
from support.report_in_hand import Writing

whole = DurableFile.transaction

def kill_at(number, is_before):
    left = [number]
    @contextmanager
    def transaction(file):
        with whole(file) as db:
            yield db
            left[0] -= 1
            if left[0] == 0 and is_before:
                os.kill(os.getpid(), signal.SIGKILL)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    DurableFile.transaction = transaction

def write(folder, number, is_before):
    folder.mkdir()
    writing = Writing.start(folder)
    kill_at(number, is_before)
    with (folder / "done").open("ab", buffering=0) as done:
        for step in writing.steps:
            step()
            done.write(b".")

for number in range(1, int(sys.argv[3])):
    for is_before in (True, False):
        child = os.fork()
        if not child:
            write(Path(sys.argv[1]) / f"{number} {is_before}", number, is_before)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="each kill is of a forked program")
@pytest.mark.timeout(300)
def test_killed_before_and_after_every_commit_it_loses_and_doubles_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILL_AT_EACH_COMMIT, tmp_path, TESTS, str(MOST_COMMITS)]
    subprocess.run(command, check=True)
    folders = sorted(tmp_path.iterdir())
    assert 40 < len(folders) < 2 * MOST_COMMITS
    seen = set()
    for folder in folders:
        done = (folder / "done").stat().st_size
        (folder / "done").unlink()
        seen.add(done)
        writing = Writing.start(folder)
        writing.find_losses(done)
        writing.close()
    assert seen == set(range(9)), "it was killed in the middle of every step"


@pytest.mark.skipif(sys.platform == "win32", reason="a program there is not killed by a signal")
@pytest.mark.parametrize("kill_at", ["shown", "submitted"])
def test_what_the_window_has_shown_outlives_it(tmp_path: Path, kill_at: str) -> None:
    photo = tmp_path / "IMG_1.JPG"
    photo.write_bytes(camera_jpeg())
    folder = tmp_path / "office"
    folder.mkdir()
    command = [sys.executable, "-m", "support.killed_office", folder, photo, kill_at]
    surroundings = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": f"{TESTS}:{ROOT}"}
    killed = subprocess.run(command, env=surroundings, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    writing = Writing.start(folder)
    writing.photos.finish()
    photos = writing.photos.in_hand()
    if kill_at == "shown":
        assert (writing.created(), len(photos)) == (0, 1)
        body = writing.board.files.read(photos[0].digest)
    else:
        assert (writing.created(), photos, len(writing.attached())) == (1, (), 1)
        attach = next(
            r.command for r in writing.stores.outbox.recent(9) if "file" in r.command.body
        )
        body = writing.board.files.read(attach.body["file"]["digest"])
    assert body is not None
    assert read_exif(body).facts.place is not None
    writing.close()


class OnAFaultyDisk(Stores):
    """What the clerk wrote lies on the faulty disk; the county's data do not."""

    def __init__(self, folder: Path, cache: SqliteCache) -> None:
        self.cache = cache
        self.outbox = open_outbox(folder, KEY, FakeClock())
        self.files = open_files(folder, KEY)

    def close(self) -> None:
        self.outbox.close()
        self.files.close()


@pytest.mark.timeout(300)
@pytest.mark.expects_log("photos of a stored report wait")
def test_whichever_write_finds_the_disk_full_it_is_told_and_all_goes_on_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, told = open_cache(tmp_path, KEY, FakeClock(), {}), 0
    for after in range(0, 4_000, 13):
        folder = tmp_path / str(after)
        folder.mkdir()
        with faulty_disk(monkeypatch) as disk:
            writing = Writing(OnAFaultyDisk(folder, cache))
            disk.fill_up(after)
            done = 0
            try:
                for step in writing.steps:
                    step()
                    done += 1
            except StoreError as error:
                told += error.problem.code == "disk_full"
            met = disk.failed
            disk.mend()
            writing.find_losses(done)
            writing.close()
        if not met:
            break
    cache.close()
    assert not met
    assert told > 10

"""`county-server` killed at every step of a restore and of a backup, with a real SIGKILL."""

from __future__ import annotations

import hashlib
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from desktop.county_server.db import backups
from desktop.county_server.db.county_file import digest_of, file_place, files_folder
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Attachments, ByteRange
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import FileOffer, Incident
from support.county_rows import incident

pytestmark = pytest.mark.timeout(300)

RUN = """
import os, signal, sys, threading
from desktop.county_server.db import restores
from desktop.county_server.command import main

where, number, *words = sys.argv[1:]
left = float(number)

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def count(event, _arguments):
    global left
    if event == "os.kill":
        return
    if event in ("open", "sqlite3.connect") or event.startswith(("os.", "shutil.")):
        left -= 1
        if left < 0:
            die()

if where == "step":
    sys.addaudithook(count)
elif where == "copying":
    join = restores.join

    def joined(*arguments):
        epoch = join(*arguments)
        threading.Timer(left / 1000, die).start()
        return epoch

    restores.join = joined
sys.exit(main(words))
"""
BODY = b"picture" * 5000
NAME = hashlib.sha256(BODY).hexdigest()
ROWS = 1500
DELAYS_MS = (0, 0.5, 1, 1.5, 2, 2.5, 3, 4, 6, 10)
"""About as long as the rows take to be copied."""


def killed(where: str, number: float, *words: str | Path) -> bool:
    """Whether the program was killed at that step before it had ended well."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, where, str(number), *map(str, words)],
        capture_output=True,
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode != 0


def file_of(county: Database) -> Path:
    return file_place(files_folder(county.path), NAME)


def bring(county: Database) -> None:
    files = Attachments(county, len(BODY))
    files.offer(FileOffer(NAME, len(BODY)), ANYBODY)
    arrival = files.begin(NAME, ByteRange(0, len(BODY) - 1, len(BODY)), ANYBODY)
    arrival.write(BODY)  # type: ignore[union-attr]
    files.finish(arrival)  # type: ignore[arg-type]
    files.close()


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of later, without its file, and the backup of before."""
    folder = tmp_path_factory.mktemp("restores")
    (folder / "data").mkdir()
    path = folder / "data" / "county.db"
    with closing(Database(path)) as county:
        county.put("incidents", [incident(f"then-{each}", title="x" * 500) for each in range(ROWS)])
        bring(county)
        backups.save(path, folder / "backup")
        county.delete("incidents", [f"then-{each}" for each in range(0, ROWS, 2)])
        county.put("incidents", [incident(f"now-{each}", title="y" * 700) for each in range(ROWS)])
    file_place(files_folder(path), NAME).unlink()
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def laid_out(templates: Path, data: Path) -> Path:
    """The county of later, as at first; its database."""
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(templates / "data", data)
    return data / "county.db"


def names_of(path: Path) -> set[str]:
    with closing(Database(path)) as county:
        rows = county.rows("incidents")
        with county.reading() as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {row.id for row in rows if isinstance(row, Incident)}


def epoch_of(path: Path) -> str:
    with closing(Database(path)) as county:
        return county.epoch


def test_a_restore_killed_at_any_step_leaves_the_county_of_before_or_that_of_the_backup(
    templates: Path, data: Path
) -> None:
    before, then = (
        names_of(laid_out(templates, data)),
        {f"then-{each}" for each in range(ROWS)},
    )
    epoch = epoch_of(data / "county.db")
    outcomes: list[bool] = []
    step, was_killed = 0, True
    while was_killed:
        path = laid_out(templates, data)
        was_killed = killed("step", step, "restore", templates / "backup", "--data", data)
        judge(path, epoch, before, then, outcomes)
        step += 1
    assert outcomes[0] is False
    assert outcomes[-1] is True
    assert outcomes == sorted(outcomes)
    assert len(outcomes) > 10


def test_a_restore_killed_while_rows_are_copied_leaves_one_of_the_two(
    templates: Path, data: Path
) -> None:
    before, then = (
        names_of(laid_out(templates, data)),
        {f"then-{each}" for each in range(ROWS)},
    )
    epoch = epoch_of(data / "county.db")
    outcomes: list[bool] = []
    for delay_ms in DELAYS_MS:
        path = laid_out(templates, data)
        killed("copying", delay_ms, "restore", templates / "backup", "--data", data)
        judge(path, epoch, before, then, outcomes)
    assert len(outcomes) == len(DELAYS_MS)


def judge(path: Path, epoch: str, before: set[str], then: set[str], outcomes: list[bool]) -> None:
    """The county is one or the other, whole; what it has of a backup's files is whole."""
    is_new = epoch_of(path) != epoch
    assert names_of(path) == (then if is_new else before)
    place = file_place(files_folder(path), NAME)
    if is_new or place.exists():
        assert digest_of(place) == NAME
    outcomes.append(is_new)


def test_a_backup_killed_at_any_step_is_whole_or_is_none_and_promises_nothing_too_early(
    templates: Path, tmp_path: Path
) -> None:
    step, was_killed, seen = 0, True, set[bool]()
    while was_killed:
        path = laid_out(templates, tmp_path / "data")
        with closing(Database(path)) as county:
            bring(county)
            promised_before = _durable(county)
        folder = tmp_path / f"backup-{step}"
        was_killed = killed("step", step, "backup", folder, "--data", path.parent)
        seen.add(folder.exists())
        with closing(Database(path)) as county:
            if not folder.exists():
                assert _durable(county) == promised_before
        if folder.exists():
            assert backups.restore(tmp_path / "elsewhere" / "county.db", folder).files == 1
            shutil.rmtree(tmp_path / "elsewhere")
        step += 1
    assert seen == {True, False}


def _durable(county: Database) -> int:
    with county.reading() as connection:
        found = connection.execute("SELECT value FROM meta WHERE name='durable'").fetchone()
    return int(found[0])

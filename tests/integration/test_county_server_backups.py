"""A backup is the database and the files of one moment, made and restored by `county-server`."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from desktop.county_server.command import main
from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db import backups
from desktop.county_server.db.database import Database
from desktop.county_server.db.durable_mark import PromiseFile
from desktop.county_server.files.attachments import Attachments, ByteRange
from desktop.county_server.scope import ANYBODY
from desktop.wire.level1 import Command, CommandResult, Commands, FileOffer, Incident
from support.checkout import ROOT
from support.county_rows import MOMENT, incident
from support.openings import open_session

LIMIT = 1_000_000
RULES = Rules(file_limit=LIMIT)
ONE, TWO = b"one" * 1000, b"two" * 1000


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


class Office:
    """A county on a file with its files."""

    def __init__(self, folder: Path) -> None:
        self.data = folder
        self.path = folder / "county.db"
        self.seq = 0
        self.open()

    def open(self) -> None:
        self.county = Database(self.path)
        self.files = Attachments(self.county, LIMIT)

    def close(self) -> None:
        self.files.close()
        self.county.close()

    def run(self, word: str, *more: str | Path) -> int:
        """`county-server` beside whatever has the data."""
        return main([word, *map(str, more), "--data", str(self.data)])

    def give(self, kind: str, **body: object) -> CommandResult:
        self.seq += 1
        command = Command(
            f"{self.seq:032x}", self.seq, kind, "i1", "incidents", MOMENT, "07", body=body
        )
        fence = open_session(self.county, "desk")
        asked = Commands(self.county.epoch, fence, "desk", (command,))
        (result,) = do_commands(self.county, asked, ANYBODY, RULES).results
        assert result.status == "accepted"
        return result

    def attach(self, body: bytes) -> None:
        """A desk names a file and brings it."""
        name = digest(body)
        file = {"digest": name, "name": "a.jpg", "media_type": "image/jpeg", "size": len(body),
                "thumbnail": ""}  # fmt: skip
        self.give("attach", file=file)
        self.files.offer(FileOffer(name, len(body)), ANYBODY)
        self.bring(body)

    def bring(self, body: bytes) -> None:
        piece = ByteRange(0, len(body) - 1, len(body))
        arrival = self.files.begin(digest(body), piece, ANYBODY)
        arrival.write(body)  # type: ignore[union-attr]
        self.files.finish(arrival)  # type: ignore[arg-type]

    def here(self) -> dict[str, bool]:
        """The files that the incident's row names, and whether it says that they are here."""
        (row,) = self.county.rows("incidents", ["i1"])
        assert isinstance(row, Incident)
        return {each.digest: each.here for each in row.files}

    def read(self, body: bytes) -> bytes | None:
        found = self.files.find(digest(body), ANYBODY)
        return None if found is None else found.path.read_bytes()


@pytest.fixture
def office(tmp_path: Path):
    (tmp_path / "data").mkdir()
    found = Office(tmp_path / "data")
    found.county.put("incidents", [incident("i1")])
    yield found
    found.close()


def names(folder: Path) -> set[str]:
    return {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}


def test_a_backup_of_a_county_in_use_has_every_file_its_rows_name_and_is_durable(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.attach(ONE)
    assert office.run("backup", tmp_path / "backup") == 0
    name = digest(ONE)
    assert names(tmp_path / "backup") == {"county.db", f"files/{name[:2]}/{name}"}
    assert (tmp_path / "backup" / "files" / name[:2] / name).read_bytes() == ONE
    said = capsys.readouterr().out
    assert "附件 1 个" in said
    assert "with 1 files" in said
    promise = PromiseFile(office.path).read()
    assert promise is not None
    assert promise.number == 1 + office.seq
    with office.county.reading() as connection:
        assert connection.execute("SELECT value FROM meta WHERE name='durable'").fetchone() == (
            promise.number,
        )


def test_a_restore_brings_the_files_of_then_and_leaves_those_of_since(
    office: Office, tmp_path: Path
) -> None:
    office.attach(ONE)
    assert office.run("backup", tmp_path / "backup") == 0
    office.attach(TWO)
    before = office.county.epoch
    office.close()
    name = digest(ONE)
    kept = office.data / "county.db.files" / name[:2] / name
    kept.unlink()  # It may be a link to the backup's.
    kept.write_bytes(b"rot")
    assert office.run("restore", tmp_path / "backup") == 0
    office.open()
    assert office.county.epoch != before
    assert office.here() == {digest(ONE): True}
    assert office.read(ONE) == ONE
    later = digest(TWO)
    assert (office.data / "county.db.files" / later[:2] / later).read_bytes() == TWO
    # The desk offers its command again and brings the file, as the row does not know it.
    office.seq -= 1
    office.attach(TWO)
    assert office.here() == {digest(ONE): True, digest(TWO): True}
    assert office.read(TWO) == TWO


def test_a_broken_file_is_said_and_left_out_and_its_row_says_that_it_is_not_here(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.attach(ONE)
    office.attach(TWO)
    name = digest(ONE)
    (office.data / "county.db.files" / name[:2] / name).write_bytes(b"rot")
    assert office.run("backup", tmp_path / "backup") == 1
    told = capsys.readouterr().err
    assert name in told
    assert digest(TWO) not in told
    assert "缺失或已损坏" in told
    elsewhere = tmp_path / "elsewhere"
    assert main(["restore", str(tmp_path / "backup"), "--data", str(elsewhere)]) == 0
    copy = Office(elsewhere)
    assert copy.here() == {name: False, digest(TWO): True}
    copy.files.offer(FileOffer(name, len(ONE)), ANYBODY)
    copy.bring(ONE)
    assert copy.here() == {name: True, digest(TWO): True}
    copy.close()


def test_a_backup_that_lacks_a_file_is_refused_unless_the_county_has_it(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.attach(ONE)
    assert office.run("backup", tmp_path / "backup") == 0
    name = digest(ONE)
    kept = tmp_path / "backup" / "files" / name[:2] / name
    kept.unlink()
    office.close()
    assert office.run("restore", tmp_path / "backup") == 0
    (office.data / "county.db.files" / name[:2] / name).unlink()
    assert office.run("restore", tmp_path / "backup") == 3
    assert name in capsys.readouterr().err
    assert office.run("restore", tmp_path / "backup", "--accept-loss") == 1
    office.open()
    assert office.here() == {name: False}
    assert names(tmp_path / "backup") == {"county.db"}, "the backup stays as it was"


def test_a_restore_that_would_lose_what_is_durable_says_what_and_waits_for_a_yes(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office.give("note", text="一")
    assert office.run("backup", tmp_path / "backup") == 0
    office.give("note", text="二")
    office.county.mark_durable()
    epoch = office.county.epoch
    office.close()
    capsys.readouterr()
    assert office.run("restore", tmp_path / "backup") == 3
    told = capsys.readouterr().err
    assert "note  incidents/i1" in told
    assert "1 条" in told
    assert "1 commands" in told
    office.open()
    assert office.county.epoch == epoch
    office.close()
    assert office.run("restore", tmp_path / "backup", "--accept-loss") == 0
    office.open()
    assert office.county.set_back_to is not None


def test_a_county_that_is_gone_comes_back_from_its_backup(office: Office, tmp_path: Path) -> None:
    office.attach(ONE)
    server = office.county.server
    assert office.run("backup", tmp_path / "backup") == 0
    office.close()
    office.path.unlink()
    assert office.run("restore", tmp_path / "backup") == 0
    office.open()
    assert (office.county.server, office.read(ONE)) == (server, ONE)
    assert office.county.set_back_to is None


def test_a_county_in_use_is_neither_restored_nor_given_another_epoch(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert office.run("backup", tmp_path / "backup") == 0
    epoch = office.county.epoch
    assert office.run("restore", tmp_path / "backup") == 4
    assert office.run("epoch") == 4
    told = capsys.readouterr().err
    assert "请先停止" in told
    assert "stop it first" in told
    assert office.county.epoch == epoch
    office.close()
    assert office.run("epoch") == 0
    office.open()
    assert office.county.epoch != epoch


def test_what_is_no_backup_changes_nothing(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    epoch = office.county.epoch
    office.close()
    assert office.run("restore", tmp_path / "nowhere") == 1
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "county.db").write_bytes(b"SQLite format 3\0" + bytes(5000))
    assert office.run("restore", tmp_path / "broken") == 1
    told = capsys.readouterr().err
    assert told.count("不是完好的备份") == told.count("not a whole backup") == 2
    office.open()
    assert office.county.epoch == epoch


def test_a_backup_is_never_written_over_and_one_cut_short_is_made_anew(
    office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / f"backup{backups.HALF}").mkdir()
    (tmp_path / f"backup{backups.HALF}" / "county.db").write_bytes(b"half")
    assert office.run("backup", tmp_path / "backup") == 0
    assert office.run("backup", tmp_path / "backup") == 1
    assert "is there already" in capsys.readouterr().err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup", "data"]


def test_a_backup_on_a_disk_without_links_has_copies(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_disk(source: object, target: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    office.attach(ONE)
    monkeypatch.setattr(os, "link", other_disk)
    assert office.run("backup", tmp_path / "backup") == 0
    name = digest(ONE)
    assert (tmp_path / "backup" / "files" / name[:2] / name).read_bytes() == ONE


def test_nothing_of_a_county_that_is_not_there_is_backed_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--database", str(tmp_path / "county.db")]
    assert main(["backup", str(tmp_path / "backup"), *where]) == 1
    assert main(["epoch", *where]) == 1
    assert capsys.readouterr().err.count("is not there") == 2
    assert list(tmp_path.iterdir()) == []


def test_a_backup_from_before_there_were_files_is_restored(office: Office, tmp_path: Path) -> None:
    assert office.run("backup", tmp_path / "backup") == 0
    with sqlite3.connect(tmp_path / "backup" / "county.db") as old:
        for table in ("files", "holders", "uploads", "named"):
            old.execute(f"DROP TABLE {table}")
    old.close()
    office.close()
    assert office.run("restore", tmp_path / "backup") == 0
    office.open()
    assert office.here() == {}


def test_the_program_has_a_script_and_a_module_and_needs_no_server_installed() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert scripts["scripts"]["county-server"] == "desktop.county_server.command:main"
    run = (
        "import runpy, sys; sys.modules['starlette'] = sys.modules['uvicorn'] = None;"
        "sys.argv = ['county-server', '--help'];"
        "runpy.run_module('desktop.county_server', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", run],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "备份" in done.stdout

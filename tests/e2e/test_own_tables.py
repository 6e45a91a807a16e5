"""A county's own workbooks, from its folder to a desk: rows, ages, and commands when asked for."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest

from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile

HEADINGS = ("事件编号", "标题", "级别", "状态", "上报时间")
HOURS_AGO_S = 7_200


def register(folder: Path, *rows: tuple[str, ...], age_s: float = HOURS_AGO_S) -> None:
    """Write the county's register of incidents, as old as that."""
    book = openpyxl.Workbook()
    for row in (HEADINGS, *rows):
        book.active.append(row)
    path = folder / "事件台账.xlsx"
    draft = folder / "draft"
    book.save(draft)
    draft.replace(path)
    os.utime(path, (time.time() - age_s,) * 2)


PUMP = ("0012", "城北泵站停电", "较大", "已立案", "2026-05-01 08:30")
LAMP = ("0013", "路灯不亮", "一般", "已立案", "2026-05-01 09:00")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    folder.mkdir()
    register(folder, PUMP)
    return folder


class Desk:
    def __init__(self, folder: Path, url: str) -> None:
        profile = write_profile(folder / "desk.toml", url)
        self._words = ("--profile", profile, "--profile-dir", folder / "desk", "--key", "file")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return county_desk(*words, *self._words, "--lang", "en")

    def synced(self) -> dict[str, dict[str, str]]:
        """The incidents by id, after an exchange."""
        done = self.run("sync", "--once")
        assert "county: ok" in done.stdout, done.stdout + done.stderr
        listed = json.loads(self.run("list", "incidents", "--offline", "--json", "--whole").stdout)
        self.heard_at = datetime.fromisoformat(listed["sources"][0]["last_good_at"])
        return {row["id"]: row for row in listed["rows"]}

    def age_s(self) -> float:
        return time.time() - self.heard_at.timestamp()


@pytest.fixture
def desk_of_files(tmp_path: Path, files: Path) -> Iterator[Desk]:
    with County(tmp_path, "--load", files) as county:
        yield Desk(tmp_path, county.url)


def test_a_workbook_is_on_a_desk_and_as_old_there_as_it_is(desk_of_files: Desk, files: Path):
    rows = desk_of_files.synced()
    assert (rows["0012"]["title"], rows["0012"]["level"]) == ("城北泵站停电", "larger")
    assert HOURS_AGO_S - 5 < desk_of_files.age_s() < HOURS_AGO_S + 120
    shown = desk_of_files.run("list", "incidents", "--offline").stdout
    assert "2 h ago" in shown.splitlines()[0]
    # Exported anew and the same: nothing changed, and it is new all the same.
    register(files, PUMP, age_s=60)
    until(lambda: desk_of_files.synced() and desk_of_files.age_s() < 300, 60, "the new age")


def test_a_command_on_rows_of_files_is_refused_in_words(desk_of_files: Desk):
    desk_of_files.synced()
    done = desk_of_files.run("command", "note", "0012", "text=已到场", "--sync")
    assert done.returncode == 1
    assert "comes from files" in done.stdout


def test_what_is_served_but_odd_is_said_at_the_start(tmp_path: Path, files: Path):
    register(files, PUMP, ("0014", "x", "特大号", "已立案", "2026-05-01"))
    done = subprocess.Popen(
        [*PROGRAM, "demo-county", "--load", str(files), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert done.stderr is not None
    said = done.stderr.readline()
    done.terminate()
    done.communicate(timeout=20)
    assert done.returncode == 0
    assert said.startswith("事件台账.xlsx:C3: level: 不认识的词 特大号")


def test_a_writable_county_of_files_keeps_commands_through_changes_of_the_files(
    tmp_path: Path, files: Path
):
    words = ("--load", files, "--writable")
    with County(tmp_path, *words) as county:
        desk = Desk(tmp_path, county.url)
        desk.synced()
        done = desk.run("command", "note", "0012", "text=已到场", "--sync")
        assert done.returncode == 0, done.stdout + done.stderr
        new = desk.run("command", "create", "-", "title=井盖缺失", "--sync")
        assert new.returncode == 0, new.stdout + new.stderr
        register(files, (*PUMP[:2], "重大", *PUMP[3:]), LAMP, age_s=0)
        rows = until(lambda: (r := desk.synced()).get("0013") and r, 60, "the new row")
        assert rows["0012"]["level"] == "major"
        assert "已到场" in json.dumps(rows["0012"]["timeline"], ensure_ascii=False)
        assert len(rows) == 3
        county.stop()
        register(files, LAMP, age_s=0)
        county.start()
        rows = desk.synced()
        assert "0012" not in rows
        assert "井盖缺失" in [row["title"] for row in rows.values()]
        county.stop()
        database = str(county.database)
        refused = county_desk("demo-county", "--load", files, "--database", database, "--port", "0")
        assert refused.returncode == 2
        assert "say --writable" in refused.stderr


def test_commands_are_only_taken_where_they_are_kept(files: Path):
    done = county_desk("demo-county", "--load", files, "--writable", "--port", "0")
    assert done.returncode == 2
    assert "--data" in done.stderr
    assert "--writable 须与 --data" in done.stderr

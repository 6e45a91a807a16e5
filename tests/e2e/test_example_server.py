"""The example server is short, keeps every rule of level 1, and a desk works on it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from desktop.conformance import rules
from desktop.conformance.findings import Verdict
from support.drill_county import checked, failures
from support.program import ROOT, county_desk, free_port, write_profile

EXAMPLE = ROOT / "resources" / "county-api" / "example"
MOST_LINES = 150
LATER = {*rules.LEVEL2, *rules.SUMS, *rules.STREAM, *rules.FILES, *rules.COMMANDS_LEVEL2,
         *rules.BULLETINS, "snapshot_sum", "changes_sum", "changes_mark"}  # fmt: skip
"""What the example does without, as a server of level 1 may."""
ELSEWHERE = {"login_required", "rows_scope", "token_old", "commands_conflict"}


class Example:
    """The example as a process of its own that can be restarted."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._state = folder / "state.db"
        self.url = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self) -> None:
        words = [EXAMPLE / "county.py", EXAMPLE / "rows.json", self._state, str(self._port)]
        self._process = subprocess.Popen(
            [sys.executable, "-I", *map(str, words), "--drill"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline().decode().strip() == self.url

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        if self._process.stdout:
            self._process.stdout.close()

    def restart(self) -> bool:
        self.stop()
        self.start()
        return True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Example]:
    with Example(tmp_path) as running:
        yield running


def test_it_has_at_most_150_lines_and_needs_nothing_but_the_standard_library():
    text = (EXAMPLE / "county.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert max(map(len, text.splitlines())) <= 100
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom)
            else [each.name for each in node.names] if isinstance(node, ast.Import) else []
        )
    }  # fmt: skip
    assert imported <= sys.stdlib_module_names


def test_it_keeps_every_rule_of_level_1_commands_and_a_restart_included(example: Example):
    report = checked(example.url, write=True, restart=example.restart)
    assert failures(report) == {}
    untried = {each.rule for each in report.outcomes.values() if each.verdict is Verdict.NOT_TRIED}
    assert untried == LATER | ELSEWHERE


def test_a_desk_shows_its_rows_and_its_officer_leaves_a_note(example: Example, tmp_path: Path):
    profile = write_profile(tmp_path / "desk.toml", example.url)
    options = ("--profile", profile, "--profile-dir", tmp_path / "desk", "--key", "file")
    assert county_desk("probe", "--profile", profile).returncode == 0
    assert county_desk("sync", *options).returncode == 0
    listed = json.loads(county_desk("list", "incidents", "--json", *options).stdout)
    assert [row["id"] for row in listed["rows"]] == ["i1", "i2"]
    done = county_desk("command", "note", "i1", "text=泵车已到场", "--sync", *options)
    assert (done.returncode, done.stdout.splitlines()[-1].split()[1]) == (0, "accepted")

"""A report table from the command line to the county's own row, and the day's table back."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.program import County, county_desk, write_profile

GIVEN = ("people=9000", "households=３０００", "leader==1+1", "patrolled=是", "dead=0", "injured=0")


class Office:
    """A county's server and one desk beside it, both as programs of their own."""

    def __init__(self, folder: Path, county: County) -> None:
        self.county = county
        self._profile = write_profile(folder / "desk.toml", county.url)
        self._folder = folder / "desk"
        assert self.run("sync").returncode == 0

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return county_desk(
            *words,
            *("--profile", str(self._profile), "--profile-dir", str(self._folder)),
            *("--key", "file", "--lang", "zh_CN"),
        )

    def report(self, *values: str, base: str = "") -> tuple[int, str]:
        words = ("form=daily", "township=shimen", *values, "--sync")
        done = self.run("command", "report", "-", *words, *(("--base", base) if base else ()))
        return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("reports")
    with County(folder, "--speed", "0", "--incidents", "60") as county:
        yield Office(folder, county)


def test_a_report_goes_to_the_county_and_comes_back_in_the_days_table(office: Office) -> None:
    status, said = office.report(*GIVEN, "moved=x")
    assert (status, "moved: 填写有误" in said) == (2, True), said
    status, said = office.report(*GIVEN)
    assert (status, "moved: 必填" in said) == (2, True), said
    status, said = office.report(*GIVEN, "moved=12")
    assert (status, "accepted" in said) == (0, True), said

    done = office.run("list", "reports", "--form", "daily", "--json", "--offline")
    table = json.loads(done.stdout)
    missing = [row["township"] for row in table["rows"] if not row["values"]]
    assert done.returncode == int(bool(missing)), "in the evening all have reported"
    (mine,) = (row for row in table["rows"] if row["values"].get("moved") == "12")
    assert mine["township"] == "shimen"
    assert mine["values"]["households"] == "3000"
    row = office.county.row("reports", f"daily/shimen/{table['period']}")
    assert {each["field"]: each["value"] for each in row["values"]} == mine["values"]

    csv = office.run("list", "reports", "--form", "daily", "--csv", "--offline").stdout
    (line,) = (each for each in csv.splitlines() if each.startswith("石门乡"))
    assert ",'=1+1," in line, "no spreadsheet runs it"


def test_yesterdays_reports_of_all_townships_are_there(office: Office) -> None:
    every = json.loads(office.run("list", "reports", "--json", "--offline").stdout)["rows"]
    by_demo = {row["period"] for row in every if row["township"] != "shimen"}
    words = ("--form", "daily", "--period", min(by_demo), "--json", "--offline")
    done = office.run("list", "reports", *words)
    assert done.returncode == 0, "every township has reported"
    assert all(row["values"]["people"] for row in json.loads(done.stdout)["rows"])


def test_an_unknown_form_is_wrong_usage(office: Office) -> None:
    assert office.run("list", "reports", "--form", "weekly", "--offline").returncode == 2
    done = office.run("command", "report", "-", "form=weekly", "township=shimen", "a=1")
    assert (done.returncode, "form" in done.stderr) == (2, True)

"""The package's own scripts: a whole build starts, whatever became of an installation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devkit.packages import deb
from support.checkout import ROOT

DEBIAN = ROOT / "packaging" / "debian"
ANSWER = '#!/bin/sh\necho "$0"\n: '


class Computer:
    """A folder in which the scripts take everything for the system's."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "county-desk"

    def unpack(self, version: str, form: int = 1) -> None:
        """As dpkg does: each file gives way to a new one."""
        for name, text in (("bin/county-desk", ANSWER + version), ("data-format", f"{form}\n")):
            path = self.home / "package" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_text(text)
            path.chmod(0o755)

    def run(
        self, name: str, *given: str, build: str = "", form: int = 1, **told: str
    ) -> subprocess.CompletedProcess[str]:
        text = (DEBIAN / name).read_text(encoding="utf-8").replace(deb.HOME, str(self.home))
        for mark, value in (("BUILD", build), ("FORMAT", str(form)), ("COMPILED", "")):
            text = text.replace(f"@{mark}@", value)
        words = ("sh", "-c", text, str(self.home / "bin" / "county-desk"), *given)
        return subprocess.run(words, capture_output=True, text=True, check=False, env=told or None)

    def install(self, build: str) -> None:
        self.unpack(build)
        done = self.run("postinst", "configure", "", build=build)
        assert done.returncode == 0, done.stderr

    def start(self) -> str:
        return self.run("start.sh").stdout.strip()

    def builds(self) -> set[str]:
        return {each.name for each in (self.home / "run").iterdir()}


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_what_was_never_set_up_says_so_and_how_to_go_on(computer):
    computer.unpack("1")
    done = computer.run("start.sh")
    assert done.returncode == 75
    assert done.stderr.count("dpkg --configure -a") == 2


def test_what_starts_is_the_build_set_up_last_and_what_is_unpacked_changes_nothing(computer):
    computer.install("1")
    one = computer.home / "run/1/bin/county-desk"
    assert computer.start() == str(one)
    computer.unpack("2")
    assert computer.start() == str(one)
    assert one.read_text() == ANSWER + "1"
    computer.install("2")
    assert computer.start() == str(computer.home / "run/2/bin/county-desk")
    assert computer.builds() == {"2"}, "nobody used the first"


def test_a_build_in_use_stays_until_nobody_uses_it(computer):
    computer.install("1")
    waits = [sys.executable, "-c", "input()", str(computer.home / "run/1/bin/county-desk")]
    with subprocess.Popen(waits, stdin=subprocess.PIPE) as desk:
        computer.install("2")
        assert computer.builds() == {"1", "2"}
        desk.communicate(b"\n")
    computer.install("3")
    assert computer.builds() == {"3"}
    computer.run("postrm", "remove")
    assert not (computer.home / "run").exists()


def test_a_build_installed_again_is_mended_and_what_a_cut_left_is_cleared(computer):
    computer.install("1")
    (computer.home / "run/1/bin/county-desk").unlink()
    (computer.home / "part").mkdir()
    (computer.home / "current.new").symlink_to("nowhere")
    computer.install("1")
    assert (computer.home / "run/1/bin/county-desk").read_text() == ANSWER + "1"
    computer.install("2")
    assert computer.start().endswith("run/2/bin/county-desk")
    assert sorted(each.name for each in computer.home.iterdir()) == ["current", "package", "run"]


def test_where_the_links_cannot_be_made_the_build_before_starts(computer):
    computer.install("1")
    computer.unpack("2")
    (computer.home / "run" / "2").touch()
    assert computer.run("postinst", "configure", "1", build="2").returncode != 0
    assert computer.start() == str(computer.home / "run/1/bin/county-desk")


@pytest.mark.parametrize(
    ("words", "form", "told", "status"),
    [
        (("upgrade", "2.0"), 3, {}, 0),
        (("upgrade", "2.0"), 2, {}, 1),
        (("upgrade", "2.0"), 2, {"COUNTY_DESK_DOWNGRADE": "yes"}, 0),
        (("install",), 2, {}, 0),
    ],
)
def test_a_package_that_could_not_read_what_is_there_is_refused(
    computer, words, form, told, status
):
    computer.unpack("2", form=3)
    done = computer.run("preinst", *words, form=form, PATH="/usr/bin:/bin", **told)
    assert done.returncode == status
    said = ["没有装回旧版本" in done.stdout, "was not installed" in done.stdout]
    assert said == [status == 1] * 2


def test_its_end_says_where_the_data_stays_and_takes_it_along_when_asked(computer, tmp_path):
    data = tmp_path / "officer/.local/share/county-desk"
    data.mkdir(parents=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    known = f"officer:x:1000:1000::{tmp_path / 'officer'}:/bin/sh"
    for name, text in (("getent", f"echo {known}"), ("runuser", 'shift 3; exec "$@"')):
        (tools / name).write_text(f"#!/bin/sh\n{text}\n")
        (tools / name).chmod(0o755)
    told = {"PATH": f"{tools}:{os.defpath}"}
    for step, lines in (("remove", 2), ("purge", 0)):
        assert computer.run("postrm", step, **told).stdout.count(str(data)) == lines
    assert data.exists()
    told["COUNTY_DESK_REMOVE_DATA"] = "yes"
    assert computer.run("postrm", "remove", **told).stdout == ""
    assert data.exists()
    computer.run("postrm", "purge", **told)
    assert not data.exists()

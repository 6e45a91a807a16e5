"""One folder with the program, its own Python and its libraries, for a Linux that has neither."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

from devkit import debian
from devkit.packages import commit, qt_parts, wheel
from devkit.packages.private_python import PINS
from devkit.place import ROOT, must, say

SPEC = ROOT / "packaging" / "pyinstaller" / "county-desk.spec"
TOOLS = ROOT / "packaging" / "constraints" / "frozen.txt"
NAME = "county-desk"
NEEDS = ("tzdata", *debian.WINDOW)
"""What the folder takes from the system: time zones, what draws, and letters."""
GLIBC = 36
"""The 2.x of the oldest glibc that it starts with: that of the system whose libraries it takes."""
ASKED = re.compile(rb"\0GLIBC_2\.(\d+)")


def build(out: Path = wheel.DIST) -> Path:
    """The folder, packed beside the other packages as well."""
    place = Path(tempfile.mkdtemp(prefix="county-desk-frozen-"))
    folder = out / NAME
    shutil.rmtree(folder, ignore_errors=True)
    try:
        built = wheel.build(place / "wheel")
        must([sys.executable, "-m", "venv", place / "env"])
        programs = place / "env" / "bin"
        pip: list[str | Path] = [programs / "python", "-m", "pip", "-qq", "install"]
        must([*pip, "--require-hashes", "-r", PINS])
        must([*pip, "--require-hashes", "-r", TOOLS])
        must([*pip, "--no-deps", "--no-index", built])
        quiet: list[str | Path] = [
            "--noconfirm",
            "--log-level",
            "ERROR",
            "--workpath",
            place / "work",
        ]
        words = [programs / "pyinstaller", *quiet, "--distpath", out, SPEC]
        must(words, commit.same_surroundings())
    finally:
        shutil.rmtree(place)
    spared = qt_parts.leave_out_the_rest(folder / "_internal" / "PySide6")
    say(f"left out of Qt: {spared / 1e6:.0f} MB")
    asked = read_glibc(folder)
    if asked > GLIBC:
        say(f"made here it asks for glibc 2.{asked}: offices are promised 2.{GLIBC}")
        raise SystemExit(1)
    packed = out / f"{NAME}-{commit.version()}-linux.tar.xz"
    must(["tar", "-C", out, "--sort=name", "-cJf", packed, NAME])
    say(f"{folder.name}: {qt_parts.size(folder) / 1e6:.0f} MB")
    say(f"{packed.name}: {packed.stat().st_size / 1e6:.0f} MB")
    return folder


def read_glibc(folder: Path) -> int:
    """The 2.x of the newest glibc that a program or library in the folder asks for."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    programs = (content for path in files if (content := path.read_bytes())[:4] == b"\x7fELF")
    return max((int(each) for one in programs for each in ASKED.findall(one)), default=0)

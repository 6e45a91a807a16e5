"""The installer for Windows: its script is compiled here, with stand-ins for the program."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from devkit import debian
from devkit.packages import commit
from devkit.place import ROOT, say

SCRIPT = ROOT / "packaging" / "windows" / "county-desk.nsi"
PROGRAMS = ("county-desk.exe", "county-deskw.exe", "_internal/python311.dll")
"""What the folder holds that the script names, as PyInstaller makes it on Windows."""


def prove() -> None:
    """Compile it without a warning; the program ends when that fails. Nothing of it is run."""
    debian.provide(("nsis",))
    with tempfile.TemporaryDirectory(prefix="county-desk-windows-") as scratch:
        program, out = (
            Path(scratch) / "program",
            Path(scratch) / f"county-desk-{commit.version()}-setup.exe",
        )
        for name in PROGRAMS:
            (program / name).parent.mkdir(parents=True, exist_ok=True)
            (program / name).write_text("a stand-in")
        told = {"VERSION": commit.version(), "PROGRAM": program, "OUT": out}
        words = [f"-D{name}={value}" for name, value in told.items()]
        done = subprocess.run(["makensis", "-WX", *words, SCRIPT], check=False)
        if done.returncode or out.read_bytes()[:2] != b"MZ":
            say("the script for Windows was not compiled")
            raise SystemExit(1)
    say("the script for Windows is compiled without a warning; it was not run")

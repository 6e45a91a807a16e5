"""What a build takes from the commit it is made of, so that two builds of it are the same."""

from __future__ import annotations

import os
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from devkit.place import ROOT

EPOCH = "SOURCE_DATE_EPOCH"
"""The variable by which builders agree on the one time that may stand in what they make."""


def read_project() -> dict[str, Any]:
    """The project's table of `pyproject.toml`."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project: dict[str, Any] = tomllib.loads(text)["project"]
    return project


def version() -> str:
    """The version of the program."""
    return str(read_project()["version"])


def source_date() -> int:
    """Seconds since 1970 of the commit, or what the environment says; never the time of day."""
    if given := os.environ.get(EPOCH):
        return int(given)
    asked = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(f"not a git checkout: set {EPOCH} to the time of the source")
    return int(answer.stdout)


def same_surroundings() -> dict[str, str]:
    """Variables under which Python and its tools write the same bytes twice."""
    return {EPOCH: str(source_date()), "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def make_alike(folder: Path) -> None:
    """Give all in a folder the commit's time, and modes that do not hang on the builder's umask."""
    when = source_date()
    for path in sorted(folder.rglob("*"), reverse=True):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (when, when), follow_symlinks=False)
    folder.chmod(0o755)
    os.utime(folder, (when, when))

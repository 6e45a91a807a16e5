"""The proof that two builders make the same bytes of the same commit."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from devkit.packages import commit
from devkit.place import PYTHON, ROOT, VENV, must, say

BUILD = """
import os, sys
os.umask(int(sys.argv[1], 8))
from pathlib import Path
from types import MappingProxyType
from devkit.packages import deb, flavours
deb.build(flavours.BOOKWORM, Path(sys.argv[2]))
"""
BUILDERS = (
    ("one", "022", {"TZ": "UTC", "LANG": "C.UTF-8"}),
    ("another/far/away", "077", {"TZ": "Asia/Shanghai", "LANG": "zh_CN.UTF-8"}),
)
"""Where each builds, under which umask, and what else its surroundings say."""


def prove() -> None:
    """Build the package of the last commit in two places, one after the other, and compare."""
    place = Path(tempfile.mkdtemp(prefix="county-desk-same-"))
    try:
        built = [build_commit(place / name, umask, told) for name, umask, told in BUILDERS]
        sums = [hashlib.sha256(package.read_bytes()).hexdigest() for package in built]
        for package, total in zip(built, sums, strict=True):
            say(f"sha256 {total}  {package.relative_to(place)}")
        if sums[0] == sums[1]:
            say("byte for byte the same")
            return
        trees = [_unpack(package) for package in built]
        print("\n".join(differing(*trees)), flush=True)
        say("the two differ in the files above")
        raise SystemExit(1)
    finally:
        shutil.rmtree(place)


def differing(one: Path, other: Path) -> list[str]:
    """The names of what is not the same in two folders: bytes, modes, times or links."""
    ours, theirs = ({path.relative_to(f): path for path in f.rglob("*")} for f in (one, other))
    return sorted(
        str(name)
        for name in ours.keys() | theirs.keys()
        if name not in ours or name not in theirs or _tell(ours[name]) != _tell(theirs[name])
    )


def build_commit(
    folder: Path,
    umask: str = "022",
    told: Mapping[str, str] = MappingProxyType({}),
    *,
    of: str = "HEAD",
) -> Path:
    """The package of a commit, by that commit's own builder, in a new folder."""
    folder.mkdir(parents=True)
    archive = subprocess.run(["git", "archive", of], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    (folder / ".venv").symlink_to(VENV)
    date = {commit.EPOCH: str(commit.source_date())}
    where = {"PYTHONPATH": str(folder / "packaging")}
    must([PYTHON, "-c", BUILD, umask, folder / "dist"], {**told, **date, **where})
    [package] = (folder / "dist").glob("*.deb")
    return package


def _unpack(package: Path) -> Path:
    tree = package.with_suffix("")
    must(["dpkg-deb", "--raw-extract", package, tree])
    return tree


def _tell(path: Path) -> tuple[object, ...]:
    told = path.lstat()
    if path.is_symlink():
        return (path.readlink(), told.st_mtime)
    content = path.read_bytes() if path.is_file() else b""
    return (content, told.st_mode, told.st_mtime)

"""The checkout itself as a thing under test: its files, and its syntax trees."""

from __future__ import annotations

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@functools.cache
def committed_files() -> tuple[Path, ...]:
    """Every file under version control, and every new one that would be; absent ones left out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = sorted(set(listing.stdout.decode().split("\0")) - {""})
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def sources(*folders: str) -> list[Path]:
    """The Python files among them, below these folders."""
    roots = [ROOT / folder for folder in folders]
    return [
        path
        for path in committed_files()
        if path.suffix == ".py" and any(path.is_relative_to(root) for root in roots)
    ]


@functools.cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of one file."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def name(path: Path) -> str:
    """A file's path as the reader of a failure wants it."""
    return path.relative_to(ROOT).as_posix()

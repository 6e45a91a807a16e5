"""The wheel and the source archive."""

from __future__ import annotations

from pathlib import Path

from devkit.packages import commit
from devkit.place import PYTHON, ROOT, must

DIST = ROOT / "dist"


def build(out: Path = DIST) -> Path:
    """The wheel, made anew beside its source archive."""
    must([PYTHON, "-m", "build", "--no-isolation", "--outdir", out], commit.same_surroundings())
    name = str(commit.read_project()["name"]).replace("-", "_")
    [wheel] = out.glob(f"{name}-{commit.version()}-*.whl")
    return wheel

"""An exchange leaves nothing that only a search for garbage would free.

A desk at rest makes so little that such a search may not come for hours: the rows of a whole
snapshot stayed in memory.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.checkout import ROOT


def left_in_circles(level: int) -> list[str]:
    """The kinds of what exchanges at that level left; at level 0 one is planted."""
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "support" / "circles.py", str(level)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("level", [1, 2])
def test_neither_a_snapshot_nor_changes_leave_anything(level: int):
    assert left_in_circles(level) == []


def test_a_circle_would_be_found():
    assert left_in_circles(0) == ["ScopeGuard"]

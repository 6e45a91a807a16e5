"""A slice of the simulation: the whole program in misfortune, and every history holds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")
SCHEDULES, SEED = 50, 70_000


@pytest.mark.timeout(300)
def test_every_desk_shows_keeps_sends_and_says_what_is_due() -> None:
    done = subprocess.run(
        [sys.executable, str(RUN), "--schedules", str(SCHEDULES), "--seed", str(SEED)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{SCHEDULES} schedules, 0 broken" in done.stdout
    # Desks that by their own set-up ask nothing would hold whatever else is promised.
    reached = dict(reversed(line.split(maxsplit=1)) for line in done.stdout.splitlines()[2:])
    assert "outcome: login_unprotected" not in reached
    assert int(reached["outcome: well"]) > 50 * SCHEDULES, reached


@pytest.mark.timeout(120)
def test_a_month_of_an_office_holds() -> None:
    done = subprocess.run(
        [sys.executable, str(RUN), "--years", "1", "--days", "30", "--seed", "3"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr

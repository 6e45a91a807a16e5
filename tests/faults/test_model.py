"""The whole client under one seeded scheduler: every schedule holds, every shortcut is caught."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from model import run
from model.mutants_seen import MUTANTS

RUN = Path(__file__).parent.parent / "model" / "run.py"
SHORTCUTS = (
    "acknowledge on any 200",
    "a new key per attempt",
    "delete on send",
    "dedupe in another transaction",
    "dedupe kept too briefly",
    "not re-armed after a failure",
    "no order check",
    "dedupe by sequence alone",
    "confirm to the user before commit",
    "poison blocks the queue",
    "no re-offer after a server restore",
    "acknowledge by count",
    "no fencing",
    "client-made epoch ids",
)
"""As the county API's design lists them."""


def played(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(RUN), *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.mark.timeout(300)
def test_nothing_is_lost_doubled_or_reordered_and_every_mutant_is_caught():
    done = played("--schedules", "2000")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0  doubled 0  out of order 0  other violations 0" in done.stdout
    assert f"mutants caught {len(MUTANTS)}/{len(MUTANTS)}" in done.stdout


def test_every_shortcut_of_the_design_is_a_mutant():
    assert set(SHORTCUTS) <= set(MUTANTS)


def test_what_is_played_first_is_played_for_a_mutant_there_is():
    assert set(run.SHOWN_BY) <= set(MUTANTS)


def test_the_same_seed_is_the_same_schedule_in_every_process():
    first, second = (
        played("--hashes", "150", PYTHONHASHSEED=seed).stdout.split() for seed in ("1", "2")
    )
    assert len(set(first)) == 150
    assert first == second


def test_one_seed_is_played_again_with_its_trace():
    done = played("--seed", "7")
    assert done.returncode == 0
    assert "POST v1/session" in done.stdout
    assert done.stdout.endswith("held\n")

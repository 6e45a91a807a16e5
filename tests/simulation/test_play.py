"""The simulation itself: one seed is one history, wherever it is played."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation import seams
from simulation.play import play

RUN = Path(__file__).with_name("run.py")


@pytest.fixture(autouse=True)
def _seams() -> Iterator[None]:
    with seams.laid():
        yield


def test_the_same_seed_gives_the_same_history_whatever_the_order_of_hashes() -> None:
    here = play(11).digest()
    for order in ("0", "7"):
        done = subprocess.run(
            [sys.executable, str(RUN), "--seed", "11", "--schedules", "1", "--hashes"],
            env={**os.environ, "PYTHONHASHSEED": order},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[0] == f"11 {here}"


def test_two_seeds_give_two_histories() -> None:
    assert play(12).digest() != play(13).digest()

"""The simulation itself: one seed is one history, wherever it is played."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from simulation import seams
from simulation.county_life import CountyLife
from simulation.play import play
from simulation.world import World

RUN = Path(__file__).with_name("run.py")
SEED = 514
"""In its history a stick is pulled out, and the desk tells what the system says of that."""


@pytest.fixture(autouse=True)
def _seams() -> Iterator[None]:
    with seams.laid():
        yield


def test_the_same_seed_gives_the_same_history_whatever_the_order_of_hashes() -> None:
    here = play(SEED).digest()
    for order in ("0", "7"):
        done = subprocess.run(
            [sys.executable, str(RUN), "--seed", str(SEED), "--schedules", "1", "--hashes"],
            env={**os.environ, "PYTHONHASHSEED": order},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[0] == f"{SEED} {here}"


def test_two_seeds_give_two_histories() -> None:
    assert play(12).digest() != play(13).digest()


def test_a_county_tells_a_change_of_a_row_only_where_the_row_is_not_as_it_was() -> None:
    with closing(World(14)) as world:
        life = CountyLife(world.add_server("s1", "c1.example", level=2), Random(14))
        life.bring_to("i1", "dispatched")
        told = world.history.of("rows changed")
        life.bring_to("i1", "dispatched")
        assert world.history.of("rows changed") == told
        life.bring_to("i1", "handling")
        told_now = world.history.of("rows changed")
    assert [each["versions"] for each in told_now] == [{"incidents": {"i1": n}} for n in (0, 1)]

"""The worst 4 kB cost no parser more than half a second and 64 MB."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

import pytest

from support.checkout import ROOT

MOST_S, MOST_MB = 0.5, 64.0
FLOOR_S = 0.045
"""What `work` takes on a computer of which the half second is asked; a slower one has longer."""
PROGRAM = ROOT / "tests" / "support" / "worst_bytes.py"

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a process is measured by what Linux tells of it"
)


def work() -> None:
    """Do what a reader does most: make small texts and keep some."""
    kept: dict[str, int] = {}
    for number in range(200_000):
        text = str(number)
        kept[text[-3:]] = len(text) + len(kept)


def most_s() -> float:
    """Return the bound on this computer as it is now."""
    took_s = []
    for _ in range(5):
        began_s = time.process_time()
        work()
        took_s.append(time.process_time() - began_s)
    return MOST_S * max(1.0, min(took_s) / FLOOR_S)


def costs(wanted: str, step: int = 1) -> list[dict[str, Any]]:
    """What each of those cases, or of every so many, came to, read in a process of its own."""
    paths = f"import sys; sys.path[:0] = {[str(ROOT), str(ROOT / 'tests')]!r};"
    words = f"sys.argv[1:] = {[wanted, str(step)]!r};"
    run = f"{paths} {words} from support import worst_bytes; worst_bytes.main()"
    done = subprocess.run([sys.executable, "-c", run], capture_output=True, check=True, timeout=600)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.long)])
def test_the_worst_4_kb_cost_no_parser_half_a_second_or_64_mb(step: int):
    found = costs("", step)
    readers = {each["name"].partition(":")[0] for each in found}
    assert len(readers) == 20
    assert len(found) > 200 // step
    assert [each for each in found if each["said"].startswith("broke")] == []
    assert [each for each in found if each["mb"] >= MOST_MB] == []
    slow = [each["name"] for each in found if each["s"] >= MOST_S]
    for _ in range(3):
        # Beside others on the same core the same work takes longer: the slow are asked again.
        bound_s = most_s()
        slow = [name for name in slow if all(each["s"] >= bound_s for each in costs(name))]
    assert slow == []


def test_a_parser_that_costs_too_much_would_be_found():
    (told,) = costs("snapshot: one text")
    assert told["bytes"] <= 4096
    assert told["mb"] > 0.5

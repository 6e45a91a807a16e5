"""kill -9 of real desks at every crash point: nothing lost, nothing doubled, order kept."""

from __future__ import annotations

import pytest

from sim import kills
from sim.victim import POINTS

CRASH_POINTS = {
    "before outbox commit": "before outbox commit",
    "after commit before confirm": "after commit before confirm",
    "before send": "before send",
    "mid-body": "mid-body",
    "sent, no response": "sent, no response",
    "response not committed": "response not committed",
    "result committed, overlay not dropped": "result committed, overlay not dropped",
    "patch applied, token not": "patch applied, token not",
    "mid snapshot page": "mid snapshot page",
    "staging swap": "staging swap",
    "index rebuild": "index rebuild",
    "migration": "migration",
    "checkpoint": "checkpoint",
    "epoch requeue": "epoch requeue",
    "retire": "retire",
}
"""The quality document's list; `rekey` is missing because no file's key is ever changed."""


def test_every_crash_point_has_a_fuse():
    assert set(CRASH_POINTS.values()) == set(POINTS)


@pytest.mark.timeout(300)
def test_killed_desks_lose_nothing_do_nothing_twice_and_keep_the_order():
    verdict = kills.run(25, seed=1)
    assert verdict.kills == 25
    assert verdict.holds, verdict


@pytest.mark.timeout(300)
def test_a_desk_that_forgets_what_it_sends_is_found_out():
    assert kills.run(6, seed=1, careless=True).lost


@pytest.mark.long
def test_a_thousand_kills():
    verdict = kills.run(1000, seed=2)
    assert verdict.holds, verdict
    assert set(verdict.at) == {*POINTS, "a random moment"}

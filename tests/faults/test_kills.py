"""kill -9 of real desks at every crash point: nothing lost, nothing doubled, order kept."""

from __future__ import annotations

import pytest

from simulation import kill_run, kills
from simulation.victim import POINTS

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
MORE_POINTS = {
    "offered again, rows not outdated",
    "rows outdated, not committed",
    "tried not committed",
    "tried written, session not sent",
    "binding not committed",
    "binding written, commands not sent",
    "client id changed, commands not held",
    "client id not committed",
    "commands held, session not opened anew",
}
"""Where one of a desk's files, or the county, is ahead of another."""


def test_every_crash_point_has_a_fuse():
    assert {*CRASH_POINTS.values(), *MORE_POINTS} == set(POINTS)


@pytest.mark.timeout(300)
def test_killed_desks_lose_nothing_do_nothing_twice_and_keep_the_order():
    verdict = kills.run(25, seed=1)
    assert verdict.kills == 25
    assert verdict.holds, verdict


@pytest.mark.timeout(300)
def test_a_desk_that_forgets_what_it_sends_is_found_out():
    assert kills.run(6, seed=1, careless=True).lost


@pytest.mark.timeout(300)
def test_an_interrupted_run_goes_on_where_it_was_and_kills_nobody_twice(tmp_path, monkeypatch):
    monkeypatch.setattr(kill_run, "PIECE", 3)
    file = tmp_path / "kills.json"
    first = kill_run.run(3, seed=3, file=file, workers=1)
    assert (first.verdict.kills, first.done) == (3, [0])
    both = kill_run.run(6, seed=3, file=file, workers=1)
    assert (both.verdict.kills, sorted(both.done)) == (6, [0, 1])
    assert both.verdict.holds
    with pytest.raises(SystemExit, match="seed 3"):
        kill_run.run(3, seed=4, file=file)


def test_what_a_piece_found_is_counted_with_the_number_of_the_piece():
    progress = kill_run.Progress(1)
    progress.add(7, kills.Verdict(kills=5, lost=["r1c0"]))
    assert progress.verdict.lost == ["piece 7: r1c0"]
    assert "kills 5  points 0  lost 1" in kill_run.summary(progress)


@pytest.mark.long
def test_a_thousand_kills():
    verdict = kills.run(1000, seed=2)
    assert verdict.holds, verdict
    assert set(verdict.at) == {*POINTS, "a random moment"}

"""From when a county counts a command of a desk whose clock is wrong."""

from __future__ import annotations

from simulation.history import History
from simulation.judge.clocks import judge_given
from simulation.judge.facts import Facts

MINUTE = 60_000
HOUR = 60 * MINUTE


def a_history(*, off_ms: int, hears_after: bool) -> History:
    """The clock is set with the line down, then comes a click, and hours later an answer."""
    history = History(1)
    history.add(HOUR, "exchange", desk="d1", outcome="well", began_ms=0, ended_ms=1, requests=[])
    history.add(2 * HOUR, "clock set", desk="d1", clock_off_ms=off_ms)
    outcome = "well" if hears_after else "timed_out"
    history.add(3 * HOUR, "exchange", desk="d1", outcome=outcome, began_ms=0, ended_ms=1,
                requests=[])  # fmt: skip
    given = 4 * HOUR + off_ms
    click = {"kind": "shelve", "source": "s", "collection": "alarms", "target": "a", "at": given}
    history.add(4 * HOUR, "click done", desk="d1", key="k", **click)
    history.add(9 * HOUR, "did", server="s1", key="k", counted=given, status="accepted",
                reason={"zh": ""})  # fmt: skip
    return history


def test_of_two_moments_the_later_counts_only_where_no_county_knows_better():
    late = a_history(off_ms=49 * MINUTE, hears_after=False)
    assert not list(judge_given(Facts(late)))
    for wrong in (
        a_history(off_ms=49 * MINUTE, hears_after=True),
        a_history(off_ms=-49 * MINUTE, hears_after=False),
    ):
        (fault,) = judge_given(Facts(wrong))
        assert "counts from" in fault

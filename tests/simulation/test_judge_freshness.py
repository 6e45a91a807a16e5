"""The simulation's judge: which words for an age it takes before a county has told the time."""

from __future__ import annotations

from simulation.history import History
from simulation.judge.facts import Facts
from simulation.judge.freshness import judge_age, judge_problems

T, MINUTE = 1_795_392_000_000, 60_000


def faults(word: str, *, off_ms: int, outcome: str = "timed_out", now_ms: int = T) -> list[str]:
    """What is said of a source heard 40 s ago, by the time that a desk shows at `T`."""
    history = History(1)
    history.add(T - MINUTE, "exchange", desk="d1", ended_ms=T - MINUTE, outcome="well")
    history.add(T - MINUTE, "desk started", desk="d1", clock_off_ms=off_ms)
    history.add(T - 10_000, "exchange", desk="d1", ended_ms=T - 5_000, outcome=outcome)
    source = {"id": "county", "last_good_at": now_ms - 40_000, "never_seen": False,
              "problem": "", "fresh": word}  # fmt: skip
    history.look(T, "desk view", desk="d1", point="check", now_ms=now_ms, sources=[source])
    return list(judge_age(Facts(history)))


def test_where_the_clock_went_back_and_nobody_told_the_time_stale_is_as_good_as_its_length():
    lagging_ms = T - 4 * MINUTE
    assert not faults("stale", off_ms=-30 * MINUTE, now_ms=lagging_ms)
    assert not faults("ageing", off_ms=-30 * MINUTE, now_ms=lagging_ms)


def test_a_source_called_stale_too_early_is_found_where_its_age_is_known():
    found = ["F: d1 county at check is called stale and is ageing"]
    assert faults("stale", off_ms=0) == found, "the clock is right"
    assert faults("stale", off_ms=-MINUTE) == found, "the clock is let be"
    assert faults("stale", off_ms=30 * MINUTE, now_ms=T + 30 * MINUTE) == found, "it is ahead"
    assert faults("stale", off_ms=-30 * MINUTE, outcome="well") == found, "the time was told"


def test_a_source_called_fresher_than_it_is_at_least_is_found_whatever_the_clock():
    assert faults("fresh", off_ms=-30 * MINUTE) == [
        "F: d1 county at check is called fresh and is ageing"
    ]


def said_of_stale(point: str, *, again: bool) -> list[str]:
    """What is said of a source that is stale though its last exchange went well."""
    history = History(1)
    history.add(T - MINUTE, "desk started", desk="d1", clock_off_ms=0)
    history.add(T - MINUTE, "exchange", desk="d1", source="county", ended_ms=T - 1, outcome="well",
                again=again)  # fmt: skip
    source = {"id": "county", "problem": "", "failing_since": None, "fresh": "stale"}
    history.look(T, "desk view", desk="d1", point=point, sources=[source])
    return list(judge_problems(Facts(history)))


def test_what_is_well_may_be_stale_only_while_its_snapshot_is_still_to_come():
    found = ["F: d1 county at silence is well and called stale"]
    assert said_of_stale("silence", again=False) == found
    assert not said_of_stale("silence", again=True)
    assert said_of_stale("end", again=True) == ["F: d1 county at end is well and called stale"]

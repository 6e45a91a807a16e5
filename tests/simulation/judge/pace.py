"""Judges when desks ask: at an officer's word at once, else as patiently as they were told."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from itertools import accumulate, pairwise

from simulation.history import Entry
from simulation.judge.facts import Facts
from simulation.strangers import STRANGERS

LATE_MS = 15_000
EARLY_MS = 100
LONGEST_S, UNPROVEN_S, LATER = 3600.0, 54.0, 1.1
"""The patience that a county, or anybody, may ask for; desks keep a little more of it."""
LONGEST_OWN_S = 120.0
ENDS_PATIENCE = {"sync_now", "reset", "start"}
UNANSWERED = ("stored", "sent")
AT_ONCE = 2
"""When so many others wait for their answers the play lets nobody more have a turn."""
DISTURBS = (
    "server stopped", "paused", "line", "network changed", "disk fault", "url moved", "slept",
    "desk stopped", "accounts set", "login changed", "server clock", "clock set", "put back",
    "hesitates", "time passed", "read failed", "server accepted",
)  # fmt: skip
WorkerJobs = tuple[str, str]


def judge_poison(facts: Facts) -> Iterator[str]:
    """Q: a command that never passes keeps no other waiting."""
    poisoned: Entry | None = None
    for event in facts.history.of("poisoned", "poison over", *DISTURBS):
        match event["what"]:
            case "poisoned":
                poisoned = event
            case "poison over" if poisoned is not None:
                yield from _kept_waiting(facts, event)
                poisoned = None
            case _:
                poisoned = None


def _kept_waiting(facts: Facts, over: Entry) -> Iterator[str]:
    poison = facts.clicks[over["key"]]
    for key in over["others"]:
        click = facts.clicks[key]
        behind = (click["source"], click["target_id"]) == (poison["source"], poison["target_id"])
        behind = behind or _is_behind_held(facts, over, click)
        told = [e for e in facts.told[over["desk"], key] if e["n"] < over["n"]]
        if not behind and told and told[-1]["receipt"] in UNANSWERED:
            yield f"Q: {over['desk']} {click['kind']} {key[:6]} waits for {over['key'][:6]}"


def _is_behind_held(facts: Facts, over: Entry, click: Entry) -> bool:
    """Whether an earlier one on the same row, such as its report, waits for its officer."""
    place = click["source"], click["target_id"]
    before = [
        [each for each in facts.told[over["desk"], key] if each["n"] < over["n"]]
        for key, other in facts.clicks.items()
        if (other["source"], other["target_id"]) == place and other["n"] < click["n"]
    ]
    return any(told and told[-1]["receipt"] == "held" for told in before)


def judge_patience(facts: Facts) -> Iterator[str]:
    """Q: each wait is as long as it was asked for and may be, and longer with each failure."""
    for (desk, source), exchanges in _by_lane(facts).items():
        failures = 0
        for event in exchanges:
            failures = 0 if "start" in event["cause"] else failures
            if event["outcome"] in ("died", "cancelled", "well"):
                failures = failures if event["outcome"] == "cancelled" else 0
                continue
            failures += 1
            named = f"{desk} {source} waits {event['wait_s']:.1f} s"
            if event["wait_s"] > LONGEST_S * LATER + 1:
                yield f"Q: {named} after {event['outcome']}"
            least_s = min(LONGEST_OWN_S, 2.0 ** min(failures - 1, 10)) / 2
            if event["wait_s"] < least_s - 0.01:
                yield f"Q: {named} after {failures} failures"
            yield from _as_asked(facts, event, named)


def _as_asked(facts: Facts, event: Entry, named: str) -> Iterator[str]:
    """What a county, or somebody on the way, asked for with the answer that ended it."""
    last = event["requests"][-1] if event["requests"] else None
    if event["outcome"] not in ("server_busy", "too_many") or last is None:
        return
    open_line = not facts.history.of("desk started")[0]["encrypted"]
    if open_line and last["fate"] in STRANGERS and event["wait_s"] > LONGEST_OWN_S + 1:
        yield f"Q: {named} at the word of somebody on the way"
    paused = [e for e in facts.before(event, "paused") if e["server"] == last["server"]]
    asked_s = paused[-1]["retry_after_s"] if paused else None
    if last["fate"] == "well" and asked_s and event["wait_s"] < min(asked_s, UNPROVEN_S) - 0.1:
        yield f"Q: {named} and was asked for {asked_s} s"


def judge_storms(facts: Facts) -> Iterator[str]:
    """Q: only an officer, or the computer's own fate, ends the patience a server asked for."""
    for (desk, source), exchanges in _by_lane(facts).items():
        for before, event in pairwise(exchanges):
            if not before.get("patient") or ENDS_PATIENCE & set(event["cause"]):
                continue
            waited_s = (event["began_ms"] - before["ended_ms"] + EARLY_MS) / 1000
            if waited_s < before["wait_s"]:
                yield (
                    f"Q: {desk} {source} was asked to wait {before['wait_s']:.0f} s"
                    f" and came after {waited_s:.0f} s because of {event['cause']}"
                )


def judge_calls(facts: Facts) -> Iterator[str]:
    """Q: what an officer gives is tried at once."""
    lanes = {lane: Spans(each) for lane, each in _by_lane(facts, died=True).items()}
    disturbed = sorted(event["t"] for event in facts.history.of(*DISTURBS, "desk failed"))
    for event in facts.history.of("click done"):
        at, until = event["t"], event["t"] + LATE_MS
        tried = lanes.get((event["desk"], event["source"]), Spans([]))
        first = bisect_left(disturbed, at - LATE_MS)
        if (disturbed[first : first + 1] and disturbed[first] <= until) or _sleeps(facts, event):
            continue
        if sum(each.count_over(at, until) for each in lanes.values()) >= AT_ONCE:
            continue
        if not tried.is_any_in(at, until):
            yield f"Q: {event['desk']} kept {event['kind']} {event['key'][:6]} and tried nothing"


class Spans:
    """From when to when the exchanges of a lane lasted, found without going through them all."""

    def __init__(self, exchanges: list[Entry]) -> None:
        spans = sorted((each["began_ms"], each["ended_ms"]) for each in exchanges)
        self._began = [began for began, _ in spans]
        self._last_end = list(accumulate((ended for _, ended in spans), max))
        self._long = [span for span in spans if span[1] - span[0] >= LATE_MS]

    def is_any_in(self, since_ms: int, until_ms: int) -> bool:
        """Whether one was under way at some moment of these."""
        begun = bisect_right(self._began, until_ms)
        return begun > 0 and self._last_end[begun - 1] >= since_ms

    def count_over(self, since_ms: int, until_ms: int) -> int:
        """How many were under way at each moment of these, which are as long as `LATE_MS`."""
        return sum(began <= since_ms and ended >= until_ms for began, ended in self._long)


def _sleeps(facts: Facts, event: Entry) -> bool:
    slept = [e for e in facts.before(event, "slept", "woke") if e["desk"] == event["desk"]]
    return bool(slept) and slept[-1]["what"] == "slept"


def judge_dead_ways(facts: Facts) -> Iterator[str]:
    """Q: after another network or a sleep nothing is sent over connections of before."""
    for event in facts.history.of("sent into nothing"):
        moved = [e for e in facts.before(event, "network changed") if e["desk"] == event["desk"]]
        is_old = bool(moved and moved[-1]["network"]) and event["t"] - moved[-1]["t"] > LATE_MS
        # On a connection that the desk had ended a request under way has to fail like this.
        if is_old and not event["ended"]:
            yield f"Q: {event['desk']} {event['source']} uses a connection of another network"


def _by_lane(facts: Facts, *, died: bool = False) -> dict[WorkerJobs, list[Entry]]:
    """Exchanges that came to an end, by desk and source; those too in which the desk died."""
    found: defaultdict[WorkerJobs, list[Entry]] = defaultdict(list)
    for event in facts.history.of("exchange"):
        if "ended_ms" in event and (died or "wait_s" in event):
            found[event["desk"], event["source"]].append(event)
    return found


JUDGES = (
    judge_poison, judge_patience, judge_storms, judge_calls, judge_dead_ways,
)  # fmt: skip

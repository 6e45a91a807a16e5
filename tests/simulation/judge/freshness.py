"""Judges whether desks call fresh only what a county itself told them, and say what fails."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts

SLACK_MS = 2_500
PERIOD_MS = 30_000
LATEST_MS, LATEST_PLAIN_MS = 10 * 60_000, 60 * 60_000
"""So long answers without a proof are believed, at level 2 and at level 1."""
WHOLE = (
    "well", "slow", "changed meanwhile", "closed after", "doubled", "stalled", "headers lost",
    "server killed", "answer of before", "cut", "cut unnoticed", "length rewritten",
)  # fmt: skip
"""What may befall a request whose answer can still be the county's own and whole. An answer of
before bears the mark of its session: for ten minutes a cache that keeps what it must not is
believed, as `serving.md` says."""
PULLS = ("/v1/session", "/v1/changes", "/v1/snapshot", "/v1/commands")
LEFT_BE_MS = 60_000
"""Clocks that differ by less are let be."""
ROWS, FAILED = ("/v1/changes", "/v1/snapshot"), 500
UNCLEAR = ("clock set", "server clock", "disk put back", "disk cloned", "url moved", "put back")
"""After these no two clocks can be compared, or a disk tells of a time before."""


def judge_freshness(facts: Facts) -> Iterator[str]:
    """F: no age is younger than the last word of the county."""
    for view in facts.of_desks():
        if facts.before(view, *UNCLEAR):
            continue
        for source in view["sources"]:
            good_at = source["last_good_at"]
            named = f"{view['desk']} {source['id']} at {view['point']}"
            if source["never_seen"] != (good_at is None):
                yield f"F: {named} says of rows that never came that all is calm"
            if good_at is None:
                continue
            proof = _proof(facts, view, source["id"])
            if proof is None:
                yield f"F: {named} was heard at some time, and no county ever answered"
                continue
            if _streams(facts, view, source["id"]) or facts.was_set_back():
                continue
            shown_ms, true_ms = view["now_ms"] - good_at, view["t"] - proof
            # Told wrong then and wrong now, the other way.
            doubt = 2 * doubt_ms(facts, view) if _was_met_since(facts, view, proof) else 0
            if shown_ms < true_ms - SLACK_MS - doubt:
                yield f"F: {named} is {shown_ms} ms old, and nothing was heard for {true_ms} ms"
            if source["fresh"] == "fresh" and true_ms > LATEST_MS:
                yield f"F: {named} is called fresh after {true_ms} ms"


def _streams(facts: Facts, view: Entry, source: str) -> bool:
    """Whether heartbeats of an open stream may have told that all is as it was."""
    return any(
        event["status"] == 200 and (event["desk"], event["source"]) == (view["desk"], source)
        for event in facts.before(view, "listening")
    )


def _was_met_since(facts: Facts, view: Entry, at_ms: int) -> bool:
    """Whether a county was asked anything since, and may have told the time anew."""
    return any(
        event["desk"] == view["desk"] and event.get("ended_ms", view["t"]) > at_ms
        and any(request["reached"] for request in event.get("requests", ()))
        for event in facts.before(view, "exchange")
    )  # fmt: skip


def doubt_ms(facts: Facts, view: Entry) -> int:
    """By how much the time may be wrong that a slow answer told."""
    longest = [
        event["ended_ms"] - event["began_ms"]
        for event in facts.before(view, "exchange")
        if event["desk"] == view["desk"] and "ended_ms" in event
    ]
    return max(longest, default=0) // 2


def _proof(facts: Facts, view: Entry, source: str) -> int | None:
    """When an answer of the county last came whole to that desk's source."""
    proof = None
    for event in facts.before(view, "exchange"):
        if (event["desk"], event["source"]) != (view["desk"], source):
            continue
        for request in event.get("requests", ()):
            fate = request["fate"]
            whole = fate in WHOLE and (request["reached"] or fate == "answer of before")
            if whole and request["status"] in (200, 204, 206) and _is_pull(request):
                proof = min(event.get("ended_ms", view["t"]), view["t"])
    for event in facts.before(view, "data applied"):
        if (event["desk"], event["source"]) == (view["desk"], source):
            proof = max(proof or 0, event["made_ms"])
    return proof


def _is_pull(request: Entry) -> bool:
    return str(request["path"]).startswith(PULLS)


def judge_problems(facts: Facts) -> Iterator[str]:
    """F, V: a source whose last exchange failed says so, and one that went well does not."""
    for view in facts.of_desks():
        for source in view["sources"]:
            last = _last(facts, view, source["id"])
            if last is None or last["outcome"] in ("died", "cancelled"):
                continue
            said = "" if last["outcome"] == "well" else last["outcome"]
            named = f"{view['desk']} {source['id']} at {view['point']}"
            if source["problem"] != said:
                yield f"V: {named} says {source['problem'] or 'well'} and it was {said or 'well'}"
            if source["problem"] and not all(source["words"].values()):
                yield f"V: {named} has no words for {source['problem']}"
            if (source["failing_since"] is not None) != bool(said):
                yield f"V: {named} is failing since {source['failing_since']}, last {said}"
            # Hundreds of commands took minutes, and the snapshot they wait for is still to come.
            is_half = view["point"] == "silence" and last.get("again", False)
            is_judged = view["point"] != "check" and not is_half
            if is_judged and not said and source["fresh"] in ("stale", "unknown"):
                yield f"F: {named} is well and called {source['fresh']}"


def _last(facts: Facts, view: Entry, source: str) -> Entry | None:
    """The last exchange of this run of the program that was over when it was looked at."""
    starts = [e["n"] for e in facts.before(view, "desk started") if e["desk"] == view["desk"]]
    mine = [
        event
        for event in facts.before(view, "exchange")
        if (event["desk"], event["source"]) == (view["desk"], source)
        and event["n"] > max(starts, default=0)
    ]
    if not mine or "ended_ms" not in mine[-1] or mine[-1]["ended_ms"] > view["t"]:
        return None
    for event in facts.before(view, "data applied"):
        if event["desk"] == view["desk"] and event["n"] > mine[-1]["n"]:
            return None  # The county was heard since, on a stick.
    return mine[-1]


def judge_well(facts: Facts) -> Iterator[str]:
    """V: no exchange is called well in which rows were asked for and no answer came."""
    for event in facts.history.of("exchange"):
        asked = [r for r in event.get("requests", ()) if str(r["path"]).startswith(ROWS)]
        if event["outcome"] == "well" and asked and not 0 < asked[-1]["status"] < FAILED:
            named = f"{event['desk']} {event['source']}"
            yield f"V: {named} calls it well that {asked[-1]['path']} broke off"


def judge_age(facts: Facts) -> Iterator[str]:
    """F: the word for an age is that of its length, and no source that fails is called fresh.

    Where the length is only the least it can be, the source may be called stale whatever it is.
    """
    for view in facts.of_desks():
        is_least = _is_counted_from_before(facts, view)
        for source in view["sources"]:
            due = _word(source["last_good_at"], view["now_ms"])
            if due == "fresh" and source["problem"]:
                due = "ageing"
            is_stale = is_least and not source["never_seen"] and source["fresh"] == "stale"
            if source["fresh"] != due and not is_stale:
                named = f"{view['desk']} {source['id']} at {view['point']}"
                yield f"F: {named} is called {source['fresh']} and is {due}"


def _is_counted_from_before(facts: Facts, view: Entry) -> bool:
    """Whether a desk can only count on from the time an earlier run knew: its own clock is behind
    what it shows, and no exchange of this run has gone well."""
    mine = [
        event
        for event in facts.before(view, "desk started", "clock set", "exchange")
        if event["desk"] == view["desk"]
    ]
    began = max((e["n"] for e in mine if e["what"] == "desk started"), default=0)
    is_told = any(
        e["what"] == "exchange"
        and e["n"] > began
        and e["outcome"] == "well"
        and e["ended_ms"] <= view["t"]
        for e in mine
    )
    off_ms = next((e["clock_off_ms"] for e in reversed(mine) if e["what"] != "exchange"), 0)
    return not is_told and view["t"] + off_ms < view["now_ms"] - LEFT_BE_MS


def _word(good_at: int | None, now_ms: int) -> str:
    if good_at is None:
        return "unknown"
    age_ms = abs(now_ms - good_at)
    if age_ms <= PERIOD_MS:
        return "fresh"
    return "ageing" if age_ms <= 3 * PERIOD_MS else "stale"


def judge_caches(facts: Facts) -> Iterator[str]:
    """F: however a cache on the way answers, in the end a county must prove itself."""
    for view in facts.of_desks():
        if facts.before(view, *UNCLEAR):
            continue
        for source in view["sources"]:
            if source["fresh"] != "fresh" or _streams(facts, view, source["id"]):
                continue
            proven = [
                event["ended_ms"]
                for event in facts.before(view, "exchange")
                if (event["desk"], event["source"]) == (view["desk"], source["id"])
                and "ended_ms" in event
                for request in event["requests"]
                if request["fate"] in WHOLE and _bears_proof(request)
            ]
            plain = any(e["level"] == 1 for e in facts.before(view, "server started"))
            latest_ms = LATEST_PLAIN_MS if plain else LATEST_MS
            if proven and view["t"] - max(proven) > latest_ms + 2 * PERIOD_MS:
                named = f"{view['desk']} {source['id']} at {view['point']}"
                yield f"F: {named} is called fresh by the word of a cache alone"


def _bears_proof(request: Entry) -> bool:
    """Whether its answer was the county's own, or came with the magic at least."""
    if request["fate"] == "answer of before":
        return bool(request["status"] in (200, 206))
    return bool(request["reached"] and request["status"] in (200, 204, 206))


def judge_remembered(facts: Facts) -> Iterator[str]:
    """V: a source that failed when the program was closed fails when it is opened again."""
    for view in facts.of_desks():
        started = [e for e in facts.before(view, "desk started") if e["desk"] == view["desk"]]
        if len(started) < 2 or facts.before(view, "disk lost", "disk put back", "disk fault"):
            continue
        stopped = [e for e in facts.before(view, "desk stopped") if e["desk"] == view["desk"]]
        applied = facts.before(view, "data applied")
        for source in view["sources"]:
            mine = [
                e
                for e in facts.before(view, "exchange")
                if (e["desk"], e["source"]) == (view["desk"], source["id"])
            ]
            if not mine or mine[-1]["n"] > started[-1]["n"] or "ended_ms" not in mine[-1]:
                continue
            if any(e["n"] > mine[-1]["n"] and e["how"] == "power lost" for e in stopped):
                continue  # The cache is not synced: what it was told last may be gone.
            if any(e["desk"] == view["desk"] and e["n"] > mine[-1]["n"] for e in applied):
                continue  # The county was heard since, on a stick.
            if mine[-1]["outcome"] not in ("well", "died", "cancelled") and not source["problem"]:
                yield f"V: {view['desk']} {source['id']} forgot that it fails"


JUDGES = (judge_freshness, judge_problems, judge_well, judge_age, judge_caches, judge_remembered)

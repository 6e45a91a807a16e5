"""Judges clocks: what time a desk takes it to be, and when a county counts a command as given.

Where a cache on the way told the time of before, nobody knows better.
"""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts
from simulation.judge.freshness import doubt_ms

TOLERANCE_MS = 65_000
"""Clocks that differ by a minute are let be; and a little for the way."""
TOO_LATE = "晚于县平台时间"


def judge_now(facts: Facts) -> Iterator[str]:
    """F: a desk that a county has told the time knows it, whatever its clock shows."""
    if facts.history.of("server clock") or _is_cached(facts):
        return
    for view in facts.of_desks():
        mine = [e for e in facts.before(view, "desk started", "clock set", "woke", "exchange")
                if e["desk"] == view["desk"]]  # fmt: skip
        since = max((e["n"] for e in mine if e["what"] != "exchange"), default=0)
        is_told = any(
            e["what"] == "exchange"
            and e["n"] > since
            and e["outcome"] == "well"
            and e["ended_ms"] <= view["t"]
            for e in mine
        )
        off_ms = view["now_ms"] - view["t"]
        if is_told and abs(off_ms) > TOLERANCE_MS + doubt_ms(facts, view):
            yield f"F: {view['desk']} at {view['point']} takes the time to be off by {off_ms} ms"


def judge_given(facts: Facts) -> Iterator[str]:
    """B: every command counts from when it was given, however wrong its desk's clock was."""
    if facts.history.of("server clock", "put back") or facts.twins or _is_cached(facts):
        return
    for key, dids in facts.dids.items():
        click = facts.clicks.get(key)
        if click is None or not dids or _is_unclear(facts, click, dids[0]):
            continue
        named = f"{dids[0]['server']} {click['kind']} {key[:6]}"
        off_ms = (dids[0]["counted"] or click["t"]) - click["t"]
        late = abs(off_ms) > TOLERANCE_MS + facts.slowest_ms[click["desk"]] // 2
        if late and not _is_later_of_two(facts, click, dids[0]):
            yield f"B: {named} counts from {off_ms} ms after it was given"
        if TOO_LATE in dids[0]["reason"]["zh"] and dids[0]["status"] == "rejected":
            yield f"V: {named} was refused for a wrong clock"


def judge_shown(facts: Facts) -> Iterator[str]:
    """B: a command is shown at its click, by this desk's clock or by the county's."""
    unclear = facts.history.of("server clock", "clock set", "put back")
    if facts.twins or unclear or _is_cached(facts):
        return
    for view in facts.of_desks():
        for command in view["commands"]:
            click = facts.clicks.get(command["key"])
            if click is None or command["at"] == click["at"]:
                continue
            off_ms = command["at"] - click["t"]
            if abs(off_ms) > TOLERANCE_MS + facts.slowest_ms[view["desk"]] // 2:
                yield f"B: {view['desk']} shows {command['key'][:6]} {off_ms} ms from its click"


def judge_dates(facts: Facts) -> Iterator[str]:
    """B: no click is dated before a contact that was before it, of which the disk still tells.

    The cache is not synced: where the power went since, the contact is forgotten with its rows.
    """
    unclear = facts.history.of("server clock", "disk lost", "server accepted", "disk fault")
    if facts.twins or unclear or _is_cached(facts):
        return
    for click in facts.clicks.values():
        since = [
            event["n"]
            for event in facts.before(click, "desk stopped")
            if event["desk"] == click["desk"] and event["how"] == "power lost"
        ]
        heard = [
            event["ended_ms"]
            for event in facts.history.of("exchange")
            if event["desk"] == click["desk"]
            and event["n"] > max(since, default=0)
            and event["outcome"] == "well"
            and event["ended_ms"] <= click["t"]
        ]
        slack_ms = TOLERANCE_MS + facts.slowest_ms[click["desk"]] // 2
        if heard and click["at"] < max(heard) - slack_ms:
            named = f"{click['desk']} {click['kind']} {click['key'][:6]}"
            yield f"B: {named} is dated {max(heard) - click['at']} ms before the last contact"


def _is_unclear(facts: Facts, click: Entry, did: Entry) -> bool:
    """Whether the desk's clock was set between the click and its doing, or the row came anew:
    nothing counts from before what it acts on."""
    collection, target = click["collection"], click["target_id"]
    return any(
        event["desk"] == click["desk"] for event in facts.between(click, did, "clock set")
    ) or any(
        target in event["changes"].get(collection, {})
        for event in facts.between(click, did, "rows changed")
    )


def _is_later_of_two(facts: Facts, click: Entry, did: Entry) -> bool:
    """Whether the county counts by what the desk said at the click, the later of two moments that
    are possible.

    What lay in the future when it first heard of it is possible days later; and what it first hears
    of after that moment, from a desk whose clock was set since it last heard the time.
    """
    if did["counted"] != click["at"]:
        return False
    before = [e for e in facts.history.of("commands taken") if e["n"] < did["n"]]
    was_put_off = any(did["key"] in each["keys"] for each in before)
    return was_put_off or (click["t"] < did["counted"] and _was_set_unheard(facts, click))


def _was_set_unheard(facts: Facts, click: Entry) -> bool:
    """Whether at the click the desk's clock had been set, and no county told it the time since."""
    mine = [e for e in facts.before(click, "clock set", "exchange") if e["desk"] == click["desk"]]
    told = [e for e in mine if e["what"] == "clock set" or e["outcome"] == "well"]
    return bool(told) and told[-1]["what"] == "clock set"


def _is_cached(facts: Facts) -> bool:
    """Whether somebody on the way told again what the county had said before, and its time."""
    return facts.was_set_back() or any(
        request["fate"] == "answer of before"
        for event in facts.history.of("exchange")
        for request in event["requests"]
    )


JUDGES = (judge_now, judge_given, judge_shown, judge_dates)

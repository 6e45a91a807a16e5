"""Judges what goes over the line: silence after the last fault, and every byte counted."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts

EXCHANGES_TO_SILENCE = 3
SILENT_BYTES = 1024
MOST_EXCHANGES = 14
"""In the time that is watched; a quiet source is asked about each half minute."""
DAY_MS, CHINA_MS = 86_400_000, 8 * 3_600_000
ON_ITS_WAY = 2_000
"""Bytes handed to a connection that then broke are counted, too."""
UNDER_WAY, BEATS = 3_000, 0.0005
"""Bytes of a request and of its head, and of heartbeats by the millisecond."""
REPAIRS = ("/v1/snapshot", "/v1/sums", "/v1/buckets")
STATES = "/v1/commands?"
FILES = "/v1/attachments"
DONE = (200, 201, 204, 206, 404)
BULK = ("snapshot", "files")
"""What waits for another day once the bytes of one are spent."""


def judge_silence(facts: Facts) -> Iterator[str]:
    """Q: with nothing left to do, at most three exchanges bring silence."""
    over = facts.history.of("faults over")
    ends = [v for v in facts.history.views if v["what"] == "server view" and v["point"] != "check"]
    if not over or not ends:
        return
    began = over[-1]["t"]
    for until in sorted({view["t"] for view in ends}):
        # What one desk has done, the others are told.
        news = [t for t in facts.news() if began < t < until]
        exchanges: dict[tuple[str, str], list[Entry]] = {}
        for event in facts.history.of("exchange"):
            if max([began, *news]) <= event["t"] < until and event["n"] > over[-1]["n"]:
                exchanges.setdefault((event["desk"], event["source"]), []).append(event)
        for (desk, source), each in exchanges.items():
            yield from _noise(f"{desk} {source}", each)
        began = until


def _noise(named: str, exchanges: list[Entry]) -> Iterator[str]:
    working, moved = 0, set[tuple[object, ...]]()
    for number, event in enumerate(exchanges):
        freight = _freight(event)
        if freight - moved:
            moved |= freight
            continue
        working += 1
        if working <= EXCHANGES_TO_SILENCE:
            continue
        if said := _said(event):
            yield f"Q: {named} is not silent in exchange {number + 1}: {said}"
            return
    if working > MOST_EXCHANGES:
        yield f"Q: {named} had {working} exchanges with nothing to do"


def _freight(event: Entry) -> set[tuple[object, ...]]:
    """What an exchange moved of files, or learned to be gone: work once, and noise ever after."""
    return {
        (request["method"], request["path"], request["body"], request["received"])
        for request in event.get("requests", ())
        if str(request["path"]).startswith(FILES) and request["status"] in DONE
    }


def _said(event: Entry) -> str:
    requests = event.get("requests", ())
    if not requests:
        return ""  # A hint had brought its rows: nothing was asked for.
    if event.get("rows") or event.get("answered"):
        return f"{event['rows']} rows, {event['answered']} answers"
    sent = [r for r in requests if r["method"] == "POST" and r["path"].startswith("/v1/commands")]
    if sent:
        return f"{len(sent)} requests with commands"
    repairs = [r for r in requests if str(r["path"]).startswith(REPAIRS)]
    if repairs:
        return f"asked for {repairs[0]['path']}"
    size = sum(
        request["sent"] + request["received"]
        for request in requests
        if not str(request["path"]).startswith(STATES)
    )
    return f"{size} bytes" if size > SILENT_BYTES else ""


def judge_bytes(facts: Facts) -> Iterator[str]:
    """Q: what a desk says it spent today is what crossed its sockets."""
    for view in facts.of_desks():
        told = view["bytes"]
        spent = [sum(each) for each in zip(*told["spent"].values(), strict=True)] or [0, 0]
        crossed = [told["crossed"]["sent"], told["crossed"]["received"]]
        more = [here - ever for here, ever in zip(spent, crossed, strict=True)]
        if max(more) > ON_ITS_WAY and view["desk"] not in facts.twins:
            yield f"Q: {view['desk']} says it spent {spent} of {crossed} bytes that crossed"
        if _is_one_day(facts, view) and min(more) < -_under_way(facts, view):
            yield f"Q: {view['desk']} counts {spent} bytes and {crossed} crossed"


def judge_budget(facts: Facts) -> Iterator[str]:
    """Q: snapshots and files take no more than a day's bytes, but for the last heads, and for
    one piece whose connection broke: that is asked for again at once."""
    for view in facts.of_desks():
        told = view["bytes"]
        if len(view["sources"]) > 1:
            continue  # Two sources may each begin the same last piece.
        bulk = _bulk(told) - _spent_before(facts, view)
        broken = [
            request["sent"] + request["received"]
            for event, request in facts.requests()
            if event["desk"] == view["desk"] and not request["status"]
        ]
        most = (told["budget"] or 0) + UNDER_WAY + max(broken, default=0)
        if told["budget"] is not None and bulk > most:
            named = f"Q: {view['desk']} spent {bulk} on files and snapshots"
            yield f"{named}, of {told['budget']} that are a day's bytes"


def _bulk(told: Entry) -> int:
    return sum(sum(told["spent"].get(kind, (0, 0))) for kind in BULK)


def _spent_before(facts: Facts, view: Entry) -> int:
    """What was spent of the day when this limit was set: without it, or on another's disk."""
    told = view["bytes"]
    before = 0
    for start in reversed(facts.before(view, "desk started")):
        if start["desk"] == view["desk"] and start["bytes"]["day"] == told["day"]:
            if start["bytes"]["budget"] != told["budget"]:
                break
            before = _bulk(start["bytes"])
    return before


def _under_way(facts: Facts, view: Entry) -> float:
    """Bytes that a stream of hints may have used which is open still, and not told."""
    return len(view["sources"]) * (UNDER_WAY + (view["t"] - facts.history.events[0]["t"]) * BEATS)


def _is_one_day(facts: Facts, view: Entry) -> bool:
    """Whether one run of the program, on a right clock and one day, spent all there is."""
    starts = [e for e in facts.before(view, "desk started") if e["desk"] == view["desk"]]
    disturbed = facts.before(view, "disk lost", "disk cloned", "disk fault", "clock set",
                             "server clock", "url moved")  # fmt: skip
    days = {(each["t"] + CHINA_MS) // DAY_MS for each in (starts[0], view)}
    return len(starts) == len(days) == 1 and not disturbed and not starts[0]["clock_off_ms"]


JUDGES = (judge_silence, judge_bytes, judge_budget)

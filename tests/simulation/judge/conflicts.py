"""Judges a county's conflicts: found where another changed the row meanwhile, and nowhere else.

Another desk is another, and so is another account at the same desk.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.commands import CHECKED, KEYS_KEPT_MS
from simulation.judge.facts import Facts

Row = tuple[str, str, str]


def judge_conflicts(facts: Facts) -> Iterator[str]:
    """K: each checked step had only its own desk's changes between its base and itself."""
    changes: defaultdict[Row, list[Entry]] = defaultdict(list)
    for event in facts.history.of("did", "rows changed", "put back", "server stopped"):
        match event["what"]:
            case "put back":
                changes.clear()
            case "rows changed":
                for collection, versions in event["versions"].items():
                    for row_id, version in versions.items():
                        row = event["server"], collection, row_id
                        changes[row].append({"version": version, "desk": "", "seq": 0})
            case "did" if not event["copied"]:
                row = event["server"], event["collection"], event["target"]
                click = facts.clicks.get(event["key"])
                if click is not None and not facts.twins and not _is_unclear(facts, event):
                    yield from _judged(event, click, changes[row])
                if event["status"] == "accepted":
                    desk = "" if click is None else click["desk"]
                    made = {"version": event["version"], "desk": desk, "seq": event["seq"]}
                    made["account"] = event["account"]
                    # Pressed on two computers, it may have been done for either.
                    made["unclear"] = len(facts.given[event["key"]]) > 1
                    changes[row].append(made)


def _is_unclear(facts: Facts, event: Entry) -> bool:
    """Whether versions of another life, or of another server, may be meant."""
    return any(
        each["n"] < event["n"] for each in facts.history.of("put back", "url moved", "epoch begun")
    )


def _judged(did: Entry, click: Entry, changes: list[Entry]) -> Iterator[str]:
    if did["kind"] not in CHECKED or did["status"] not in ("accepted", "conflict"):
        return
    if did["t"] - click["t"] > KEYS_KEPT_MS:
        return  # Who made which version is forgotten as keys are: whatever is doubtful, conflicts.
    # A report table that saw no report says that there was none.
    base = did["base"] if did["kind"] != "report" else did["base"] or 0
    others = [
        each
        for each in changes
        if base is not None
        and (each["version"] or 0) > base
        and not (
            (each["desk"], each.get("account")) == (click["desk"], did["account"])
            and each["seq"] < did["seq"]
        )
    ]
    if any(each.get("unclear") and (each["version"] or 0) > (base or 0) for each in changes):
        return
    named = f"{did['server']} said {did['status']} to {did['kind']} {did['key'][:6]}"
    if did["status"] == "accepted" and others:
        yield f"K: {named}, and the row had changed"
    if did["status"] == "conflict" and base is not None and not others and changes:
        yield f"K: {named}, and nobody had changed the row"


JUDGES = (judge_conflicts,)

"""Judges single words about commands: sent, refused, done; each from what went over the wire."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from simulation.history import Entry
from simulation.judge.facts import FINAL, Facts

NO_REFUSALS = (401, 408, 409, 412, 429)
"""A county's answers that say nothing of a command itself."""
SAID = (*FINAL, "received", "held")
"""What is shown of a command once a county has said something of it."""
OWN = "字"
"""Is in all that officers write, each time with another number."""


def judge_refused(facts: Facts) -> Iterator[str]:
    """V: what is shown as refused was refused by a county, in its log or in its words."""
    refused = {
        key for key, dids in facts.dids.items() if any(d["status"] == "rejected" for d in dids)
    }
    for _, request in facts.requests():
        if 400 <= request["said"] < 500 and request["said"] not in NO_REFUSALS:
            refused.update(request["keys"])
    refused |= said_beside(facts, "rejected")
    for (desk, key), told in facts.told.items():
        if key not in refused and any(each["receipt"] == "rejected" for each in told):
            yield f"V: {desk} {key[:6]} is shown as refused, and no county refused it"


def judge_said(facts: Facts) -> Iterator[str]:
    """V: what is shown as done, or as in conflict, a county had done or found by then.

    Of what was offered anew to a county that lost it, what that one said before counts no more,
    unless somebody on an open line said it again.
    """
    said_again = {
        key
        for _, request in facts.requests()
        if request["fate"] == "answer of before"
        for key in request["keys"]
    }
    echoes = any(request["fate"] == "answer of before" for _, request in facts.requests())
    if any(echoes or not back["announced"] for back in facts.put_back):
        # Nor does anybody know of a receipt that comes late that it tells of what is lost: nobody
        # said that there was a restore, or somebody on the way still told of the time before.
        said_again |= said_beside(facts, "accepted") | said_beside(facts, "conflict")
    for (desk, key), told in facts.told.items():
        is_anew = False
        for before, each in pairwise([{"receipt": "", "n": 0}, *told]):
            # What goes out by the network for the first time may have been done from a stick.
            is_anew |= before["receipt"] in SAID
            receipt, since = each["receipt"], 0
            if is_anew and before["receipt"] == "sent":
                since = before["n"]
            if receipt in ("accepted", "conflict") and not any(
                did["n"] < each["n"]
                and did["status"] == receipt
                and (did["n"] > since or key in said_again or _is_there(facts, did, since))
                for did in facts.dids[key]
            ):
                yield f"V: {desk} {key[:6]} is shown as {receipt}, and no county had said so"
                break


def said_beside(facts: Facts, status: str) -> set[str]:
    """Keys of which a county said so in a receipt or over the radio."""
    found = {
        key
        for event in facts.history.of("bundle taken")
        for key, said in event["answers"].items()
        if said == status
    }
    heard = {
        beginning
        for event in facts.history.of("frames answered")
        for beginning, said in event["outcomes"]
        if said == status
    }
    return found | {key for key in facts.clicks if key[:8] in heard}


def judge_received(facts: Facts) -> Iterator[str]:
    """V: what is shown as received, and not done, a county had received by its own word."""
    if facts.history.of("hesitates"):
        return
    received = said_beside(facts, "received")
    for (desk, key), told in facts.told.items():
        if key not in received and any(each["receipt"] == "received" for each in told):
            yield f"V: {desk} {key[:6]} is shown as received, and no county had said so"


def _is_there(facts: Facts, did: Entry, at: float) -> bool:
    """Whether a county has at that place of the history what it did, by way of its restores."""
    backs = [b for b in facts.put_back if b["server"] == did["server"] and b["n"] < at]
    if not backs or did["n"] > backs[-1]["n"]:
        return bool(did["n"] < at)
    return _is_there(facts, did, _backed_up(facts, backs[-1]))


def _backed_up(facts: Facts, back: Entry) -> float:
    """When the backup was made that was put back."""
    made = [e for e in facts.history.of("backed up") if e["server"] == back["server"]]
    return max((e["n"] for e in made if e["backup"] == back["backup"]), default=0)


def judge_left(facts: Facts) -> Iterator[str]:
    """V: what is shown as sent has left; on a stick or on paper it is only written."""
    left: dict[str, int] = {}
    for event in facts.history.of("frames sent"):
        for key in event["keys"]:
            left.setdefault(key, event["t"])
    for _, request in facts.requests():
        for key in request["keys"]:
            left[key] = min(request["t"], left.get(key, request["t"]))
    into_nothing = {(e["desk"], e["source"]) for e in facts.history.of("sent into nothing")}
    for (desk, key), told in facts.told.items():
        at = next((n for n, each in enumerate(told) if each["receipt"] == "sent"), None)
        click = facts.clicks.get(key)
        if at is None or click is None or (desk, click["source"]) in into_nothing:
            continue
        sent = told[at]["t"]
        if key in facts.carried and any(each["receipt"] in FINAL for each in told[:at]):
            continue  # It was answered by a receipt, and is offered to a county that lost it.
        if key not in left or left[key] > sent:
            yield f"V: {desk} {click['kind']} {key[:6]} is shown as sent and never left"


def judge_once(facts: Facts) -> Iterator[str]:
    """D: in one life of its data a county does each command once, unless its officer insists."""
    done: defaultdict[tuple[str, str], int] = defaultdict(int)
    for event in facts.history.of("did", "put back"):
        if event["what"] == "put back":
            done = defaultdict(int, {k: n for k, n in done.items() if k[0] != event["server"]})
        elif event["status"] == "accepted":
            done[event["server"], event["key"]] += 1
    for (server, key), times in done.items():
        if times > 1 and key not in facts.released:
            yield f"D: {server} did {key[:6]} {times} times"


def judge_told_once(facts: Facts) -> Iterator[str]:
    """D: what an officer wrote stands once in the history of a case, unless he insists."""
    insisted = [
        str(click["body"].get("text") or click["body"].get("title"))
        for key, click in facts.clicks.items()
        if key in facts.released
    ]
    for view in facts.history.views:
        if view["what"] != "server view" or view["point"] != "end":
            continue
        for row_id, row in view["rows"].get("incidents", {}).items():
            seen: set[tuple[str, str]] = set()
            for entry in row.get("timeline", ()):
                text = entry["text"] if isinstance(entry["text"], str) else entry["text"]["zh"]
                if any(re.search(rf"{re.escape(each)}(?!\d)", text) for each in insisted):
                    continue
                if OWN in text and (entry["kind"], text) in seen:
                    yield f"D: {view['server']} tells {entry['kind']} {text} twice on {row_id}"
                seen.add((entry["kind"], text))


def judge_own(facts: Facts) -> Iterator[str]:
    """B: what a desk shows as accepted is what the county did under its key."""
    echoed = {
        (exchange["desk"], key)
        for exchange, request in facts.requests()
        if request["fate"] == "answer of before"
        for key in request["keys"]
    }
    for view, source, server in facts.settled():
        ledger = {each["key"]: each for each in server["commands"]}
        for command in view["commands"]:
            logged = ledger.get(command["key"])
            if command["target"]["source"] != source["id"] or logged is None:
                continue
            if (view["desk"], command["key"]) in echoed:
                continue  # Somebody on the way gave the answer that another had got.
            if command["receipt"] == "accepted" and not is_same(command, logged):
                named = f"{view['desk']} {command['kind']} {command['key'][:6]}"
                yield f"B: {named} is shown as accepted, and the county did another"


def is_same(command: Entry, logged: Entry) -> bool:
    """Whether a county logged under a key what this desk gave under it."""
    return (
        (command["kind"], command["target"]["id"], command["by"])
        == (logged["kind"], logged["target"], logged["by"])
    ) and all(
        logged["body"].get(field) == command["body"].get(field) for field in ("text", "title")
    )


JUDGES = (
    judge_refused, judge_received, judge_said, judge_left, judge_once, judge_told_once, judge_own,
)  # fmt: skip

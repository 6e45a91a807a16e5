"""Judges what becomes of an officer's second thoughts: withdrawn, dismissed, given anew, begun."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from simulation.history import Entry
from simulation.judge.commands import CHECKED
from simulation.judge.facts import FINAL, OUT_OF_SCOPE, Facts

UNDECIDED = ("stored", "sent", "rejected", "conflict")


def judge_withdrawn(facts: Facts) -> Iterator[str]:
    """V, D: what was taken back is never done, nor anything on a report that was taken back."""
    for event in facts.history.of("withdrawn"):
        desk, key = event["desk"], event["key"]
        if not event["done"] or desk in facts.twins:
            continue
        if facts.dids.get(key):
            yield f"D: {desk} withdrew {key[:6]}, and it was done"
        report = facts.clicks.get(key)
        if report is None or report["kind"] != "create":
            continue
        for view in facts.of_desks():
            if view["desk"] == desk and view["n"] > event["n"]:
                yield from _left_over(view, report, event)


def _left_over(view: Entry, report: Entry, event: Entry) -> Iterator[str]:
    for command in view["commands"]:
        on_it = command["target"]["id"] == report["target_id"] and command["kind"] != "create"
        if on_it and command["receipt"] in UNDECIDED:
            yield (
                f"V: {view['desk']} still has {command['kind']} {command['key'][:6]} on a report"
                f" that was withdrawn"
            )


def judge_taken_along(facts: Facts) -> Iterator[str]:
    """L: what was given on a refused report goes along when that is given anew."""
    for view in facts.of_desks("end"):
        answered = {c["replaces"] for c in view["commands"] if c["receipt"] != "cancelled"}
        reports = {c["target"]["id"]: c for c in view["commands"] if c["kind"] == "create"}
        for command in view["commands"]:
            report = reports.get(command["target"]["id"])
            if command["hold"] != "report" or report is None or command["key"] in answered:
                continue
            if report["key"] in answered and view["desk"] not in facts.twins:
                yield (
                    f"L: {view['desk']} left {command['kind']} {command['key'][:6]} behind"
                    f" when its report was given anew"
                )


def judge_dismissed(facts: Facts) -> Iterator[str]:
    """V: an outcome is told once: dismissed, it comes back with other news only.

    Whoever sends a held command all the same asks anew: that it is held again is news to him.
    """
    for event in facts.history.of("dismissed"):
        if not event["done"] or event["desk"] in facts.twins:
            continue
        anew = _sent_anew(facts, event)
        told = facts.told[event["desk"], event["key"]]
        before = [_outcome(each) for each in told if each["n"] < event["n"]]
        news = [_outcome(each) for each in told if event["n"] < each["n"] < anew]
        for view in facts.of_desks():
            if view["desk"] != event["desk"] or not event["n"] < view["n"] < anew or not before:
                continue
            since = [each for each in news if each is not None]
            if (
                event["key"] in view["attention"]
                and before[-1] is not None
                and all(each == before[-1] for each in since)
            ):
                yield f"V: {event['desk']} {event['key'][:6]} asks for eyes that have seen it"
                break


def _sent_anew(facts: Facts, dismissed: Entry) -> float:
    """The place at which the officer sent a dismissed command all the same, if ever."""
    found = (
        each["n"]
        for each in facts.history.of("released")
        if each["done"]
        and (each["desk"], each["key"]) == (dismissed["desk"], dismissed["key"])
        and each["n"] > dismissed["n"]
    )
    return min(found, default=inf)


def _outcome(told: Entry) -> tuple[str, str, str] | None:
    """What was told of a command that asks for an officer's eyes."""
    if told["receipt"] not in FINAL and told["receipt"] != "held":
        return None
    return told["receipt"], told["hold"], told["reason"]["zh"]


def judge_given_on(facts: Facts) -> Iterator[str]:
    """K: what is given in the place of a conflict is given on the row that the county showed."""
    for event in facts.history.of("resent"):
        dids = [did for did in facts.dids.get(event["key"], ()) if did["n"] < event["n"]]
        command = event["command"]
        if not dids or dids[-1]["status"] != "conflict" or command["kind"] not in CHECKED:
            continue
        told = [e for e in facts.told[event["desk"], event["key"]] if e["n"] < event["n"]]
        if told and told[-1]["reason"]["zh"] == OUT_OF_SCOPE:
            continue  # It was told without the row: the one here is all he can go by.
        unclear = facts.before(event, "put back", "url moved", "epoch begun")
        if not unclear and command["base"] != dids[-1]["version"]:
            yield (
                f"K: {event['desk']} gave {event['by'][:6]} on version {command['base']},"
                f" shown was {dids[-1]['version']}"
            )


def judge_own_side(facts: Facts) -> Iterator[str]:
    """K: a conflict shows the officer the row that he saw, too.

    Not where the county gave up what it had promised to keep: his row was let go at that word.
    """
    if any(event["accepted"] for event in facts.put_back):
        return
    for view in facts.of_desks():
        for command in view["commands"]:
            shown = view["conflicts"].get(command["key"])
            if command["receipt"] != "conflict" or not shown or command["base"] is None:
                continue
            if shown["mine"] is None and not _was_promised(facts, command["key"]):
                yield f"K: {view['desk']} {command['key'][:6]} does not show what its officer saw"


def _was_promised(facts: Facts, key: str) -> bool:
    """Whether its county could promise to keep an answer to it, and was set back all the same:
    what the officer saw was let go with the promise."""
    return any(
        did["n"] < promise["n"] < back["n"]
        for did in facts.dids[key]
        for back in facts.put_back
        for promise in facts.history.of("backed up", "marked durable")
        if back["server"] == promise["server"] == did["server"]
    )


def judge_drafts(facts: Facts) -> Iterator[str]:
    """L: a note begun is there until it is given, or another one begun in its place."""
    for view in facts.of_desks():
        begun: dict[str, str] = {}
        for event in facts.before(view, "draft kept", "click done", "resent", "disk put back"):
            if event["desk"] != view["desk"]:
                continue
            match event["what"]:
                case "draft kept":
                    begun[f"{event['source']}/{event['target']}"] = event["text"]
                case "click done" if event["kind"] == "note":
                    begun.pop(f"{event['source']}/{event['target']}", None)
                case "resent":
                    command = event["command"]
                    begun.pop(f"{command['source']}/{command['target']}", None)
                case "disk put back":
                    begun.clear()
        for place, text in begun.items():
            detail = view["details"].get(place)
            if detail is not None and detail["draft"] != text:
                yield f"L: {view['desk']} lost the note begun on {place}: {detail['draft']!r}"


JUDGES = (
    judge_withdrawn, judge_taken_along, judge_dismissed, judge_given_on, judge_own_side,
    judge_drafts,
)  # fmt: skip

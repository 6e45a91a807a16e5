"""Judges what desks say of their disk: that nothing can be kept is said only while it is so."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts

UNWRITABLE = ("disk_full", "read_only", "store_unreachable")
LOCKED = "opened_read_only"
SAID = {LOCKED, "opened_full"}
"""Of a folder that is locked on a full disk either is true."""


def judge_disks(facts: Facts) -> Iterator[str]:
    """V: a disk that takes everything again is written at the next click and the next exchange."""
    for event in facts.history.of("click failed", "exchange"):
        said = event["problem"] if event["what"] == "click failed" else event["outcome"]
        if said in UNWRITABLE and not _is_broken(facts, event):
            yield f"V: {event['desk']} says {said} of a disk that is well, at {event['what']}"


def judge_locked(facts: Facts) -> Iterator[str]:
    """V: a program started in a folder that can only be read says so, and none else does."""
    for event in facts.history.of("desk started"):
        faults = [
            fault
            for fault in facts.before(event, "disk fault", "faults over")
            if fault.get("desk", event["desk"]) == event["desk"]
        ]
        is_locked = bool(faults) and faults[-1].get("fault") == "read only"
        if is_locked and not SAID & set(event["notices"]):
            yield f"V: {event['desk']} is started in a locked folder and does not say so"
        if LOCKED in event["notices"] and not faults:
            yield f"V: {event['desk']} says that its folder is locked"


def _is_broken(facts: Facts, event: Entry) -> bool:
    """Whether something was wrong with the desk's disk then, or while the exchange went on."""
    broken = False
    for fault in facts.history.of("disk fault", "faults over"):
        if fault["what"] == "disk fault" and fault["desk"] != event["desk"]:
            continue
        if fault["n"] > event["n"] and fault["t"] > event.get("ended_ms", event["t"]):
            break
        was_broken, broken = broken, fault.get("fault", "mended") != "mended"
        if fault["n"] > event["n"] and (broken or was_broken):
            return True
    return broken


JUDGES = (judge_disks, judge_locked)

"""Judges what desks say of their disk: that nothing can be kept is said only while it is so."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts

UNWRITABLE = ("disk_full", "read_only", "store_unreachable")


def judge_disks(facts: Facts) -> Iterator[str]:
    """V: a disk that takes everything again is written at the next click and the next exchange."""
    for event in facts.history.of("click failed", "exchange"):
        said = event["problem"] if event["what"] == "click failed" else event["outcome"]
        if said in UNWRITABLE and not _is_broken(facts, event):
            yield f"V: {event['desk']} says {said} of a disk that is well, at {event['what']}"


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


JUDGES = (judge_disks,)

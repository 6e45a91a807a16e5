"""What must lie over a row while commands on it wait: worked out from the clicks."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from simulation.judge.county_rows import READERS, Plain, moment, phrase

BEGINS = {"collected", "filed", "returned", "deferred"}
AT_WORK = {"dispatched", "handling"}
OPEN = BEGINS | AT_WORK | {"fed_back", "verifying"}
STEPS: dict[str, tuple[set[str], str]] = {
    "dispatch": (BEGINS, "dispatched"),
    "feedback": (AT_WORK, "fed_back"),
    "verify": ({"fed_back"}, "verifying"),
    "close": ({"verifying"}, "closed"),
    "return": (AT_WORK, "returned"),
    "defer": ({"filed"} | AT_WORK, "deferred"),
    "void": (BEGINS, "void"),
    "extend": (OPEN, ""),
    "escalate": (OPEN, ""),
}
"""The stages each step may start from, and where it leads, by GB/T 30428."""
CLOCKS_DIFFER_MS = 5_000
"""By how much the clocks behind a click and an alarm's beginning may be apart."""
ACKNOWLEDGED = {
    "unacknowledged": "acknowledged",
    "unknown": "acknowledged",
    "returned_unacknowledged": "normal",
}


def laid_over(collection: str, row: Plain, commands: Sequence[Plain]) -> Plain:
    """The row as it is due on screen with these commands over it, in the order of the clicks."""
    row = copy.deepcopy(row)
    for command in sorted(commands, key=lambda each: each["seq"]):
        if collection == "incidents":
            _over_incident(row, command)
        elif collection == "alarms":
            _over_alarm(row, command)
        elif command["kind"] == "report":
            row |= _given(command)
    return row


def reported(command: Plain) -> Plain:
    """The row of a report that no county has told yet: an incident, or a report table."""
    body = command["body"]
    if command["kind"] == "report":
        bare = {field: read(default) for field, (read, default) in READERS["reports"].items()}
        return bare | {"id": command["target"]["id"]}
    row = {field: read(default) for field, (read, default) in READERS["incidents"].items()}
    return row | {
        "id": command["target"]["id"], "title": phrase(body["title"]), "stage": "collected",
        "level": body.get("level", "none"), "township": body.get("township", ""),
        "occurred_at": command["at"], "recorded_at": command["at"],
    }  # fmt: skip


def _given(command: Plain) -> Plain:
    """What a report table is due to say once this command is laid over it."""
    body = command["body"]
    same = {name: body[name] for name in ("form", "edition", "township", "period")}
    told = [{"field": field, "value": value} for field, value in body["values"].items()]
    at = command["at"]
    return same | {"values": told, "by": command["by"], "reported_at": at, "recorded_at": at}


def _over_incident(row: Plain, command: Plain) -> None:
    kind, body = command["kind"], command["body"]
    before, leads_to = STEPS.get(kind, (None, ""))
    if before is not None and row["stage"] not in before:
        return
    if leads_to:
        row["stage"] = leads_to
    match kind:
        case "acknowledge" if row["acknowledged_at"] is None:
            row["acknowledged_at"], row["acknowledged_by"] = command["at"], command["by"]
        case "dispatch":
            row["lead_unit"] = phrase(body["unit"])
        case "verify" if not body["passed"]:
            row["stage"] = "handling"
        case "escalate":
            row["level"] = body["level"]
        case "extend":
            for each in row["deadlines"]:
                if each["kind"] == "handle" and each["done_at"] is None:
                    each["due_at"] = instant(body["due_at"])
        case "attach":
            file = body["file"]
            if all(each["digest"] != file["digest"] for each in row["files"]):
                row["files"].append({
                    "thumbnail": "", **file,
                    "at": command["at"], "by": command["by"], "here": False,
                })  # fmt: skip


def _over_alarm(row: Plain, command: Plain) -> None:
    match command["kind"]:
        case "acknowledge" if command["at"] + CLOCKS_DIFFER_MS < row["raised_at"]:
            return  # It was of an earlier firing: nobody has seen that the alarm calls again.
        case "acknowledge" if row["acknowledged_at"] is None:
            row["state"] = ACKNOWLEDGED.get(row["state"], row["state"])
            row["acknowledged_at"], row["acknowledged_by"] = command["at"], command["by"]
        case "shelve":
            row["state"], row["shelved_by"] = "shelved", command["by"]
            row["shelved_until"] = command["at"] + command["body"]["minutes"] * 60_000
        case "unshelve" if row["state"] == "shelved":
            row["state"], row["shelved_until"], row["shelved_by"] = "unacknowledged", None, ""


def instant(told: int | str | None) -> int | None:
    """A moment of a command's body, as the desk has it or as it goes over the wire."""
    return moment(told) if isinstance(told, str) else told

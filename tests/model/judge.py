"""Judges what desks show and keep by what the county has: plain data in, faults out.

It shares no code with the product: rows of the county are read from its JSON by the
judges' own reader, and what must lie over a row is worked out from the officers' clicks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from simulation.judge import county_rows, overlays
from simulation.judge.county_rows import Plain

Name = tuple[str, str]
"""Collection and id."""

EXCHANGES_TO_SILENCE = 3
SILENT_BYTES = 1024
CHECKED = ("dispatch",)
"""Kinds of command that must not pass over what others changed meanwhile."""


class Fault(NamedTuple):
    """One thing that is not as it is due; the letter as in the quality document."""

    letter: str
    what: str


def county_row(collection: str, body: bytes) -> Plain:
    """A row of the county's JSON, with what it leaves out filled in."""
    row = county_rows.county_row(collection, json.loads(body))
    return row | ({"whole": True} if collection == "incidents" else {})


def spread(value: Any) -> Any:
    """Any value of the product as plain data, by the names of its fields alone."""
    fields = getattr(value, "__struct_fields__", None)
    if fields is not None:
        return {field: spread(getattr(value, field)) for field in fields if field != "source"}
    if isinstance(value, list | tuple):
        return [spread(each) for each in value]
    return str(value) if isinstance(value, str) else value


# What lies over rows.


def laid_over(row: Plain, commands: Sequence[Plain]) -> Plain:
    """A row as it is due on screen while these commands wait, in the order of their clicks."""
    return overlays.laid_over("alarms" if "state" in row else "incidents", row, commands)


def reported(command: Plain) -> Plain:
    """The incident of a report that no county has told yet, as it is due on screen."""
    target = {"id": command["target"]}
    return overlays.reported({**command, "target": target}) | {"whole": True}


def due_rows(county: Mapping[Name, Plain], waiting: Sequence[Plain]) -> dict[Name, Plain]:
    """All that a desk must show whose commands of these are still to be done."""
    due = dict(county)
    for command in waiting:
        name = command["collection"], command["target"]
        if command["kind"] == "create" and name not in due:
            due[name] = reported(command)
    for name, row in due.items():
        over = [c for c in waiting if (c["collection"], c["target"]) == name]
        if over:
            due[name] = laid_over(row, over)
    return due


def judge_rows(
    desk: str, shown: Mapping[Name, Plain], county: Mapping[Name, Plain], waiting: Sequence[Plain]
) -> Iterator[Fault]:
    """Every row, field by field."""
    due = due_rows(county, waiting)
    for name in sorted(due.keys() | shown.keys()):
        if name not in shown:
            yield Fault("C", f"{desk} does not show {name[1]}")
        elif name not in due:
            yield Fault("C", f"{desk} shows {name[1]}, which is nowhere")
        elif shown[name] != due[name]:
            wrong = [
                f"{field}: {shown[name].get(field)!r} for {due[name].get(field)!r}"
                for field in sorted(due[name].keys() | shown[name].keys())
                if shown[name].get(field) != due[name].get(field)
            ]
            yield Fault("C", f"{desk} shows {name[1]} with {'; '.join(wrong)}")


# Commands.


def judge_command(desk: str, kept: Plain, asked: Plain | None, log: Plain) -> Iterator[Fault]:
    """One command of a desk: as its officer gave it, as the county logged it, as it is told.

    `log` has what the county ever said to the key (`said`, in order), and what it did in
    its present life (`done`: kind, target, body, base, account), if it did.
    """
    key, state = kept["key"][:6], kept["state"]
    done = log["done"]
    if asked is not None and done is not None:
        for field in ("kind", "target", "body", "base"):
            if done[field] != asked[field]:
                yield Fault(
                    "B",
                    f"{desk} {key}: the county did {field} {done[field]!r}"
                    f" where {asked[field]!r} was asked",
                )
        if asked["account"] and done["account"] != asked["account"]:
            yield Fault("B", f"{desk} {key}: given by {asked['account']}, done by {done}")
    said = [each["status"] for each in log["said"]]
    if state == "accepted" and "accepted" not in said:
        yield Fault("L", f"{desk} {key} is shown as accepted")
    if state == "conflict":
        rows = [each["row"] for each in log["said"] if each["status"] == "conflict"]
        if kept["theirs"] is None or kept["theirs"] not in rows:
            yield Fault("K", f"{desk} {key} is in conflict with {kept['theirs']}, not {rows}")
    if kept["hold"] and state != "held":
        yield Fault("V", f"{desk} {key} is {state} and yet held: {kept['hold']}")
    tells = state in ("rejected", "conflict", "held") and not kept["told"]
    if tells and not kept["in_attention"]:
        yield Fault("V", f"{desk} {key} was {state} and nobody is told")


def judge_answers(desk: str, commands: Sequence[Plain]) -> Iterator[Fault]:
    """However often the officer presses, one command is answered by one other."""
    standing = [c["replaces"] for c in commands if c["replaces"] and c["state"] != "cancelled"]
    for key in sorted(set(standing)):
        if standing.count(key) > 1:
            yield Fault("D", f"{desk}: {key[:6]} was given anew {standing.count(key)} times")


def judge_withdrawn(desk: str, target: str, left: Sequence[Plain]) -> Iterator[Fault]:
    """Nothing of which no byte has left outlives the report it was given on."""
    for command in left:
        if not command["final"] and not command["offered"]:
            yield Fault("V", f"{desk}: {command['kind']} on {target} outlived its report")


# Order and exchanges.


def judge_leaving(desk: str, leaving: Sequence[str], kept: Sequence[Plain]) -> Iterator[Fault]:
    """What leaves in one request, in the order of the clicks on each row.

    A command leaves with those before it on its row, or when they are done; one that waits
    for its officer's decision keeps back nobody.
    """
    for command in kept:
        if command["key"] not in leaving:
            continue
        for earlier in kept:
            if (
                earlier["seq"] < command["seq"]
                and earlier["target"] == command["target"]
                and earlier["key"] not in leaving
                and not earlier["final"]
                and not earlier["waits_for_officer"]
            ):
                yield Fault("O", f"{desk}: {command['key'][:6]} left before {earlier['key'][:6]}")


def judge_conflicts(
    done: Mapping[str, Plain], makers: Mapping[tuple[str, str, int], Any]
) -> Iterator[Fault]:
    """Every accepted command that checks its base had only its own client's changes since."""
    for key, each in done.items():
        if each["kind"] not in CHECKED or each["status"] not in ("accepted", "conflict"):
            continue
        version = each["version"]
        name = each["collection"], each["target"]
        if each["status"] == "accepted":
            version = makers[(*name, version)][0]
        clean = True
        while clean and version != (each["base"] or 0):
            made = makers.get((*name, version))
            clean = made is not None and made[1] == each["client"] and made[2] < each["seq"]
            version = made[0] if made is not None else version
        if clean != (each["status"] == "accepted"):
            yield Fault("K", f"{key[:6]} on {each['target']} was {each['status']}")


def judge_silence(desk: str, exchanges: Sequence[Plain]) -> Iterator[Fault]:
    """With nothing left to do, at most three exchanges bring silence."""
    for each in exchanges[EXCHANGES_TO_SILENCE:]:
        if each["rows"] or each["repairs"] or each["commands"] or each["bytes"] > SILENT_BYTES:
            yield Fault("Q", f"{desk} is not silent: {each}")


def judge_freshness(desk: str, pull: Plain, *, late: bool) -> Iterator[Fault]:
    """Rows are called fresh only after a pull whose last answer came whole from the county.

    Silence that anybody may have told proves nothing: rows stay as fresh as the last proof.
    """
    if not pull["whole"] and (late or not pull["unproven"]):
        yield Fault("F", f"{desk} calls its rows fresh after {pull}")


def judge_untold(desk: str, accepted: Sequence[Plain]) -> Iterator[Fault]:
    """What was accepted, and is not told in rows yet, goes on lying over them."""
    for each in accepted:
        if not each["shown"]:
            yield Fault("C", f"{desk} no longer shows {each['kind']} {each['key'][:6]}")

"""Judges a round by what was seen of it; shares no code with the product.

L  every command the officer was told is stored is in the outbox of its disk; what is
   accepted stands at the county, and every file named there is whole
D  no command twice, none at another county, none under another officer's login, and no
   two live disks one client to the county: each would hide the other's changes from it
O  commands of one live disk and login on one target stand in the order of the clicks: what
   waits for another login keeps back nobody's
C  the rows of the desk equal the county's; A the same for a desk that was killed
M  tokens never go back within an epoch on one disk
V  states say what the county answered, `stored` is never said of what was done, each
   hold has words and a cause, the exit status of `sync` is honest, and what was done is
   dated when it was
T  at most three exchanges to silence: the fourth moves no rows and less than 1 KB
B  mending costs no more than one snapshot and a little
S  nothing confidential can be read in the desk's folder
X  no program hangs or crashes
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise, product
from typing import Any

from faults.real.contents import differing_rows
from faults.real.evidence import CountyEnd, DeskEnd, Evidence, Finding, Given, Sync

MARK = re.compile(r"mk-\d+-\d+-")
SILENT_AT = 4
SILENT_BYTES = 1024
MOST_OFF_S = 90
"""A clock that is a minute wrong is not corrected; so long may giving a command take too."""
MOST_HEALING_BYTES = 300_000
FINAL = frozenset({"accepted", "rejected", "conflict", "cancelled", "given_up"})
ANSWERED = frozenset({"accepted", "rejected", "conflict"})
UNMARKED = "acknowledge"

Findings = Iterator[tuple[str, str]]


def judge(seen: Evidence) -> list[Finding]:
    """All that must not be; empty for a round that held."""
    rules: tuple[Callable[[Evidence], Findings], ...] = (
        _lost, _files, _doubled, _elsewhere, _one_client, _disordered, _contents, _tokens,
        _receipts, _moments, _withdrawn, _holds, _syncs, _silence, _budget,
    )  # fmt: skip
    if seen.home is None:
        return [Finding("X", what) for what in seen.broken or ["the round came to no end"]]
    found = [Finding(letter, what) for rule in rules for letter, what in rule(seen)]
    found += [
        Finding("S", f"{desk.name}: readable in {file}") for desk in seen.desks
        for file in desk.plain
    ]  # fmt: skip
    return found + [Finding("X", what) for what in seen.broken]


def marks_at(county: CountyEnd) -> dict[str, list[str]]:
    """By incident, the marks of what was done to it, in order; a report's own comes first."""
    return {
        id: MARK.findall(_text(row.body.get("title")))
        + [mark for entry in row.body.get("timeline", ()) for mark in _marks(entry.get("text"))]
        for id, row in county.rows.get("incidents", {}).items()
    }


def _marks(text: Any) -> list[str]:
    return MARK.findall(_text(text))


def _text(text: Any) -> str:
    """One language of it, lest a mark that stands in both counts twice."""
    return str(text.get("zh", "")) if isinstance(text, dict) else str(text or "")


def _record(desk: DeskEnd, given: Given) -> dict[str, Any] | None:
    """The outbox's own record of a command, by its key or else by what it asks."""
    for record in desk.outbox:
        if given.key and record["key"] == given.key:
            return record
        if not given.key and given.kind != UNMARKED and given.mark in str(record["body"]):
            return record
    return None


def _records(seen: Evidence) -> Iterator[tuple[DeskEnd, Given, dict[str, Any] | None]]:
    for desk in seen.desks:
        for mark in desk.clicks:
            given = seen.given[mark]
            yield desk, given, _record(desk, given)


def _lost(seen: Evidence) -> Findings:
    done = {mark for marks in marks_at(seen.home).values() for mark in marks}
    for desk, given, record in _records(seen):
        if record is None:
            if given.kept:
                yield "L", f"{desk.name}: {given.mark} is not in the outbox"
            continue
        if record["state"] != "accepted":
            continue
        if record["key"] not in seen.home.commands:
            yield "L", f"{desk.name}: {given.mark} is accepted and unknown to the county"
        elif given.kind != UNMARKED and given.mark not in done:
            yield "L", f"{desk.name}: {given.mark} is accepted and left no trace"
        if given.mark not in str(record["body"]) and given.kind != UNMARKED:
            yield "L", f"{desk.name}: the text of {given.mark} is gone from the outbox"


def _files(seen: Evidence) -> Findings:
    for id, row in seen.home.rows.get("incidents", {}).items():
        for file in row.body.get("files", ()):
            if not seen.home.files.get(file["digest"]):
                yield "L", f"{id}: the file {file['name']} is not whole at the county"
            elif not file.get("here", True):
                yield "L", f"{id}: the file {file['name']} is at the county and not shown"


def _doubled(seen: Evidence) -> Findings:
    counts = Counter(mark for marks in marks_at(seen.home).values() for mark in marks)
    for mark, count in counts.items():
        if count > 1:
            yield "D", f"{mark} was done {count} times"
    for id, row in seen.home.rows.get("incidents", {}).items():
        digests = [file["digest"] for file in row.body.get("files", ())]
        if len(set(digests)) < len(digests):
            yield "D", f"{id}: the same file twice"
    logins = {given.key: given for given in seen.given.values() if given.key and given.login}
    for key, (account, _) in seen.home.commands.items():
        if key in logins and account != logins[key].login and not logins[key].released:
            yield "D", f"{logins[key].mark} of {logins[key].login} was done under {account}"


def _elsewhere(seen: Evidence) -> Findings:
    if seen.other is not None:
        for key in seen.other.commands:
            yield "D", f"{_mark_of(seen, key)} went to another county"


def _one_client(seen: Evidence) -> Findings:
    counts = Counter(desk.client for desk in seen.desks if desk.client)
    for client, count in counts.items():
        if count > 1:
            names = [desk.name for desk in seen.desks if desk.client == client]
            yield "D", f"{' and '.join(names)} are one client to the county"


def _mark_of(seen: Evidence, key: str) -> str:
    return next((given.mark for given in seen.given.values() if given.key == key), key)


def _disordered(seen: Evidence) -> Findings:
    for id, marks in marks_at(seen.home).items():
        for desk, login in product(seen.desks, sorted({g.login for g in seen.given.values()})):
            mine = [m for m in desk.clicks if m in marks and _in_order(seen.given[m], login)]
            there = [mark for mark in dict.fromkeys(marks) if mark in mine]
            if there != mine:
                yield "O", f"{id}: {desk.name} clicked {mine}, the county did {there}"


def _in_order(given: Given, login: str) -> bool:
    return given.login == login and not given.released


def _contents(seen: Evidence) -> Findings:
    for desk in seen.desks:
        letter = "A" if desk.was_killed else "C"
        for collection, rows in desk.rows.items():
            for what in differing_rows(collection, rows, seen.home.rows.get(collection, {})):
                yield letter, f"{desk.name}: {what}"


def _tokens(seen: Evidence) -> Findings:
    lives: dict[tuple[str, int, str], list[int]] = {}
    for token in seen.tokens:
        lives.setdefault((token.desk, token.life, token.epoch), []).append(token.sequence)
    for (desk, _, epoch), sequence in lives.items():
        for before, after in pairwise(sequence):
            if after < before:
                yield "M", f"{desk}: from {before} back to {after} in epoch {epoch}"


def _receipts(seen: Evidence) -> Findings:
    for desk, given, record in _records(seen):
        if record is None:
            continue
        state = record["state"]
        known = seen.home.commands.get(record["key"])
        status = known[1] if known else "unknown"
        if state in ANSWERED and status not in (state, "unknown"):
            yield "V", f"{desk.name}: {given.mark} reads {state}, the county said {status}"
        if state == "rejected" and known is None:
            yield "V", f"{desk.name}: {given.mark} reads rejected, the county knows nothing"
        if state in ("rejected", "conflict") and not record["reason"]:
            yield "V", f"{desk.name}: {given.mark} reads {state} without a reason"
        if state not in FINAL and state != "held":
            yield "V", f"{desk.name}: {given.mark} is still {state}, the county: {status}"


def _moments(seen: Evidence) -> Findings:
    """What was done is dated when it was, whatever the desk's own clock says."""
    for row in seen.home.rows.get("incidents", {}).values():
        own = MARK.findall(_text(row.body.get("title")))
        for number, entry in enumerate(row.body.get("timeline", ())):
            for mark in own if own and number == 0 else _marks(entry.get("text")):
                given = seen.given.get(mark)
                if given is None or given.at_ms is None:
                    continue
                off_s = datetime.fromisoformat(entry["happened_at"]).timestamp()
                off_s -= given.at_ms / 1000
                if abs(off_s) > MOST_OFF_S:
                    yield "V", f"{mark} is dated {off_s:+.0f} s off"


def _withdrawn(seen: Evidence) -> Findings:
    """What was taken back was never done, unless a copy of the disk did it."""
    for desk, given, record in _records(seen):
        if record is None or record["state"] != "cancelled":
            continue
        shared = sum(given.mark in other.clicks for other in seen.desks) > 1
        if record["key"] in seen.home.commands and not shared:
            yield "V", f"{desk.name}: {given.mark} reads withdrawn and was done"
    lives = {(desk.name, desk.life): desk for desk in seen.desks}
    for each in seen.withdrawn:
        if (on := lives.get((each.desk, each.life))) is not None:
            states = [r["state"] for r in on.outbox if r["key"] == each.key]
            # What a copy of the disk did of it is told instead.
            told = ["accepted"] if on.has_twin else ["cancelled"]
            if states not in (["cancelled"], told):
                yield "V", f"{each.desk}: {_mark_of(seen, each.key)} was withdrawn: {states}"


def _holds(seen: Evidence) -> Findings:
    for desk, given, record in _records(seen):
        if record is None or record["state"] != "held":
            continue
        if not record["reason"]:
            yield "V", f"{desk.name}: {given.mark} is held without a word"
        if record.get("hold") not in desk.excused:
            yield "V", f"{desk.name}: {given.mark} is held ({record.get('hold')}) without a cause"


def _syncs(seen: Evidence) -> Findings:
    for sync in seen.syncs:
        where = f"{sync.desk} step {sync.step}"
        for key in sync.stored_but_done:
            yield "V", f"{where}: {_mark_of(seen, key)} reads stored and the county did it"
        for each in sync.unfinished:
            if not sync.is_plugged and (each["state"] != "held" or not each["reason"]):
                yield "V", f"{where}: {each['state']} although its source is gone"
        if sync.exit < 0:
            continue
        if sync.exit not in (0, 1):
            yield "V", f"{where}: sync ended with {sync.exit}: {sync.err[-200:]}"
        told = _tells_of_trouble(sync)
        waits = [each for each in sync.unfinished if each["state"] != "received"]
        if sync.exit == 0 and (told or waits):
            yield "V", f"{where}: sync said all is well and {len(waits)} wait: {sync.out}"
        if sync.exit == 1 and not told:
            yield "V", f"{where}: sync failed without a word: {sync.out}"


def _tells_of_trouble(sync: Sync) -> bool:
    return any(word in sync.out for word in (": failed ", " unsent=", "outbox: "))


def _silence(seen: Evidence) -> Findings:
    for sync in seen.syncs:
        if sync.is_healing < SILENT_AT:
            continue
        if sync.rows or sync.carried >= SILENT_BYTES:
            yield (
                "T",
                (
                    f"{sync.desk}: exchange {sync.is_healing} after the last fault moved"
                    f" {sync.rows} rows, {sync.carried} bytes"
                ),
            )
        if sync.exit != 0 and not sync.unfinished:
            yield "T", f"{sync.desk}: exchange {sync.is_healing} still fails: {sync.out}"


def _budget(seen: Evidence) -> Findings:
    for desk in seen.desks:
        if desk.healing_bytes > MOST_HEALING_BYTES:
            yield "B", f"{desk.name}: mending took {desk.healing_bytes} bytes"

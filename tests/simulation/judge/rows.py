"""Judges what desks show: every row, every field, and what lies over it."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.county_rows import READERS, county_row, differing, is_seen_by
from simulation.judge.facts import FINAL, Facts, is_well
from simulation.judge.overlays import laid_over, reported

ASKED_WITHIN_MS = 35_000
MAKES = {"incidents": "create", "reports": "report"}
"""The kind of command by which a row of a collection may be on screen before a county tells it."""
SETTLED = ("silence", "end")


def judge_rows(facts: Facts) -> Iterator[str]:
    """Rows as the county has them once all is quiet; at any time, commands over the stored ones."""
    for view in facts.of_desks():
        for source in view["sources"]:
            if view["point"] in SETTLED and is_well(source) and not _is_news(facts, view):
                yield from _stored(facts, view, source)
            yield from _shown(facts, view, source)


def _is_news(facts: Facts, view: Entry) -> bool:
    """Whether a row has changed so lately that the desk may not have asked since."""
    return view["t"] - max(facts.news(), default=0) < ASKED_WITHIN_MS


def _stored(facts: Facts, view: Entry, source: Entry) -> Iterator[str]:
    server = facts.server_view(view["leads_to"][source["id"]], view)
    if server is None:
        return
    townships = _townships(facts, view, source["id"], server["server"])
    where = f"{view['desk']} {source['id']} at {view['point']}"
    stored = view["rows"].get(source["id"], {})
    unheard = _unheard(facts, view, source["id"], server["server"])
    extra = 0
    for collection in READERS:
        due = {
            row_id: county_row(collection, body)
            for row_id, body in server["rows"].get(collection, {}).items()
            if is_seen_by(body, townships)
        }
        here = stored.get(collection, {})
        for row_id in sorted(due.keys() | here.keys()):
            if (collection, row_id) in unheard:
                continue
            if row_id not in here:
                yield f"C: {where} lacks {collection}/{row_id}"
            elif row_id not in due:
                extra += 1
            elif wrong := differing(collection, here[row_id], due[row_id]):
                yield f"C: {where} has {collection}/{row_id} with {wrong}"
    may_wait = view["point"] != "end" or view["bytes"]["budget"] is not None
    if extra and not (source["quarantined_deletes"] and may_wait):
        yield f"C: {where} keeps {extra} rows that are gone"


def _unheard(facts: Facts, view: Entry, source: str, server: str) -> set[tuple[str, str]]:
    """Rows with a change in no list, of which no sum has told this desk yet. Lists of some fields
    alone, as they are asked for on a weak line, bear none; and once a day's bytes are spent, what
    a sum tells of is asked for on another day."""
    unheard = {
        (event["collection"], event["row"]): event["n"]
        for event in facts.before(view, "change unheard")
        if event["server"] == server
    }
    summed = [
        event["n"]
        for event in facts.before(view, "exchange")
        if unheard and (event["desk"], event["source"]) == (view["desk"], source)
        for request in event["requests"]
        if request["status"] in (200, 206)
        and request["path"].startswith(("/v1/changes", "/v1/snapshot"))
        and "fields=" not in request["path"]
    ]
    if view["bytes"]["over"]:
        return set(unheard)
    return {row for row, n in unheard.items() if max(summed, default=0) < n}


def _townships(facts: Facts, view: Entry, source: str, server: str) -> list[str]:
    accounts = [e for e in facts.before(view, "accounts set") if e["server"] == server]
    login = view["logins"].get(source, "")
    return (accounts[-1]["accounts"].get(login) or []) if accounts else []


def _shown(facts: Facts, view: Entry, source: Entry) -> Iterator[str]:
    """What lies over the stored rows, from the commands the desk has."""
    own = [c for c in view["commands"] if c["target"]["source"] == source["id"]]
    waiting = [c for c in own if c["receipt"] not in FINAL]
    untold = [c for c in own if c["receipt"] == "accepted" and c["key"] in source["untold"]]
    for collection, shown in _on_screen(view, source["id"]).items():
        stored = view["rows"].get(source["id"], {}).get(collection, {})
        yield from _reports(view, shown, stored, waiting, collection)
        for row_id, row in shown.items():
            over = [c for c in (*waiting, *untold) if _is_on(c, collection, row_id)]
            base = stored.get(row_id)
            if base is None:
                made = next((c for c in over if c["kind"] in MAKES.values()), None)
                if made is None:
                    yield f"C: {view['desk']} shows {collection}/{row_id}, which is nowhere"
                    continue
                base = reported(made)
            missing = [c for c in own if _is_missing(facts, c, collection, row_id, base, over)]
            if missing:
                named = ", ".join(f"{c['kind']} {c['key'][:6]}" for c in missing)
                yield f"C: {view['desk']} no longer lays {named} over {collection}/{row_id}"
            due = laid_over(collection, base, over)
            if wrong := differing(collection, row, due):
                yield f"C: {view['desk']} shows {collection}/{row_id} with {wrong}"
        for row_id in sorted(stored.keys() - shown.keys()):
            over = [c for c in (*waiting, *untold) if _is_on(c, collection, row_id)]
            due = laid_over(collection, stored[row_id], over)
            # An alarm that is over and was acknowledged is not in the list of alarms, whatever
            # waits to be done on it.
            over_and_seen = "normal" in (stored[row_id].get("state"), due.get("state"))
            if collection == "incidents" or not over_and_seen:
                yield f"C: {view['desk']} does not show {collection}/{row_id}"


def _reports(
    view: Entry, shown: Entry, stored: Entry, waiting: list[Entry], collection: str
) -> Iterator[str]:
    for command in waiting:
        row_id = command["target"]["id"]
        if (
            command["kind"] == MAKES.get(collection)
            and row_id not in shown
            and row_id not in stored
        ):
            yield f"C: {view['desk']} does not show its own report {row_id[:10]}"


def _is_missing(
    facts: Facts, command: Entry, collection: str, row_id: str, base: Entry, over: list[Entry]
) -> bool:
    """Whether it was accepted, and the stored row was told before that."""
    if (
        command["receipt"] != "accepted"
        or not _is_on(command, collection, row_id)
        or command in over
        or facts.put_back
        or facts.twins
        or facts.history.of("url moved", "disk lost", "clock set", "epoch begun", "server clock")
        or facts.was_set_back()
        or facts.began_anew(command)
    ):
        return False
    version = [did["version"] for did in facts.dids[command["key"]] if did["status"] == "accepted"]
    return bool(version) and (version[-1] or 0) > base["version"] and command["kind"] != "note"


def _is_on(command: Entry, collection: str, row_id: str) -> bool:
    target = command["target"]
    return (target["collection"], target["id"]) == (collection, row_id)


def _on_screen(view: Entry, source: str) -> dict[str, Entry]:
    incidents = {
        detail["key"]["id"]: detail["incident"]
        for detail in view["details"].values()
        if detail["key"]["source"] == source
    }
    alarms = {
        alarm["id"]: alarm
        for group in view["alarms"]
        for alarm in (group["alarm"], *group["followers"])
        if alarm["source"] == source
    }
    reports = {each["id"]: each for each in view["reports"] if each["source"] == source}
    return {"incidents": incidents, "alarms": alarms, "reports": reports}

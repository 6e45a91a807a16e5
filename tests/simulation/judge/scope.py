"""Judges whose rows a desk shows: of the server that was accepted, of what the login may see."""

from __future__ import annotations

from collections.abc import Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts

TOLD = (
    "well", "slow", "closed after", "headers lost", "changed meanwhile", "cut", "stalled",
    "server killed",
)  # fmt: skip
"""What may have befallen a request of which something came."""
BEGUN = 800
"""So many bytes, the head among them, and something of a snapshot has come."""
DRILL = "/drill"
"""At the end of the name by which desks know one."""
ROWS = ("/v1/snapshot", "/v1/changes")


def judge_scope(facts: Facts) -> Iterator[str]:
    """C: with the first rows under a login, those that it may not see are gone."""
    if facts.history.of("url moved"):
        return
    for view in facts.of_desks():
        for source in view["sources"]:
            townships = _told_townships(facts, view, source["id"])
            if not townships:
                continue
            outside = sorted(
                f"{collection}/{row_id}"
                for collection, rows in view["rows"].get(source["id"], {}).items()
                for row_id, row in rows.items()
                if row.get("township") and row["township"] not in townships
            )
            if outside:
                where = f"{view['desk']} {source['id']} at {view['point']}"
                yield f"C: {where} still shows {outside[0]}, which its login may not see"


def _told_townships(facts: Facts, view: Entry, source: str) -> list[str] | None:
    """What the login may see under which rows came last; None where that is not clear."""
    desk = view["desk"]
    under: list[str] | None = None
    for event in facts.before(view, "exchange", "data applied"):
        if (event["desk"], event["source"]) != (desk, source):
            continue
        if event["what"] == "data applied":
            under = None  # It is as the county made it, perhaps before the login was narrowed.
            continue
        ended = event.get("ended_ms", view["t"] + 1) <= view["t"] and event["outcome"] != "died"
        told = _townships_of(facts, event) if ended else None
        if any(map(_is_anothers, event.get("requests", ()))):
            under = None
        elif told is not None:
            under = told
        elif not ended:
            under = None
    return under


def _is_anothers(request: Entry) -> bool:
    """Whether a cache on the way gave rows that it had been given, perhaps for another login."""
    return bool(request["fate"] == "answer of before" and request["path"].startswith(ROWS))


def _townships_of(facts: Facts, exchange: Entry) -> list[str] | None:
    """What a session of this exchange told, if rows came after it in the same exchange."""
    under: list[str] | None = None
    opened = False
    for request in exchange["requests"]:
        path, well = str(request["path"]), request["fate"] in TOLD and request["reached"]
        # One too slow for the desk's patience never came.
        well = well and (request["fate"] != "slow" or exchange["outcome"] != "timed_out")
        if path.startswith("/v1/session") and well and request["status"] == 200:
            under, opened = _of_login(facts, exchange, request), False
        elif path.startswith(ROWS) and well and request["status"] in (200, 206):
            opened = request["fate"] not in ("cut", "stalled") or request["received"] > BEGUN
    return under if opened and under is not None else None


def _of_login(facts: Facts, exchange: Entry, request: Entry) -> list[str] | None:
    """The townships of the login in use, as the server had them when it was asked."""
    accounts: dict[str, list[str] | None] = {}
    for event in facts.history.of("accounts set"):
        if event["server"] == request["server"] and event["t"] <= request["t"]:
            accounts = event["accounts"]
    return accounts.get(facts.login_at(exchange["desk"], exchange["source"], request["t"]))


def judge_accepted(facts: Facts) -> Iterator[str]:
    """C: going on with another server takes the rows of the one before out at once."""
    for view in facts.of_desks():
        for accepted in facts.before(view, "server accepted"):
            source = accepted["source"]
            if accepted["desk"] != view["desk"] or not accepted["done"]:
                continue
            asked = any(
                (e["desk"], e["source"]) == (view["desk"], source) and e["n"] > accepted["n"]
                for e in facts.before(view, "exchange", "disk put back")
                if "source" in e
            )
            kept = sum(map(len, view["rows"].get(source, {}).values()))
            if kept and not asked and view["desk"] not in facts.twins:
                yield f"C: {view['desk']} {source} keeps {kept} rows of the server before"


def judge_drills(facts: Facts) -> Iterator[str]:
    """B: what was given for the real county is not done in a drill."""
    drills = {
        e["server"]: e["n"] for e in reversed(facts.history.of("server started")) if e["drill"]
    }
    for view in facts.of_desks("end"):
        # Pressed on two computers, a key may have been given for both.
        given_for = {
            command["key"]: command["server"]
            for command in view["commands"]
            if len(facts.given[command["key"]]) < 2
        }
        for did in facts.before(view, "did"):
            server = given_for.get(did["key"], "")
            # What its data had when it was copied is told before it starts.
            if did["n"] > drills.get(did["server"], did["n"]) and server and DRILL not in server:
                yield f"B: {did['server']}, a drill, did {did['key'][:6]}, given for the county"


JUDGES = (judge_scope, judge_accepted, judge_drills)

"""Judges what became of every command: at its desk, in the counties' ledgers, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from simulation.history import Entry
from simulation.judge.county_rows import county_row, differing
from simulation.judge.facts import OUT_OF_SCOPE, Facts
from simulation.judge.overlays import instant
from simulation.judge.receipts import is_same

DAY_MS = 86_400_000
KEYS_KEPT_MS = 390 * DAY_MS
"""Older commands may be forgotten by the county, or are near it."""
ANSWERS = ("rejected", "conflict", "held")
ENDS_BY_ITSELF = ("login", "answer")
"""Holds that end as soon as the county answers under a login that it lets in."""
TIMES = ("due_at", "until", "occurred_at")


def judge_kept(facts: Facts) -> Iterator[str]:
    """L, B: what an officer was told is kept is there, as he gave it, in every life of the disk."""
    for view in facts.of_desks():
        here = {command["key"]: command for command in view["commands"]}
        put_back = [e for e in facts.before(view, "disk put back") if e["desk"] == view["desk"]]
        for key, click in facts.clicks.items():
            if click["desk"] != view["desk"] or click["n"] > view["n"]:
                continue
            kept = here.get(key)
            if kept is not None:
                yield from _as_given(view["desk"], click, kept)
            elif not any(e["n"] > click["n"] for e in put_back):
                yield f"L: {view['desk']} lost {click['kind']} {key[:6]}"


def _as_given(desk: str, click: Entry, kept: Entry) -> Iterator[str]:
    for field in ("kind", "body", "base"):
        if kept[field] != click[field]:
            yield (
                f"B: {desk} {click['key'][:6]} has {field} {kept[field]!r}"
                f" where {click[field]!r} was given"
            )
    if kept["target"]["id"] != click["target_id"]:
        yield f"B: {desk} {click['key'][:6]} is on another row than was given"
    seen = click.get("version") if click["kind"] in CHECKED else None
    if seen is not None and (click["base"] or 0) != seen:
        yield (
            f"B: {desk} {click['key'][:6]} was given on version {seen}"
            f" and kept as on {click['base']}"
        )


CHECKED = (
    "dispatch", "feedback", "verify", "close", "return", "defer", "void", "extend", "escalate",
    "report",
)  # fmt: skip
"""Steps that come back as a conflict when the row has changed since the officer saw it."""


def judge_done(facts: Facts) -> Iterator[str]:
    """B: whatever a county did, it did as it was given, for who gave it."""
    accounts = {event["server"] for event in facts.history.of("accounts set")}
    for key, dids in facts.dids.items():
        for did in dids:
            click = _asked(facts, did)
            if click is None:
                continue
            where = f"{did['server']} did {click['kind']} {key[:6]}"
            if (did["kind"], did["target"]) != (click["kind"], click["target_id"]):
                yield f"B: {where} as {did['kind']} on {did['target']}"
            if did["base"] != click["base"]:
                yield f"B: {where} with base {did['base']} for {click['base']}"
            if did["by"] != click["officer"]:
                yield f"B: {where} by {did['by']} for {click['officer']}"
            if wrong := _other_body(did["body"], click["body"]):
                yield f"B: {where} with {wrong}"
            login = click.get("login")
            if (
                did["server"] in accounts
                and login
                and did["account"] != login
                and key not in facts.released
            ):
                yield f"B: {where} under {did['account']}, given by {login}"


def _asked(facts: Facts, did: Entry) -> Entry | None:
    """The click that a county did: of several under one key the one with the same words."""
    given = list(facts.given[did["key"]].values())
    same = [each for each in given if not _other_body(did["body"], each["body"])]
    return next(iter(same or given), None)


def _other_body(told: Entry, given: Entry) -> str:
    for field, value in given.items():
        arrived, asked = _compared(field, told.get(field)), _compared(field, value)
        if arrived != asked:
            return f"{field} {arrived!r} for {asked!r}"
    return ""


def _compared(field: str, value: Any) -> Any:
    """What must be the same at both ends: moments as such, files by their content."""
    if field in TIMES:
        return instant(value)
    if field == "values" and isinstance(value, dict):
        return [{"field": name, "value": text} for name, text in value.items()]
    return (value or {}).get("digest") if field == "file" else value


def judge_outcomes(facts: Facts) -> Iterator[str]:
    """L, D, V, K: once all is quiet, what each desk says of its commands is what the county has."""
    for view, source, server in facts.settled():
        ledger = {each["key"]: each for each in server["commands"]}
        bound = view["bindings"][source["id"]]["server"]
        for command in view["commands"]:
            if command["target"]["source"] != source["id"]:
                continue
            if command["server"] in ("", bound):
                yield from _outcome(facts, view, command, ledger.get(command["key"]))
            elif command["key"] in ledger and not server["drill"]:
                yield f"D: {view['desk']} {command['key'][:6]} was done by another server"


def _outcome(facts: Facts, view: Entry, command: Entry, logged: Entry | None) -> Iterator[str]:
    key, receipt = command["key"], command["receipt"]
    named = f"{view['desk']} {command['kind']} {key[:6]}"
    # Under its key another computer may have had something else done.
    done = logged is not None and logged["status"] == "accepted" and is_same(command, logged)
    is_old = view["t"] - min(command["at"], command["changed_at"]) > KEYS_KEPT_MS
    match receipt:
        case "accepted":
            if (
                not done
                and not is_old
                and not command["reason"]["zh"]
                and not _unknowable(facts, command)
            ):
                yield f"L: {named} is shown as accepted and the county lost it"
        case "rejected" | "cancelled":
            if done and view["desk"] not in facts.twins:
                yield f"V: {named} is shown as {receipt} and was done"
        case "conflict":
            if logged is None or logged["status"] != "conflict":
                if not (facts.put_back or is_old or view["desk"] in facts.twins):
                    yield f"K: {named} is shown as a conflict, which no county found"
            elif logged["row"] is not None:
                yield from _theirs(facts, view, command, logged, named)
        case "given_up":
            pass
        case _ if receipt != "held" or command["hold"] in ENDS_BY_ITSELF:
            if not (_waits_behind(view, command) or _waits_for_login(facts, view, command)):
                waits = f"{receipt} {command['hold']}".strip()
                yield f"V: {named} is {waits} long after all was well"


def _waits_behind(view: Entry, command: Entry) -> bool:
    """Whether an earlier one on the same row waits for its officer, and he is told."""
    return any(
        each["target"] == command["target"]
        and each["seq"] < command["seq"]
        and each["receipt"] == "held"
        for each in view["commands"]
    )


def _waits_for_login(facts: Facts, view: Entry, command: Entry) -> bool:
    """Whether its county has it by its own word, and tells what came of it under its officer's
    login alone, which is not in use."""
    click, source = facts.clicks.get(command["key"]), command["target"]["source"]
    login = view["logins"].get(source, "")
    return command["receipt"] == "received" and click is not None and click["login"] != login


def _theirs(facts: Facts, view: Entry, command: Entry, logged: Entry, named: str) -> Iterator[str]:
    theirs = view["conflicts"].get(command["key"], {}).get("theirs")
    target = command["target"]
    here = view["rows"][target["source"]].get(target["collection"], {}).get(target["id"])
    is_bare = view["desk"] in facts.twins or command["key"] in facts.carried
    if is_bare and theirs == here:
        return  # It was told afterwards, or by radio, and without its row: what is here is shown.
    if theirs in (None, here) and command["reason"]["zh"] == OUT_OF_SCOPE:
        return  # It was told once the account might no longer see the row.
    if theirs is None:
        yield f"K: {named} is in conflict with a row that is not shown"
        return
    collection = target["collection"]
    if wrong := differing(collection, theirs, county_row(collection, logged["row"])):
        yield f"K: {named} is in conflict with {wrong}"


def _unknowable(facts: Facts, command: Entry) -> bool:
    """Whether its promise was lost together with the file of promises."""
    lost = any(e.get("with_promise") is False for e in facts.put_back)
    return bool(command["retired"] and lost)


def judge_told(facts: Facts) -> Iterator[str]:
    """V: every answer and hold is before the officer's eyes until he has answered or seen it."""
    for view in facts.of_desks():
        attention = set(view["attention"])
        answered = {c["replaces"] for c in view["commands"] if c["replaces"]}
        for command in view["commands"]:
            key, receipt = command["key"], command["receipt"]
            named = f"{view['desk']} {command['kind']} {key[:6]}"
            if command["hold"] and receipt != "held":
                yield f"V: {named} is {receipt} and names a hold: {command['hold']}"
            if receipt == "held" and not command["hold"]:
                yield f"V: {named} is held and nothing says why"
            if receipt not in ANSWERS or key in attention or key in answered:
                continue
            if (view["desk"], key) not in facts.seen and view["desk"] not in facts.twins:
                yield f"V: {named} is {receipt} and nobody is told"


def judge_given_anew(facts: Facts) -> Iterator[str]:
    """D: however often he presses, one command is answered by one other."""
    for view in facts.of_desks():
        standing: defaultdict[str, list[str]] = defaultdict(list)
        for command in view["commands"]:
            if command["replaces"] and command["receipt"] not in ("cancelled", "given_up"):
                standing[command["replaces"]].append(command["key"])
        for key, answers in standing.items():
            if len(answers) > 1:
                yield f"D: {view['desk']} gave {key[:6]} anew {len(answers)} times"


def judge_doubled(facts: Facts) -> Iterator[str]:
    """D: each text an officer entered is done once in the county's present life."""
    for server in facts.history.views:
        if server["what"] != "server view" or server["point"] != "end" or server["drill"]:
            continue
        by_text: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for each in server["commands"]:
            text = each["body"].get("text") or each["body"].get("title")
            if each["status"] == "accepted" and text:
                by_text[each["kind"], text].add(each["key"])
        for (kind, text), keys in by_text.items():
            if len(keys) > 1 and not facts.twins:
                yield f"D: {server['server']} did {kind} {text} under {len(keys)} keys"


def judge_order(facts: Facts) -> Iterator[str]:
    """O: on each row, the commands of one desk are done in the order of its clicks."""
    for view in facts.of_desks("end"):
        if view["desk"] in facts.twins:
            continue
        for source in view["sources"]:
            server = facts.server_view(view["leads_to"][source["id"]], view)
            if server is None:
                continue
            seqs = {
                c["key"]: c["seq"] for c in view["commands"]
                if c["target"]["source"] == source["id"] and not _waited(facts, view["desk"], c)
                and not _was_lost(facts, c["key"], server["server"])
            }  # fmt: skip
            mine = {c["key"]: c for c in view["commands"]}
            newest: dict[tuple[str, str], Entry] = {}
            for each in server["commands"]:
                row = each["collection"], each["target"]
                if each["key"] not in seqs or each["status"] != "accepted":
                    continue
                if not is_same(mine[each["key"]], each):
                    continue
                before = newest.get(row)
                disordered = before is not None and seqs[before["key"]] > seqs[each["key"]]
                if disordered and before and not _is_undone(facts, each["key"], before["key"]):
                    yield (
                        f"O: {server['server']} did {each['key'][:6]} of {view['desk']}"
                        f" after {before['key'][:6]}"
                    )
                newest[row] = each


def _is_undone(facts: Facts, key: str, later: str) -> bool:
    """Whether it was done in its turn, and a county that was copied back, which told nobody,
    lost it again: until rows are asked for no desk can know that, and later ones go out. What
    the later one came by, a stick or the radio, tells of no restore either."""
    is_carried = later in facts.carried
    silent = [e["n"] for e in facts.put_back if is_carried or not e["announced"]]
    return any(did["n"] < n for did in facts.dids[key] for n in silent)


def _waited(facts: Facts, desk: str, command: Entry) -> bool:
    """Whether it was held for a while: then it may go behind later ones."""
    return any(told["hold"] for told in facts.told[desk, command["key"]])


def _was_lost(facts: Facts, key: str, server: str) -> bool:
    """Whether it was done again after a restore that nobody told of: until that is found out,
    later ones may go before it."""
    unsaid = [e["n"] for e in facts.put_back if e["server"] == server and not e["announced"]]
    done = [d["n"] for d in facts.dids[key] if d["server"] == server and d["status"] == "accepted"]
    return any(done[0] < n < done[-1] for n in unsaid if done)


def judge_holds(facts: Facts) -> Iterator[str]:
    """V: nothing is held without a cause that this history has."""
    for view in facts.of_desks("end"):
        for command in view["commands"]:
            if command["receipt"] == "held" and not _is_due(facts, view, command):
                yield f"V: {view['desk']} {command['key'][:6]} is held for {command['hold']}"


def _is_due(facts: Facts, view: Entry, command: Entry) -> bool:
    history, hold = facts.history, command["hold"]
    moved = bool(history.of("url moved"))
    logins = len(history.of("accounts set")) > len(history.of("server started")) or any(
        each["desk"] == view["desk"] for each in history.of("login changed")
    )
    due = {
        "login": bool(history.of("accounts set", "hesitates")) or moved,
        "answer": bool(history.of("hesitates")),
        "account": logins or bool(history.of("accounts set")),
        "server": moved or bool(history.of("server accepted")),
        # A session asked for long ago and come after a restore looks like a twin's.
        # So does this desk to a county that was copied back and had met it more often since.
        "copy": bool(facts.twins)
        or bool(facts.put_back and history.of("ghost"))
        or any(not each["announced"] for each in facts.put_back),
        "expired": view["t"] - command["at"] > KEYS_KEPT_MS - 5 * DAY_MS
        or bool(history.of("clock set", "server clock")),
        "report": any(
            c["kind"] == "create"
            and c["target"] == command["target"]
            and c["receipt"] in ("rejected", "cancelled", "given_up", "held")
            for c in view["commands"]
        ),
    }
    return bool(due.get(hold))


JUDGES = (
    judge_kept, judge_done, judge_outcomes, judge_told, judge_given_anew, judge_doubled,
    judge_order, judge_holds,
)  # fmt: skip

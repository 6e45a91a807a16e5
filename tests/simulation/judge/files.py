"""Judges files: each that a done command names is whole at the county, and each here is whole."""

from __future__ import annotations

from collections.abc import Container, Iterator

from simulation.history import Entry
from simulation.judge.facts import Facts


def judge_files(facts: Facts) -> Iterator[str]:
    """A: once all is quiet, every accepted file is whole where it belongs."""
    for view in facts.of_desks():
        for digest in view["files"]["bad"]:
            yield f"A: {view['desk']} has another content for {digest[:6]}"
    for view in facts.history.views:
        if view["what"] == "server view" and view["bad_files"] and not _were_removed(facts):
            yield f"A: {view['server']} has another content for {view['bad_files'][0][:6]}"
    for view, source, server in facts.settled():
        ledger = {each["key"]: each for each in server["commands"]}
        for command in view["commands"]:
            logged = ledger.get(command["key"])
            if command["receipt"] == "held":
                continue  # Done by an answer that was lost: its file waits for the login with it.
            if command["kind"] == "attach" and logged and logged["status"] == "accepted":
                yield from _file(facts, view, source["id"], command, server)


def _file(facts: Facts, view: Entry, source: str, command: Entry, server: Entry) -> Iterator[str]:
    file = command["body"]["file"]
    named = f"{view['desk']} {command['key'][:6]}"
    refused = view["files"]["refused"]
    for digest in filter(None, (file["digest"], file.get("thumbnail"))):
        if digest in server["files"] or f"{source}/{digest}" in refused:
            continue
        excused = _may_lack(facts, view) or _is_moving(facts, view, source, digest)
        if not (_were_removed(facts) or excused):
            yield f"A: {named} is accepted and {digest[:6]} is not at the county"


def _were_removed(facts: Facts) -> bool:
    return bool(facts.history.of("files removed"))


def _is_moving(facts: Facts, view: Entry, source: str, digest: str) -> bool:
    """Whether files were still on their way: many, or large ones, over a slow line; or that one
    once more, whose beginning the county had thrown away in all the time that passed."""
    puts = [
        [r for r in event.get("requests", ()) if r["method"] == "PUT"]
        for event in facts.before(view, "exchange")
        if (event["desk"], event["source"]) == (view["desk"], source)
    ]
    begun_ms = facts.history.of("faults over")[-1]["t"]
    anew = any(
        r["said"] == 404 and r["path"].endswith(digest) and r["t"] > begun_ms
        for each in puts
        for r in each
    )
    return anew or (bool(puts) and any(r["said"] == 200 for r in puts[-1]))


def _may_lack(facts: Facts, view: Entry) -> bool:
    """Whether the desk's own files were lost, or its day's bytes do not allow them."""
    lost = any(
        each["file"] == "files.db"
        for each in facts.history.of("disk lost")
        if each["desk"] == view["desk"]
    )
    return lost or view["desk"] in facts.twins or view["bytes"]["budget"] is not None


def _uploads(facts: Facts) -> Iterator[tuple[Entry, Entry, str, list[Entry]]]:
    """Each piece sent: its exchange, its request, the file, and the clicks that name that there."""
    for event, request in facts.requests():
        path = str(request["path"])
        if request["method"] == "PUT" and path.startswith(ATTACHMENTS):
            digest = path.removeprefix(ATTACHMENTS)
            naming = [
                click
                for click in facts.clicks.values()
                if digest in click["files"] and click["source"] == event["source"]
            ]
            yield event, request, digest, naming


def judge_senders(facts: Facts) -> Iterator[str]:
    """A: while its command waits, a file goes out under no login but its officer's."""
    for event, request, digest, naming in _uploads(facts):
        if any(facts.dids.get(click["key"]) for click in naming):
            continue
        given = {click["login"] for click in naming}
        login = facts.login_at(event["desk"], event["source"], request["t"])
        was_decided = any(
            digest in facts.clicks[key]["files"] for key in facts.released & facts.clicks.keys()
        )
        if given and login not in given and not was_decided and not facts.twins:
            yield f"A: {event['desk']} sends {digest[:6]} under {login}, attached by {given}"


def judge_taken_back(facts: Facts) -> Iterator[str]:
    """A: a file that only commands name which were taken back goes nowhere."""
    withdrawn = {(e["desk"], e["key"]): e["n"] for e in facts.history.of("withdrawn") if e["done"]}
    for event, _, digest, naming in _uploads(facts):
        taken = [withdrawn.get((event["desk"], each["key"]), event["n"]) for each in naming]
        if taken and max(taken) < event["n"] and event["desk"] not in facts.twins:
            yield f"A: {event['desk']} sends {digest[:6]}, of a command that was taken back"


def judge_kept_files(facts: Facts) -> Iterator[str]:
    """A: a file that its county has and may still lose is here again once all is quiet."""
    for view, source, server in facts.settled():
        if _is_moved(facts, view):
            continue
        for command in view["commands"]:
            mine = command["target"]["source"] == source["id"]
            if not mine or command["kind"] != "attach" or command["receipt"] != "accepted":
                continue
            digest = command["body"]["file"]["digest"]
            here = digest in view["files"]["here"] or digest not in server["files"]
            if not here and not command["retired"]:
                yield f"A: {view['desk']} no longer has {digest[:6]}, which may be needed"


def judge_given_again(facts: Facts) -> Iterator[str]:
    """A: nothing is given again of which the bytes are gone: nobody could ever open it."""
    for event in facts.history.of("resent"):
        for digest in event["lacks"]:
            named = f"{event['desk']} {event['by'][:6]}"
            yield f"A: {named} was given again without {digest[:6]}, which is not here"


def judge_left_files(facts: Facts) -> Iterator[str]:
    """A: with the first rows of another account, files that came under the one before are gone."""
    unclear = ("disk lost", "disk put back", "disk cloned", "disk fault", "url moved")
    for view in facts.of_desks():
        if not view["files"]["fetched"] or facts.before(view, *unclear):
            continue
        came: dict[str, tuple[str, str]] = {}
        left: dict[str, str] = {}
        for event in facts.before(view, "exchange", "click done", "resent"):
            if event["desk"] != view["desk"]:
                continue
            brought = dict(_brought(facts, event, came))
            came |= brought
            left = {digest: said for digest, said in left.items() if digest not in brought}
            if _is_whole(event) and event["ended_ms"] <= view["t"]:
                login = facts.login_at(event["desk"], event["source"], event["t"])
                left |= {
                    digest: f"which came under {under}, for {login}"
                    for digest, (source, under) in came.items()
                    if source == event["source"] and "" not in (login, under) and login != under
                }
        for digest in left.keys() & set(view["files"]["fetched"]):
            named = f"{view['desk']} at {view['point']}"
            yield f"A: {named} has {digest[:6]}, {left[digest]}"


def _brought(
    facts: Facts, event: Entry, came: Container[str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Files that an exchange asked for, or such as came once that an officer attached here too:
    each with its source and the login in use."""
    if event["what"] != "exchange":
        given = event.get("command", event)
        its = given["source"], event["login"]
        yield from ((digest, its) for digest in given["files"] if digest in came)
    for request in event.get("requests", ()):
        path = str(request["path"]).partition("?")[0]
        if request["method"] == "GET" and path.startswith(ATTACHMENTS):
            under = facts.login_at(event["desk"], event["source"], request["t"])
            yield path.removeprefix(ATTACHMENTS), (event["source"], under)


def _is_whole(exchange: Entry) -> bool:
    """Whether an exchange brought a snapshot, and all of it."""
    return exchange.get("outcome") == "well" and any(
        request["path"].startswith("/v1/snapshot") and request["said"] in (200, 206)
        for request in exchange["requests"]
    )


def _is_moved(facts: Facts, view: Entry) -> bool:
    """Whether another login or server is in use than that which may have the file, or somebody
    on the way gave another content for one: that is not asked for again in this run."""
    spoilt = any(
        request["method"] == "GET" and str(request["path"]).startswith(ATTACHMENTS)
        and request["fate"] != "well"
        for event in facts.before(view, "exchange")
        for request in event["requests"]
    )  # fmt: skip
    return spoilt or bool(
        facts.before(view, "login changed", "url moved", "accounts set", "put back")
        or view["bytes"]["budget"] is not None
        or view["desk"] in facts.twins
    )


ATTACHMENTS = "/v1/attachments/"
JUDGES = (
    judge_files, judge_senders, judge_taken_back, judge_kept_files, judge_given_again,
    judge_left_files,
)  # fmt: skip

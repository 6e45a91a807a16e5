"""Judges files: each that a done command names is whole at the county, and each here is whole."""

from __future__ import annotations

from collections.abc import Iterator

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
            if command["kind"] == "attach" and logged and logged["status"] == "accepted":
                yield from _file(facts, view, source["id"], command, server)


def _file(facts: Facts, view: Entry, source: str, command: Entry, server: Entry) -> Iterator[str]:
    file = command["body"]["file"]
    named = f"{view['desk']} {command['key'][:6]}"
    refused = view["files"]["refused"]
    for digest in filter(None, (file["digest"], file.get("thumbnail"))):
        if digest in server["files"] or f"{source}/{digest}" in refused:
            continue
        if not (_were_removed(facts) or _may_lack(facts, view)):
            yield f"A: {named} is accepted and {digest[:6]} is not at the county"


def _were_removed(facts: Facts) -> bool:
    return bool(facts.history.of("files removed"))


def _may_lack(facts: Facts, view: Entry) -> bool:
    """Whether the desk's own files were lost, or its day's bytes do not allow them."""
    lost = any(
        each["file"] == "files.db"
        for each in facts.history.of("disk lost")
        if each["desk"] == view["desk"]
    )
    return lost or view["desk"] in facts.twins or view["bytes"]["budget"] is not None


def judge_senders(facts: Facts) -> Iterator[str]:
    """A: while its command waits, a file goes out under no login but its officer's."""
    for event in facts.history.of("exchange"):
        for request in event.get("requests", ()):
            path = str(request["path"])
            if request["method"] != "PUT" or not path.startswith(ATTACHMENTS):
                continue
            digest = path.removeprefix(ATTACHMENTS)
            naming = [
                click
                for click in facts.clicks.values()
                if digest in click["files"] and click["source"] == event["source"]
            ]
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
    for event in facts.history.of("exchange"):
        for request in event.get("requests", ()):
            path = str(request["path"])
            if request["method"] != "PUT" or not path.startswith(ATTACHMENTS):
                continue
            digest = path.removeprefix(ATTACHMENTS)
            naming = [
                withdrawn.get((event["desk"], key), event["n"])
                for key, click in facts.clicks.items()
                if digest in click["files"] and click["source"] == event["source"]
            ]
            if naming and max(naming) < event["n"] and event["desk"] not in facts.twins:
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
JUDGES = (judge_files, judge_senders, judge_taken_back, judge_kept_files)

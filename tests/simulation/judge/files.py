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


JUDGES = (judge_files,)

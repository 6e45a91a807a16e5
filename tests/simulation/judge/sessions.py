"""Judges sessions: one computer a name, one session a computer, each from the county itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from simulation.history import Entry
from simulation.judge.facts import Facts

UNANSWERED = ("stored", "sent", "received", "held")
ANSWERED = ("accepted", "rejected", "conflict")
SESSION = "/v1/session"
UNDER_ONE = ("/v1/commands", "/v1/changes", "/v1/snapshot")
"""What is asked under a session alone."""
Life = tuple[str, int]
"""A desk, and how often its disk had been put back: each such disk has a life of its own."""


class Lives:
    """Which life of which disk asked at a time, and what each knows of the others' past."""

    def __init__(self, facts: Facts) -> None:
        self._backs: dict[str, list[int]] = {}
        self._from: dict[Life, tuple[Life, int]] = {}
        copies: dict[tuple[str, int], tuple[Life, int]] = {}
        for event in facts.history.of("disk copied", "disk put back", "disk cloned"):
            desk = event["desk"]
            match event["what"]:
                case "disk copied":
                    copies[desk, event["copy"]] = self.of(desk, event["n"]), event["n"]
                case "disk put back":
                    self._backs.setdefault(desk, []).append(event["n"])
                    self._from[self.of(desk, event["n"])] = copies[desk, event["copy"]]
                case _:
                    self._from[desk, 0] = copies[event["of"], event["copy"]]

    def of(self, desk: str, n: int) -> Life:
        """The life of a desk's disk at that place of the history."""
        return desk, sum(back <= n for back in self._backs.get(desk, ()))

    def knows(self, life: Life, other: Life, n: int) -> bool:
        """Whether what another life did at that place is in the past of this one."""
        until: float = float("inf")
        while True:
            if life == other:
                return n <= until
            if life not in self._from:
                return False
            life, copied = self._from[life]
            until = min(until, copied)


def judge_names(facts: Facts) -> Iterator[str]:
    """D: a county takes no computer for the one whose disk it has a copy of."""
    lives = Lives(facts)
    newest: dict[tuple[str, str], Entry] = {}
    for event in facts.history.of("session opened", "put back"):
        if event["what"] == "put back":
            newest = {k: each for k, each in newest.items() if k[0] != event["server"]}
            continue
        name = event["server"], event["client"]
        before, newest[name] = newest.get(name), event
        if before is None or not event["judged"]:
            continue
        mine, other = (lives.of(each["desk"], each["asked_n"]) for each in (event, before))
        if not lives.knows(mine, other, before["asked_n"]):
            yield f"D: {event['server']} takes {event['desk']} for {other[0]}, by a copy of a disk"


def judge_fences(facts: Facts) -> Iterator[str]:
    """D: a county takes no commands of a session that a newer one has replaced."""
    clients: dict[tuple[str, int], str] = {}
    newest: dict[tuple[str, str], int] = {}
    for event in facts.history.of("session opened", "commands taken", "put back"):
        server = event["server"]
        if event["what"] == "put back":
            clients = {k: each for k, each in clients.items() if k[0] != server}
        elif event["what"] == "session opened":
            clients[server, event["fence"]] = event["client"]
            newest[server, event["client"]] = event["fence"]
        else:
            client = clients.get((server, event["fence"]), "")
            if client and event["fence"] != newest[server, client]:
                yield f"D: {server} took commands of {event['desk']} under a session of before"


def judge_copied(facts: Facts) -> Iterator[str]:
    """D: what waited on a disk that was found copied goes out at its officer's word alone.

    Where its county has told what became of it, nothing waits: a restored one is asked anew.
    """
    for found in facts.history.of("exchange"):
        if found["outcome"] != "disk_copied":
            continue
        desk = found["desk"]
        waiting = {
            key
            for (at, key), told in facts.told.items()
            if at == desk
            and (before := [each for each in told if each["n"] < found["n"]])
            and before[-1]["receipt"] in UNANSWERED
        }
        for event in facts.history.of("exchange", "released", "told"):
            if event["desk"] != desk or event["n"] <= found["n"]:
                continue
            if event["what"] == "released" or event.get("receipt") in ANSWERED:
                waiting.discard(event["key"])
            for request in event.get("requests", ()):
                if request["t"] <= found["ended_ms"]:
                    continue  # To another county, before this one's answer told of the copy.
                if sent := waiting.intersection(request["keys"]):
                    yield f"D: {desk} was found copied and sent {min(sent)[:6]} all the same"
                    waiting -= sent


def judge_replayed(facts: Facts) -> Iterator[str]:
    """F: nothing is asked under a session that somebody else was answered before."""
    asked: set[str] = set()
    for event in facts.history.of("exchange"):
        for request, after in pairwise(event.get("requests", ())):
            # The same request a second time may be answered with the first one's own answer.
            is_old = request["fate"] == "answer of before" and request["body"] not in asked
            if request["path"].startswith(SESSION):
                asked.add(request["body"])
            if (
                is_old
                and request["path"].startswith(SESSION)
                and after["path"].startswith(UNDER_ONE)
            ):
                named = f"{event['desk']} {event['source']}"
                yield f"F: {named} took a session heard before for a new one"


JUDGES = (judge_names, judge_fences, judge_copied, judge_replayed)

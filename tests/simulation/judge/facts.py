"""A history, sorted: who gave what, which disks have twins, what each view can be held to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from operator import itemgetter

from simulation.history import Entry, History

FINAL = ("accepted", "rejected", "conflict", "cancelled", "given_up")
OUT_OF_SCOPE = "该对象已不在本账号的范围内"
"""The reason a county gives where the account may no longer see the row it tells of."""


class Facts:
    """What several judges ask of a history."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.clicks: dict[str, Entry] = {}
        """Every command by its key, as its officer gave it and was told that it is kept."""
        self.given: defaultdict[str, dict[str, Entry]] = defaultdict(dict)
        """The same by key and desk: two may have given different commands under one key."""
        self.dids: defaultdict[str, list[Entry]] = defaultdict(list)
        """What servers did, by key."""
        self.told: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        """What was told of each command, by desk and key."""
        self.twins: set[str] = set()
        """Desks whose disk has or had a second life, or is a copy."""
        self.carried: set[str] = set()
        """Commands that were written to a stick or on paper, sent by radio or read aloud."""
        self.put_back = [e for e in history.of("put back") if e["done"]]
        self.released: set[str] = set()
        self.seen: set[tuple[str, str]] = set()
        """Outcomes the officer has dismissed or answered, by desk and key."""
        for event in history.events:
            self._sort(event)

    def _sort(self, event: Entry) -> None:
        match event["what"]:
            case "click done":
                self._give(event["key"], {**event, "target_id": event["target"]})
            case "resent":
                known = {**event["command"], **{k: event[k] for k in ("n", "t", "desk")}}
                known |= {"target_id": known["target"]}
                known |= {k: event[k] for k in ("officer", "login")}
                # Pressed again, or taken along with its report, it was given before.
                told = self.told[event["desk"], event["by"]]
                known["t"] = told[0]["t"] if told else event["t"]
                self._give(event["by"], known)
                self.seen.add((event["desk"], event["key"]))
            case "dismissed":
                self.seen.add((event["desk"], event["key"]))
            case "released":
                self.released.add(event["key"])
            case "did":
                self.dids[event["key"]].append(event)
            case "told":
                self.told[event["desk"], event["key"]].append(event)
            case "bundle written":
                self.carried.update(key for key, _ in event["asked"])
            case "frames sent" | "read aloud":
                self.carried.update(event["keys"])
            case "disk cloned":
                self.twins |= {event["desk"], event["of"]}
            case "disk put back":
                self.twins.add(event["desk"])

    def _give(self, key: str, click: Entry) -> None:
        self.clicks.setdefault(key, click)
        self.given[key].setdefault(click["desk"], click)

    def requests(self) -> Iterator[tuple[Entry, Entry]]:
        """Each exchange with each request of it."""
        for event in self.history.of("exchange"):
            for request in event.get("requests", ()):
                yield event, request

    def of_desks(self, *points: str) -> list[Entry]:
        """The views of desks at these points."""
        return [
            view
            for view in self.history.views
            if view["what"] == "desk view" and (not points or view["point"] in points)
        ]

    def settled(self) -> Iterator[tuple[Entry, Entry, Entry]]:
        """Each desk's last view, each of its sources that is well, and what its server had."""
        for view in self.of_desks("end"):
            for source in view["sources"]:
                server = self.server_view(view["leads_to"][source["id"]], view)
                if server is not None and is_well(source):
                    yield view, source, server

    def server_view(self, name: str, desk_view: Entry) -> Entry | None:
        """What that server had when the desk was looked at."""
        found = [
            view
            for view in self.history.views
            if view["what"] == "server view"
            and view["server"] == name
            and view["point"] == desk_view["point"]
            and view["n"] < desk_view["n"]
        ]
        return found[-1] if found else None

    def login_at(self, desk: str, source: str, at_ms: int) -> str:
        """The login in use at a desk at a time; empty without one."""
        login = ""
        for event in self.history.of("desk started", "login changed"):
            if event["desk"] != desk or event["t"] > at_ms:
                continue
            if event["what"] == "desk started":
                login = event["logins"].get(source, "")
            elif event["source"] in ("", source):
                login = event["login"]
        return login

    def news(self) -> list[int]:
        """When rows of any county changed: by itself, by a command, by a file that came."""
        times = [e["t"] for e in self.history.of("did", "rows changed", "bundle taken")]
        for event in self.history.of("exchange"):
            times += [
                request["t"]
                for request in event.get("requests", ())
                if request["method"] == "PUT" and request["reached"]
            ]
        return times

    def was_set_back(self) -> bool:
        """Whether rows here may have been older for a while than they were before: somebody
        on the way answered what the county had said before, or rows were mended."""
        return any(
            request["fate"] == "answer of before" or request["path"].startswith("/v1/sums")
            for event in self.history.of("exchange")
            for request in event.get("requests", ())
        )

    def began_anew(self, command: Entry) -> bool:
        """Whether a snapshot was asked for after a command was done: it may have been made before
        that, and what came since comes with the next exchange."""
        done = [each["t"] for each in self.dids[command["key"]]]
        return any(
            request["path"].startswith("/v1/snapshot") and request["t"] >= min(done, default=0)
            for event in self.history.of("exchange")
            if event["source"] == command["target"]["source"]
            for request in event.get("requests", ())
        )

    @cached_property
    def slowest_ms(self) -> defaultdict[str, int]:
        """How long each desk's longest exchange took: a slow answer tells the time wrong by half
        of it at most."""
        slowest: defaultdict[str, int] = defaultdict(int)
        for event in self.history.of("exchange"):
            if "ended_ms" in event:
                took_ms = event["ended_ms"] - event["began_ms"]
                slowest[event["desk"]] = max(took_ms, slowest[event["desk"]])
        return slowest

    def before(self, view: Entry, *whats: str) -> list[Entry]:
        """Events of these kinds that had happened by then."""
        return [event for event in self.history.of(*whats) if event["n"] < view["n"]]

    def between(self, begin: Entry, end: Entry, what: str) -> list[Entry]:
        """Events of a kind that happened after one entry and before another."""
        events, place = self.history.of(what), itemgetter("n")
        first = bisect_right(events, begin["n"], key=place)
        return events[first : bisect_left(events, end["n"], key=place)]


def is_well(source: Entry) -> bool:
    """Whether a desk says of a source that nothing is wrong with it."""
    return not source["problem"]

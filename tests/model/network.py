"""The accidents between a desk and its county, drawn from the schedule's own dice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from random import Random

import msgspec

from desktop.wire import level1
from desktop.wire.level2 import MEDIA, decode_results
from model import compact
from model.county import County, commands_of
from model.line import Delivery, Unreached
from model.response import Said
from model.rows import Request, ServerKilled, encode, problem

PAGE = b"<!DOCTYPE html><html><title>WiFi login</title></html>"
COMMANDS = ("POST", "v1/commands")
HTML = {"Content-Type": "text/html"}
_results = msgspec.json.Decoder(level1.CommandResults).decode


ACCIDENTS = (
    "request lost",
    "request late",
    "response lost",
    "doubled",
    "cut",
    "cut unnoticed",
    "cut at a line",
    "results left out",
    "answer of before",
    "answer of before alone",
    "portal page",
    "portal json",
    "portal redirect",
    "login expired",
    "refused by a firewall",
    "busy",
    "broken",
    "too old",
    "other epoch",
    "server killed",
    "row changed meanwhile",
)


STRANGERS = {
    "portal page": Delivery(200, PAGE, HTML),
    "portal json": Delivery(200, b'{"status":"ok","results":[]}'),
    "portal redirect": Delivery(302, b"", {"Location": "http://portal.example/"}),
    "login expired": Delivery(401),
    "refused by a firewall": Delivery(403, PAGE, HTML),
    "busy": Delivery(503, b"", {"Retry-After": "7"}),
    "broken": Delivery(500),
}
"""Answers of somebody on the way: the county never hears of the request."""


MAGIC, OTHER_MAGIC = level1.MAGIC.encode(), b"weather/1"


class Weather:
    """What goes wrong on the way: some kinds of accident, and how often."""

    def __init__(self, dice: Random, county: County, say: Callable[[str], None]) -> None:
        self._dice, self._county, self._say = dice, county, say
        self.kinds: tuple[str, ...] = ()
        self.share = 0.0
        self.login_expired = False
        self.firewalled: set[bytes] = set()
        """Whatever names one of these is stopped by a firewall on the way."""
        self.unreadable: set[bytes] = set()
        """Whatever names one of these the county refuses whole, in its own words."""
        self.refused: set[str] = set()
        """Keys the county refused by itself, alone in their request."""
        self.swallowed: set[bytes] = set()
        """Whatever names one of these gets no answer, and nobody hears of it."""
        self.impostor = ""
        """Who answers in the county's place, in its own form."""
        self.first_session: Said | None = None
        self.on_request: Callable[[Request], None] = lambda request: None
        self.on_delivery: Callable[[Request, Delivery, bool], None] = lambda *_: None
        """Hears of every answer, and whether it is whole and the county's."""
        self.ghosts: list[Request] = []
        """Requests their sender gave up, still under way."""
        self.lost_answer: Said | None = None
        self.planned: list[tuple[str, str]] = []
        """Accidents that are sure to come: the beginning of a path and what meets it, in order."""
        self.between: Callable[[], None] = lambda: None
        """Something happens at the county between two requests."""
        self._said: list[Said] = []
        """What the county itself said to the request under way."""

    def draw(self, kinds: tuple[str, ...]) -> None:
        """Choose this schedule's weather: few kinds of accident, now rare, now frequent."""
        dice = self._dice
        count = int(dice.random() * 5) + (not kinds)
        self.kinds = kinds + tuple(dice.choice(ACCIDENTS) for _ in range(count))
        self.share = (0.08, 0.25, 0.5)[int(dice.random() * 3)]

    def clear_up(self) -> None:
        """From now on nothing goes wrong, but for ghosts, logins and firewalls."""
        self.share = 0.0
        self.planned.clear()

    def carry(
        self, method: str, path: str, query: Mapping[str, str], head: Mapping[str, str], body: bytes
    ) -> Delivery:
        """What comes back of a request; Unreached when nothing does."""
        request = Request(method, path, query, body, head)
        kind = ""
        if self.share and self._dice.random() < self.share:
            kind = self.kinds[int(self._dice.random() * len(self.kinds))]
        if self.planned and path.startswith(self.planned[0][0]):
            kind = self.planned.pop(0)[1]
        self.on_request(request)
        self._said.clear()
        delivery = self._meet(kind, request)
        answer = delivery.status, delivery.body
        whole = not delivery.cut and answer in [(said.status, said.body) for said in self._said]
        self.on_delivery(request, delivery, whole)
        self._say(f"  {method} {path} {kind or 'well'} → {delivery.status}")
        return delivery

    def deliver_ghost(self) -> None:
        """One request that was given up long ago reaches the county after all."""
        if self.ghosts:
            request = self.ghosts.pop(int(self._dice.random() * len(self.ghosts)))
            with suppress(Unreached):
                said = self._reach(request)
                self._say(f"  ghost {request.method} {request.path} → {said.status}")

    def _lost(self, kind: str, request: Request) -> Unreached:
        self._say(f"  {request.method} {request.path} {kind} → nothing")
        return Unreached()

    def _reach(self, request: Request) -> Said:
        self._said.append(self._answered(request))
        return self._said[-1]

    def _answered(self, request: Request) -> Said:
        if self.login_expired:
            return Said(401)
        body = request.body
        if self.unreadable and request.path == "v1/commands" and request.method == "POST":
            body = _plain(request)
            keys = [each.key for each in commands_of(request).commands]
            if any(self._is_unreadable(mark, keys, body) for mark in self.unreadable):
                self.refused.update(keys if len(keys) == 1 else ())
                return problem(422)
        try:
            return self._county.answer(request)
        except ServerKilled:
            raise self._lost("killed the server", request) from None
        finally:
            self._county.kill_after = None

    def _is_unreadable(self, mark: bytes, keys: list[str], body: bytes) -> bool:
        """Whether the county cannot read the request; what it did once it knows again."""
        return mark in body and any(key not in self._county.state.done for key in keys)

    def _met_by_a_stranger(self, kind: str, request: Request) -> Delivery | None:
        """The answer of somebody on the way, if the request gets no further."""
        if self.firewalled and any(mark in _plain(request) for mark in self.firewalled):
            return STRANGERS["refused by a firewall"]
        if self.swallowed and any(mark in _plain(request) for mark in self.swallowed):
            raise self._lost("swallowed", request)
        if self.impostor:
            return self._play_county(request)
        posted = (request.method, request.path) == COMMANDS
        if kind == "answer of before alone" and posted and self.lost_answer:
            return _whole(self.lost_answer)
        return STRANGERS.get(kind)

    def _play_county(self, request: Request) -> Delivery:
        """What an impostor answers: words heard before, or another service's own."""
        if self.impostor == "answers of before":
            if request.path == "v1/session" and self.first_session is not None:
                return _whole(self.first_session)
            return Delivery(204) if request.path == "v1/changes" else Delivery(502)
        if request.path == "v1/session":
            said = self._county.answer(request._replace(head={}))
            return _whole(Said(said.status, said.body.replace(MAGIC, OTHER_MAGIC), said.headers))
        if request.path == "v1/changes":
            return Delivery(204)
        if (request.method, request.path) != COMMANDS:
            return Delivery(404)
        asked = commands_of(request)
        results = tuple(level1.CommandResult(each.key, "accepted") for each in asked.commands)
        return Delivery(200, encode(level1.CommandResults("weather/1", asked.epoch, results)))

    def _meet(self, kind: str, request: Request) -> Delivery:
        met = self._met_by_a_stranger(kind, request)
        if met is not None:
            return met
        post = request.method == "POST"
        match kind:
            case "request late":
                if post:
                    self.ghosts.append(request)
                raise self._lost(kind, request)
            case "request lost":
                raise self._lost(kind, request)
            case "too old" if request.path == "v1/changes":
                return _whole(problem(410))
            case "other epoch" if request.path in ("v1/changes", "v1/commands"):
                return _whole(problem(409))
            case "server killed":
                self._county.kill_after = int(self._dice.random() * 4)
            case "doubled" if post:
                first, second = self._reach(request), self._reach(request)
                return _whole(first if self._dice.random() < 0.5 else second)
        said = self._reach(request)
        if request.path == "v1/session" and said.status == 200 and self.first_session is None:
            self.first_session = said
        if kind == "row changed meanwhile":
            self.between()
        return self._bring_back(kind, request, said)

    def _bring_back(self, kind: str, request: Request, said: Said) -> Delivery:
        body = said.body
        match kind:
            case "response lost":
                if said.status == 200 and (request.method, request.path) == COMMANDS:
                    self.lost_answer = said
                raise self._lost(kind, request)
            case "cut" if len(body) > 1:
                return Delivery(said.status, self._start_of(body), said.headers, cut=True)
            case "cut unnoticed" if len(body) > 1:
                return Delivery(said.status, self._start_of(body), said.headers)
            case "cut at a line" if body.count(b"\n") > 1:
                lines = body.splitlines(keepends=True)
                kept = b"".join(lines[: 1 + int(self._dice.random() * (len(lines) - 1))])
                return Delivery(said.status, kept, said.headers)
            case "results left out" if said.status == 200 and request.path == "v1/commands":
                packed = said.headers.get("Content-Type") == MEDIA
                told = decode_results(body, compact.PLAIN) if packed else _results(body)
                kept_results = tuple(r for r in told.results if self._dice.random() < 0.5)
                told = msgspec.structs.replace(told, results=kept_results)
                return _whole(compact.results(told) if packed else Said(200, encode(told)))
            case "answer of before" if self.lost_answer and request.path == "v1/commands":
                if request.method == "POST":
                    return _whole(self.lost_answer)
        return _whole(said)

    def _start_of(self, body: bytes) -> bytes:
        return body[: int(self._dice.random() * len(body))]


def _plain(request: Request) -> bytes:
    """What a firewall that looks inside sees."""
    return encode(commands_of(request)) if request.is_of(MEDIA) else request.body


def _whole(said: Said) -> Delivery:
    return Delivery(said.status, said.body, said.headers)

"""What becomes of connections, requests and answers on the way."""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from simulation.exchanges import Request, Response
from simulation.network import FIN, Reset, SimSocket, nameless, refused
from simulation.openings import note_taken
from simulation.server import ServerKilled
from simulation.strangers import STRANGERS

if TYPE_CHECKING:
    from simulation.world import World

AT_CONNECTING = ("refused", "reset while connecting", "no answer to connecting", "no name")
ON_THE_WAY = (
    "request lost", "request reset", "request late", "doubled", "answer lost", "answer reset",
    "cut", "cut unnoticed", "length rewritten", "stalled", "slow", "answer of before",
    "headers lost", "server killed", "closed after", "changed meanwhile",
)  # fmt: skip
KINDS = (*AT_CONNECTING, *ON_THE_WAY, *STRANGERS)
AT_THE_COUNTY = ("busy 429", "busy 503", "broken 500", "gateway 502", "gateway 504")
"""What a proxy of the county's own may answer in its name; nobody else can within TLS."""
WITHIN_TLS = {
    "cut unnoticed": "cut", "length rewritten": "cut", "headers lost": "cut",
    "answer of before": "answer lost",
}  # fmt: skip
KEPT = 12
ANSWERS_WITHIN_S = 0.02


class Weather:
    """What goes wrong on the way: some kinds of accident, and how often."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.kinds: tuple[str, ...] = ()
        self.share = 0.0
        self.is_down = False
        """Whether nothing gets through at all."""
        self.ghosts: list[tuple[str, Request]] = []
        """Requests their sender gave up, still under way: to which server."""
        self.between: Callable[[], None] = lambda: None
        """Something happens at the county between a request and its answer."""
        self.poison: dict[str, str] = {}
        """Commands by key that somebody on the way cannot bear, and what befalls them."""
        self.planned: deque[tuple[str, str]] = deque()
        """What is sure to come: the beginning of "METHOD path", and what befalls it."""
        self._before: deque[tuple[str, str, bytes]] = deque(maxlen=KEPT)
        self._fates: dict[str, Callable[[SimSocket, Request], None]] = {
            "request lost": self._request_lost,
            "request reset": self._request_reset,
            "request late": self._request_late,
            "doubled": self._doubled,
            "answer lost": self._answer_lost,
            "answer reset": self._answer_reset,
            "cut": self._cut,
            "cut unnoticed": self._cut_unnoticed,
            "length rewritten": self._length_rewritten,
            "stalled": self._stalled,
            "slow": self._slow,
            "answer of before": self._answer_of_before,
            "headers lost": self._headers_lost,
            "server killed": self._server_killed,
            "closed after": self._closed_after,
            "changed meanwhile": self._changed_meanwhile,
        }

    def set(self, kinds: tuple[str, ...], share: float) -> None:
        """Be so from now on."""
        self.kinds, self.share = kinds, share
        self._world.say("weather", kinds=list(kinds), share=share)

    @contextmanager
    def being(self, kinds: tuple[str, ...], share: float) -> Iterator[None]:
        """Be so for a while, and then as before."""
        before = self.kinds, self.share
        self.set(kinds, share)
        try:
            yield
        finally:
            self.set(*before)

    def clear_up(self) -> None:
        """From now on all goes well, but for ghosts."""
        self.planned.clear()
        self.poison = {}
        self.is_down = False
        self.set((), 0.0)

    def connect(self, own: SimSocket, timeout_s: float) -> None:
        """What becomes of an attempt to connect; OSError when nothing does."""
        world = self._world
        kind = self._drawn(AT_CONNECTING)
        if not own.network or self.is_down:
            kind = "no answer to connecting" if own.network else "no name"
        match kind:
            case "no name":
                raise nameless()
            case "no answer to connecting":
                world.time.wait(timeout_s)
                raise TimeoutError("timed out")
        world.time.wait(2 * own.desk.link.delay_s)
        server = world.server_at(own.host, own.desk)
        if kind == "refused" or server is None or server.api is None:
            raise refused()
        if kind == "reset while connecting":
            world.history.reach("weather: " + kind)
            own.is_reset = True

    def carry(self, own: SimSocket, request: Request) -> None:
        """What becomes of a request; its answer comes to the socket by itself."""
        world = self._world
        kind = self._planned(request) or self._drawn((*ON_THE_WAY, *STRANGERS))
        if world.scheme == "https":
            kind = _within_tls(kind)
        server = world.server_at(own.host, own.desk)
        request.told = {
            "t": world.time.now_ms, "method": request.method, "path": request.path,
            "server": "" if server is None else server.name, "reached": 0,
            "fate": kind or "well", "said": 0, "status": 0, "sent": request.size, "received": 0,
            "keys": world.keys_in(request), "body": _mark(request.body),
        }  # fmt: skip
        for key in self.poison.keys() & set(request.told["keys"]):
            kind = request.told["fate"] = self.poison[key]
        if request.route == "v1/stream":
            asked = {k: request.told[k] for k in ("server", "fate", "said", "sent")}
            request.told = world.say(
                "listening",
                desk=own.desk.name,
                source=own.lane.source,
                status=0,
                reached=0,
                **asked,
            )
        else:
            own.lane.requests.append(request.told)
        request.asker, request.asked_n = own.desk.name, world.history.newest
        if kind:
            world.history.reach("weather: " + kind)
        world.time.wait(own.desk.link.delay_s)
        if own.network != own.desk.network or self.is_down:
            request.told["fate"] = "no network"
            return
        if kind in STRANGERS:
            self._bring(own, request, STRANGERS[kind](request, world))
            return
        self._fates.get(kind, self._well)(own, request)

    def deliver_ghost(self) -> None:
        """One request that was given up long ago arrives after all."""
        if not self.ghosts:
            return
        name, request = self.ghosts.pop(int(self._world.dice.random() * len(self.ghosts)))
        self._world.say("ghost", server=name, method=request.method, path=request.path)
        self._reach(request, name)

    # How each accident goes.

    def _well(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        server = self._world.server_at(own.host, own.desk)
        streams = None if server is None else server.streams
        if answer is None:
            return
        if request.listens is not None:
            request.told["status"] = answer.status
            is_kept = request.listens.by is streams
            own.bring(answer.encode_begun(), then=None if is_kept else FIN)
            if is_kept:
                request.listens.by.take(own, request.listens)
            return
        self._bring(own, request, answer)

    def _request_lost(self, own: SimSocket, request: Request) -> None:
        """Nobody ever hears of it, and the desk waits."""

    def _request_reset(self, own: SimSocket, request: Request) -> None:
        own.bring(b"", then=Reset())

    def _request_late(self, own: SimSocket, request: Request) -> None:
        self._late(request)

    def _late(self, request: Request) -> None:
        world = self._world
        self.ghosts.append((request.told["server"], request))
        if world.dice.random() < 0.7:
            world.time.after(1 + world.dice.random() ** 3 * 4000, self.deliver_ghost)

    def _doubled(self, own: SimSocket, request: Request) -> None:
        first = self._answer(own, request)
        second = self._answer(own, request)
        chosen = first if self._world.dice.random() < 0.5 else second
        if chosen is not None:
            self._bring(own, request, chosen)

    def _answer_lost(self, own: SimSocket, request: Request) -> None:
        self._answer(own, request)

    def _answer_reset(self, own: SimSocket, request: Request) -> None:
        if self._answer(own, request) is not None:
            own.bring(b"", then=Reset())

    def _cut(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        if answer is not None:
            whole = answer.encode()
            then = Reset() if self._world.dice.random() < 0.5 else FIN
            self._bring_part(own, request, answer, self._start_of(whole), then)

    def _cut_unnoticed(self, own: SimSocket, request: Request) -> None:
        """A middlebox cuts the body and says that this is all."""
        answer = self._answer(own, request)
        if answer is not None:
            body = answer.body
            lines = body.splitlines(keepends=True)
            dice = self._world.dice
            if len(lines) > 2 and dice.random() < 0.5:
                body = b"".join(lines[: 1 + int(dice.random() * (len(lines) - 1))])
            else:
                body = self._start_of(body)
            self._bring(own, request, Response(answer.status, _without_length(answer), body))

    def _length_rewritten(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        if answer is not None:
            length = max(0, len(answer.body) + int((self._world.dice.random() - 0.5) * 40))
            whole = answer.encode(length=length)
            self._bring_part(own, request, answer, whole, None)

    def _stalled(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        if answer is not None:
            self._bring_part(own, request, answer, self._start_of(answer.encode()), None)

    def _slow(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        if answer is not None:
            request.told["status"] = answer.status
            own.bring(answer.encode(), late_s=self._world.dice.random() * 60)

    def _answer_of_before(self, own: SimSocket, request: Request) -> None:
        """A cache on the way gives what it gave before; the server may hear of it or not."""
        old = [
            body
            for method, route, body in self._before
            if (method, route) == (request.method, request.route)
        ]
        if old and self._world.dice.random() < 0.5:
            self._answer(own, request)
        if not old:
            request.told["fate"] = "well"
            self._well(own, request)
            return
        body = old[int(self._world.dice.random() * len(old))]
        request.told["status"] = int(body[9:12])
        own.bring(body)

    def _headers_lost(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        if answer is not None:
            dice = self._world.dice
            kept = [h for h in answer.headers if h[0] == "content-length" or dice.random() < 0.4]
            self._bring(own, request, Response(answer.status, kept, answer.body))

    def _server_killed(self, own: SimSocket, request: Request) -> None:
        world = self._world
        server = world.server_at(own.host, own.desk)
        if server is not None:
            server.dies_in = int(world.dice.random() ** 2 * 40)
        self._well(own, request)

    def _closed_after(self, own: SimSocket, request: Request) -> None:
        """The server closes the connection as soon as it has answered."""
        answer = self._answer(own, request)
        if answer is not None:
            self._bring_part(own, request, answer, answer.encode(), FIN)

    def _changed_meanwhile(self, own: SimSocket, request: Request) -> None:
        answer = self._answer(own, request)
        self.between()
        if answer is not None:
            self._bring(own, request, answer)

    # What they have in common.

    def _answer(self, own: SimSocket, request: Request) -> Response | None:
        """What the server says; without one the connection is reset."""
        server = self._world.server_at(own.host, own.desk)
        answer = None if server is None else self._reach(request, server.name)
        if answer is None:
            own.bring(b"", then=Reset())
            return None
        self._world.time.wait(ANSWERS_WITHIN_S)
        self._before.append((request.method, request.route, answer.encode()))
        return answer

    def _reach(self, request: Request, name: str) -> Response | None:
        world = self._world
        server = world.servers[name]
        request.told["reached"] += 1
        try:
            answer = server.answer(request)
        except ServerKilled:
            world.time.after(world.dice.random() * 20, server.start)
            return None
        request.told["said"] = 0 if answer is None else answer.status
        if request.method == "POST" and answer is not None and answer.status == 200:
            note_taken(server, request)
        return answer

    def _bring(self, own: SimSocket, request: Request, answer: Response) -> None:
        request.told["status"] = answer.status
        request.told["received"] = len(answer.encode())
        then = FIN if answer.header("connection").lower() == "close" else None
        own.bring(answer.encode(), then=then)

    def _bring_part(
        self,
        own: SimSocket,
        request: Request,
        answer: Response,
        part: bytes,
        then: bytes | Reset | None,
    ) -> None:
        if b"\r\n" in part:
            request.told["status"] = answer.status
        request.told["received"] = len(part)
        own.bring(part, then=then)

    def _planned(self, request: Request) -> str:
        asked = f"{request.method} {request.path}"
        if self.planned and asked.startswith(self.planned[0][0]):
            return self.planned.popleft()[1]
        return ""

    def _drawn(self, among: tuple[str, ...]) -> str:
        dice = self._world.dice
        if not self.share or dice.random() >= self.share:
            return ""
        kind = self.kinds[int(dice.random() * len(self.kinds))]
        return kind if kind in among else ""

    def _start_of(self, body: bytes) -> bytes:
        return body[: int(self._world.dice.random() * len(body))]


def _without_length(answer: Response) -> list[tuple[str, str]]:
    return [(n, v) for n, v in answer.headers if n.lower() != "content-length"]


def _mark(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:12] if body else ""


def plain_keys(body: bytes) -> list[str]:
    """The keys in a request of commands in JSON."""
    try:
        told: Any = json.loads(body)
        return [each["key"] for each in told["commands"]]
    except (ValueError, KeyError, TypeError):
        return []


def _within_tls(kind: str) -> str:
    """What becomes of an accident where nobody can read or change what goes by."""
    if kind in STRANGERS and kind not in AT_THE_COUNTY:
        return "request reset"
    return WITHIN_TLS.get(kind, kind)

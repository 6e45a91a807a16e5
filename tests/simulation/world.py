"""A world: counties, desks and officers of one schedule, and its history."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from desktop.application.ports import StoreError
from desktop.wire.level2 import MEDIA, Frames, WireError, decode_commands
from simulation import handed, look, seams
from simulation.desk import Desk, Running, template
from simulation.disk import Image
from simulation.exchanges import Request
from simulation.handed import HandedThread
from simulation.history import Entry, History
from simulation.scheduler import Scheduler
from simulation.server import Server, dictionaries
from simulation.weather import Weather, plain_keys

if TYPE_CHECKING:
    from simulation.carried.post import Post

START_S = 1_795_392_000.0
PLACE = Path("/dev/shm")


class World:
    """Who is there; what happens is up to whoever plays with it. Closed when it is over."""

    building: Desk | None = None
    running: Running | None = None

    def __init__(self, seed: int, *, trace: bool = False) -> None:
        self.seed, self.trace = seed, trace
        self.dice = Random(seed)
        """Chance for what happens."""
        self.chance = Random(seed ^ 0x5EED)
        """Chance for what the product draws: nonces, keys, jitter."""
        self.drawn = Random(seed ^ 0xC0DE)
        """Chance for the keys that the product draws for bundles: a stream of its own."""
        self.post: Post | None = None
        """Who carries what beside the network."""
        self.history = History(seed)
        self.time = Scheduler(START_S)
        self.scheme = "http"
        self.place = Path(tempfile.mkdtemp(prefix="simulation-", dir=_place()))
        self.servers: dict[str, Server] = {}
        self.hosts: dict[str, str] = {}
        """Which server an address leads to; none for a host that is not there."""
        self.desks: list[Desk] = []
        self.weather = Weather(self)
        self.marks = 0
        """How many texts officers have entered: each is told from every other."""
        seams.Playing.world = self
        HandedThread.made_for = self.time

    def close(self) -> None:
        """Let go of everything."""
        if self.post is not None:
            self.post.radio.close()
        for desk in self.desks:
            if desk.opened is not None:
                desk.disk.dies_in = None
                desk.disk.is_dead = True
                desk.bury()
            desk.disk.remove()
        handed.end_all()
        for server in self.servers.values():
            if server.api is not None:
                server.stop()
        shutil.rmtree(self.place, ignore_errors=True)

    def say(self, what: str, **told: Any) -> Entry:
        """Note an event in the history."""
        entry = self.history.add(self.time.now_ms, what, **told)
        if what != "exchange":
            self.tell(entry)
        return entry

    def tell(self, entry: Entry) -> None:
        """Print an event, where that is wanted; one that lasts, at its end."""
        if self.trace:
            print(_line(entry, START_S))

    def add_server(self, name: str, host: str, *, level: int = 2, drill: bool = False) -> Server:
        """Set up a county at an address and start it."""
        server = Server(self, name, self.place / f"server-{name}", level=level, drill=drill)
        self.servers[name] = server
        self.hosts[host] = name
        server.start()
        return server

    def add_drill(self, name: str, host: str, of: Server) -> Server:
        """Set up a drill on a copy of another county's data."""
        server = Server(self, name, self.place / f"server-{name}", level=of.level, drill=True)
        of.copy_to(server.folder)
        server.logins = dict(of.logins)
        self.servers[name] = server
        self.hosts[host] = name
        server.start()
        return server

    def add_desk(
        self, name: str, officer: str, sources: dict[str, str], image: Image | None = None
    ) -> Desk:
        """Set up a desk; not yet opened."""
        desk = Desk(self, name, officer, sources, image or template(self.place))
        self.desks.append(desk)
        self.time.askers.append(desk.asks)
        return desk

    def server_at(self, host: str, desk: Desk) -> Server | None:
        """Who serves at an address."""
        name = self.hosts.get(host)
        return None if name is None else self.servers[name]

    def leads_to(self, desk: Desk) -> dict[str, str]:
        """Which server each source's address leads to now."""
        return {source: self.hosts.get(host, "") for source, host in desk.sources.items()}

    def keys_in(self, request: Request) -> list[str]:
        """The keys of the commands in a request, for the history."""
        if request.method != "POST" or not request.path.startswith("/v1/commands"):
            return []
        if request.header("content-type") != MEDIA:
            return plain_keys(request.body)
        try:
            told = decode_commands(request.body, Frames(dictionaries()))
        except WireError:
            return []
        return [each.key for each in told.commands]

    def look(self, point: str) -> None:
        """Note what every server and every desk shows now."""
        for server in self.servers.values():
            seen = server.ledger.view()
            self.history.look(
                self.time.now_ms, "server view", server=server.name, point=point, **seen
            )
        for desk in self.desks:
            if desk.opened is not None:
                try:
                    seen = look.view(desk)
                except StoreError as error:
                    self.say("read failed", desk=desk.name, problem=error.problem.code)
                    continue
                self.history.look(
                    self.time.now_ms,
                    "desk view",
                    desk=desk.name,
                    point=point,
                    leads_to=self.leads_to(desk),
                    logins=dict(desk.logins),
                    **seen,
                )


def _place() -> Path | None:
    return PLACE if PLACE.is_dir() else None


def _line(entry: Entry, start_s: float) -> str:
    told = {k: v for k, v in entry.items() if k not in ("n", "t", "what")}
    return f"{entry['t'] / 1000 - start_s:10.2f} {entry['what']:<16} {told}"


__all__ = ["START_S", "World"]

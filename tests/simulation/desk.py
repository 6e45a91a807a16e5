"""A desk: the product as it is wired, on a disk, a line and a clock of the simulation's."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop import bootstrap
from desktop.application.board import Board
from desktop.application.ports import Cancelled, SourceError, StoreError
from desktop.application.profile import Profile
from desktop.application.profile_reader import parse_profile
from desktop.application.sync.connectivity_watch import ConnectivityWatch
from desktop.application.sync.exchange import Exchange
from desktop.application.sync.rest import Rest
from desktop.application.sync.source_worker import SourceWorker
from desktop.connectors.county.hints import Hints
from desktop.connectors.kinds import Manifests
from desktop.domain.command import CommandRecord
from desktop.storage.sqlite.database import connect, migrate
from desktop.storage.sqlite.durable import DurableFile
from simulation import look, seams
from simulation.clock import DeskClock
from simulation.disk import Crash, Disk, Image
from simulation.handed import HandedThread
from simulation.network import Link
from simulation.scheduler import Act
from simulation.server import token_of

if TYPE_CHECKING:
    from simulation.world import World

KEY = bytes(range(32))
LISTEN_EVERY_S = 60.0
_KEYS = "SELECT key FROM command WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY seq"
FEW = 60
"""With so few commands every announcement is looked at; with more, only the end of a turn."""


class Running:
    """One source's lane on virtual time, in the place of its two threads."""

    def __init__(self, desk: Desk, lane: SourceWorker) -> None:
        self.desk, self.lane = desk, lane
        self.source = lane.source.settings.id
        self.rest: Rest | None = None
        self.begins_s = desk.world.time.now_s
        self.is_busy = False
        self.hints: Hints | None = None
        """Its listener to the stream, since there is one."""
        self.stream: HandedThread | None = None
        """The thread that listens, or did."""
        self.was_told = False
        """Whether it has heard something that it has not yet been called for."""
        self.listens_s = 0.0
        """When the stream of hints may be asked for again."""
        self.causes: list[str] = ["start"]
        self.requests: list[dict[str, Any]] = []
        self._outcome: dict[str, Any] = {}
        self._exchange = lane.exchange_once
        lane.exchange_once = self._recorded  # type: ignore[method-assign]
        for name in ("sync_now", "reset", "hint"):
            setattr(lane, name, self._noted(name, getattr(lane, name)))

    def _noted(self, name: str, call: Act) -> Act:
        def noted() -> None:
            self.causes.append(name)
            call()

        return noted

    def asks(self) -> tuple[float, Act] | None:
        """When it wants its next turn."""
        if self.is_busy or not self.desk.is_awake:
            return None
        now_s = self.desk.world.time.now_s
        if self.rest is None:
            return self.begins_s, self.turn
        return now_s + self.lane.due_in_s(self.rest), self.turn

    def asks_to_listen(self) -> tuple[float, Act] | None:
        """When its stream of hints has something to hear, or is to be asked for."""
        if self.hints is None or not (self.desk.listens and self.desk.is_awake):
            return None
        thread = self.stream
        if self.was_told:
            # Held back while commands were under way, and it is not of what their answer brought.
            return self.desk.world.time.now_s, partial(self._hear, lambda: None)
        if thread is not None and thread.is_alive():
            due_s = thread.due_s()
            if due_s < math.inf:
                return due_s, lambda: self._hear(thread.resume)
            return None
        return (self.listens_s, self._listen) if self.lane.tried else None

    def _listen(self) -> None:
        """What the lane's second thread does, without waiting for what is heard."""
        self.listens_s = self.desk.world.time.now_s + LISTEN_EVERY_S
        assert self.hints is not None
        self._hear(partial(self.hints.wait, 0.0))

    def _hear(self, step: Callable[[], object]) -> None:
        world = self.desk.world
        outer, world.running = world.running, self
        try:
            step()
        finally:
            world.running = outer
        if self.desk.disk.is_dead:
            self.desk.bury()
        elif self.was_told:
            self.was_told = False
            world.history.reach("hint heard")
            self.lane.hint()

    def turn(self) -> None:
        """One exchange, and what it came to in the history."""
        world = self.desk.world
        self.requests, self._outcome = [], {}
        causes, self.causes = self.causes or ["due"], []
        told = world.say(
            "exchange", desk=self.desk.name, source=self.source, began_ms=world.time.now_ms,
            cause=causes, outcome="died",
        )  # fmt: skip
        self.is_busy = True
        outer, world.running = world.running, self
        try:
            self.rest = self.lane.run_once()
        except Crash:
            pass
        finally:
            world.running = outer
            self.is_busy = False
        told |= {
            "ended_ms": world.time.now_ms, "requests": self.requests,
            "sent": sum(r["sent"] for r in self.requests),
        }  # fmt: skip
        if self.desk.disk.is_dead:
            world.tell(told)
            self.desk.bury()
            return
        assert self.rest is not None
        told |= {"wait_s": self.rest.wait_s, "patient": self.rest.patient, **self._outcome}
        world.tell(told)
        world.history.reach(f"outcome: {told['outcome']}")
        if told.get("again"):
            self.causes.append("again")
        self.desk.tell()

    def _recorded(self) -> Exchange:
        try:
            done = self._exchange()
        except SourceError as error:
            self._outcome = {"outcome": error.problem.code, "held": error.held}
            raise
        except Cancelled:
            self._outcome = {"outcome": "cancelled"}
            raise
        self._outcome = {
            "outcome": "well", "rows": done.rows, "answered": done.answered, "again": done.again,
            "unsent": "" if done.unsent is None else done.unsent.code,
            "quarantined_deletes": done.quarantined_deletes, "bad_items": done.bad_items,
        }  # fmt: skip
        return done


class Desk:
    """One computer with its officer's program, running or not."""

    def __init__(
        self, world: World, name: str, officer: str, sources: dict[str, str], image: Image
    ) -> None:
        """`sources` gives the host that each source's address names."""
        self.world, self.name, self.officer, self.sources = world, name, officer, sources
        self.clock = DeskClock(world.time)
        self.disk = Disk(world.place / name, image)
        self.disk.on_step = self._dying
        self.link = Link(0.02, 1_000_000.0)
        self.network = 1
        """Number of the network it stands on; 0 without one."""
        self.is_asleep = False
        self.listens = True
        """Whether its program asks for the stream of hints."""
        self.logins: dict[str, str] = {}
        self.opened: bootstrap.Desk | None = None
        self.workers: list[SourceWorker] = []
        self.watch: ConnectivityWatch
        """Its look-out for sleep and networks, since it was first opened."""
        self.durable: dict[str, DurableFile] = {}
        """The files it has open that exist nowhere else, by name."""
        self.lanes: list[Running] = []
        self.daily_bytes: int | None = None
        self.crossed = {"sent": 0, "received": 0}
        """Bytes that crossed its sockets, ever."""
        self.twin_of = ""
        self.doing = ""
        self._told: dict[str, dict[str, Any]] = {}
        self._touched: set[int] = set()
        """Numbers of the commands that changed since they were looked at."""
        self._watched: Any = None
        """What stood in the outbox of each command then."""
        self._changes: int | None = None
        """How much had been written to the outbox at the last look."""

    @property
    def board(self) -> Board:
        """What the officer works with."""
        assert self.opened is not None
        return self.opened.board

    def token(self, source: str) -> str | None:
        """The login token of a source, as the keyring has it."""
        login = self.logins.get(source)
        return None if not login else token_of(login)

    @property
    def address(self) -> str | None:
        """This computer's own address on the way to everything."""
        return f"10.{self.network}.0.7" if self.network else None

    def profile(self) -> Profile:
        """Its set-up file."""
        lines = ["[desk]", f'officer = "{self.officer}"']
        if self.daily_bytes is not None:
            lines += ["[link]", f"daily_bytes = {self.daily_bytes}"]
        for source, host in self.sources.items():
            url = f"{self.world.scheme}://{host}/"
            lines += ["[[source]]", f'id = "{source}"', 'kind = "county"', f'url = "{url}"']
            # A login goes over plain http only where the profile says that it may.
            lines += ["insecure = true"] if self.world.scheme == "http" else []
        return parse_profile("\n".join(lines), "desk.toml", Manifests())

    def open(self) -> None:
        """Start the program; if it cannot be, say why."""
        world = self.world
        outer, world.building = world.building, self
        try:
            self.opened = bootstrap.Desk(
                self.profile(), self.disk.folder, KEY, seams.words("zh_CN"), []
            )
        except StoreError as error:
            world.say("desk failed", desk=self.name, problem=error.problem.code)
            return
        except Crash:
            self.bury()
            return
        finally:
            world.building = outer
        self.lanes = [Running(self, lane) for lane in self.workers]
        world.say(
            "desk started", desk=self.name, officer=self.officer, logins=dict(self.logins),
            twin_of=self.twin_of, sources=world.leads_to(self),
            clock_off_ms=round(self.clock.off_s * 1000), encrypted=world.scheme == "https",
            notices=[notice.code for notice in self.opened.notices], bytes=look.spent_today(self),
        )  # fmt: skip
        self._told, self._changes, self._watched = {}, None, None
        self.board.listeners.subscribe(self._announced)
        self.tell()

    def asks(self) -> tuple[float, Act] | None:
        """When one of its lanes wants a turn."""
        asked = [
            each
            for lane in self.lanes
            for each in (lane.asks(), lane.asks_to_listen())
            if each is not None
        ]
        return min(asked, key=lambda each: each[0], default=None)

    @property
    def is_awake(self) -> bool:
        """Whether its program runs: a dead one may still be held by an exchange under way."""
        return self.opened is not None and not (self.is_asleep or self.disk.is_dead)

    @property
    def is_busy(self) -> bool:
        """Whether an exchange of its is under way."""
        return any(lane.is_busy for lane in self.lanes)

    def look_at_clocks(self, waited_s: float) -> None:
        """Have its program, if it runs, look how long it slept; noting the time may kill it."""
        if self.opened is None:
            return
        try:
            self.watch.look(waited_s)
        except Crash:
            self.bury()

    def close(self) -> bool:
        """End the program as its window does; not in the middle of an exchange."""
        if self.opened is None or self.is_busy:
            return False
        opened, self.opened, self.lanes = self.opened, None, []
        try:
            opened.close()
        except Crash:
            self.bury()
            return True
        self.world.say("desk stopped", desk=self.name, how="closed")
        self.disk.put(self.disk.image())
        return True

    def kill(self, *, powerless: bool = False) -> None:
        """End it at once; in mid-exchange, at its next step."""
        if self.opened is None:
            return
        self.disk.loses_power = powerless
        self.disk.dies_in = 0
        if not self.is_busy:
            with suppress(Crash):
                self.disk.step("nothing")
            self.bury()

    def _dying(self, what: str) -> None:
        how = "power lost" if self.disk.loses_power else "killed"
        self.world.say("desk stopped", desk=self.name, how=how, in_=f"{what}{self.doing}")

    def bury(self) -> None:
        """Let go of what a dead program held, and have its disk as it left it."""
        if self.is_busy:
            return  # An exchange further out is still to hear of it.
        opened, self.opened, self.lanes = self.opened, None, []
        if opened is not None:
            with suppress(BaseException):
                opened.close()
        left = self.disk.left
        self.disk.put(left)
        self.disk.loses_power = False
        self.world.time.after(1 + self.world.dice.random() * 60, self.reopen)

    def reopen(self) -> None:
        """Start the program unless it runs."""
        if self.opened is None:
            self.open()

    def _announced(self, changed: Any) -> None:
        if len(self._told) <= FEW:
            self.tell()

    def tell(self) -> None:
        """Note what the officer is told of each command, where it is news."""
        if self.opened is None or self.disk.is_dead:
            return
        db = self.durable["outbox.db"].db
        changes = None if db is None else db.total_changes()
        if changes is not None and changes == self._changes:
            return
        self._changes = changes
        try:
            records = self._changed_records()
            if not records:
                return
            attention = {record.command.key for record in self.board.attention()}
        except StoreError as error:
            self.world.say("read failed", desk=self.name, problem=error.problem.code)
            return
        for record in records:
            told = look.told(record, attention)
            key = record.command.key
            if self._told.get(key) != told:
                self._told[key] = told
                self.world.history.reach(f"receipt: {told['receipt']} {told['hold']}".strip())
                self.world.say("told", desk=self.name, key=key, **told)

    def _changed_records(self) -> list[CommandRecord]:
        """The commands of which what is told may be another than at the last look."""
        assert self.opened is not None
        outbox = self.opened.outbox
        db, numbers = self.durable["outbox.db"].db, sorted(self._touched)
        self._touched.clear()
        if db is None or db is not self._watched:
            self._watch(db)
            return self.records()
        keys = [key for (key,) in db.execute(_KEYS, (json.dumps(numbers),))]
        found = [outbox.record(key) for key in keys]
        return [record for record in found if record is not None]

    def _watch(self, db: Any) -> None:
        """Be told by the open outbox which of its commands are written."""

        def note(kind: int, database: str, table: str, number: int) -> None:
            if table == "command":
                self._touched.add(number)

        self._watched = db
        if db is not None:
            db.witness = note

    def records(self) -> list[CommandRecord]:
        """Every command, oldest first."""
        return list(reversed(self.board.outbox(10_000)))


def template(place: Path) -> Image:
    """The files of a desk that was never used, each of the newest schema."""
    if not _template:
        seams.disk.ready()
        disk = Disk(place / "template", {})
        for name, kind in (("outbox.db", "outbox"), ("files.db", "files")):
            DurableFile(disk.folder / name, KEY, kind).close()
        with closing(connect(disk.folder / "cache.db", KEY, durable=False)) as db:
            migrate(db, "cache")
        _template.update(disk.image())
        disk.remove()
    return dict(_template)


_template: Image = {}

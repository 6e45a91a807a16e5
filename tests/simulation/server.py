"""A county: the real reference server over a real database, called within the process."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from msgspec import structs

from desktop import paths
from desktop.county_server.commands.executor import do_commands
from desktop.county_server.db import backups
from desktop.county_server.db import database as database_module
from desktop.county_server.db.county_file import connect
from desktop.county_server.db.database import Database
from desktop.county_server.db.losses import LossRefused
from desktop.county_server.http.api import Api, Settings
from desktop.county_server.scope import Account
from desktop.wire.level1 import CommandResult, CommandResults, Commands, Phrase
from desktop.wire.level2 import commands as numbers
from simulation.exchanges import Request, Response
from simulation.ledger_reader import LedgerReader
from simulation.seams import answered
from simulation.streams import Streams

if TYPE_CHECKING:
    from simulation.world import World


ODD = "forwarded"
"""A word that no desk knows."""
STATUSES = numbers.STATUSES
ODDER = (*STATUSES, ODD)


class ServerKilled(Exception):
    """It died while it answered."""


class Server:
    """One county's server; what it does goes into the history."""

    def __init__(self, world: World, name: str, place: Path, *, level: int, drill: bool) -> None:
        self.world, self.name, self.level, self.drill = world, name, level, drill
        self._place = place
        self._generation = 0
        self.folder = place / "0"
        self.folder.mkdir(parents=True)
        self.off_s = 0.0
        self.logins: dict[str, tuple[str, ...] | None] = {}
        """Townships of each login; None when it is revoked. Empty: open to everybody."""
        self.database: Database | None = None
        self.api: Api | None = None
        self._dies_in: int | None = None
        self.backups: list[Path] = []
        self._forgotten = 0
        """So many of the first of them are gone."""
        self.paused: int | None = None
        self.hesitates = ""
        """What it answers to some commands for a while, and does not do them."""
        self.ledger = LedgerReader(self)
        self._left: Path | None = None
        self._reader: sqlite3.Connection | None = None
        self._writer: sqlite3.Connection | None = None
        self.has_streams = True
        self.streams: Streams | None = None

    # What an operator does.

    def start(self, *, accept_loss: bool = False) -> None:
        """Open the database and serve; not when it would lose what was promised."""
        if self.database is not None:
            return
        self._writer = None
        try:
            with patch.object(database_module, "connect", self._connected):
                self.database = Database(self.path, time_s=self.time_s, accept_loss=accept_loss)
        except LossRefused:
            self.say("server refused to start", problem="loss")
            return
        self._serve()
        self.dies_in = self._dies_in
        self.ledger.look()
        self.say(
            "server started", epoch=self.database.epoch, identity=self.database.server,
            drill=self.drill, level=self.level,
        )  # fmt: skip

    def serve_anew(self) -> None:
        """Serve by other settings."""
        if self.database is not None:
            self._serve()

    def _serve(self) -> None:
        assert self.database is not None
        if self.api is not None:
            self.api.close()
        self.api = Api(self.database, Settings(
            county="云溪县", accounts=self.accounts(), drill=self.drill,
            dictionaries=dictionaries(), snapshot_level=1,
        ))  # fmt: skip
        self.api.pause(self.paused)
        self._end_streams(killed=False)
        self.streams = Streams(self, self.database, full=not self.has_streams)
        self.api.stream.hints = self.streams  # type: ignore[assignment]

    def _end_streams(self, *, killed: bool) -> None:
        if self.streams is not None:
            self.streams.close(killed=killed)
            self.streams = None

    def accounts(self) -> Mapping[str, Account]:
        """Who is let in, by what is kept of their tokens."""
        return {
            hashlib.sha256(token_of(login).encode()).hexdigest(): Account(login, townships)
            for login, townships in self.logins.items()
            if townships is not None
        }

    def stop(self, how: str = "closed") -> None:
        """Serve no more."""
        self._end_streams(killed=how == "killed")
        if self._reader is not None:
            self._reader.close()
            self._reader = None
        if self.api is not None:
            self.api.close()
        if self.database is not None:
            self.database.close()
        self.api = self.database = self._writer = None
        self.say("server stopped", how=how)

    def kill(self) -> None:
        """Die between two requests, and lose nothing that was committed."""
        left = self._copied()
        self.stop("killed")
        self._go_on_from(left)

    def set_accounts(self, logins: dict[str, tuple[str, ...] | None]) -> None:
        """Let others in, or the same with other townships."""
        self.logins = logins
        self.serve_anew()
        self.say(
            "accounts set", accounts={n: t if t is None else list(t) for n, t in logins.items()}
        )

    def pause(self, retry_after_s: int | None) -> None:
        """Answer 503 from now on, or no longer."""
        self.paused = retry_after_s
        if self.api is not None:
            self.api.pause(retry_after_s)
        self.say("paused", retry_after_s=retry_after_s)

    def hesitate(self, word: str) -> None:
        """Answer this to every second command from now on, or, without a word, no longer."""
        self.hesitates = word
        self.say("hesitates", word=word)

    def take(self, asked: Commands, *given: Any, **named: Any) -> CommandResults:
        """What becomes of commands: what it has done before it knows, however it hesitates."""
        assert self.database is not None
        put_off = [
            each.key
            for each in asked.commands
            if self.hesitates and each.key[-1] in "02468ace" and not self.ledger.has(each.key)
        ]
        others = tuple(each for each in asked.commands if each.key not in put_off)
        asked = structs.replace(asked, commands=others)
        done = do_commands(self.database, asked, *given, **named)
        word: Any = self.hesitates
        said = [CommandResult(key, word, Phrase("等批准", "To be approved")) for key in put_off]
        return structs.replace(done, results=(*done.results, *said))

    def back_up(self) -> int:
        """Make a backup with the files; its number."""
        number = len(self.backups)
        folder = self._place / f"backup-{number}"
        backups.save(self.path, folder)
        self.backups.append(folder)
        self.say("backed up", backup=number, files=True)
        return number

    def forget_backups(self, keep: int) -> None:
        """Throw all but the newest away; their numbers stay."""
        old = max(self._forgotten, len(self.backups) - keep)
        for folder in self.backups[self._forgotten : old]:
            shutil.rmtree(folder, ignore_errors=True)
        self._forgotten = old

    def kept_backups(self) -> list[int]:
        """The numbers of those that are still there."""
        return [n for n, folder in enumerate(self.backups) if folder.exists()]

    def run_beside(self, command: Callable[[], object]) -> None:
        """Run a command on the database while nobody serves it. ServerKilled when it died."""
        assert self.database is None
        self._writer, self._left = None, None

        def connected(*where: Any) -> sqlite3.Connection:
            is_first = self._writer is None
            made = self._connected(*where)
            if is_first and self._dies_in is not None:
                made.set_trace_callback(self._stepped)
            return made

        try:
            with patch.object(database_module, "connect", connected):
                command()
        finally:
            self._writer = self._dies_in = None
        if self._left is not None:
            left, self._left = self._left, None
            self._go_on_from(left)
            raise ServerKilled
        self.ledger.look()

    def put_back(self, number: int, *, accept_loss: bool) -> None:
        """Restore a backup as an operator does: with the server stopped, and announced."""
        was_up = self.database is not None
        if was_up:
            self.stop()
        loss = ""
        try:
            done = backups.restore(
                self.path, self.backups[number], accept_loss=accept_loss, time_s=self.time_s
            )
            epoch = done.epoch
        except (LossRefused, backups.FilesMissing) as refused:
            loss, epoch = type(refused).__name__, ""
        self.say(
            "put back", backup=number, announced=True, loss=loss,
            accepted=accept_loss, done=bool(epoch), epoch=epoch,
        )  # fmt: skip
        if was_up:
            self.start()

    def copy_back(self, number: int, *, accept_loss: bool, with_promise: bool) -> None:
        """Copy a backup's database over the present one and tell nobody."""
        if self.database is not None:
            self.stop()
        for ending in ("-wal", "-shm"):
            self.path.with_name(self.path.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self.backups[number] / backups.DATABASE, self.path)
        if not with_promise:
            self.path.with_name(self.path.name + ".durable").unlink(missing_ok=True)
        self.say(
            "put back", backup=number, announced=False, loss="", accepted=accept_loss,
            done=True, epoch="", with_promise=with_promise,
        )  # fmt: skip
        self.start()
        if self.database is None and accept_loss:
            self.start(accept_loss=True)

    # What a desk asks.

    def answer(self, request: Request) -> Response | None:
        """What it says to a request; None when nobody listens. ServerKilled when it died."""
        if self.api is None:
            return None
        assert self.database is not None
        parts: list[bytes] = []
        said: dict[str, Any] = {}

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                said.update(message)
            else:
                parts.append(message.get("body", b""))

        self._left = None
        try:
            # A county newer than the desk has a number for its word, too.
            numbers.STATUSES = ODDER
            answered(self.api.app(self._scope(request), receive, send))
        finally:
            numbers.STATUSES = STATUSES
            if self._dies_in is not None:
                self.dies_in = None
        if self._left is not None:
            left, self._left = self._left, None
            self.stop("killed")
            self._go_on_from(left)
            raise ServerKilled
        if request.method != "GET":
            self.ledger.look()
        request.listens = None if self.streams is None else self.streams.claim()
        headers = [(n.decode("latin-1"), v.decode("latin-1")) for n, v in said["headers"]]
        return Response(said["status"], headers, b"".join(parts))

    def _scope(self, request: Request) -> dict[str, Any]:
        path, _, query = request.path.partition("?")
        headers = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in request.headers
            if not (self.level == 1 and name.lower() == "accept")
        ]
        return {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1", "method": request.method, "scheme": self.world.scheme,
            "path": path, "raw_path": path.encode(), "query_string": query.encode(),
            "root_path": "", "headers": headers, "client": ("10.0.0.1", 40000),
            "server": ("county.example", 80), "state": {},
        }  # fmt: skip

    # What lies on its disk.

    @property
    def path(self) -> Path:
        """Its database."""
        return self.folder / "county.db"

    def time_s(self) -> float:
        """Its clock."""
        return self.world.time.now_s + self.off_s

    @property
    def dies_in(self) -> int | None:
        """Statements of its writer until it is killed."""
        return self._dies_in

    @dies_in.setter
    def dies_in(self, count: int | None) -> None:
        # A trace makes every statement dearer, and of a year next to none is somebody's last.
        self._dies_in = count
        if self.database is not None:
            assert self._writer is not None
            self._writer.set_trace_callback(None if count is None else self._stepped)

    def _connected(self, *where: Any) -> sqlite3.Connection:
        """A connection of its database; the first is the one it writes with."""
        made = connect(*where)
        self._writer = self._writer or made
        return made

    def _stepped(self, statement: str) -> None:
        if self._dies_in is not None and self._left is None:
            self._dies_in -= 1
            if self._dies_in < 0:
                self._left = self._copied()

    def _copied(self) -> Path:
        """What is on the disk at this moment."""
        self._generation += 1
        left = self._place / str(self._generation)
        shutil.copytree(self.folder, left, ignore=shutil.ignore_patterns("*-shm", "*.lock"))
        return left

    def _go_on_from(self, left: Path) -> None:
        with suppress(OSError):
            shutil.rmtree(self.folder)
        self.folder = left

    def copy_to(self, folder: Path) -> None:
        """Copy the data as of now, as for a drill."""
        shutil.copytree(
            self.folder,
            folder,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("*-shm", "*.lock"),
        )

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A plain connection of the judge's own to the database as it lies there; one is kept
        for as long as nobody puts another file in its place."""
        place = f"{self.path.as_uri()}?mode=ro"
        reader = self._reader or sqlite3.connect(place, uri=True, check_same_thread=False)
        self._reader = None if self.database is None else reader
        try:
            yield reader
        finally:
            if self._reader is None:
                reader.close()

    def say(self, what: str, **told: Any) -> None:
        self.world.say(what, server=self.name, **told)


def token_of(login: str) -> str:
    """The token that a login goes by."""
    return f"token-of-{login}"


def dictionaries() -> dict[str, bytes]:
    """Those of small level 2 frames; read once."""
    if not _dictionaries:
        _dictionaries.update(paths.frame_dictionaries())
    return _dictionaries


_dictionaries: dict[str, bytes] = {}

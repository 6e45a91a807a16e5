"""Where clock, chance, threads, sockets and disk of the product are taken by the simulation's.

Nothing else of it is replaced. Laid once for a process, not once for a schedule: what is
replaced asks the world that plays at the moment.
"""

from __future__ import annotations

import logging
import os
import secrets
import sys
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import apsw
import starlette.responses
import urllib3.connection

from desktop import bootstrap
from desktop.application.i18n import Words
from desktop.application.sync import engine as engine_module
from desktop.application.sync.connectivity_watch import ConnectivityWatch
from desktop.application.sync.source_worker import SourceWorker
from desktop.connectors.county import client as county_client
from desktop.connectors.county import command_news, hints
from desktop.connectors.county.hints import Hints
from desktop.connectors.http import client as http_client
from desktop.connectors.http import pool, sessions
from desktop.county_server.http import api as api_module
from desktop.county_server.http import command_routes, file_routes
from desktop.domain.source import Problem
from desktop.storage.cache import store as cache_module
from desktop.storage.files import store as files_module
from desktop.storage.outbox import store as outbox_module
from desktop.storage.sqlite import database, writer
from desktop.storage.sqlite.durable import DurableFile
from desktop.storage.sqlite.writer import Writer
from simulation import disk, network
from simulation.handed import HandedThread

if TYPE_CHECKING:
    from simulation.desk import Running
    from simulation.world import World


LOOKS_EVERY_S = 0.05


class Playing:
    """The world that plays now; one at a time in a process."""

    world: World


def world() -> World:
    """The world that plays now."""
    return Playing.world


class InlineWriter(Writer):
    """The cache's writer without its thread: each job is done before the call returns."""

    def begin(self, job: Callable[[Any], Any], *, in_transaction: bool = True) -> Future[Any]:
        done: Future[Any] = Future()
        if self._closed:
            raise writer.StoreError(Problem("store_closed", {"file": self._path.name}))
        work = job if not in_transaction else partial(_committed, job)
        try:
            with database.in_words(self._path):
                done.set_result(self._run_job(work))
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            done.set_exception(error)
        return done

    def close(self, timeout_s: float = 0.0) -> bool:
        db, self._db, self._closed = self._db, None, True
        if db is not None:
            db.close()
        return True


def _committed(job: Callable[[Any], Any], db: apsw.Connection) -> Any:
    with database.transaction(db):
        return job(db)


class ToldHints(Hints):
    """The product's own, known to the lane in whose exchange they were made."""

    def __init__(self, *given: Any, **named: Any) -> None:
        lane = world().running
        assert lane is not None
        with patch.object(hints.threading, "Event", partial(Told, lane)):
            super().__init__(*given, **named)
        self._came = Coming(lane)
        lane.hints = self


class Told(threading.Event):
    """Tells the lane that something was heard."""

    def __init__(self, lane: Running) -> None:
        super().__init__()
        self._jobs = lane

    def set(self) -> None:
        super().set()
        self._jobs.was_told = True


class Coming(threading.Event):
    """Waited for within an exchange, while the lane's stream goes on beside it."""

    def __init__(self, lane: Running) -> None:
        super().__init__()
        self._desk = lane.desk

    def wait(self, timeout: float | None = None) -> bool:
        time = self._desk.world.time
        until_s = time.now_s + (timeout or 0.0)
        while not self.is_set() and time.now_s < until_s:
            time.run_until(min(until_s, time.now_s + LOOKS_EVERY_S))
            self._desk.disk.step("receive")
        self._desk.world.history.reach(f"waited for the stream: {self.is_set()}")
        return self.is_set()


def _read_news(*given: Any) -> Any:
    """What commands bring besides their answers, as the product reads it."""
    found = command_news.read_news(*given)
    is_new = found is not None and any(batch.token for batch in found[0])
    what = "no changes" if found is None else "changes" if is_new else "nothing new"
    world().history.reach(f"an answer brought {what}")
    return found


def _listening(**how: Any) -> HandedThread:
    """A thread that hears the hints of the lane for which it is begun."""
    lane = world().running
    assert lane is not None
    lane.stream = HandedThread(**how)
    return lane.stream


def _durable(path: Path, *given: Any, **named: Any) -> DurableFile:
    """A durable file of the desk that is being opened, known to it by its name."""
    file = DurableFile(path, *given, **named)
    if (desk := world().building) is not None:
        desk.durable[path.name] = file
    return file


def _watch(
    workers: list[SourceWorker], clock: Any, _towards: Any, on_look: Callable[[], None]
) -> ConnectivityWatch:
    """The watch of the desk that is being opened, whose address is where the desk stands."""
    desk = world().building
    assert desk is not None
    desk.workers = workers
    desk.watch = ConnectivityWatch(workers, clock, lambda settings: desk.address, on_look)
    return desk.watch


class Timer:
    """A deadline on virtual time; see `threading.Timer`."""

    daemon = True

    def __init__(self, wait_s: float, act: Callable[..., None], given: tuple[Any, ...]) -> None:
        self._wait_s, self._act = wait_s, partial(act, *given)

    def start(self) -> None:
        self._alarm = world().time.after(self._wait_s, self._act)

    def cancel(self) -> None:
        self._alarm.call_off()

    def join(self) -> None:
        """Nothing to wait for."""


async def _inline(function: Callable[..., Any], *given: Any, **named: Any) -> Any:
    return function(*given, **named)


class _OpenFile:
    def __init__(self, path: Any) -> None:
        self._file = Path(path).open("rb")  # noqa: SIM115

    async def read(self, size: int) -> bytes:
        return self._file.read(size)

    async def seek(self, place: int) -> int:
        return self._file.seek(place)

    async def aclose(self) -> None:
        self._file.close()


async def _opened(path: Any, mode: str) -> _OpenFile:
    return _OpenFile(path)


@contextmanager
def _unshielded(*, shield: bool) -> Iterator[None]:
    yield


_ANYIO = SimpleNamespace(
    to_thread=SimpleNamespace(run_sync=_inline),
    open_file=_opened,
    CancelScope=_unshielded,
    AsyncFile=dict,
)


def answered(call: Awaitable[None]) -> None:
    """Run what never really waits to its end."""
    step = call.__await__()
    try:
        next(step)
    except StopIteration:
        return
    raise AssertionError("the server waited for something nobody simulates")


class _Connection(apsw.Connection):
    """On the simulated disk. What cannot be folded in at the end stays in the log, and the
    library says nothing of it: only a layer in Python makes an exception of that."""

    def __init__(self, name: str, *given: Any, **named: Any) -> None:
        path = name.removeprefix("file://").partition("?")[0]
        if disk.of(Path(path).parent) is not None:
            named["vfs"] = disk.ENCRYPTED
        super().__init__(name, *given, **named)
        self.witness: Callable[[int, str, str, int], None] | None = None
        """Who hears of each row written, besides whom the product tells."""

    def set_update_hook(self, told: Callable[[int, str, str, int], None] | None) -> None:
        def hook(*written: Any) -> None:
            for hears in (told, self.witness):
                if hears is not None:
                    hears(*written)

        super().set_update_hook(hook)

    def close(self, force: bool = False) -> None:
        with suppress(apsw.FullError, apsw.IOError):
            super().close(force)


def _disk_usage(path: Path) -> Any:
    found = disk.of(Path(path))
    return SimpleNamespace(free=1 << 40 if found is None else found.free())


def _access(path: Any, mode: int) -> bool:
    found = disk.of(Path(path))
    is_read_only = found is not None and found.is_read_only
    return os.access(path, mode) and not (mode & os.W_OK and is_read_only)


def _do_commands(database: Any, asked: Any, *given: Any, **named: Any) -> Any:
    server = next(each for each in world().servers.values() if each.database is database)
    return server.take(asked, *given, **named)


def _token_hex(count: int = 16) -> str:
    return f"{world().chance.getrandbits(8 * count):0{2 * count}x}"


def _choice(of: Any) -> Any:
    return world().chance.choice(of)


class _Chance:
    """`random` for the product: every generator it makes is seeded by the world."""

    @staticmethod
    def Random(seed: Any = None) -> Random:
        return Random(world().chance.getrandbits(64) if seed is None else seed)


@contextmanager
def laid() -> Iterator[None]:
    """Have the product live in the world that plays."""
    from simulation.carried.laying import lay_beside

    disk.ready()
    with ExitStack() as stack:

        def lay(where: Any, **taken: Any) -> None:
            for name, by in taken.items():
                stack.enter_context(patch.object(where, name, by))

        lay(secrets, token_hex=_token_hex, choice=_choice)
        lay(engine_module, random=_Chance, ConnectivityWatch=_watch)
        lay(county_client, Hints=ToldHints, read_news=_read_news)
        for module in (outbox_module, files_module):
            lay(module, DurableFile=_durable)
        lay(bootstrap, SystemClock=lambda: world().building.clock,
            login_token=lambda *_given, **_how: world().building.token,
            address_towards=lambda settings: None,
            log_to=lambda folder: _NoLog())  # fmt: skip
        lay(cache_module, Writer=InlineWriter)
        lay(database, apsw=_with(apsw, Connection=_Connection),
            shutil=_with(database.shutil, disk_usage=_disk_usage),
            os=_with(os, access=_access))  # fmt: skip
        lay(http_client, Sockets=network.Sockets,
            threading=_with(threading, Timer=Timer))  # fmt: skip
        lay(hints, threading=_with(threading, Thread=_listening), random=_Chance)
        lay(sessions, make_watched_pools=network.pools(pool.make_watched_pools))
        lay(urllib3.connection, wait_for_read=network.has_something)
        lay(command_routes, do_commands=_do_commands)
        for module in (api_module, command_routes, file_routes):
            lay(module, run_in_threadpool=_inline)
        lay(starlette.responses, anyio=_ANYIO)
        lay_beside(stack, _inline)
        # What a dead desk's files say when they are let go of.
        lay(sys, unraisablehook=lambda what: None)
        stack.enter_context(_overheard())
        yield


def _with(module: Any, **taken: Any) -> Any:
    """A module with some of its names taken."""
    names = {name: getattr(module, name) for name in dir(module)}
    return SimpleNamespace(**{**names, **taken})


class _Overheard(logging.Handler):
    """What the program itself calls a mistake is in the history."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, disk.Crash):
            return  # The desk died there: no thread of a dead program says anything.
        where = record.exc_info[2] if record.exc_info else None
        last = traceback.extract_tb(where)[-1:] if where else []
        world().say(
            "program error",
            logger=record.name,
            says=str(record.msg),
            error="" if error is None else f"{type(error).__name__}: {error}",
            at=[f"{Path(f.filename).name} {f.name}" for f in last],
        )


@contextmanager
def _overheard() -> Iterator[None]:
    ours, handler = logging.getLogger("desktop"), _Overheard(logging.ERROR)
    ours.addHandler(handler)
    before, ours.propagate = ours.propagate, False
    try:
        yield
    finally:
        ours.propagate = before
        ours.removeHandler(handler)


class _NoLog:
    """A log that nobody reads."""

    level = 100

    def close(self) -> None:
        """Nothing is open."""


def words(language: str) -> Words:
    """The product's words; read once."""
    if language not in _words:
        _words[language] = bootstrap.words_in(language)
    return _words[language]


_words: dict[str, Words] = {}

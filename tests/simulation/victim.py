"""A desk that is killed: real stores, a real line, and a fuse at each crash point.

Run as a program it is a fork server: with everything loaded it forks a desk for each line
of JSON on its input, kills it or lets it kill itself, and answers with one line.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import apsw  # noqa: E402 - the paths above come first for all of these
import msgspec  # noqa: E402
import requests  # noqa: E402, F401 - loaded before the fork

from desktop.application.board import Board  # noqa: E402
from desktop.application.ports import SourceError, SourceSettings  # noqa: E402
from desktop.application.sync.exchange import exchange  # noqa: E402
from desktop.application.sync.worker_state import LONGEST_STATES_S, WorkerState  # noqa: E402
from desktop.connectors.county.client import CountyConnector  # noqa: E402
from desktop.domain.clock import CorrectedClock, SystemClock  # noqa: E402
from desktop.domain.command import Collection, CommandKind, Key  # noqa: E402
from desktop.domain.localized_text import Text  # noqa: E402
from desktop.storage.cache import store as cache_module  # noqa: E402
from desktop.storage.outbox import store as outbox_module  # noqa: E402
from support.contexts import a_context  # noqa: E402
from support.sources import services  # noqa: E402

KEY = bytes(range(32))
ROUNDS = 2
MOST_HEALING = 12


class Task(msgspec.Struct, frozen=True):
    """What one desk is to do, and where it dies."""

    folder: str
    url: str
    run: int
    point: str = ""
    """A name of `POINTS`, `after N ms`, or empty for a desk that lives."""
    nth: int = 0
    careless: bool = False
    """Whether this desk forgets what it sends: the look at the end must find that out."""


class Fuse:
    """Kills this process at the nth time its point is reached."""

    def __init__(self, point: str, nth: int) -> None:
        self.point, self.left = point, nth
        self.doing = ""
        """Which of the outbox's calls is under way."""
        self.renaming = self.renamed = False
        """Whether the transaction under way, or one before, gave the installation a new name."""

    def burns_at(self, point: str) -> bool:
        """Whether this is the moment."""
        if point != self.point:
            return False
        self.left -= 1
        return self.left < 0

    def reach(self, point: str) -> None:
        """Die here, if it is the moment."""
        if self.burns_at(point):
            os.kill(os.getpid(), signal.SIGKILL)


STATEMENTS: tuple[tuple[str, str, str], ...] = (
    ("cache.db", "UPDATE source SET token", "patch applied, token not"),
    ("cache.db", "INSERT INTO incident", "mid snapshot page"),
    ("cache.db", "DELETE FROM staged", "staging swap"),
    ("cache.db", "INSERT INTO staged", "staging swap"),
    ("cache.db", "INSERT INTO grams", "index rebuild"),
    ("cache.db", "INSERT INTO search", "index rebuild"),
    ("cache.db", "UPDATE incident SET version", "offered again, rows not outdated"),
    ("cache.db", "DELETE FROM held", "rows outdated, not committed"),
    ("cache.db", "CREATE", "migration"),
    ("outbox.db", "CREATE", "migration"),
    ("outbox.db", "ALTER", "migration"),
)
"""File, beginning of a statement, and the crash point just before it."""
POINTS = (
    "before outbox commit",
    "after commit before confirm",
    "before send",
    "mid-body",
    "sent, no response",
    "response not committed",
    "result committed, overlay not dropped",
    "patch applied, token not",
    "mid snapshot page",
    "staging swap",
    "index rebuild",
    "migration",
    "checkpoint",
    "epoch requeue",
    "offered again, rows not outdated",
    "rows outdated, not committed",
    "retire",
    "tried not committed",
    "tried written, session not sent",
    "binding not committed",
    "binding written, commands not sent",
    "client id changed, commands not held",
    "client id not committed",
    "commands held, session not opened anew",
)


def light(fuse: Fuse) -> None:
    """Lay the fuse along everything a desk does; for this process only."""

    def traced(db: apsw.Connection) -> None:
        name = Path(db.filename).name

        def before(_cursor: Any, sql: str, _values: Any) -> bool:
            said = " ".join(sql.split()).replace("INSERT OR REPLACE", "INSERT")
            for file, start, point in STATEMENTS:
                if name == file and said.startswith(start):
                    fuse.reach(point)
            if name == "outbox.db":
                _watch_name(fuse, said)
            if name == "outbox.db" and said == "COMMIT":
                fuse.reach(fuse.doing)
            return True

        def folded(_db: Any, _name: str, _pages: int) -> int:
            fuse.reach("checkpoint")
            db.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            fuse.reach("checkpoint")
            return apsw.SQLITE_OK

        db.exec_trace = before
        if fuse.point == "checkpoint":
            # After every commit, where the library would wait for a thousand pages.
            db.set_wal_hook(folded)

    apsw.connection_hooks.append(traced)

    store = outbox_module.SqliteOutbox
    _around(store, "append", fuse, "before outbox commit", "after commit before confirm")
    _around(store, "offering", fuse, "", "before send")
    _around(store, "answer_all", fuse, "", "result committed, overlay not dropped",
            "response not committed")  # fmt: skip
    _around(store, "offer_again", fuse, "epoch requeue", "epoch requeue")
    _around(store, "retire", fuse, "retire", "retire", "retire")
    _around_bind(store, fuse)
    _watch_the_line(fuse)


def _around(
    store: type, call: str, fuse: Fuse, inside: str, after: str, before: str = "before"
) -> None:
    done: Callable[..., Any] = getattr(store, call)

    def watched(*given: Any, **words: Any) -> Any:
        fuse.reach(before)
        fuse.doing = inside
        try:
            answer = done(*given, **words)
        finally:
            fuse.doing = ""
        fuse.reach(after)
        return answer

    setattr(store, call, watched)


def _watch_name(fuse: Fuse, said: str) -> None:
    """The fuses about a copied disk's new name, at the outbox's own statements."""
    if fuse.renamed:
        fuse.reach("commands held, session not opened anew")
    if fuse.renaming:
        fuse.reach(
            "client id not committed"
            if said == "COMMIT"
            else "client id changed, commands not held"
        )
    if said == "COMMIT":
        fuse.renaming, fuse.renamed = False, fuse.renaming or fuse.renamed
    if said.startswith("UPDATE installation"):
        fuse.renaming = True


def _around_bind(store: type, fuse: Fuse) -> None:
    """What is written down before a session is asked for, and when it has been answered."""
    done: Callable[..., Any] = store.bind  # type: ignore[attr-defined]

    def bind(self: Any, source: str, binding: Any) -> Any:
        is_tried = len(binding.tried) > len(self.binding(source).tried)
        fuse.doing = "tried not committed" if is_tried else "binding not committed"
        try:
            answer = done(self, source, binding)
        finally:
            fuse.doing = ""
        fuse.reach(
            "tried written, session not sent" if is_tried else "binding written, commands not sent"
        )
        return answer

    store.bind = bind  # type: ignore[attr-defined]


def _watch_the_line(fuse: Fuse) -> None:
    put, send = http.client.HTTPConnection.putrequest, http.client.HTTPConnection.send
    answered = http.client.HTTPConnection.getresponse
    asked = [""]

    def putting(self: Any, method: str, url: str, *given: Any, **words: Any) -> None:
        asked[0] = f"{method} {url}"
        put(self, method, url, *given, **words)

    def sending(self: Any, data: Any) -> None:
        posting = asked[0].startswith("POST") and "/v1/commands" in asked[0]
        if posting and fuse.burns_at("mid-body"):
            head = bytes(data).find(b"\r\n\r\n") + 4
            send(self, data[: head + (len(data) - head) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        send(self, data)

    def waiting(self: Any, *given: Any, **words: Any) -> Any:
        if "/v1/commands" in asked[0]:
            fuse.reach("sent, no response")
        return answered(self, *given, **words)

    http.client.HTTPConnection.putrequest = putting  # type: ignore[method-assign]
    http.client.HTTPConnection.send = sending  # type: ignore[method-assign]
    http.client.HTTPConnection.getresponse = waiting  # type: ignore[method-assign]


class Desk:
    """The real stores and the real connector; `clicks.log` says what the officer was told."""

    def __init__(self, task: Task) -> None:
        folder = Path(task.folder)
        self.task = task
        self.clock = CorrectedClock(SystemClock())
        self.log = os.open(folder / "clicks.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.outbox = outbox_module.open_outbox(folder, KEY, self.clock)
        self.cache = cache_module.open_cache(folder, KEY, self.clock, {})
        settings = SourceSettings("county", "county", Text("县"), 30.0, {}, task.url)
        self.county = CountyConnector(
            settings, services(lambda _source: None, self.clock, installation=self.outbox)
        )
        self.memory = WorkerState()
        self.context = a_context(
            self.county, self.cache, self.outbox, self.clock, memory=self.memory
        )
        self.board = Board(
            self.cache, self.outbox, self.clock, "officer",
            statuses=lambda: (), day_began_at=lambda now: now - 1, accepts=lambda *_: True,
        )  # fmt: skip

    def say(self, word: str, mark: str, target: str) -> None:
        """One line that outlives this process."""
        os.write(self.log, f"{word} {mark} {target}\n".encode())

    def give(self, number: int) -> None:
        """Click once; the officer relies on it only when the call has returned."""
        mark, target = f"r{self.task.run}c{number}", f"i{1 + number % 3}"
        self.say("clicked", mark, target)
        key = Key("county", Collection.INCIDENTS, target)
        self.board.commands.submit(CommandKind.NOTE, key, {"text": mark})
        self.say("kept", mark, target)

    def exchange(self) -> bool:
        """One exchange; whether all went out."""
        try:
            return exchange(self.context).unsent is None
        except SourceError:
            return False

    def let_states_be_asked(self) -> None:
        """As if the time had passed after which they are."""
        long_ago_s = self.clock.monotonic_s() - LONGEST_STATES_S
        self.memory.note_states_asked(long_ago_s, passed=0, retired=True)

    def close(self) -> None:
        self.county.close()
        self.cache.close()
        self.outbox.close()


def work(task: Task) -> None:
    """A short day: click and exchange, over and over."""
    desk = Desk(task)
    for turn in range(ROUNDS):
        for number in range(2):
            desk.give(2 * turn + number)
        desk.exchange()
        desk.let_states_be_asked()
    desk.exchange()
    desk.close()


def heal(task: Task) -> dict[str, Any]:
    """Exchange until nothing waits; what is here then."""
    desk = Desk(task)
    released = []
    for _ in range(MOST_HEALING):
        well = desk.exchange()
        for record in desk.outbox.list_unfinished():
            if record.hold.wants_decision and desk.outbox.release(
                record.command.key, desk.clock.now()
            ):
                released.append(record.command.body["text"])
        if well and not desk.outbox.list_unfinished():
            desk.exchange()  # What went out after the rows had come shows in the next ones.
            break
    records = sorted(desk.outbox.recent(10_000), key=lambda record: record.seq)
    found = {
        "released": released,
        "records": [[r.command.body["text"], r.state.value] for r in records],
        "rows": {row.id: getattr(row, "version", 0) for row in desk.cache.rows(
            Collection.INCIDENTS)},
    }  # fmt: skip
    desk.close()
    return found


def _child(task: Task) -> None:
    if not task.point and task.nth < 0:
        Path(task.folder, "healed.json").write_text(json.dumps(heal(task)))
        return
    if task.careless:
        outbox_module.SqliteOutbox.offering = _forgetting  # type: ignore[method-assign]
    light(Fuse(task.point, task.nth))
    work(task)


def _forgetting(self: Any, keys: Any, _now: Any) -> None:
    with self._file.transaction() as db:
        for key in keys:
            db.execute("DELETE FROM command WHERE key = ?", (key,))


def _fork(task: Task) -> str:
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            _child(task)
            status = 0
        finally:
            os._exit(status)
    if task.point.startswith("after "):
        time.sleep(task.nth / 1000)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return "killed" if os.WIFSIGNALED(status) else f"ended {os.WEXITSTATUS(status)}"


def main() -> int:
    """Fork a desk for each task until the input ends."""
    for line in sys.stdin:
        print(_fork(msgspec.json.decode(line, type=Task)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

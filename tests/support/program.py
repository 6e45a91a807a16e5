"""The real program as processes of its own: the desk's commands and a county to ask."""

from __future__ import annotations

import os
import selectors
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import msgspec

from support.forked import Forked, ForkServer

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "desktop")
READY_WITHIN_S = 60.0
PROFILE = """\
[desk]
name = "e2e"
title = {{ zh = "云麓县", en = "Yunlu County" }}
timezone = "Asia/Shanghai"
officer = "值班员"
township = "liulin"

[[source]]
id = "county"
kind = "county"
title = {{ zh = "县平台", en = "County" }}
url = "{url}"
expected_period_s = {period_s}
"""


_servers: list[ForkServer] = []


@contextmanager
def imports_shared() -> Iterator[None]:
    """Have programs of the desk be forked from one that has its imports made, where that can be."""
    if not hasattr(os, "fork"):
        yield
        return
    _servers.append(ForkServer())
    try:
        yield
    finally:
        _servers.pop().close()


def county_desk(
    *words: str | Path,
    within_s: float = 60,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with what it said."""
    given = list(map(str, words))
    chosen = dict(os.environ) | dict(environment or {})
    if _servers and (done := _run_forked(_servers[-1], given, within_s, chosen, typed)):
        return done
    return subprocess.run(
        [*PROGRAM, *given],
        cwd=ROOT,
        env=chosen,
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=within_s,
        check=False,
    )


def _run_forked(
    server: ForkServer, words: list[str], within_s: float, environment: dict[str, str], typed: str
) -> subprocess.CompletedProcess[str] | None:
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(typed.encode())
        given.seek(0)
        running = server.start(words, environment, given.fileno(), out.fileno(), err.fileno())
        if running is None:
            return None
        try:
            status = running.wait(within_s)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()
            raise
        for file in (out, err):
            file.seek(0)
        said, complained = (file.read().decode().replace("\r\n", "\n") for file in (out, err))
        return subprocess.CompletedProcess([*PROGRAM, *words], status, said, complained)


def write_profile(file: Path, url: str, period_s: float = 15, ca_file: Path | None = None) -> Path:
    """A profile with one county source at `url`, trusting only `ca_file` when given."""
    text = PROFILE.format(url=url, period_s=period_s)
    if ca_file is not None:
        text += f'ca_file = "{ca_file}"\n'
    file.write_text(text, encoding="utf-8")
    return file


def until(condition: Callable[[], Any], within_s: float, what: str) -> Any:
    """What `condition` answers once that is true; AssertionError when it never is."""
    pause = threading.Event()
    last_s = time.monotonic() + within_s
    while not (answer := condition()):
        assert time.monotonic() < last_s, f"not within {within_s:g} s: {what}"
        pause.wait(0.05)
    return answer


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


class County:
    """A county server in a process of its own, that can be stopped and started again."""

    def __init__(self, folder: Path, *words: str | Path, port: int = 0) -> None:
        self.database = folder / "county.db"
        self._port = port
        self._words = words
        self._process: subprocess.Popen[bytes] | Forked | None = None
        self._said: IO[bytes] | None = None
        self.url = ""
        self.start()

    def start(self) -> None:
        """Serve the same database on the same port as before."""
        words = ("--port", str(self._port), "--database", str(self.database), *self._words)
        ours, theirs = os.pipe()
        self._said = os.fdopen(ours, "rb")
        try:
            self._process = _serve(["demo-county", *map(str, words)], theirs)
        finally:
            os.close(theirs)
        self.url = _first_line(self._said)
        self._port = int(self.url.rpartition(":")[2])

    def stop(self) -> None:
        """End the server as an operator would; idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._said is not None:
            self._said.close()

    def row(self, collection: str, id: str) -> dict[str, Any]:
        """One row as the county's own database holds it."""
        [(body,)] = self.ask(
            "SELECT body FROM rows WHERE collection = ? AND id = ?", collection, id
        )
        found: dict[str, Any] = msgspec.json.decode(body)
        return found

    def commands(self) -> int:
        """How many different commands the county has taken in."""
        [(count,)] = self.ask("SELECT count(*) FROM commands")
        return int(count)

    def ask(self, question: str, *values: str) -> list[tuple[Any, ...]]:
        """Rows of the county's database, read beside the server."""
        db = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return db.execute(question, values).fetchall()
        finally:
            db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _serve(words: list[str], out: int) -> subprocess.Popen[bytes] | Forked:
    """A program that runs until it is told to end and writes into `out`."""
    with Path(os.devnull).open("rb") as nothing:
        server = _servers[-1] if _servers else None
        forked = server and server.start(words, dict(os.environ), nothing.fileno(), out, 2)
        return forked or subprocess.Popen([*PROGRAM, *words], cwd=ROOT, stdin=nothing, stdout=out)


def _first_line(said: IO[bytes]) -> str:
    """What a process says first; AssertionError when it says nothing."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(said, selectors.EVENT_READ)
        line = said.readline() if waiting.select(READY_WITHIN_S) else b""
    assert line.startswith(b"http"), f"the county did not start: {line!r}"
    return line.decode().strip()

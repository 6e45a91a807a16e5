"""A county as its operator has it: a data folder, a server process, backups, accidents."""

from __future__ import annotations

import re
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from faults.real.plan import ACCOUNTS
from faults.real.programs import Process, Programs

READY_WITHIN_S = 40.0
URL = re.compile(r"http://([\d.]+):(\d+)\s")
TOKENS = {name: f"secret-token-of-{name}" for name in ACCOUNTS}
SERVER = "desktop.county_server.command"
"""The program that backs up and restores."""


class CountyFailed(Exception):
    """The server did not come up; what it said."""


def write_accounts(file: Path) -> Path:
    """The accounts file of a county with logins."""
    file.write_text(
        "".join(f'[[account]]\nname = "{n}"\ntoken = "{t}"\n' for n, t in TOKENS.items()),
        encoding="utf-8",
    )
    file.chmod(0o600)
    return file


class County:
    """One county; whoever made it closes it."""

    def __init__(self, folder: Path, programs: Programs, seed: int, *, accounts: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data = folder / "data"
        self.data.mkdir(exist_ok=True)
        self.database = self.data / "county.db"
        self._programs = programs
        self._words = ["--seed", str(seed), "--incidents", "20", "--speed", "0"]
        self._words += ["--scenario", "quiet", "--port", "0", "--database", str(self.database)]
        if accounts:
            self._words += ["--accounts", str(write_accounts(folder / "accounts.toml"))]
        self._process: Process | None = None
        self.address: tuple[str, int] | None = None
        self.refusals: list[str] = []
        """What it said when it would not open an older file without being told to."""

    def start(self) -> tuple[str, int]:
        """Serve; the address. A refusal to lose what it had told of is kept and overruled."""
        try:
            return self._started([])
        except CountyFailed as failed:
            self.refusals.append(str(failed))
            return self._started(["--accept-loss"])

    def _started(self, more: list[str]) -> tuple[str, int]:
        out, err = self.folder / "server.out", self.folder / "server.err"
        out.unlink(missing_ok=True)
        process = self._programs.start(["demo-county", *self._words, *more], out, err)
        last_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < last_s and not process.is_over:
            found = URL.search(out.read_text(encoding="utf-8")) if out.exists() else None
            if found:
                self._process, self.address = process, (found[1], int(found[2]))
                return self.address
            time.sleep(0.01)
        process.kill()
        raise CountyFailed(err.read_text(encoding="utf-8", errors="replace").strip())

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Kill the server, or stop it as an operator would. Idempotent."""
        process, self._process = self._process, None
        self.address = None
        if process is not None:
            process.kill(number)
            process.wait(20)

    def backup(self, name: str) -> None:
        """The operator's own backup, of the running county."""
        self._tool("backup", name)

    def restore(self, name: str) -> None:
        """An announced restore: the server down, the operator's command, the server up."""
        self.end(signal.SIGTERM)
        self._tool("restore", name)

    def copy(self, name: str) -> None:
        """What a file-level backup has of it: the server stopped, its folder copied."""
        self.end(signal.SIGTERM)
        _copy_over(self.data, self.folder / name)

    def copy_back(self, name: str) -> None:
        """A restore nobody announces: the database and its files as they were then.

        What stands beside the database and in no backup stays as it is.
        """
        self.end()
        then = self.folder / name
        for each in self.data.glob("county.db-*"):
            each.unlink()
        shutil.copy2(then / "county.db", self.database)
        for each in then.glob("county.db-*"):
            shutil.copy2(each, self.data / each.name)
        if (then / "county.db.files").exists():
            _copy_over(then / "county.db.files", self.data / "county.db.files")

    def _tool(self, word: str, name: str) -> None:
        """`county-server backup|restore`, overruling a refusal to lose what was told of."""
        words = [word, str(self.folder / name), "--database", str(self.database)]
        out, err = self.folder / f"{word}.out", self.folder / f"{word}.err"
        status = self._programs.start(words, out, err, module=SERVER).wait()
        if status and word == "restore":
            self.refusals.append(err.read_text(encoding="utf-8"))
            words.append("--accept-loss")
            status = self._programs.start(words, out, err, module=SERVER).wait()
        if status:
            raise CountyFailed(f"{word}: {status} {err.read_text(encoding='utf-8')}")

    def open_incidents(self) -> list[str]:
        """Ids of open incidents, as the county's file has them."""
        return [
            str(id)
            for (id,) in self.ask(
                "SELECT id FROM rows WHERE collection = 'incidents' AND open AND body IS NOT NULL"
                " ORDER BY key"
            )
        ]

    def keys(self) -> set[str]:
        """Keys of all commands the county has answered."""
        return {str(key) for (key,) in self.ask("SELECT key FROM commands")}

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Rows of the county's file, read beside the server."""
        with closing(
            sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        ) as database:
            return database.execute(question).fetchall()


def _copy_over(source: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target)

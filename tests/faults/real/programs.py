"""The real program as processes: forked from one that has it imported, or started from nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from faults.real import file_keyring

ROOT = Path(__file__).resolve().parents[3]
ZYGOTE = Path(__file__).with_name("zygote.py")
PROGRAM = "desktop.__main__"
LONGEST_S = 90.0
"""No command of a desk takes so long: what does has hung."""


class Hung(Exception):
    """A program that did not end; it has been killed."""


class Process:
    """One running program, killed or waited for by whoever started it."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._ended = threading.Event()
        self._status = 0

    def end(self, status: int) -> None:
        """Be told how it ended: its status, or minus a signal's number."""
        self._status = status
        self._ended.set()

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self._ended.is_set()

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal, if it is still there."""
        if not self.is_over:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def wait(self, within_s: float = LONGEST_S) -> int:
        """How it ended; raises Hung, having killed it, when it does not."""
        if not self._ended.wait(within_s):
            self.kill()
            self._ended.wait(10)
            raise Hung(f"not over after {within_s:g} s")
        return self._status


class Programs:
    """Starts `county-desk` and the county's programs; one owner, one `close()`."""

    def __init__(self, home: Path) -> None:
        self._environment = _environment(home)
        self._processes: dict[int, Process] = {}
        self._early: dict[int, int] = {}
        self._started: list[int] = []
        self._news = threading.Condition()
        self._dead = False
        self.forked = self.fresh = 0
        self._zygote = subprocess.Popen(
            [sys.executable, str(ZYGOTE)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **self._environment},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def start(
        self,
        words: list[str],
        out: Path,
        err: Path,
        *,
        environment: Mapping[str, str] = {},
        given: Path | None = None,
        module: str = PROGRAM,
        fresh: bool = False,
    ) -> Process:
        """A running program that writes to these files; `fresh` starts a Python of its own."""
        if fresh:
            return self._start_fresh(words, out, err, environment, given, module)
        self.forked += 1
        asked = {
            "words": words,
            "out": str(out),
            "err": str(err),
            "in": "" if given is None else str(given),
            "environment": {**self._environment, **environment},
            "module": module,
        }
        assert self._zygote.stdin is not None
        with self._news:
            self._zygote.stdin.write(json.dumps(asked).encode() + b"\n")
            self._zygote.stdin.flush()
            assert self._news.wait_for(lambda: self._started or self._dead, 30), "no fork"
            pid = self._started.pop(0)
            process = self._processes[pid] = Process(pid)
            if pid in self._early:
                process.end(self._early.pop(pid))
        return process

    def _start_fresh(
        self,
        words: list[str],
        out: Path,
        err: Path,
        environment: Mapping[str, str],
        given: Path | None,
        module: str,
    ) -> Process:
        self.fresh += 1
        with (
            out.open("wb") as said,
            err.open("wb") as complained,
            (given or Path(os.devnull)).open("rb") as read,
        ):
            running = subprocess.Popen(
                [sys.executable, "-m", module, *words],
                cwd=ROOT,
                env={**os.environ, **self._environment, **environment},
                stdin=read,
                stdout=said,
                stderr=complained,
            )
        process = Process(running.pid)
        threading.Thread(target=lambda: process.end(running.wait()), daemon=True).start()
        return process

    def _read(self) -> None:
        assert self._zygote.stdout is not None
        for line in self._zygote.stdout:
            told = json.loads(line)
            with self._news:
                if "started" in told:
                    self._started.append(told["started"])
                elif "ended" in told:
                    process = self._processes.pop(told["ended"], None)
                    if process is None:
                        self._early[told["ended"]] = told["status"]
                    else:
                        process.end(told["status"])
                self._news.notify_all()
        with self._news:
            self._dead = True
            self._news.notify_all()

    def close(self) -> None:
        """Kill what still runs and end the zygote. Idempotent."""
        with self._news:
            left = list(self._processes.values())
        for process in left:
            process.kill()
        if self._zygote.poll() is None:
            assert self._zygote.stdin is not None
            self._zygote.stdin.close()
            self._zygote.wait(30)
        self._reader.join(10)
        if self._zygote.stdout is not None:
            self._zygote.stdout.close()


def _environment(home: Path) -> dict[str, str]:
    """Folders of the run's own, and no session bus: nobody's real profile is touched."""
    found = {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        "PYTHON_KEYRING_BACKEND": file_keyring.CHOSEN,
        file_keyring.PLACE: str(home / "keyring.json"),
        "DBUS_SESSION_BUS_ADDRESS": "",
        "QT_QPA_PLATFORM": "offscreen",
    }
    for name in ("CONFIG", "DATA", "STATE", "CACHE"):
        folder = home / name.lower()
        folder.mkdir(parents=True, exist_ok=True)
        found[f"XDG_{name}_HOME"] = str(folder)
    return found

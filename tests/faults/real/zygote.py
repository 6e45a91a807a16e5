"""A process with the whole program imported that forks a `county-desk` for each line it reads.

What it forks begins at `desktop.__main__.main` with a command line, an environment and
files for its output, and ends as any process does: only the imports are spared.
Lines of JSON in: `{"words": [...], "environment": {...}, "out": FILE, "err": FILE}`.
Lines of JSON out: `{"started": PID}` for each in its turn, `{"ended": PID, "status": N}`.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

CONNECTORS = ROOT / "desktop" / "connectors"
IMPORTED = (
    "desktop.__main__",
    "desktop.bootstrap",
    "desktop.commands.command",
    "desktop.commands.outbox",
    "desktop.commands.sync",
    "desktop.commands.listing",
    "desktop.commands.probe",
    "desktop.commands.login",
    *(f"desktop.connectors.{place.parent.name}.client" for place in CONNECTORS.glob("*/client.py")),
    "desktop.demo.command",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.lifespan.on",
    "faults.real.file_keyring",
    "desktop.county_server.command",
)

CLOCK = "COUNTY_DESK_TEST_CLOCK_S"
"""By how many seconds the program's clock is wrong; this computer's stays right."""


def _say(**words: Any) -> None:
    os.write(1, json.dumps(words).encode() + b"\n")


def _become(asked: dict[str, Any]) -> int:
    """In the child: the program's own status."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    out = os.open(asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    err = os.open(asked["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    given = os.open(asked["in"], os.O_RDONLY) if asked.get("in") else nothing
    for number, file in enumerate((given, out, err)):
        os.dup2(file, number)
    os.environ.update(asked["environment"])
    if wrong_by_s := int(os.environ.get(CLOCK, "0")):
        right = time.time_ns
        time.time_ns = lambda: right() + wrong_by_s * 1_000_000_000
    words = asked["words"]
    sys.argv = ["county-desk", *words]
    sys.stdin = os.fdopen(0, encoding="utf-8")
    sys.stdout = os.fdopen(1, "w", encoding="utf-8")
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1)
    program = importlib.import_module(asked["module"])
    status: int = program.main(words)
    return status


def _reap() -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        _say(ended=pid, status=os.waitstatus_to_exitcode(status))


def main() -> int:
    """Fork until the input ends; in a fork, be the program."""
    for name in IMPORTED:
        importlib.import_module(name)
    woken, wake = os.pipe()
    for end in (woken, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake)
    left = b""
    _say(ready=True)
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _reap()
        if 0 not in ready:
            continue
        chunk = os.read(0, 65_536)
        if not chunk:
            return 0
        *lines, left = (left + chunk).split(b"\n")
        for line in lines:
            pid = os.fork()
            if pid == 0:
                os.close(woken)
                os.close(wake)
                return _become(json.loads(line))
            _say(started=pid)


if __name__ == "__main__":
    sys.exit(main())

"""A process with the program imported, that forks a `county-desk` for each packet it is sent.

What it forks begins at `desktop.__main__.main` with its words and its three files, and ends as
any process does: only the imports are spared. A packet is the words as JSON, with a line and the
three files beside it; down the line go the process's number and, in the end, its status.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LONGEST_BYTES = 131_072
ALSO = (
    "desktop.connectors.cap.client",
    "desktop.connectors.county.client",
    "desktop.connectors.prometheus.client",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.h11_impl",
)
"""Imported once a profile or a server asks for it."""


def main(number: int) -> int:
    """Fork until whoever asks has gone; in a fork, be the program."""
    _import_all()
    control = socket.socket(fileno=number)
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake)
    lines: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([number, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            _tell_who_ended(lines)
        if number not in ready:
            continue
        packet, files, _, _ = socket.recv_fds(control, LONGEST_BYTES, 4)
        if not packet:
            return 0
        pid = os.fork()
        if pid == 0:
            return _be(json.loads(packet), files[1:])
        os.write(files[0], b"%d\n" % pid)
        lines[pid] = files[0]
        for file in files[1:]:
            os.close(file)


def _import_all() -> None:
    from desktop.__main__ import COMMANDS, SCREEN

    for name in sorted({module for module, _ in COMMANDS.values()} - {SCREEN}) + list(ALSO):
        importlib.import_module(name)
    assert "PySide6" not in sys.modules, "Qt does not outlive a fork"
    gc.collect()
    gc.freeze()


def _be(words: list[str], files: list[int]) -> int:
    """In the child: the program's own status."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    _open_files()
    from desktop import __main__ as program

    sys.argv = [program.__file__, *words]
    return program.main()


def _open_files() -> None:
    """Open them anew: a pipe is not what the server itself had there."""
    sys.stdin = os.fdopen(0, encoding=sys.stdin.encoding, errors=sys.stdin.errors)
    sys.stdout = os.fdopen(1, "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)
    sys.stderr = os.fdopen(2, "w", 1, encoding=sys.stderr.encoding, errors=sys.stderr.errors)


def _tell_who_ended(lines: dict[int, int]) -> None:
    while lines:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        line = lines.pop(pid)
        os.write(line, b"%d\n" % os.waitstatus_to_exitcode(status))
        os.close(line)


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    sys.exit(main(int(sys.argv[1])))

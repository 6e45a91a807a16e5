"""Programs of the desk without their imports: each forked from a process that has made them.

The first of each command is started from nothing all the same, and so is what is given another
environment: a command that fails to import what it needs is still found.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from support.fork_server import LONGEST_BYTES, ROOT

SERVER = Path(__file__).with_name("fork_server.py")
IS_COMMAND = re.compile("[a-z][a-z-]*").fullmatch
OWN_TO_A_TEST = {"PYTEST_CURRENT_TEST"}


class Forked:
    """A running program; it is asked, waited for and ended as a `subprocess.Popen` is."""

    def __init__(self, words: Sequence[str], line: socket.socket) -> None:
        self.args, self._line = words, line
        self.returncode: int | None = None
        self.pid = self._read_number(30.0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended; raises TimeoutExpired while it has not."""
        if self.returncode is None:
            self.returncode = self._read_number(timeout)
            self._line.close()
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self._send(signal.SIGKILL)

    def _send(self, number: signal.Signals) -> None:
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def _read_number(self, within_s: float | None) -> int:
        self._line.settimeout(within_s)
        told = b""
        try:
            while not told.endswith(b"\n"):
                byte = self._line.recv(1)
                assert byte, "the server of forks has gone"
                told += byte
        except TimeoutError:
            raise subprocess.TimeoutExpired(self.args, within_s or 0) from None
        return int(told)


class ForkServer:
    """The process that is forked, begun when first needed; one owner, one `close()`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._environment: dict[str, str] = {}
        self._begun: set[tuple[str, ...]] = set()

    def start(
        self,
        words: Sequence[str],
        environment: dict[str, str],
        given: int,
        out: int,
        err: int,
    ) -> Forked | None:
        """A fork that runs these words; None where they are to be started from nothing."""
        command = tuple(word for word in words[:2] if IS_COMMAND(word))
        if command not in self._begun:
            self._begun.add(command)
            return None
        if self._process is None:
            self._begin(environment)
        packet = json.dumps(list(words), ensure_ascii=False).encode()
        if _lasting(environment) != self._environment or len(packet) > LONGEST_BYTES:
            return None
        here, there = socket.socketpair()
        with there:
            files = [there.fileno(), given, out, err]
            socket.send_fds(self._control, [packet], files)
        return Forked(words, here)

    def _begin(self, environment: dict[str, str]) -> None:
        self._control, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._environment = _lasting(environment)
        with there:
            self._process = subprocess.Popen(
                [sys.executable, str(SERVER), str(there.fileno())],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[there.fileno()],
            )

    def close(self) -> None:
        """End the server, which leaves alone what it has forked. Idempotent."""
        process, self._process = self._process, None
        if process is not None:
            self._control.close()
            process.wait(30)


def _lasting(environment: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in environment.items() if name not in OWN_TO_A_TEST}

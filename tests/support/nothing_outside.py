"""A test's world without disk, network and other programs."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import apsw
import pytest

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NETWORKS = (socket.AF_INET, socket.AF_INET6)
OTHER_WRITES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "os.symlink"}
PROGRAMS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"}
IN_MEMORY = (":memory:", "")
OWN_BUSINESS = re.compile(rf"^{os.devnull}$|[/\\](__pycache__|\.hypothesis)([/\\]|$)")
"""What Python and the tools keep for themselves."""


class Refused(AssertionError):
    """A unit test reached for what its folder has not."""


class _Guard:
    """Python's own events, refused while `closed`; a hook of them can never be taken out."""

    closed = False
    hooked = False

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.closed and (told := _refusal(event, arguments)):
            raise Refused(
                f"{told}: tests/unit has no disk, no network and no other program; "
                "such a test belongs to tests/integration, or to tests/contract when it holds "
                "both ends to what they agreed on"
            )


_guard = _Guard()


def _refusal(event: str, arguments: tuple[Any, ...]) -> str:
    """What was reached for, in words; empty when it may be."""
    if event == "open":
        return _opened(*arguments)
    if event == "sqlite3.connect":
        return "" if arguments[0] in IN_MEMORY else f"the database {arguments[0]!s} was opened"
    if event == "socket.__new__":
        return "a network socket was made" if arguments[1] in NETWORKS else ""
    if event in OTHER_WRITES:
        own = OWN_BUSINESS.search(os.fsdecode(arguments[0]))
        return "" if own else f"{arguments[0]!s} was changed ({event})"
    return f"a program was started ({event})" if event in PROGRAMS else ""


def _opened(path: str | bytes | int, mode: str | None, flags: int) -> str:
    writes = bool(set("wxa+") & set(mode)) if mode else bool(flags & WRITING)
    if not writes or isinstance(path, int) or OWN_BUSINESS.search(os.fsdecode(path)):
        return ""
    return f"{path!s} was opened for writing"


@contextmanager
def nothing_outside() -> Iterator[None]:
    """Refuse writing, databases on disk, network sockets and programs, saying which it was."""
    if not _guard.hooked:
        sys.addaudithook(_guard.hear)
        _guard.hooked = True
    connection = apsw.Connection

    def connect(filename: str, *words: Any, **named: Any) -> Any:
        _guard.hear("sqlite3.connect", (filename,))  # Which apsw itself tells nobody.
        return connection(filename, *words, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apsw, "Connection", connect)
        _guard.closed = True
        try:
            yield
        finally:
            _guard.closed = False

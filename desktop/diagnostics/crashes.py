"""Crashes of a desk, kept until the next start: where in the program, and nothing personal."""

from __future__ import annotations

import faulthandler
import hashlib
import os
import re
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

FAULT_FILE, REPORTS_FILE = "fault.txt", "reports.json"
KEPT_REPORTS = 20
MOST_FRAMES = 40
LARGEST_FAULT = 200_000
_HEAD = re.compile(r"(?:Fatal Python error|Windows fatal exception): ([A-Za-z _]{1,60})")
_FRAME = re.compile(r'  File "([^"\n]+)", line (\d+) in (\S+)')
_SEPARATOR = re.compile(r"[/\\]")
_CURRENT = re.compile(r"^Current thread .*$", re.MULTILINE)


class CrashReport(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way in which the program failed, however often."""

    error: str
    """An exception's type, or the system's words for a fault."""
    frames: tuple[str, ...]
    """`file.py:12 function`, the innermost last; folders are left out, for they name the user."""
    first_at: int
    last_at: int
    version: str
    count: int = 1
    is_fatal: bool = False
    """Whether the program ended with it."""
    is_told: bool = False
    """Whether the officer has been told of the last time."""

    @property
    def print(self) -> str:
        """Return what tells it from others."""
        whole = "\n".join((self.error, *self.frames))
        return hashlib.blake2b(whole.encode(), digest_size=8).hexdigest()


class CrashWatch:
    """Keeps what goes wrong in a desk's folder from `begin()` to `close()`. Thread-safe.

    Nothing of it fails: on a full or read-only disk nothing is kept.
    """

    def __init__(self, folder: Path, read_version: Callable[[], str]) -> None:
        """The folder is that of the crashes alone; the caller holds the desk's lock."""
        self._folder, self._read_version, self._version = folder, read_version, "-"
        self._lock = threading.Lock()
        self._fault: int | None = None
        self._reports: list[CrashReport] = []

    def begin(self) -> CrashReport | None:
        """Watch from now on; return the crash with which the program ended last, if untold."""
        self._version = self._read_version()
        with self._lock, suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._reports = read_reports(self._folder)
            fault = read_fault(self._folder / FAULT_FILE, self._version)
            if fault is not None:
                self._add(fault)
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
            self._fault = os.open(self._folder / FAULT_FILE, flags, 0o600)
            faulthandler.enable(self._fault)
        untold = [each for each in self._reports if each.is_fatal and not each.is_told]
        return max(untold, key=lambda each: each.last_at, default=None)

    def mark_told(self) -> None:
        """Remember that the officer has been told of every crash there is."""
        with self._lock:
            told = [msgspec.structs.replace(each, is_told=True) for each in self._reports]
            self._reports = told
            self._keep()

    def note(
        self, kind: type[BaseException], _error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep an error that nobody caught, and with which the program goes on."""
        now = time.time_ns() // 1_000_000
        found = [
            f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(trace)
        ]
        report = CrashReport(
            kind.__name__, tuple(found[-MOST_FRAMES:]), now, now, self._version, is_told=True
        )
        with self._lock:
            self._add(report)

    def close(self) -> None:
        """End the watch: the program ends as it should; idempotent."""
        with self._lock:
            fault, self._fault = self._fault, None
            if fault is None:
                return
            faulthandler.disable()
            os.close(fault)
            self._keep()
            with suppress(OSError):
                (self._folder / FAULT_FILE).unlink()

    def _add(self, report: CrashReport) -> None:
        """Count it with those alike; only a new one is written at once."""
        before = next((each for each in self._reports if each.print == report.print), None)
        if before is not None:
            self._reports.remove(before)
            report = msgspec.structs.replace(
                report, first_at=before.first_at, count=before.count + report.count
            )
        self._reports = [*self._reports, report][-KEPT_REPORTS:]
        if before is None or report.is_fatal:
            self._keep()

    def _keep(self) -> None:
        draft = self._folder / f"{REPORTS_FILE}.new"
        with suppress(OSError):
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(self._reports))
            draft.replace(self._folder / REPORTS_FILE)


def read_reports(folder: Path) -> list[CrashReport]:
    """Return the crashes kept in a folder, the latest last; none where they cannot be read."""
    try:
        return msgspec.json.decode(
            (folder / REPORTS_FILE).read_bytes(), type=list[CrashReport], strict=False
        )
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return []


def read_fault(file: Path, version: str) -> CrashReport | None:
    """Return the fault that a run before wrote as it died; None where it wrote none."""
    try:
        at = file.stat().st_mtime_ns // 1_000_000
        with file.open("rb") as opened:
            text = opened.read(LARGEST_FAULT).decode("utf-8", "replace")
    except OSError:
        return None
    head = _HEAD.search(text)
    if head is None:
        return None
    frames = _frames(text)
    return CrashReport(head[1].strip(), frames, at, at, version, is_fatal=True)


def _frames(text: str) -> tuple[str, ...]:
    """Return where the thread that died was, the innermost last."""
    current = _CURRENT.search(text)
    lines: Sequence[str] = text[current.end() :].split("\n\n", 1)[0].splitlines() if current else ()
    found = [match for line in lines if (match := _FRAME.match(line))]
    names = [f"{_SEPARATOR.split(each[1])[-1]}:{each[2]} {each[3]}" for each in found]
    return tuple(reversed(names[:MOST_FRAMES]))

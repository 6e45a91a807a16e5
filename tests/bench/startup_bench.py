"""`startup`: process start to cached incidents painted in a real window, over a bare window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desk_folder import filled, write_profile
from figure import CannotMeasure, Figure, at_most, median, told

from desktop.gui.first_paint import VARIABLE
from support.display import Display

RUNS = 7
COLD_RUNS = 3
PAGE_CACHE = Path("/proc/sys/vm/drop_caches")
PAINTED_WITHIN_S = 60.0
POLL_S = 0.005
TARGET = 2.0
TARGET_AT_SCALE = 1.3
TEN_THOUSAND, MILLION = 10_000, 1_000_000
BARE = """\
import os, sys, time
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            painted = QEvent(QEvent.Type.User)
            QCoreApplication.postEvent(self, painted, Qt.EventPriority.HighEventPriority.value)
        return False

    def customEvent(self, event):
        with open(os.environ["%s"], "w") as file:
            file.write(f"{time.monotonic():.6f}")

app = QApplication(sys.argv)
window = QMainWindow()
label = QLabel("label")
window.setCentralWidget(label)
watch = Watch()
label.installEventFilter(watch)
window.resize(1366, 768)
window.show()
app.exec()
"""
"""The floor: what this Python and this Qt need for any window at all."""


def measure() -> list[Figure]:
    """Bare window, desk on 10,000 and desk on 1,000,000, in turns on one display."""
    commands = {
        "bare": bare_window,
        "10k": lambda scratch: _desk(filled(TEN_THOUSAND), scratch),
        "1M": lambda scratch: _desk(filled(MILLION), scratch),
    }
    filled(TEN_THOUSAND), filled(MILLION)
    taken: dict[str, list[float]] = {name: [] for name in commands}
    with Display() as display, tempfile.TemporaryDirectory() as scratch:
        for run in range(RUNS + 1):
            for name, command in commands.items():
                painted_s = painted_after_s(command, Path(scratch), display)
                if run:  # The first round fills the disk cache, and compiles.
                    taken[name].append(painted_s)
        cold = [
            [_cold_s(commands[name], Path(scratch), display) for name in ("bare", "10k")]
            for _ in range(COLD_RUNS if _may_empty_cache() else 0)
        ]
    bare, ten_thousand, million = (median(taken[name]) * 1000 for name in commands)
    return [
        at_most("startup", ten_thousand / bare, "× bare window (ms)", TARGET, bare),
        told("startup-10k", ten_thousand, "ms from process start to rows painted", bare),
        at_most(
            "startup-1M", million / ten_thousand, "× 10,000 (ms)", TARGET_AT_SCALE, ten_thousand
        ),
        told("startup-1M-ms", million, "ms from process start to rows painted", bare),
        _cold(cold),
    ]


def _cold(runs: list[list[float]]) -> Figure:
    """The start after a boot, from a disk of which nothing is in memory."""
    if not runs:
        return told("startup-cold", None, "ms, page cache dropped: only root may drop it")
    bare, desk = (median(each) * 1000 for each in zip(*runs, strict=True))
    return told("startup-cold", desk, "ms, page cache dropped, bare window (ms)", bare)


def _may_empty_cache() -> bool:
    return os.access(PAGE_CACHE, os.W_OK)


def _cold_s(command: Callable[[Path], list[str]], scratch: Path, display: Display) -> float:
    os.sync()
    PAGE_CACHE.write_text("3", encoding="ascii")
    return painted_after_s(command, scratch, display)


def bare_window(_scratch: Path) -> list[str]:
    """The command of the floor."""
    return [sys.executable, "-c", BARE % VARIABLE]


def _desk(folder: Path, scratch: Path) -> list[str]:
    """The real program on a filled desk folder, with a source that does not answer."""
    profile = write_profile(scratch / "bench.toml")
    return [
        *(sys.executable, "-m", "desktop", "desk", "--profile", str(profile)),
        *("--profile-dir", str(folder), "--key", "file"),
    ]


def painted_after_s(command: Callable[[Path], list[str]], scratch: Path, display: Display) -> float:
    """Seconds from the start of a process to its first paint that counts."""
    mark = scratch / "painted"
    mark.unlink(missing_ok=True)
    words = command(scratch)
    environment = display.environment() | {
        VARIABLE: str(mark),
        "PYTHONPATH": os.fspath(Path(__file__).parents[2]),
        "PYTHONPYCACHEPREFIX": os.fspath(scratch / "compiled"),
    }
    # As installed: with bytecode. A checkout may be told to write none.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    errors = scratch / "errors"
    with errors.open("wb") as told_errors:
        begun_s = time.monotonic()
        process = subprocess.Popen(
            words, env=environment, stdout=subprocess.DEVNULL, stderr=told_errors
        )
    try:
        while not (mark.exists() and mark.stat().st_size):
            late = time.monotonic() - begun_s > PAINTED_WITHIN_S
            if late or process.poll() is not None:
                said = errors.read_text("utf-8", "replace")[-800:]
                why = f"exit status {process.poll()}" if not late else "nothing painted"
                raise CannotMeasure(f"{' '.join(words[1:4])}: {why}\n{said}")
            _pause(process)
        return float(mark.read_text()) - begun_s
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _pause(process: subprocess.Popen[bytes]) -> None:
    """Let a moment pass, or less when the process ends."""
    try:
        process.wait(POLL_S)
    except subprocess.TimeoutExpired:
        return

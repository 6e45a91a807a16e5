"""`memory`: the desk after a while of updates, against a browser with the same list and map."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from figure import CannotMeasure, Figure, at_most, median, told
from page import page

from desktop.gui.first_paint import VARIABLE
from support.display import Display
from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile

INCIDENTS = 10_000
SECONDS = 60
SPEED = 10
"""A minute of the county's evening at ten times its pace stands for ten minutes of it."""
SAMPLES = 5
TARGET_MB = 200.0
TARGET_SHARE = 1 / 3
WITHIN_S = 60.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def measure(seconds: float = SECONDS) -> list[Figure]:
    """Start from a full cache, live with the county for a while, then weigh both."""
    with tempfile.TemporaryDirectory() as scratch, Display() as display:
        folder = Path(scratch)
        words = ("--speed", str(SPEED), "--incidents", str(INCIDENTS))
        with County(folder, *words) as county:
            profile = write_profile(folder / "desk.toml", county.url, period_s=5)
            desk = ("--profile", profile, "--profile-dir", folder / "desk", "--key", "file")
            synced = county_desk("sync", "--once", *desk, within_s=120)
            if synced.returncode:
                raise CannotMeasure(synced.stdout + synced.stderr)
            begun_mb, lived_mb = _desk_mb(
                [os.fspath(word) for word in desk], display, folder, seconds
            )
            html = page(folder / "desk.html", _listed("incidents", desk), _listed("assets", desk))
        browser_mb = _browser_mb(html, folder)
    when = f"after {seconds:g} s at {SPEED}× (for {seconds * SPEED / 60:g} min at 1×)"
    share = None if browser_mb is None else lived_mb / browser_mb
    return [
        at_most("memory", lived_mb, f"MB PSS, {INCIDENTS:,} incidents, {when}", TARGET_MB),
        told("memory-begun", begun_mb, "MB PSS when the window was whole"),
        told("memory-share", None, "× headless Chromium (MB): peer missing")
        if share is None
        else at_most("memory-share", share, "× headless Chromium (MB)", TARGET_SHARE, browser_mb),
    ]


def _listed(collection: str, desk: tuple[object, ...]) -> list[dict[str, object]]:
    done = county_desk("list", collection, "--all", "--offline", "--json", *map(str, desk))
    rows: list[dict[str, object]] = json.loads(done.stdout)["rows"]
    return rows


def _desk_mb(
    words: list[str], display: Display, folder: Path, seconds: float
) -> tuple[float, float]:
    """Memory of the real desk soon after its first paint, and after living for a while."""
    mark = folder / "painted"
    errors = folder / "errors"
    with errors.open("wb") as said:
        process = subprocess.Popen(
            [*PROGRAM, "desk", *words],
            cwd=ROOT,
            env=display.environment() | {VARIABLE: str(mark)},
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    try:
        until(lambda: mark.exists() or process.poll() is not None, WITHIN_S, "a painted list")
        _pass(3)
        begun_mb = _pss_mb([process.pid])
        _pass(max(0.0, seconds - SAMPLES))
        samples = []
        for _ in range(SAMPLES):
            _pass(1)
            samples.append(_pss_mb([process.pid]))
        return begun_mb, median(samples)
    except (psutil.Error, OSError) as error:
        raise CannotMeasure(f"the desk ended: {errors.read_text()[-800:]}") from error
    finally:
        process.terminate()
        process.wait(10)


def _browser_mb(html: Path, folder: Path) -> float | None:
    """Memory of every process of a headless browser that shows the page; None without one."""
    program = next((p for name in BROWSERS if (p := shutil.which(name))), None) or _installed()
    if program is None:
        return None
    with _browser(program, html, folder / "browser") as process:
        _pass(5)
        samples = []
        for _ in range(SAMPLES):
            _pass(1)
            family = [process, *process.children(recursive=True)]
            samples.append(_pss_mb([one.pid for one in family]))
    return median(samples)


@contextmanager
def _browser(program: str, html: Path, folder: Path) -> Iterator[psutil.Process]:
    """A browser that has finished loading the page."""
    words = ["--headless", "--disable-gpu", "--window-size=1920,1080", "--remote-debugging-port=0"]
    if os.geteuid() == 0:
        words.append("--no-sandbox")
    process = subprocess.Popen(
        [program, *words, f"--user-data-dir={folder}", html.as_uri()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _title(folder) == "ready", WITHIN_S, "the page in the browser")
        yield psutil.Process(process.pid)
    finally:
        for child in psutil.Process(process.pid).children(recursive=True):
            child.terminate()
        process.terminate()
        process.wait(10)


def _title(folder: Path) -> str:
    """The title of the page the browser shows, which the page sets when it is drawn."""
    port_file = folder / "DevToolsActivePort"
    if not port_file.exists():
        return ""
    port = port_file.read_text().split("\n", 1)[0]
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=5) as answer:
            shown = json.load(answer)
    except (urllib.error.URLError, ValueError, ConnectionError):
        return ""
    return next((str(one["title"]) for one in shown if one["type"] == "page"), "")


def _installed() -> str | None:
    """Debian's Chromium, installed when that is possible."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    line = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    print("installing chromium as the peer to weigh against …", file=sys.stderr, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(line, env=environment, stdout=subprocess.DEVNULL, check=False, timeout=600)
    return shutil.which("chromium")


def _pss_mb(pids: list[int]) -> float:
    """Memory in use by these processes together, pages shared by them counted once."""
    total_kb = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total_kb += int(line.split()[1])
    return total_kb / 1024


def _pass(seconds: float) -> None:
    """Let that much time pass."""
    begun_s = time.monotonic()
    threading.Event().wait(seconds)
    assert time.monotonic() - begun_s >= seconds * 0.99

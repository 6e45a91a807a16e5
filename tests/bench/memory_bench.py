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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from desk_folder import filled
from figure import CannotMeasure, Figure, at_most, median, told
from page import page

from support.display import Display
from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile

INCIDENTS, MILLION = 10_000, 1_000_000
SECONDS = 60
SPEED = 10
"""A minute of the county's evening at ten times its pace stands for ten minutes of it."""
SAMPLES = 5
TARGET_MB = 200.0
TARGET_SHARE = 1 / 3
SAME = 1.1
STILL_S = 20.0
WITHIN_S = 60.0
SYNCED_WITHIN_S = 180.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def measure(seconds: float = SECONDS) -> list[Figure]:
    """Have a window fill its own empty cache, live with the county for a while, and weigh it."""
    with tempfile.TemporaryDirectory() as scratch, Display() as display:
        folder = Path(scratch)
        words = ("--speed", str(SPEED), "--incidents", str(INCIDENTS))
        with County(folder, *words) as county:
            profile = write_profile(folder / "desk.toml", county.url, period_s=5)
            desk = ("--profile", profile, "--profile-dir", folder / "desk", "--key", "file")
            first = weigh_living(desk, display, folder, seconds)
            again = weigh_living(desk, display, folder, seconds)
            html = page(folder / "desk.html", _listed("incidents", desk), _listed("assets", desk))
        small, large = (_still_mb(count, display, folder) for count in (INCIDENTS, MILLION))
        browser_mb = _browser_mb(html, folder)
    when = f"after {seconds:g} s at {SPEED}× (for {seconds * SPEED / 60:g} min at 1×)"
    share = None if browser_mb is None else first.lived_mb / browser_mb
    return [
        at_most("memory", first.lived_mb, f"MB PSS, own first sync, {when}", TARGET_MB),
        told("memory-synced", first.begun_mb, f"MB PSS, {INCIDENTS:,} incidents just synced"),
        told("memory-highest", first.highest_mb, "MB PSS, the most at any second of it"),
        told("memory-again", again.lived_mb, f"MB PSS, opened on the full cache, {when}"),
        at_most("memory-1M", large / small, "× 10,000 (MB), without a source", SAME, small),
        told("memory-share", None, "× headless Chromium (MB): peer missing")
        if share is None
        else at_most("memory-share", share, "× headless Chromium (MB)", TARGET_SHARE, browser_mb),
    ]


@dataclass
class Weighed:
    """What a desk weighed as it had all incidents, after living for a while, and at most."""

    begun_mb: float
    lived_mb: float
    highest_mb: float


def _listed(collection: str, desk: Sequence[object]) -> list[dict[str, object]]:
    """Rows as another program reads them beside the window; none before there is a store."""
    done = county_desk("list", collection, "--all", "--offline", "--json", *map(str, desk))
    if done.returncode:
        return []
    rows: list[dict[str, object]] = json.loads(done.stdout)["rows"]
    return rows


def weigh_living(
    words: Sequence[object],
    display: Display,
    folder: Path,
    seconds: float,
    *,
    posture: str = "desk",
    wanted: int = INCIDENTS,
) -> Weighed:
    """Memory of a window from its start until it has lived with all incidents for a while."""
    scales = Scales()
    with opened_window(words, display, folder, posture) as process:
        pass_time(1)  # Else the reader beside it may be the one that opens the folder.
        while len(_listed("incidents", words)) < wanted:
            if time.monotonic() - scales.begun_s > SYNCED_WITHIN_S:
                raise CannotMeasure(f"not all incidents after {SYNCED_WITHIN_S:g} s")
            pass_time(1)
            scales.weigh(process)
        begun_mb = scales.weigh(process)
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            pass_time(1)
            scales.weigh(process)
    return Weighed(begun_mb, median(scales.taken[-SAMPLES:]), max(scales.taken))


def _still_mb(count: int, display: Display, folder: Path) -> float:
    """Memory of a desk on a cache with so many incidents and a source that does not answer."""
    desk = filled(count)
    words = ("--profile", desk / "bench.toml", "--profile-dir", desk, "--key", "file")
    return weigh_still_mb(words, display, folder)


def weigh_still_mb(
    words: Sequence[object],
    display: Display,
    folder: Path,
    still_s: float = STILL_S,
    posture: str = "desk",
) -> float:
    """Memory of a window whose source does not answer, after it was left alone for so long."""
    scales = Scales()
    with opened_window(words, display, folder, posture) as process:
        pass_time(still_s)
        for _ in range(SAMPLES):
            pass_time(1)
            scales.weigh(process)
    return median(scales.taken)


class Scales:
    """What one process weighed, each time it was looked at."""

    def __init__(self) -> None:
        self.begun_s = time.monotonic()
        self.taken: list[float] = []

    def weigh(self, process: subprocess.Popen[bytes]) -> float:
        """Weigh it once more."""
        self.taken.append(_pss_mb([process.pid]))
        return self.taken[-1]


@contextmanager
def opened_window(
    words: Sequence[object], display: Display, folder: Path, posture: str = "desk"
) -> Iterator[subprocess.Popen[bytes]]:
    """A window of the real program, as it opens."""
    errors = folder / "errors"
    with errors.open("wb") as said:
        process = subprocess.Popen(
            [*PROGRAM, posture, *map(str, words)],
            cwd=ROOT,
            env=display.environment(),
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    try:
        yield process
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
        pass_time(5)
        samples = []
        for _ in range(SAMPLES):
            pass_time(1)
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


def pass_time(seconds: float) -> None:
    """Let that much time pass."""
    begun_s = time.monotonic()
    threading.Event().wait(seconds)
    assert time.monotonic() - begun_s >= seconds * 0.99

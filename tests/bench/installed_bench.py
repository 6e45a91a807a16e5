"""`installed`: the Debian package in a clean Debian, beside the checkout that it was built from."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
from desk_folder import filled, write_profile
from figure import CannotMeasure, Figure, at_most, median, told
from startup_bench import PAINTED_WITHIN_S, POLL_S, TEN_THOUSAND

from desktop.gui.first_paint import VARIABLE

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "packaging"))

from devkit.packages import deb, flavours  # noqa: E402 - needs the path above
from devkit.packages.proofs.debian_root import OFFICER, DebianRoot, debian_root  # noqa: E402

SUITE, PLACE = "bookworm", "srv"
RUNS = 5
SETTLED_S = 6.0
"""From the first paint until the memory of an idle window is read."""
MOST_MB = 120
MOST_AS_MUCH = 1.1
DOCTOR_S = 3.0
INSTALL = ("apt-get", "install", "-y", "-q", "--no-install-recommends")


def measure() -> list[Figure]:
    """Build, install and use it; the checkout's starts take turns with the installed ones."""
    if os.geteuid() != 0 or not shutil.which("mmdebstrap"):
        raise CannotMeasure("a clean Debian takes root and mmdebstrap")
    try:
        with tempfile.TemporaryDirectory() as out:
            package = deb.build(flavours.BOOKWORM, Path(out))
            with debian_root(SUITE) as root:
                return _measured(root, package)
    except SystemExit as error:
        raise CannotMeasure("the package could not be built or installed: see above") from error


def _measured(root: DebianRoot, package: Path) -> list[Figure]:
    size = package.stat().st_size / 1e6
    took_s = _install(root, package)
    starts, memory = _starts(root)
    (ours, checkout), (ours_mb, checkout_mb) = (
        [median(each) for each in zip(*pairs, strict=True)] for pairs in (starts, memory)
    )
    selftest_s = _seconds(root, "selftest")
    doctor_s = _seconds(root, "doctor", *_profile(), good=(0, 1))
    start = ours / checkout
    return [
        at_most("installed-size", size, "MB of the .deb", MOST_MB),
        told("installed-install", took_s, "s to install it and all it needs, once here"),
        at_most("installed-start", start, "× checkout's start (ms)", MOST_AS_MUCH, checkout * 1000),
        at_most(
            "installed-memory",
            ours_mb / checkout_mb,
            "× checkout's (MB)",
            MOST_AS_MUCH,
            checkout_mb,
        ),
        told("installed-selftest", selftest_s, "s for every screen, both languages and themes"),
        at_most("installed-doctor", doctor_s, "s, its source unreachable", DOCTOR_S),
    ]


def _install(root: DebianRoot, package: Path) -> float:
    """Seconds without the download; afterwards a desk's data lies there, too."""
    place = root.folder / PLACE
    shutil.copy(package, place / package.name)
    root.must([*INSTALL, "--download-only", f"/{PLACE}/{package.name}"])
    began_s = time.monotonic()
    root.must([*INSTALL, f"/{PLACE}/{package.name}"])
    took_s = time.monotonic() - began_s
    shutil.copytree(filled(TEN_THOUSAND), place / "desk")
    write_profile(place / "bench.toml")
    root.must(["chown", "-R", f"{OFFICER}:", f"/{PLACE}"])
    return took_s


def _profile(place: str = f"/{PLACE}") -> list[str]:
    return ["--profile", f"{place}/bench.toml", "--profile-dir", f"{place}/desk", "--key", "file"]


def _seconds(root: DebianRoot, *words: str, good: Sequence[int] = (0,)) -> float:
    seen = {"DISPLAY": root.display, "QT_QPA_PLATFORM": "xcb"}
    began_s = time.monotonic()
    done = root.attempt(["county-desk", *words], OFFICER, seen)
    if done.returncode not in good:
        raise CannotMeasure(f"county-desk {words[0]}: {done.stdout[-800:]}")
    return time.monotonic() - began_s


Pairs = list[tuple[float, float]]


def _starts(root: DebianRoot) -> tuple[Pairs, Pairs]:
    """Seconds to the first paint, and MB when idle: installed and checkout, in turns."""
    starts: Pairs = []
    memory: Pairs = []
    with tempfile.TemporaryDirectory() as own:
        shutil.copytree(filled(TEN_THOUSAND), Path(own) / "desk")
        write_profile(Path(own) / "bench.toml")
        checkout = [sys.executable, "-m", "desktop", "desk", *_profile(own)]
        for run in range(RUNS + 1):
            inside = {"DISPLAY": root.display, VARIABLE: f"/{PLACE}/painted"}
            words = root.words(["county-desk", "desk", *_profile()], OFFICER, inside)
            weighs = run == RUNS
            ours = _start(words, root.folder / PLACE / "painted", dict(os.environ), weighs=weighs)
            mark = Path(own) / "painted"
            known = os.environ | {
                "DISPLAY": root.display,
                VARIABLE: str(mark),
                "PYTHONPATH": str(ROOT),
                "PYTHONPYCACHEPREFIX": f"{own}/compiled",
            }
            known.pop("PYTHONDONTWRITEBYTECODE", None)
            theirs = _start(checkout, mark, known, weighs=weighs)
            if run:  # The first fills the disk cache, and compiles.
                starts.append((ours[0], theirs[0]))
            if weighs:
                memory.append((ours[1], theirs[1]))
    return starts, memory


def _start(
    words: Sequence[str], mark: Path, known: dict[str, str], *, weighs: bool
) -> tuple[float, float]:
    """Seconds to the first paint, and MB after a while if it `weighs`."""
    mark.unlink(missing_ok=True)
    begun_s = time.monotonic()
    process = psutil.Popen(words, env=known, stdout=-3, stderr=-3)
    try:
        while not (mark.exists() and mark.stat().st_size):
            if time.monotonic() - begun_s > PAINTED_WITHIN_S or process.poll() is not None:
                raise CannotMeasure(f"{words[-8]} painted nothing")
            time.sleep(POLL_S)
        if weighs:
            time.sleep(SETTLED_S)
        return float(mark.read_text()) - begun_s, _mb(process) if weighs else 0.0
    finally:
        for each in process.children(recursive=True):
            each.terminate()
        process.terminate()
        process.wait(10)


def _mb(process: psutil.Popen) -> float:
    """What the window's process has in memory, each page counted whole.

    A page shared with other programs counts as well: here the checkout shares its Qt with
    whatever else was started from it, the package with nobody; in an office neither does.
    """
    family = [process, *process.children(recursive=True)]
    return max(each.memory_info().rss for each in family) / 1e6

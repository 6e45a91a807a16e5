"""`thinlink`: a real line of 64 kbit/s, 600 ms and 5 % loss, with TLS, and the real desk on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from burst_bench import Told
from figure import CannotMeasure, Figure, at_most, median, told
from thin_county import NAIVE_PORT, PORT

from support.program import write_profile
from support.thin_link import COUNTY_ADDRESS, ThinLink, lacking

HERE = Path(__file__).parent
RUNS = 9
COLD_S, WARM_S, LIST_S, SOONER = 2.2, 1.0, 18.0, 50.0
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
NEVER_S = 3_600
"""The desk asks only when it is told to."""


def measure() -> list[Figure]:
    """Cold starts, one open list, warm questions, and the naive list, all over real lines."""
    if (why := lacking()) is not None:
        raise CannotMeasure(f"a thin line {why}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        authority = make_certificates(folder)
        url = f"https://{COUNTY_ADDRESS}:{PORT}"
        profile = write_profile(folder / "thin.toml", url, NEVER_S, authority)
        runs = [_cold_s(folder, profile, run) for run in range(RUNS)]
        cold, whole = [run[0] for run in runs], [run[1] for run in runs]
        listed_s = _listed_s(folder, profile)
        warm = _warm_s(folder, profile)
        naive_s = _naive_s(folder, authority)
    line = "64 kbit/s, 600 ms, 5 % loss, TLS"
    return [
        at_most("thinlink-cold", median(cold), f"s to 20 critical on screen, {line}", COLD_S),
        told("thinlink-cold-whole", median(whole), "s to them from the start of the program"),
        told("thinlink-cold-worst", max(cold), f"s, the worst of {RUNS}"),
        at_most("thinlink-list", listed_s, "s to the open list, cold", LIST_S),
        at_most("thinlink-warm", median(warm), "s to 20 changed on screen, asked for", WARM_S),
        told("thinlink-naive", naive_s, "s for the same county as one JSON list, gzip"),
        told("thinlink-sooner", naive_s / median(cold), f"× sooner than naive (≥ {SOONER:g})"),
    ]


def make_certificates(folder: Path) -> Path:
    """Make an authority of our own and the county's certificate; the path of the authority."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued = authority.issue_cert(COUNTY_ADDRESS)
    issued.cert_chain_pems[0].write_to_path(folder / "county.pem")
    issued.private_key_pem.write_to_path(folder / "county.key")
    return folder / "authority.pem"


@contextmanager
def open_county(link: ThinLink, folder: Path, *more: Path) -> Iterator[tuple[Told, int]]:
    """The county behind a line, and how many of its incidents are open."""
    words = [sys.executable, HERE / "thin_county.py", folder / "county.pem", folder / "county.key"]
    words += more
    with Told(program=link.on_county([os.fspath(word) for word in words])) as county:
        yield county, int(county.line())


@contextmanager
def _desk(link: ThinLink, profile: Path, store: Path, at_work: int) -> Iterator[Told]:
    store.mkdir(exist_ok=True, mode=0o700)
    words = [sys.executable, HERE / "thin_desk.py", profile, store, str(at_work)]
    with Told(program=link.on_desk([os.fspath(w) for w in words]), environment=OFFSCREEN) as desk:
        yield desk


def wait_for(desk: Told, name: str) -> dict[str, float]:
    """What the desk tells of an event, passing over others."""
    while True:
        said: dict[str, float] = json.loads(desk.line())
        if name in said:
            return said


def _event_s(desk: Told, name: str) -> float:
    return wait_for(desk, name)[name]


def _cold_s(folder: Path, profile: Path, run: int) -> tuple[float, float]:
    """A desk that has never heard of the county: since it first asked, and since it was begun."""
    with (
        ThinLink(seed=run + 1) as link,
        open_county(link, folder) as (_, at_work),
    ):
        begun_s = time.monotonic()
        with _desk(link, profile, folder / f"cold{run}", at_work) as desk:
            said = wait_for(desk, "critical")
            return said["critical"], said["at"] - begun_s


def _listed_s(folder: Path, profile: Path) -> float:
    with (
        ThinLink(seed=100) as link,
        open_county(link, folder) as (_, at_work),
        _desk(link, profile, folder / "listed", at_work) as desk,
    ):
        return _event_s(desk, "list")


def _warm_s(folder: Path, profile: Path) -> list[float]:
    """A desk with a full cache and its connection open asks what is new."""
    with ThinLink(seed=200) as link, open_county(link, folder) as (county, at_work):
        store = sync_at_the_county(link, profile, folder / "warm")
        taken = []
        with _desk(link, profile, store, at_work) as desk:
            _event_s(desk, "list")
            top = " ".join(json.loads(desk.ask("top")))
            for run in range(RUNS):
                county.ask(f"change m{run} {top}")
                desk.tell(f"ask m{run}")
                taken.append(_event_s(desk, f"marked m{run}"))
        return taken


def sync_at_the_county(link: ThinLink, profile: Path, folder: Path, *more: str) -> Path:
    """Fill a desk's store where the line is not thin; return its folder."""
    words = [sys.executable, "-m", "desktop", "sync", "--once", "--profile", os.fspath(profile)]
    words += ["--profile-dir", os.fspath(folder), "--key", "file", *more]
    done = subprocess.run(
        link.on_county(words), capture_output=True, text=True, check=False, cwd=HERE.parents[1]
    )
    if done.returncode:
        raise CannotMeasure(done.stdout + done.stderr)
    [cache] = folder.rglob("cache.db")
    return cache.parent


def _naive_s(folder: Path, authority: Path) -> float:
    """The whole list as one answer: minutes, really waited for."""
    with ThinLink(seed=300) as link, open_county(link, folder):
        url = f"https://{COUNTY_ADDRESS}:{NAIVE_PORT}/incidents"
        words = [sys.executable, os.fspath(HERE / "thin_naive.py"), url, os.fspath(authority)]
        with Told(program=link.on_desk(words)) as client:
            return float(json.loads(client.line())["naive"])

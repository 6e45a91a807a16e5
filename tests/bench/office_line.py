"""The office on a thin line: its first sync, and photos over a line that is cut again and again."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from burst_bench import Told
from figure import CannotMeasure, Figure, at_most, median, told
from office import TOWNSHIP, Office, write_accounts
from thin_county import PORT
from thinlink_bench import (
    HERE,
    OFFSCREEN,
    make_certificates,
    open_county,
    sync_at_the_county,
    wait_for,
)

from support.thin_link import COUNTY_ADDRESS, ThinLink, lacking

RUNS = 3
ASSIGNMENTS_S, WHOLE_S = 10.0, 60.0
PHOTOS, PHOTO_BYTES = 100, 120_000
BITS_PER_S, ROUND_TRIP_S, LOSS = 1_000_000, 0.2, 0.01
EVERY_S, CUT_S = 30.0, 3.0
SENT = 1.05


def measure_first() -> list[Figure]:
    """First syncs over lines of 64 kbit/s."""
    with _placed() as place:
        runs = [_first_s(place, run) for run in range(RUNS)]
    assignments_s, whole_s = (median(taken) for taken in zip(*runs, strict=True))
    line = "64 kbit/s, 600 ms, 5 % loss, TLS, from the first question"
    shown = f"s to all assignments on screen, {line}"
    here = f"s until all the office may see is here, {line}"
    return [
        at_most("township-first", assignments_s, shown, ASSIGNMENTS_S),
        told("township-first-worst", max(run[0] for run in runs), f"s, the worst of {RUNS}"),
        at_most("township-whole", whole_s, here, WHOLE_S),
    ]


def measure_photos() -> list[Figure]:
    """Photos over a wider line that is cut again and again."""
    with _placed() as place:
        return _photos(place)


@contextmanager
def _placed() -> Iterator[_Place]:
    if (why := lacking()) is not None:
        raise CannotMeasure(f"a thin line {why}")
    with tempfile.TemporaryDirectory() as scratch:
        yield _Place(Path(scratch))


class _Place:
    """The folder of the office and of the county, on either side of any line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accounts = write_accounts(folder)
        authority = make_certificates(folder)
        url = f"https://{COUNTY_ADDRESS}:{PORT}"
        self.office = Office(folder / "office", url, authority=authority)

    @contextmanager
    def open_window(self, link: ThinLink, county: Told, store: Path) -> Iterator[Told]:
        """The office's window on a store; it knows how much it is to show."""
        seen = json.loads(county.ask(f"township {TOWNSHIP}"))
        store.mkdir(exist_ok=True, mode=0o700)
        words = [sys.executable, HERE / "thin_office.py", self.office.profile, store]
        numbers = [str(seen["assignments"]), str(seen["incidents"])]
        program = link.on_desk([*map(os.fspath, words), *numbers])
        with Told(program=program, environment=OFFSCREEN) as window:
            yield window


def _first_s(place: _Place, run: int) -> tuple[float, float]:
    """Seconds of one first sync: to the assignments on screen, and to the end of it."""
    with (
        ThinLink(seed=run + 1) as link,
        open_county(link, place.folder, place.accounts) as (county, _),
        place.open_window(link, county, place.folder / f"first{run}") as window,
    ):
        shown = wait_for(window, "assignments")
        whole = wait_for(window, "whole")
        if not whole["complete"]:
            raise CannotMeasure("the office called its sync whole, and incidents were missing")
        return shown["assignments"], whole["whole"]


def _photos(place: _Place) -> list[Figure]:
    with (
        ThinLink(BITS_PER_S, ROUND_TRIP_S, LOSS, seed=50) as link,
        open_county(link, place.folder, place.accounts) as (county, _),
    ):
        login = ("--token-file", os.fspath(place.office.token))
        store = sync_at_the_county(link, place.office.profile, place.folder / "photos", *login)
        with place.open_window(link, county, store) as window:
            wait_for(window, "whole")
            with _cut_line(link) as cuts:
                window.tell(f"photos {PHOTOS} {PHOTO_BYTES}")
                sent: dict[str, Any] = wait_for(window, "sent")
            arrived = set(json.loads(county.ask("files")))
    size = PHOTOS * PHOTO_BYTES
    lost = len(set(sent["digests"]) - arrived)
    line = f"{BITS_PER_S / 1e6:g} Mbit/s, cut {len(cuts)} times for {CUT_S:g} s"
    return [
        at_most(
            "township-photos", sent["up"] / size, f"× size of {PHOTOS} photos, {line}", SENT, size
        ),
        at_most("township-photos-lost", lost, "photos not whole at the county, by digest", 0),
        told("township-photos-s", sent["sent"], "s until the county had confirmed them all"),
    ]


@contextmanager
def _cut_line(link: ThinLink) -> Iterator[list[float]]:
    """Cut the line again and again; the list grows by each cut."""
    cuts: list[float] = []
    ended = threading.Event()

    def cut() -> None:
        while not ended.wait(EVERY_S - CUT_S):
            link.cut()
            cuts.append(CUT_S)
            ended.wait(CUT_S)
            link.mend()

    thread = threading.Thread(target=cut, daemon=True)
    thread.start()
    try:
        yield cuts
    finally:
        ended.set()
        thread.join()

"""Desks with a full encrypted cache, built once and kept for later runs of the benches."""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from county_rows import SOURCE, incidents, surroundings

from desktop import paths
from desktop.domain.clock import SystemClock
from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.source import Batch
from desktop.storage.cache.store import open_cache
from desktop.storage.keys.encryption_key import KeyFile
from desktop.storage.outbox.store import open_outbox

BATCH_ROWS = 20_000
PROFILE = """\
[desk]
name = "bench"
title = {{ zh = "云溪县", en = "Yunxi County" }}
timezone = "Asia/Shanghai"

[[source]]
id = "{source}"
kind = "county"
title = {{ zh = "县平台", en = "County" }}
url = "{url}"
expected_period_s = 15
"""
NOWHERE = "http://127.0.0.1:9"
"""Nobody listens on the discard port: the desk starts from its cache alone."""

DECIDING_VALUES = ("incident", "asset", "queue", "geo", "localized_text")
DECIDING_STORE = ("cache", "search", "sqlite")
"""Values, and rooms of the store: whatever changes in them makes a kept cache out of date."""


def write_profile(file: Path, url: str = NOWHERE) -> Path:
    """A profile with the one county source at `url`."""
    file.write_text(PROFILE.format(source=SOURCE, url=url), encoding="utf-8")
    return file


def filled(count: int) -> Path:
    """A desk folder whose cache holds that many incidents, 500 assets and 40 queues.

    Built at most once per state of the code that writes it; a million takes about
    two minutes then. The incidents' clocks run from the moment it was built.
    """
    name = f"county-desk-bench-{os.getuid()}-"
    mine = Path(tempfile.gettempdir()) / f"{name}{_code()}"
    folder = mine / str(count)
    if (folder / "whole").exists():
        return folder
    for old in Path(tempfile.gettempdir()).glob(f"{name}*"):
        if old != mine:  # A million incidents take more than a gigabyte: only one state is kept.
            shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    print(f"building a cache of {count:,} incidents in {folder} …", file=sys.stderr, flush=True)
    fill(folder, count)
    write_profile(folder / "bench.toml")
    (folder / "whole").touch()
    return folder


def fill(folder: Path, count: int) -> None:
    """Write the cache through the store's own front door, as one complete snapshot."""
    clock = SystemClock()
    now = clock.now()
    key = KeyFile().key(folder)
    open_outbox(folder, key, clock).close()
    cache = open_cache(folder, key, clock, category_names())
    try:
        cache.apply(Batch(SOURCE, puts=tuple(surroundings(now))))
        for rows in _in_batches(incidents(count, now)):
            cache.apply(Batch(SOURCE, puts=rows))
        small = frozenset({Collection.ASSETS, Collection.QUEUES})
        everything = tuple(surroundings(now))
        cache.apply(Batch(SOURCE, everything, complete=small, token="e1.1.all", epoch="e1"))
        cache.mark_good(SOURCE, now, 0)
    finally:
        cache.close()


def category_names() -> dict[str, str]:
    """Chinese names of the incident categories by code, as the desk gives them to its store."""
    from desktop.application.i18n import Words

    words = Words(paths.resources(), "zh_CN")
    return {code: text.zh for code, text in words.categories.items()}


def _in_batches(rows: Iterator[Incident]) -> Iterator[tuple[Incident, ...]]:
    while batch := tuple(itertools.islice(rows, BATCH_ROWS)):
        yield batch


def _code() -> str:
    """A name for the state of everything that decides what such a folder holds."""
    desktop = Path(__file__).parents[2] / "desktop"
    sources = [Path(__file__), Path(__file__).with_name("county_rows.py")]
    sources += [desktop / "domain" / f"{name}.py" for name in DECIDING_VALUES]
    for room in DECIDING_STORE:
        sources += sorted((desktop / "storage" / room).rglob("*.py"))
    sources += sorted((desktop / "storage" / "sqlite" / "migrations").rglob("*.sql"))
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]

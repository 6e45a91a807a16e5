"""The self-test of an installation: its files, its store, its windows, and a county to talk to."""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path

from desktop import paths
from desktop.application.i18n import LANGUAGES
from desktop.application.ports import IncidentFilter
from desktop.commands.demo import DemoRun
from desktop.commands.options import size
from desktop.commands.own_program import own_program
from desktop.connectors.kinds import Manifests
from desktop.domain.clock import SystemClock
from desktop.storage.cache.store import open_cache
from desktop.storage.outbox.store import open_outbox

WINDOWS = ("desk", "township", "wall", "first")
"""By posture, the longest first; the last are those of a first start."""
LOOKS = (("zh_CN", "light"), ("en", "dark"))
"""Each screen is opened in every language and in every theme."""
AT_ONCE = 2
STEP_WITHIN_S = 120.0
DRAWN_WITHIN_S = 300.0
SIZE = "1366x768"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `selftest`; those without a help are how it calls itself."""
    parser.add_argument(
        "--pictures", type=Path, metavar="DIR", help="keep a picture of every screen in this folder"
    )
    parser.add_argument(
        "--lang", choices=LANGUAGES, help="draw the screens in this language alone: half the time"
    )
    hidden = argparse.SUPPRESS
    parser.add_argument("--draw", help=hidden)
    parser.add_argument("--profile", type=Path, help=hidden)
    parser.add_argument("--theme", help=hidden)
    parser.add_argument("--size", type=size, help=hidden)
    parser.set_defaults(profile_dir=None, passphrase_file=None, token_file=[], bundle=None)


def main(options: argparse.Namespace) -> int:
    """Run each check and print how it went; 0 when all are well."""
    if options.draw:
        from desktop.commands.selftest.every_screen import draw

        return draw(options)
    if options.pictures is not None:
        options.pictures.mkdir(parents=True, exist_ok=True)
    county = partial(_county, options.pictures, options.lang)
    checks: dict[str, Callable[[], str]] = {
        "files": _files,
        "store": _store,
        "window": _window,
        "county": county,
    }
    failed = 0
    for name, check in checks.items():
        try:
            print(f"ok      {name}: {check()}", flush=True)
        except Exception as error:  # noqa: BLE001 - a self-test says whatever broke
            failed = 1
            print(f"failed  {name}: {type(error).__name__}: {error}", flush=True)
    return failed


def _files() -> str:
    folder = paths.resources()
    wanted = (
        "i18n/terms.toml",
        "i18n/problems.toml",
        "i18n/zh_CN.qm",
        "county/categories.toml",
        "help/en/start.html",
    )
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{folder} lacks {', '.join(missing)}")
    return f"{folder}; connectors: {', '.join(sorted(Manifests()))}"


def _store() -> str:
    with tempfile.TemporaryDirectory() as scratch:
        key = os.urandom(32)
        outbox = open_outbox(Path(scratch), key, SystemClock())
        cache = open_cache(Path(scratch), key, SystemClock(), {})
        try:
            cache.incident_numbers(IncidentFilter())
            outbox.list_unfinished()
        finally:
            cache.close()
            outbox.close()
        heads = {p.name: p.read_bytes()[:15] for p in Path(scratch).glob("*.db")}
        if not heads or b"SQLite format 3" in heads.values():
            raise RuntimeError(f"the store is not encrypted: {sorted(heads)}")
    return "encrypted, opens and closes"


def _window() -> str:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from desktop.gui.selftest import paint_once

    return paint_once()


def _county(pictures: Path | None, language: str | None) -> str:
    """The fictional county is read, takes a command, and is shown on every screen."""
    with tempfile.TemporaryDirectory(prefix="county-desk-selftest-") as scratch:
        folder = Path(scratch)
        with closing(DemoRun(folder)) as county:
            told = _talk(county.profile_file, folder / "desk")
            with ThreadPoolExecutor(AT_ONCE) as pool:
                looks = [look for look in LOOKS if language in (None, look[0])]
                ways = list(itertools.product(WINDOWS, looks))
                draw = partial(_draw, county.profile_file, pictures)
                drawn = list(pool.map(lambda way: draw(way[0], *way[1]), ways))
    each = len(looks)
    counts = (f"{sum(drawn[n * each :][:each])} of {name}" for n, name in enumerate(WINDOWS))
    return f"{told}; screens opened: {', '.join(counts)}"


def _talk(profile: Path, desk: Path) -> str:
    own = ["--profile", str(profile), "--profile-dir", str(desk), "--key", "file"]
    _must("sync", *own)
    rows = json.loads(_must("list", "incidents", "--json", *own))["rows"]
    _must("command", "note", rows[0]["id"], "text=自检", "--sync", *own)
    return f"{len(rows)} incidents read, a command accepted"


def _draw(profile: Path, pictures: Path | None, window: str, language: str, theme: str) -> int:
    """Open every screen of one window in a program of its own; how many there were."""
    said = _must(
        *("selftest", "--draw", window, "--profile", str(profile), "--size", SIZE),
        *("--lang", language, "--theme", theme),
        *(() if pictures is None else ("--pictures", str(pictures))),
        within_s=DRAWN_WITHIN_S,
    )
    return int(said.split()[-1])


def _must(*words: str, within_s: float = STEP_WITHIN_S) -> str:
    """What this program says that has to succeed."""
    done = subprocess.run(  # noqa: S603 - our own program
        [*own_program(), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=within_s,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        asked = " ".join(words[:3])
        raise RuntimeError(f"{asked} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout

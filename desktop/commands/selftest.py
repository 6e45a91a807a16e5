"""The self-test of an installation: its files, its store, its windows, and a county to talk to."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

from desktop import paths
from desktop.application.ports import IncidentFilter
from desktop.commands.demo import DemoRun
from desktop.commands.own_program import own_program
from desktop.connectors.kinds import Manifests
from desktop.domain.clock import SystemClock
from desktop.storage.cache.store import open_cache
from desktop.storage.outbox.store import open_outbox

SCREENS = ("desk", "wall", "township")
LANGUAGES, THEMES = ("zh_CN", "en"), ("light", "dark")
AT_ONCE = 2
STEP_WITHIN_S = 120.0
PNG = b"\x89PNG"


def selftest() -> int:
    """Run each check and print how it went; 0 when all are well."""
    checks: tuple[Callable[[], str], ...] = (_files, _store, _window, _county)
    failed = 0
    for check in checks:
        try:
            print(f"ok      {check()}", flush=True)
        except Exception as error:  # noqa: BLE001 - a self-test says whatever broke
            failed = 1
            print(f"failed  {check.__name__.strip('_')}: {type(error).__name__}: {error}")
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
    return f"files: {folder}; connectors: {', '.join(sorted(Manifests()))}"


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
    return "store: encrypted, opens and closes"


def _window() -> str:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from desktop.gui.selftest import paint_once

    return f"window: {paint_once()}"


def _county() -> str:
    """The fictional county is read, takes a command, and is shown on every screen."""
    with tempfile.TemporaryDirectory(prefix="county-desk-selftest-") as scratch:
        folder = Path(scratch)
        with closing(DemoRun(folder)) as county:
            told = _talk(county.profile_file, folder / "desk")
            with ThreadPoolExecutor(AT_ONCE) as pool:
                ways = itertools.product(SCREENS, LANGUAGES, THEMES)
                drawn = list(pool.map(lambda way: _draw(county.profile_file, folder, way), ways))
    return f"county: {told}; {len(drawn)} pictures of {', '.join(SCREENS)}"


def _talk(profile: Path, desk: Path) -> str:
    own = ["--profile", str(profile), "--profile-dir", str(desk), "--key", "file"]
    _must("sync", *own)
    rows = json.loads(_must("list", "incidents", "--json", *own))["rows"]
    _must("command", "note", rows[0]["id"], "text=自检", "--sync", *own)
    return f"{len(rows)} incidents read, a command accepted"


def _draw(profile: Path, folder: Path, way: tuple[str, str, str]) -> str:
    screen, language, theme = way
    picture = folder / ("-".join(way) + ".png")
    _must(
        *("shot", "--profile", str(profile), "--key", "throw-away", "--posture", screen),
        *("--lang", language, "--theme", theme, "--out", str(picture)),
    )
    if not picture.read_bytes().startswith(PNG):
        raise RuntimeError(f"no picture: {picture.name}")
    return picture.name


def _must(*words: str) -> str:
    """What this program says that has to succeed."""
    done = subprocess.run(  # noqa: S603 - our own program
        [*own_program(), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=STEP_WITHIN_S,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise RuntimeError(f"{words[0]} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout

"""The self-test of an installation: its files, its store and its window."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from desktop import paths
from desktop.application.ports import IncidentFilter
from desktop.connectors.kinds import Manifests
from desktop.domain.clock import SystemClock
from desktop.storage.cache.store import open_cache
from desktop.storage.outbox.store import open_outbox


def selftest() -> int:
    """Run each check and print how it went; 0 when all are well."""
    checks: tuple[Callable[[], str], ...] = (_files, _store, _window)
    failed = 0
    for check in checks:
        try:
            print(f"ok      {check()}")
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

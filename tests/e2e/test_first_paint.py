"""What the program has imported by the time the list is first on screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.gui.first_paint import VARIABLE
from support.program import ROOT, County, county_desk, write_profile

BARE = "import json, sys, PySide6.QtWidgets; print(json.dumps(sorted(sys.modules)))"
"""What any window needs."""
DESK = """\
import json, os, sys
from desktop.gui.first_paint import FirstPaint

def tell(self, event):
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)

FirstPaint.customEvent = tell
from desktop.__main__ import main
main()
"""
LINKED = """\
import json, sys, threading
import desktop.gui
for thread in threading.enumerate():
    if thread.name == "libraries":
        thread.join()
maps = open("/proc/self/maps").read()
print(json.dumps([name for name in ("libQt6Widgets", "QtWidgets.abi3") if name in maps]))
print(json.dumps("PySide6.QtWidgets" in sys.modules), file=sys.stderr)
"""
"""Tells which of Qt's libraries are there before their modules are imported."""
FROM_OUTSIDE = """
    apsw argparse array atexit base64 binascii bz2 concurrent ctypes datetime decimal errno fcntl gc
    getpass gettext hashlib heapq hmac ipaddress locale logging lzma math msgspec numbers pkgutil
    platform queue random resource secrets select selectors shutil signal socket string
    sysconfig tempfile termios threading tomllib typing_extensions unicodedata urllib uuid zlib
    zoneinfo
"""
"""Whole packages besides those of a bare window, each needed for the store or for the list."""
ROOMS = """
    __main__ application bootstrap commands connectors diagnostics domain gui paths protocol
    source_logins storage
"""
MOST_OF_OURS = 218
"""Modules of ours, at about a quarter of a millisecond each."""
LATER = frozenset(
    {
        "desktop.application.sync.exchange",
        "desktop.connectors.county.client",
        "desktop.gui.charts.bar_chart",
        "desktop.gui.desk.key_sheet",
        "desktop.gui.desk.palette",
        "desktop.gui.desk.sheets",
        "desktop.gui.forms.command_form",
        "desktop.gui.list_export",
        "desktop.gui.panes.alarms.pane",
        "desktop.gui.panes.detail.pane",
        "desktop.gui.panes.map.pane",
        "desktop.gui.printing",
        "desktop.gui.shoot",
        "desktop.gui.wall",
        "desktop.gui.widgets.snapshot_list",
        "desktop.storage.cache.apply",
        "desktop.wire",
    }
)
"""Modules that stand for what comes after the first paint, or when it is asked for."""


def modules(*words: str | Path, environment: dict[str, str] | None = None) -> frozenset[str]:
    """The modules that a program says it has loaded."""
    done = subprocess.run(
        [sys.executable, "-c", *map(str, words)],
        cwd=ROOT,
        env=dict(os.environ) | {"QT_QPA_PLATFORM": "offscreen"} | (environment or {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout, done.stderr
    return frozenset(json.loads(done.stdout))


def test_the_first_paint_imports_what_it_shows_and_nothing_heavy(tmp_path: Path) -> None:
    with County(tmp_path, "--speed", "0", "--incidents", "60") as county:
        profile = write_profile(tmp_path / "desk.toml", county.url)
        desk = ("--profile", profile, "--profile-dir", tmp_path / "desk", "--key", "file")
        synced = county_desk("sync", "--once", *desk)
        assert synced.returncode == 0, synced.stderr
        mark = {VARIABLE: os.fspath(tmp_path / "painted")}
        loaded = modules(DESK, "desk", *desk, environment=mark)
    bare = modules(BARE)
    ours = {name for name in loaded if name.partition(".")[0] == "desktop"}
    others = {name.partition(".")[0] for name in loaded - bare - ours}
    others -= {name.partition(".")[0] for name in bare}
    assert {name for name in others if not name.startswith("_")} <= set(FROM_OUTSIDE.split())
    assert {name for name in loaded - bare if name.startswith("PySide6.")} == set()
    assert {name.split(".")[1] for name in ours if "." in name} <= set(ROOMS.split())
    assert not LATER & loaded
    assert len(ours) <= MOST_OF_OURS


@pytest.mark.skipif(sys.platform != "linux", reason="where the linker may be called")
def test_qt_is_linked_while_python_is_busy_and_not_by_its_imports() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LINKED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == ["libQt6Widgets", "QtWidgets.abi3"]
    assert json.loads(done.stderr) is False

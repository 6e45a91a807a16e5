"""Everything below the screens works on a machine that has no Qt.

The core's own folders of tests run as if there were none: see their `conftest.py`.
"""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from support.checkout import ROOT
from support.without_qt import qt_missing

BLOCK = """
import sys
sys.path.insert(0, "tests")
from support.without_qt import NoQt
sys.meta_path.insert(0, NoQt())
"""

IMPORT_ALL = """
import importlib, pkgutil
seen = 0
for package in sys.argv[1:]:
    found = importlib.import_module(f"desktop.{package}")
    for module in pkgutil.walk_packages(found.__path__, found.__name__ + "."):
        importlib.import_module(module.name)
        seen += 1
print(seen)
"""

RUN_TESTS = """
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""

CORE = (
    "application",
    "connectors",
    "county_server",
    "demo",
    "diagnostics",
    "domain",
    "storage",
    "wire",
)

THROUGH_EVERY_LAYER = (
    "test_engine.py",
    "test_it_has_the_size_of_a_county",
    "test_outbox_contract.py",
    "test_county_api_connector.py",
    "test_recovery.py",
)


def run(code: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BLOCK + code, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_block_would_be_felt():
    answer = run("import PySide6.QtCore")
    assert "PySide6 is not installed here" in answer.stderr


def test_every_core_module_imports():
    answer = run(IMPORT_ALL, *CORE)
    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout) > 40


def test_every_file_of_the_cores_tests_is_read_and_a_slice_passes_where_qt_never_was():
    folders = [f"tests/{name}" for name in ("unit", "integration", "storage", "contract")]
    plain = ["-q", "-p", "no:pytest-qt", "-p", "no:xdist", "-p", "no:cacheprovider"]
    chosen = ["-m", "not long and not real", "-k", " or ".join(THROUGH_EVERY_LAYER)]
    answer = run(RUN_TESTS, *folders, *plain, *chosen)
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-2000:]


def test_qt_and_the_screens_are_gone_for_a_while_and_are_the_very_same_afterwards():
    names = ("PySide6.QtCore", "desktop.gui.theme")
    before = [importlib.import_module(name) for name in names]
    with qt_missing():
        for name in names:
            with pytest.raises(ModuleNotFoundError, match=r"PySide6.* is not installed here"):
                importlib.import_module(name)
    assert [importlib.import_module(name) for name in names] == before

"""Everything below the screens works on a machine that has no Qt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fakes.checkout import ROOT

BLOCK = """
import sys

class NoQt:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "pyqtgraph"}:
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)

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


@pytest.mark.timeout(900)
def test_the_core_passes_its_own_tests():
    folders = [f"tests/{name}" for name in ("unit", "storage", "contract")]
    plain = ["-q", "-p", "no:pytest-qt", "-p", "no:xdist", "-p", "no:cacheprovider"]
    # Schemathesis talks to the server alone and takes a minute; once is enough.
    fast = ["-m", "not long and not real", "-k", "not schemathesis"]
    answer = run(RUN_TESTS, *folders, *plain, *fast)
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-2000:]

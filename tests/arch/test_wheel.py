"""The wheel carries everything: it starts in a clean environment, away from the checkout."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.checkout import ROOT

pytestmark = pytest.mark.timeout(300)


def must(words: Sequence[str | Path], cwd: Path) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    answer = subprocess.run(
        [str(word) for word in words],
        cwd=cwd,
        env={**clean, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    must([sys.executable, "-m", "build", "--wheel", "--no-isolation", "-o", folder, ROOT], folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """The scripts folder of an environment that has the wheel and, by path, its dependencies.

    A path in a .pth file does not bring the .pth files of that folder along, so the
    editable install of this checkout stays out of sight.
    """
    folder = tmp_path_factory.mktemp("clean") / "env"
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    python = folder / Path(sys.executable).parent.name / Path(sys.executable).name
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet"]
    must([*pip, "--no-deps", "--no-index", wheel], folder)
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(must([python, "-c", asked], folder).strip())
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python.parent


def test_the_wheel_holds_every_resource_of_the_checkout(wheel):
    folder = ROOT / "resources"
    names = {path.relative_to(ROOT).as_posix() for path in folder.rglob("*") if path.is_file()}
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {f"desktop/{name}" for name in names} <= held


def test_the_wheel_starts_away_from_the_checkout(installed, tmp_path):
    asked = "import desktop, desktop.paths as p; print(desktop.__file__, p.resources())"
    where = must([installed / "python", "-c", asked], tmp_path)
    assert str(ROOT) not in where
    assert "county-desk" in must([installed / "python", "-m", "desktop", "--version"], tmp_path)


def test_the_installed_command_passes_its_own_self_test(installed, tmp_path):
    """It reads the fictional county, gives a command and opens every screen; in one language here,
    as the proofs of the packages have both."""
    said = must([installed / "county-desk", "selftest", "--lang", "zh_CN"], tmp_path)
    assert re.search(r"screens opened: \d\d of desk, \d\d of township, 3 of wall, 6 of first", said)

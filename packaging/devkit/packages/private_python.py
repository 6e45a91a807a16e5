"""A Python environment of the program's own, as a package puts it into the system."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from pathlib import Path

from devkit.packages import commit, qt_parts
from devkit.place import PYTHON, ROOT, must, say

PINS = ROOT / "packaging" / "constraints" / "runtime.txt"
LACKING = ("apsw-sqlite3mc", "msgspec", "pyqtgraph", "zstandard")
"""Debian's own database module does not encrypt, its msgspec and zstandard are too old for
what is asked of them, and its pyqtgraph brings a second Qt along."""

PLATFORMS = ("manylinux_2_28", "manylinux2014")
UNUSED = (
    *("bin", "numpy/**/tests", "numpy/_core/include", "numpy/_core/lib", "numpy/f2py"),
    *("numpy/**/*.a", "numpy/random/lib", "numpy/random/_examples", "pyqtgraph/examples"),
    *("**/*.pyi", "**/*.pxd", "**/*.h", "**/*.c", "**/__pycache__", "apsw/**/*.so.debug"),
)
"""What only developers of those packages open."""

SCRIPT = """\
#!{python} -I
import sys

from {module} import main

sys.exit(main())
"""


def fill(folder: Path, home: str, python: str, wheel: Path) -> None:
    """Make `folder` a virtual environment that will lie at `home` on Debian's Python.

    `python` is its version, as in `3.11`; what is installed is pinned and checked by hash.
    """
    _insist_on(python)
    site = folder / "lib" / f"python{python}" / "site-packages"
    site.mkdir(parents=True)
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "-qq",
        "install",
        "--no-compile",
        "--target",
        site,
    ]
    must([*pip, "--require-hashes", "-r", PINS], commit.same_surroundings())
    must([*pip, "--no-deps", "--no-index", wheel], commit.same_surroundings())
    spared = qt_parts.leave_out_the_rest(site / "PySide6")
    say(f"left out of Qt: {spared / 1e6:.0f} MB")
    _tidy(site)
    _compile(site, f"{home}/lib/python{python}/site-packages")
    _lay(folder, home, python, is_closed=True)


def fill_beside_debian(folder: Path, home: str, python: str, wheel: Path) -> None:
    """Make `folder` an environment as `fill` does, for a Debian that has the libraries itself.

    Only what it lacks is taken along, for that Python: nothing of it is built or run here.
    """
    site = folder / "lib" / f"python{python}" / "site-packages"
    site.mkdir(parents=True)
    pins = folder / "lacking.txt"
    pins.write_text("\n".join(pin_of(name) for name in LACKING) + "\n", encoding="utf-8")
    pip: list[str | Path] = [PYTHON, "-m", "pip", "-qq", "install", "--no-deps", "--no-compile"]
    there: list[str | Path] = ["--target", site, "--only-binary", ":all:"]
    tags = ["--implementation", "cp", "--python-version", python]
    tags += [f"--platform={each}_{platform.machine()}" for each in PLATFORMS]
    must([*pip, *there, *tags, "--require-hashes", "-r", pins], commit.same_surroundings())
    must([*pip, *there, "--no-index", wheel], commit.same_surroundings())
    pins.unlink()
    _tidy(site)
    _lay(folder, home, python, is_closed=False)


def pin_of(name: str) -> str:
    """The pin of a library with its hashes, as it stands among the others."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", PINS.read_text(encoding="utf-8"))
    [found] = [block for block in blocks if block.startswith(f"{name}==")]
    return found.strip()


def _lay(folder: Path, home: str, python: str, *, is_closed: bool) -> None:
    """Lay the interpreter and the programs; a closed environment does not see Debian's own."""
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(f"/usr/bin/python{python}")
    sees = "false" if is_closed else "true"
    (folder / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ninclude-system-site-packages = {sees}\nversion = {python}\n",
        encoding="ascii",
    )
    for name, target in commit.read_project()["scripts"].items():
        script = folder / "bin" / name
        module = target.partition(":")[0]
        script.write_text(SCRIPT.format(python=f"{home}/bin/python", module=module), "ascii")
        script.chmod(0o755)


def _insist_on(python: str) -> None:
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    own = subprocess.check_output([PYTHON, "-c", asked], text=True).strip()
    if own != python:
        say(f"this package is for Python {python}, and the checkout's is {own}")
        raise SystemExit(1)


def _tidy(site: Path) -> None:
    """Leave out what nothing opens, and what would differ from one builder to the next."""
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern)):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    for about in site.glob("*.dist-info"):
        for name in ("RECORD", "direct_url.json", "REQUESTED", "INSTALLER"):
            (about / name).unlink(missing_ok=True)


def _compile(site: Path, home: str) -> None:
    """Compile it all beforehand: who uses it may not write there."""
    commit.make_alike(site)
    words = ["-q", "-s", str(site), "-p", home, "--invalidation-mode", "unchecked-hash"]
    must([PYTHON, "-m", "compileall", *words, site], commit.same_surroundings())

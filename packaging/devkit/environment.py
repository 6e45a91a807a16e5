"""The project's own Python environment in `.venv`, made once and kept to the pinned versions."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from devkit import debian
from devkit.place import CONSTRAINTS, PYTHON, ROOT, VENV, must, say

STAMP = VENV / "county-desk-stamp.json"


def provide() -> None:
    """Make `.venv` what the constraints say; nothing is run when it already is."""
    if not _usable():
        _make_venv()
    wanted = {"constraints": _digest(CONSTRAINTS), "project": _digest(ROOT / "pyproject.toml")}
    present = _read_stamp()
    if present == wanted:
        return
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    if present.get("constraints") != wanted["constraints"]:
        say(f"installing the pinned packages of {CONSTRAINTS.relative_to(ROOT)}")
        must([*pip, "install", "--require-hashes", "-r", CONSTRAINTS])
    must([*pip, "install", "--no-deps", "--no-build-isolation", "-e", ROOT])
    STAMP.write_text(json.dumps(wanted), encoding="utf-8")


def _usable() -> bool:
    """Whether the environment runs; one that was moved or lost its interpreter does not."""
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print(sys.prefix); sys.exit(sys.version_info < (3, 11))"
    answer = subprocess.run(
        [str(PYTHON), "-c", question], capture_output=True, text=True, check=False
    )
    return answer.returncode == 0 and Path(answer.stdout.strip()).resolve() == VENV.resolve()


def _make_venv() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _provide_ensurepip()
    if VENV.exists():
        shutil.rmtree(VENV)
    say("making .venv")
    must([sys.executable, "-m", "venv", VENV])


def _provide_ensurepip() -> None:
    """Debian splits `venv` off; without it there is no pip to begin with."""
    package = "python3-venv"
    if hasattr(os, "geteuid") and os.geteuid() == 0 and debian.provide([package]):
        importlib.invalidate_caches()
        if importlib.util.find_spec("ensurepip") is not None:
            return
    say(f"this Python cannot make virtual environments; as root: apt-get install -y {package}")
    raise SystemExit(1)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}

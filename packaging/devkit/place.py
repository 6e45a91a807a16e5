"""Where things stand in a checkout, and how a step is run and announced."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
SCRIPTS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = SCRIPTS / ("python.exe" if os.name == "nt" else "python")
CONSTRAINTS = ROOT / "packaging" / "constraints" / "dev.txt"


def say(text: str) -> None:
    """Announce a step on stderr, so that stdout stays the step's own."""
    print(f"» {text}", file=sys.stderr, flush=True)


def script(name: str) -> str:
    """A console script of the project's own environment."""
    return str(SCRIPTS / (f"{name}.exe" if os.name == "nt" else name))


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> int:
    """The exit status of a command run in the checkout; a signal counts as 128 plus its number."""
    words = [str(word) for word in command]
    merged = {**os.environ, **(env or {})}
    try:
        status = subprocess.call(words, cwd=ROOT, env=merged)
    except KeyboardInterrupt:
        return 130
    except FileNotFoundError:
        say(f"not found: {words[0]}")
        return 127
    return status if status >= 0 else 128 - status


def beside(command: Sequence[str | Path]) -> Callable[[], int]:
    """Start a command that lets others go first; what is given ends it.

    It waits for the command, prints all it said in one piece and is its exit status.
    """
    words = [*(["nice"] if shutil.which("nice") else []), *map(str, command)]
    said = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the command runs
    process = subprocess.Popen(words, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)

    def end() -> int:
        with said:
            status = process.wait()
            said.seek(0)
            print(said.read().decode(errors="replace"), end="", flush=True)
        return status

    return end


def must(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> None:
    """Run a command that the rest depends on; a failure ends the program with its status."""
    status = run(command, env)
    if status:
        say(f"failed with status {status}: {shlex.join(str(word) for word in command)}")
        raise SystemExit(status)

"""No crash and no library of this process writes its secrets to disk."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAID = """
import os, resource
from pathlib import Path
from desktop.protocol.process_memory import keep_private
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
keep_private()
print(resource.getrlimit(resource.RLIMIT_CORE), "SSLKEYLOGFILE" in os.environ)
import ctypes
print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the questions are Linux's")
def test_a_process_that_keeps_its_memory_private_dumps_nothing_and_logs_no_keys(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", SAID],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "SSLKEYLOGFILE": str(tmp_path / "keys")},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.splitlines() == ["(0, 0) False", "0"]


@pytest.mark.parametrize("of", ["desktop.__main__", "desktop.county_server.command"])
def test_desk_and_server_keep_their_memory_private_before_they_do_anything(
    monkeypatch: pytest.MonkeyPatch, of: str
):
    program = importlib.import_module(of)

    class Asked(Exception):
        pass

    def asked() -> None:
        raise Asked

    monkeypatch.setattr(program, "keep_private", asked)
    with pytest.raises(Asked):
        program.main(["--version"])

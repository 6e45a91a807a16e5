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


ARENAS = """
import ctypes, re, tempfile, threading
from desktop.protocol.process_memory import share_arenas
share_arenas()
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
met = threading.Barrier(6)
def allocate():
    met.wait()
    library.malloc(50_000)
    met.wait()
threads = [threading.Thread(target=allocate) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
with tempfile.TemporaryFile("w+") as told:
    library.fdopen.restype = ctypes.c_void_p
    import os
    stream = ctypes.c_void_p(library.fdopen(os.dup(told.fileno()), b"w"))
    library.malloc_info(0, stream)
    library.fclose(stream)
    told.seek(0)
    print(len(re.findall("<heap nr=", told.read())))
"""
PINYIN = """
import apsw
from pathlib import Path
from desktop.storage.search.names import PinyinIndex
def mb():
    told = Path("/proc/self/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in told.splitlines() if line[:4] == "Pss:") / 1024
db = apsw.Connection(":memory:")
db.execute("CREATE TABLE spoken(name, initials, syllables)")
index = PinyinIndex()
before = mb()
index.learn(db, ["云麓县", *(f"{chr(0x4e00 + each)}家村" for each in range(200))])
print(mb() - before < 3)
print(db.execute("SELECT initials FROM spoken WHERE name = '云麓县'").get)
"""


def told_by(program: str) -> list[str]:
    """What a program of its own prints, line by line."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's arenas")
def test_many_threads_share_two_arenas():
    assert told_by(ARENAS) in (["1"], ["2"])


@pytest.mark.skipif(sys.platform != "linux", reason="the scales are Linux's")
def test_two_hundred_names_are_spelled_without_a_dictionary_in_memory():
    assert told_by(PINYIN) == ["True", "ylx"]

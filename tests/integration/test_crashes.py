"""A crash is told at the next start, once, and names no person."""

from __future__ import annotations

import faulthandler
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop.diagnostics.crashes import CrashWatch, read_fault, read_reports
from desktop.diagnostics.doctor.machine import check_crashes

DIES = """\
import faulthandler, sys
from pathlib import Path
import pytest

from desktop.diagnostics.crashes import CrashWatch

CrashWatch(Path(sys.argv[1]), lambda: "1.2").begin()

def paint():
    faulthandler._sigsegv()

paint()
"""
OTHER_THREADS = """\
Fatal Python error: Aborted

Thread 0x00007f371ed1c6c0 (most recent call first):
  File "/srv/people/wangxm/lib/threading.py", line 327 in wait

Current thread 0x00007f371f855b80 (most recent call first):
  File "/srv/people/wangxm/desktop/gui/charts/bar_chart.py", line 30 in paintEvent
  File "C:\\people\\wangxm\\desktop\\gui\\app.py", line 6 in run

Extension modules: shiboken6 (total: 1)
"""


@pytest.fixture(autouse=True)
def own_faulthandler(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the tests' own handler of faults in place; a process of its own tries the real one."""
    monkeypatch.setattr(faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(faulthandler, "disable", lambda: None)


@contextmanager
def watching(folder: Path) -> Iterator[CrashWatch]:
    watch = CrashWatch(folder, lambda: "1.2")
    try:
        yield watch
    finally:
        watch.close()


def die(folder: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DIES, str(folder)], check=False, timeout=30)
    assert done.returncode not in (0, 1)


def test_a_program_that_dies_tells_at_its_next_start_once_and_counts_the_same_again(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "crashes"
    die(folder)
    with watching(folder) as watch:
        crash = watch.begin()
        assert crash is not None
        assert (crash.error, crash.count, crash.version) == ("Segmentation fault", 1, "1.2")
        assert crash.frames[-1].endswith(" paint")
        watch.mark_told()
    with watching(folder) as watch:
        assert watch.begin() is None, "it ended well since"
    die(folder)
    with watching(folder) as watch:
        again = watch.begin()
    assert again is not None
    assert again.count == 2
    assert [each.count for each in read_reports(folder)] == [2]
    assert check_crashes(read_reports(folder)).details == {"fatal": "2"}


def test_only_the_thread_that_died_is_kept_and_no_folder_of_a_user(tmp_path: Path) -> None:
    file = tmp_path / "fault.txt"
    file.write_text(OTHER_THREADS)
    fault = read_fault(file, "1")
    assert fault is not None
    assert fault.error == "Aborted"
    assert fault.frames == ("app.py:6 run", "bar_chart.py:30 paintEvent")


def test_where_nothing_can_be_kept_nothing_fails(tmp_path: Path) -> None:
    (tmp_path / "crashes").write_text("no folder")
    with watching(tmp_path / "crashes" / "x") as watch:
        assert watch.begin() is None
        watch.note(ValueError, None, None)
        watch.mark_told()


def test_a_file_of_reports_that_makes_no_sense_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "reports.json").write_bytes(b"\xff[")
    with watching(tmp_path) as watch:
        assert watch.begin() is None
        watch.note(ValueError, None, None)
    assert [each.error for each in read_reports(tmp_path)] == ["ValueError"]

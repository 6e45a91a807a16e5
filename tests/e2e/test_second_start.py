"""A profile opened twice: the second start brings the first window forward and leaves."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from desktop.gui.first_paint import VARIABLE
from support.display import Display
from support.program import PROGRAM, ROOT, County, county_desk, until, write_profile


def test_a_second_start_leaves_the_store_to_the_first_and_says_so(tmp_path: Path) -> None:
    with (
        Display() as display,
        County(tmp_path, "--speed", "0", "--incidents", "60") as county,
    ):
        profile = write_profile(tmp_path / "desk.toml", county.url)
        words = ["--profile", os.fspath(profile), "--profile-dir", os.fspath(tmp_path / "desk")]
        words += ["--key", "file"]
        painted = tmp_path / "painted"
        first = subprocess.Popen(
            [*PROGRAM, "desk", *words],
            cwd=ROOT,
            env=display.environment() | {VARIABLE: os.fspath(painted)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            until(painted.exists, 40, "incidents painted")

            def second() -> subprocess.CompletedProcess[str]:
                return county_desk("desk", *words, environment=display.environment())

            # The first listens for others a moment after its first paint.
            done = until(lambda: (said := second()).returncode == 0 and said, 20, "a second start")
            assert "移到了前面" in done.stdout
            assert first.poll() is None
            told = county_desk("sync", "--once", *words)
            assert told.returncode == 2
            assert "已在另一个窗口" in told.stderr
        finally:
            first.terminate()
            assert first.wait(10) == 0

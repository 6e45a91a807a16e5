"""Where Qt finds no screen the program ends in words."""

from __future__ import annotations

import os
import subprocess
import sys

from desktop.gui.qt_libraries import UNUSABLE

START = "from desktop.gui.qt_libraries import start_qt; start_qt(['county-desk'])"


def test_a_screen_that_cannot_be_reached_is_told_in_both_languages_and_no_core_is_left():
    done = subprocess.run(
        [sys.executable, "-c", START],
        env=os.environ | {"QT_QPA_PLATFORM": "none-such"},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.returncode == UNUSABLE
    chinese, english = done.stderr.splitlines()
    assert chinese.startswith("窗口打不开")
    assert english.startswith("No window can be opened")
    assert "none-such" in english

"""Where Qt finds no screen the program ends in words."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from desktop.commands.refusal import NEWER_STATUS
from desktop.gui.qt_libraries import UNUSABLE

START = "from desktop.gui.qt_libraries import start_qt; start_qt(['county-desk'])"
REFUSE = """\
from desktop import bootstrap
from desktop.commands.refusal import refuse
from desktop.domain.source import Problem

refuse(Problem("data_newer"), bootstrap.words_in("zh_CN"), shows=True)
"""


@pytest.mark.parametrize(("program", "status"), [(START, UNUSABLE), (REFUSE, NEWER_STATUS)])
def test_a_screen_that_cannot_be_reached_is_told_in_both_languages_and_no_core_is_left(
    program: str, status: int
):
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"QT_QPA_PLATFORM": "none-such"},
        capture_output=True,
        encoding="utf-8",
        timeout=30,
        check=False,
    )
    assert done.returncode == status
    chinese, english = done.stderr.splitlines()[-2:]
    assert chinese.startswith("窗口打不开")
    assert english.startswith("No window can be opened")
    assert "none-such" in english

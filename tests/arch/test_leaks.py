"""The fixtures in conftest catch what a test leaves behind or says unasked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from fakes.checkout import ROOT

LEAKS = {
    "a thread": (
        "wait = threading.Event().wait; threading.Thread(target=wait, daemon=True).start()",
        "left behind: thread",
    ),
    "a socket": ("kept.append(socket.create_server(('127.0.0.1', 0)))", "left behind: socket"),
    "a window": ("kept.append(QWidget())", "left behind: top-level widget QWidget"),
    "a timer": ("kept.append(QTimer()); kept[0].start(1000)", "left behind: running timer"),
    "a log record": ("logging.getLogger('x').warning('boo')", "unexpected: WARNING x: boo"),
    "a Qt message": ("qWarning('boo')", "unexpected: QtWarningMsg: boo"),
    "a Python warning": ("warnings.warn('boo')", "UserWarning: boo"),
}

HEAD = """
import logging, socket, threading, warnings
import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QWidget
kept = []
"""


@pytest.fixture
def outcome(tmp_path):
    """Runs one test under the project's conftest and gives what pytest printed."""

    def run(body: str, marker: str = "") -> str:
        conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
        (tmp_path / "conftest.py").write_text(conftest, encoding="utf-8")
        test = f"{HEAD}\n{marker}\ndef test_it(qapp):\n    {body}\n"
        (tmp_path / "test_it.py").write_text(test, encoding="utf-8")
        words = ["-q", "-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml")]
        answer = subprocess.run(
            [sys.executable, "-m", "pytest", *words, "--rootdir", tmp_path, tmp_path],
            capture_output=True,
            text=True,
            check=False,
        )
        return answer.stdout

    return run


@pytest.mark.parametrize("kind", LEAKS)
def test_what_a_test_leaves_fails_it(outcome, kind):
    body, told = LEAKS[kind]
    said = outcome(body)
    assert told in said
    assert "1 passed in" not in said


def test_a_tidy_test_passes(outcome):
    body = "widget = QWidget(); widget.show(); widget.deleteLater(); del widget"
    assert "1 passed in" in outcome(body)


def test_a_warning_the_test_is_about_passes(outcome):
    marker = "@pytest.mark.expects_log('bo+')"
    assert "1 passed in" in outcome("logging.getLogger('x').error('boo')", marker)


def test_a_warning_promised_and_never_given_fails(outcome):
    said = outcome("pass", "@pytest.mark.expects_log('bo+')")
    assert "never said" in said

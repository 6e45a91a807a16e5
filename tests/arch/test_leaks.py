"""The fixtures in conftest catch what a test leaves behind or says unasked."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest

from support.checkout import ROOT

TESTS = """
import logging, socket, threading, warnings
import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QWidget

class OwnTimer(QTimer):
    pass

kept = []
made_early = QTimer()

def test_a_thread(qapp):
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def test_a_socket(qapp):
    kept.append(socket.create_server(("127.0.0.1", 0)))

def test_a_window(qapp):
    kept.append(QWidget())

def test_a_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(1000)

def test_a_timer_of_an_own_kind(qapp):
    kept.append(OwnTimer())
    kept[-1].start(1000)

def test_a_timer_made_before_the_tests(qapp):
    made_early.start(1000)

def test_a_log_record(qapp):
    logging.getLogger("x").warning("boo")

def test_a_qt_message(qapp):
    qWarning("boo")

def test_a_python_warning(qapp):
    warnings.warn("boo")

def test_a_tidy_one(qapp):
    widget = QWidget()
    widget.show()
    widget.deleteLater()

@pytest.mark.expects_log("bo+")
def test_a_warning_it_is_about(qapp):
    logging.getLogger("x").error("boo")

@pytest.mark.expects_log("bo+")
def test_a_warning_promised(qapp):
    pass

def test_last_to_close_what_was_kept(qapp):
    kept[0].close()

@pytest.mark.timeout(300)
def test_a_long_one(qapp):
    pass
"""

FAILURES = {
    "a_thread": "left behind: thread",
    "a_socket": "left behind: socket",
    "a_window": "left behind: top-level widget QWidget",
    "a_timer": "left behind: running timer",
    "a_timer_of_an_own_kind": "left behind: running timer",
    "a_timer_made_before_the_tests": "left behind: running timer",
    "a_log_record": "unexpected: WARNING x: boo",
    "a_qt_message": "unexpected: QtWarningMsg: boo",
    "a_python_warning": "UserWarning: boo",
    "a_warning_promised": "never said",
}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory) -> dict[str, str]:
    """What was said against each of the tests above, run under the project's own conftest."""
    folder = tmp_path_factory.mktemp("leaks")
    conftest = (ROOT / "tests" / "conftest.py").read_text(encoding="utf-8")
    (folder / "conftest.py").write_text(conftest, encoding="utf-8")
    (folder / "test_it.py").write_text(TESTS, encoding="utf-8")
    report = folder / "report.xml"
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", f"--junitxml={report}"]
    place = ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(folder), str(folder)]
    subprocess.run(
        [sys.executable, "-m", "pytest", *words, *place], capture_output=True, check=False
    )
    said: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):
        name = case.get("name", "").removeprefix("test_")
        said[name] = said.get(name, "") + "".join(
            f"{fault.get('message')} {fault.text}"
            for fault in (*case.iter("error"), *case.iter("failure"))
        )
    return said


@pytest.mark.parametrize("name", FAILURES)
def test_what_a_test_leaves_or_says_fails_it(outcomes, name):
    assert FAILURES[name] in outcomes[name]


@pytest.mark.parametrize("name", ["a_tidy_one", "a_warning_it_is_about"])
def test_nothing_is_held_against_a_tidy_test(outcomes, name):
    assert outcomes[name] == ""


def test_what_is_long_is_begun_first(outcomes):
    assert next(iter(outcomes)) == "a_long_one"

"""What holds for every test: nothing left running, no warning unexpected, no real profile touched.

Runs without PySide6 too, so that the core's tests can be run where it is missing.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, settings

from support.program import imports_shared

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "C.UTF-8"  # Whatever language the computer is in.
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("long", deadline=None, max_examples=20_000)
settings.load_profile("steady")

GRACE_S = 2.0
"""How long what was told to close may take to be gone: the bound of the product's own exit."""

USUAL_TIMEOUT_S = 120.0
"""As in `pyproject.toml`; what is marked with more is known to be long."""

NOISE = (
    # Said by Qt's offscreen platform about itself, whatever the program does.
    "This plugin does not support",
)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Leave Qt's messages to the fixture below: pytest-qt stops listening before teardown."""
    if hasattr(config.option, "qt_log"):
        config.option.qt_log = False


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="leave out what is known to take long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what may take longest, so that no worker is left alone with it at the end."""
    items.sort(key=_time_allowed_s, reverse=True)
    if config.getoption("--fast"):
        long = [item for item in items if _time_allowed_s(item)]
        config.hook.pytest_deselected(items=long)
        del items[: len(long)]


def _time_allowed_s(item: pytest.Item) -> float:
    marker = item.get_closest_marker("timeout")
    allowed = float(marker.args[0]) if marker and marker.args else 0.0
    return allowed if allowed > USUAL_TIMEOUT_S else 0.0


def pytest_collection_finish() -> None:
    """Set what there is before the first test apart, for good: it is no test's, and it is much.

    The million objects of a whole collection would else be walked through twice in each test
    of a screen, and in every sweep for unreachable cycles.
    """
    _timers_before_tests.extend(_timers_among(gc.get_objects()))
    gc.collect()
    gc.freeze()


def _set_apart_what_there_is() -> None:
    """Before a test of a screen, let go of the last one's cycles and look at the rest no more."""
    if _shows_screens():
        gc.collect()
        gc.freeze()


def _shows_screens() -> bool:
    qt_core = sys.modules.get("PySide6.QtCore")
    return qt_core is not None and qt_core.QCoreApplication.instance() is not None


_timers_before_tests: list[Any] = []
"""Timers some module made while it was imported: looked at as well, though set apart."""


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point every per-user folder into the session's own, for this process and its children."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            folder = home / name.lower()
            folder.mkdir()
            patch.setenv(f"XDG_{name}_HOME", str(folder))
        with imports_shared():
            yield


@pytest.fixture(scope="module")
def surroundings() -> None:
    """What a file of tests finds when it begins; the core's folders take Qt out of it."""


@pytest.fixture(autouse=True)
def nothing_left_running(nothing_unexpected_said: None) -> Iterator[None]:
    """Fail a test that leaves a thread, a socket, a top-level widget or a running timer."""
    _set_apart_what_there_is()
    threads, sockets = _threads(), set(_sockets().values())
    widgets, timers = _widgets(), _timers()
    yield
    _delete_what_waits_for_it()
    left: list[str] = []
    left += [f"thread {name}" for name in _once_settled(lambda: _new(_threads(), threads))]
    left += [f"socket {name}" for name in _once_settled(lambda: _made_since(sockets))]
    left += [f"top-level widget {name}" for name in _new(_widgets(), widgets)]
    left += [f"running timer {name}" for name in _new(_timers(), timers)]
    if left:
        pytest.fail("left behind: " + "; ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_unexpected_said(surroundings: None, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail on a log record or Qt message from warning upwards that no marker names.

    `expects_log` is a promise as well: a pattern that nothing matched fails the test.
    """
    ear = _Ear()
    logging.getLogger().addHandler(ear)
    try:
        with _qt_messages_to(ear.heard):
            yield
    finally:
        logging.getLogger().removeHandler(ear)
    markers = request.node.iter_markers("expects_log")
    expected = [pattern for marker in markers for pattern in marker.args]
    surprises = [
        text
        for text in ear.heard
        if not any(re.search(pattern, text) for pattern in (*expected, *NOISE))
    ]
    if surprises:
        pytest.fail("unexpected: " + "\n".join(surprises), pytrace=False)
    silent = [p for p in expected if not any(re.search(p, text) for text in ear.heard)]
    if silent:
        pytest.fail(f"expected in the log, but never said: {silent}", pytrace=False)


class _Ear(logging.Handler):
    """Keeps the text of every record from WARNING upwards."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@contextmanager
def _qt_messages_to(heard: list[str]) -> Iterator[None]:
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None:
        yield
        return
    grave = {qt_core.QtMsgType.QtWarningMsg, qt_core.QtMsgType.QtCriticalMsg}

    def hear(kind: Any, context: Any, text: str) -> None:
        if kind in grave:
            heard.append(f"{kind.name}: {text}")

    previous = qt_core.qInstallMessageHandler(hear)
    try:
        yield
    finally:
        qt_core.qInstallMessageHandler(previous)


def _threads() -> dict[int, str]:
    """Live threads of ours; Python never forgets a foreign thread that once called it.

    Such a thread is a "Dummy-" to it.
    """
    others = ("execnet", "pytest_timeout", "pytest-timeout", "Dummy-")
    return {
        id(thread): thread.name
        for thread in threading.enumerate()
        if thread.is_alive() and not thread.name.startswith(others)
    }


def _sockets() -> dict[int, str]:
    """What the system calls each open socket, by file descriptor; it costs next to nothing."""
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return {one.fd: f"{one.fd} {one.laddr}" for one in _network_sockets()}
    found: dict[int, str] = {}
    for each in os.scandir(folder):
        with suppress(OSError):  # The listing's own is closed by now.
            name = os.readlink(each.path)  # noqa: PTH115 - a Path costs more than the reading
            if name.startswith("socket:"):
                found[int(each.name)] = name
    return found


def _made_since(before: set[str]) -> list[str]:
    """Network sockets that were not open before, with both ends in words."""
    made = {number for number, name in _sockets().items() if name not in before}
    return [
        f"{one.laddr} → {one.raddr or 'nobody'} {one.status}"
        for one in (_network_sockets() if made else ())
        if one.fd in made
    ]


def _network_sockets() -> list[Any]:
    return list(psutil.Process().net_connections(kind="inet"))


def _widgets() -> dict[int, str]:
    qt_widgets = sys.modules.get("PySide6.QtWidgets")
    if qt_widgets is None or qt_widgets.QApplication.instance() is None:
        return {}
    return {
        id(widget): f"{type(widget).__name__} {widget.objectName() or widget.windowTitle()!r}"
        for widget in qt_widgets.QApplication.topLevelWidgets()
        # A menu or a completer's list hangs on an owner and goes with it.
        if widget.parent() is None
    }


def _timers() -> dict[int, str]:
    """Running timers made since the test began, or by a module before all tests."""
    if not _shows_screens():
        return {}
    from shiboken6 import isValid

    return {
        id(timer): f"{type(timer.parent()).__name__}'s, every {timer.interval()} ms"
        for timer in (*_timers_before_tests, *_timers_among(gc.get_objects()))
        if isValid(timer) and timer.isActive()
    }


def _timers_among(objects: list[Any]) -> list[Any]:
    """The timers, told by their exact types: these are few and the objects are many."""
    qt_core = sys.modules.get("PySide6.QtCore")
    if qt_core is None:
        return []
    kinds = {qt_core.QTimer}
    while further := {heir for kind in kinds for heir in kind.__subclasses__()} - kinds:
        kinds |= further
    return [each for each in objects if type(each) in kinds]


def _new(now: dict[int, str], before: dict[int, str]) -> list[str]:
    return [name for key, name in now.items() if key not in before]


def _once_settled(left: Callable[[], list[str]]) -> list[str]:
    """What is still left when it has had its time to go."""
    pause, waited_s, next_s = threading.Event(), 0.0, 0.001
    while (found := left()) and waited_s < GRACE_S:
        pause.wait(next_s)
        waited_s, next_s = waited_s + next_s, min(2 * next_s, 0.02)
    return found


def _delete_what_waits_for_it() -> None:
    """Carry out deleteLater and drop unreachable cycles, as the next turn of the loop would."""
    if _shows_screens():
        qt_core = sys.modules["PySide6.QtCore"]
        qt_core.QCoreApplication.sendPostedEvents(None, qt_core.QEvent.Type.DeferredDelete)

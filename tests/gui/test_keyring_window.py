"""A keyring that takes its time holds up neither the GUI thread nor whoever gives up."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application.ports import StoreError
from desktop.commands import folder_key, screen
from desktop.commands.folder_key import Await
from desktop.commands.opening import CannotOpen
from desktop.domain.source import Problem
from desktop.gui.keyring_window import WORDS, KeyringWindow
from desktop.storage.keys.encryption_key import KeyringKey

KEY = b"k" * 32


class SlowKeyring:
    """Answers once it is let."""

    def __init__(self) -> None:
        self.lets, self.asked = threading.Event(), 0
        self.on: threading.Thread | None = None
        self.error: StoreError | None = None

    def key(self, _folder: Path | None = None) -> bytes:
        self.asked += 1
        self.on = threading.current_thread()
        assert self.lets.wait(20)
        if self.error is not None:
            raise self.error
        return KEY


@pytest.fixture
def slow() -> Iterator[SlowKeyring]:
    made = SlowKeyring()
    yield made
    made.lets.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)


def shown() -> KeyringWindow:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, KeyringWindow))


WaitOf = Callable[..., Await | None]


@pytest.fixture
def wait_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WaitOf:
    """What a command that draws waits with for the key of its desk."""
    file = tmp_path / "desk.toml"
    file.write_text('[[source]]\nid = "county"\nkind = "county"\nurl = "http://127.0.0.1:9"\n')
    used: list[Await | None] = []

    def no_desk(*given: Any, connects: bool) -> None:
        assert connects
        used.append(given[-1])
        raise CannotOpen(Problem("keyring_silent"))

    def run(command: str = "desk", language: str = "en") -> Await | None:
        options = argparse.Namespace(
            command=command,
            demo=False,
            profile=file,
            lang=language,
            theme=None,
            key="auto",
            profile_dir=tmp_path,
        )
        assert screen.main(options) == 2
        return used.pop()

    monkeypatch.setattr(screen, "open_desk", no_desk)
    return run


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_slow_keyring_is_waited_for_beside_a_window_that_says_so(
    qtbot: QtBot, slow: SlowKeyring, wait_of: WaitOf, language: str
):
    said: list[str] = []

    def look() -> None:
        # Run by the event loop: it goes on while the keyring is silent.
        said.append(shown().words.text())
        slow.lets.set()

    QTimer.singleShot(0, look)
    assert wait_of(language=language)(slow.key) == KEY
    assert said == [WORDS["waiting"][language == "en"]]
    assert slow.asked == 1, "the window goes on with the same question"
    assert slow.on is not threading.main_thread()


def test_the_window_leaves_the_keyboard_to_the_one_in_which_the_keyring_asks(
    qtbot: QtBot, slow: SlowKeyring, wait_of: WaitOf
):
    left: list[bool] = []

    def look() -> None:
        left.append(shown().testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating))
        slow.lets.set()

    QTimer.singleShot(0, look)
    assert wait_of()(slow.key) == KEY
    assert left == [True]


def test_a_keyring_that_answers_at_once_opens_no_window(
    qtbot: QtBot, slow: SlowKeyring, wait_of: WaitOf
):
    slow.lets.set()
    assert wait_of()(slow.key) == KEY
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, KeyringWindow)]


def test_whoever_closes_the_window_waits_no_longer(
    qtbot: QtBot, slow: SlowKeyring, wait_of: WaitOf
):
    QTimer.singleShot(0, lambda: shown().close())
    with pytest.raises(StoreError) as caught:
        wait_of()(slow.key)
    assert caught.value.problem.code == "keyring_silent"
    assert not slow.lets.is_set()


def test_what_the_keyring_says_in_the_end_is_raised_as_ever(
    qtbot: QtBot, slow: SlowKeyring, wait_of: WaitOf
):
    slow.error = StoreError(Problem("key_missing", {"folder": "desk"}))
    QTimer.singleShot(0, slow.lets.set)
    with pytest.raises(StoreError) as caught:
        wait_of()(slow.key)
    assert caught.value.problem.code == "key_missing"


def test_desk_and_wall_wait_so_for_the_key_of_their_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_of: WaitOf
):
    monkeypatch.setattr(KeyringKey, "key", lambda _self, folder: folder.name.encode())
    waited: list[bytes] = []

    def wait(look_up):
        waited.append(look_up())
        return waited[0]

    options = argparse.Namespace(key="keyring", passphrase_file=None)
    profile = argparse.Namespace(place="desk")
    found = folder_key.folder_key(profile, options, tmp_path, None, [], wait=wait)
    assert [found] == waited == [tmp_path.name.encode()]
    for command, waits in (("desk", True), ("wall", True), ("shot", False)):
        assert (wait_of(command) is not None) == waits

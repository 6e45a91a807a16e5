"""The windows before there is a desk: the welcome, the settings, the ways to the key."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop import VERSION
from desktop.application.i18n import Words
from desktop.application.settings.desk import SettingsDesk
from desktop.domain.source import Problem
from desktop.gui.keyring_window import KeyringWindow
from desktop.gui.passphrase import PassphraseWindow
from desktop.gui.refusal import RefusalWindow
from desktop.gui.settings.window import SettingsWindow

KEY = bytes(32)
WAIT_S = 0.02


def first_windows(
    words: Words, resources: Path, desk: SettingsDesk
) -> Iterator[tuple[str, QWidget]]:
    """Yield each window with its name; the settings' once as the welcome and once behind it."""
    welcome = SettingsWindow(words, resources, desk, greets=True)
    yield "welcome", welcome
    welcome.show_settings()
    yield "settings", welcome
    yield "keyring", KeyringWindow(words.chinese, _wait_in_vain)
    for name, is_new in (("new-passphrase", True), ("passphrase", False)):
        yield name, PassphraseWindow(words.chinese, is_new, lambda _typed: KEY)
    newer = Problem("profile_newer", {"file": "desk.toml", "own": VERSION})
    yield "refusal", RefusalWindow(words.problem(newer), chinese=words.chinese)


def _wait_in_vain(is_cut: Callable[[], bool]) -> bytes:
    """Answer as a silent keyring does."""
    silence = threading.Event()
    while not is_cut():
        silence.wait(WAIT_S)
    return KEY

"""The windows before there is a desk: the welcome, the settings, the ways to the key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.application.i18n import Words
from desktop.application.settings.desk import SettingsDesk
from desktop.gui.keyring_window import KeyringWindow
from desktop.gui.passphrase import PassphraseWindow
from desktop.gui.settings.window import SettingsWindow

KEY = bytes(32)


def first_windows(
    words: Words, resources: Path, desk: SettingsDesk
) -> Iterator[tuple[str, QWidget]]:
    """Yield each window with its name; the settings' once as the welcome and once behind it."""
    welcome = SettingsWindow(words, resources, desk, greets=True)
    yield "welcome", welcome
    welcome.show_settings()
    yield "settings", welcome
    yield "keyring", KeyringWindow(words.chinese, lambda _is_cut: KEY)
    for name, is_new in (("new-passphrase", True), ("passphrase", False)):
        yield name, PassphraseWindow(words.chinese, is_new, lambda _typed: KEY)

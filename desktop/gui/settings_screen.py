"""What the parts of a settings window share: the look, the words, and the profile's desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from desktop.application.i18n import Words
from desktop.application.settings.desk import SettingsDesk
from desktop.domain.localized_text import Text
from desktop.gui.keymap import Keymap
from desktop.gui.remembered import Remembered
from desktop.gui.theme import Theme


class Live(msgspec.Struct, frozen=True):
    """A setting of which the window around uses a value at once."""

    get: Callable[[], str]
    """The value in force now."""
    put: Callable[[str], None]


class SettingsScreen(msgspec.Struct, frozen=True):
    """One settings window's theme, words and desk, and what it does to the window around."""

    theme: Theme
    words: Words
    desk: SettingsDesk
    live: Mapping[str, Live] = {}
    """By the names of settings that count at once."""
    is_plain: bool = False
    """Whether it is a clerk's: nothing of files and their keys is said."""
    keymap: Keymap | None = None
    """The keys of the window around; None where there is none."""
    remembered: Remembered = msgspec.field(default_factory=Remembered)
    restart: Callable[[], None] | None = None
    """Closes the program and opens it anew; None where there is nothing to open."""
    townships: Callable[[], Mapping[str, Text]] = dict
    """Returns the county's townships by id, as far as they are known."""

    file_limits: Callable[[], Mapping[str, int]] = dict
    """Returns the largest file in bytes that may go to each source, by its title, where known."""

    def say(self, text: Text) -> str:
        """Return a text of ours in the language in force."""
        return text.in_language(self.words.language)

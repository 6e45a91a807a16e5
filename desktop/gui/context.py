"""The services that every widget gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.application.profile import USUAL_SOUND, Sound
from desktop.gui.change_feed import ChangeFeed
from desktop.gui.keymap import Keymap
from desktop.gui.remembered import Remembered
from desktop.gui.task_runner import TaskRunner
from desktop.gui.theme import Theme

if TYPE_CHECKING:
    from desktop.application.courier.calls import Switchboard
    from desktop.application.upkeep import Upkeep
    from desktop.diagnostics.support.doctor import Doctor
    from desktop.gui.settings_screen import SettingsScreen


class UiContext(msgspec.Struct, frozen=True):
    """One screen's board, words, theme and task runners; reads go to `reader`, commands to
    `writer`, and what takes long for each file to `pictures`."""

    board: Board
    words: Words
    theme: Theme
    feed: ChangeFeed
    reader: TaskRunner
    writer: TaskRunner
    pictures: TaskRunner
    remembered: Remembered = msgspec.field(default_factory=Remembered)
    keymap: Keymap = msgspec.field(default_factory=Keymap)
    switchboard: Callable[[], Switchboard | None] = lambda: None
    """Returns what takes reports by telephone, or None where the profile has no county, or
    several."""
    sound: Sound = USUAL_SOUND
    """What is heard, and when."""
    show_help: Callable[[], None] = lambda: None
    """Opens the help at what belongs to whatever has the keyboard."""
    settings: Callable[[], SettingsScreen] | None = None
    """Returns what a settings window works with; None where there is none, as in a picture."""
    show_tour: Callable[[], None] = lambda: None
    """Shows the guided tour, or what it is where there is no fictional county to practise on."""
    doctor: Callable[[], Doctor] | None = None
    """Makes what checks this computer, off the GUI thread; None where nothing can be checked."""
    upkeep: Callable[[], Upkeep] | None = None
    """Returns what backs the desk up and finds its log; None where there is none, as in a
    picture."""

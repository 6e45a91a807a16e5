"""The settings in a window of their own: a first start, a profile with faults, `settings`."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop import bootstrap, paths
from desktop.commands.settings_desk import ProfileDesk
from desktop.gui.app import application
from desktop.gui.settings.window import ask_settings


def ask_first(file: Path, options: argparse.Namespace, *, greets: bool) -> tuple[str, ProfileDesk]:
    """Show the settings of this file until the window is closed.

    Returns what is wanted then, `demo`, `desk` or nothing, and the desk of the settings, which may
    hold secrets for a desk to keep. What opens then is in the language chosen in the window.
    """
    desk = ProfileDesk(file, options)
    words = bootstrap.words_in(options.lang)
    begun = words.language
    wanted = ask_settings(application([]), words, paths.resources(), desk, greets=greets)
    if words.language != begun or wanted == "demo":
        options.lang = words.language
    return wanted, desk

"""The window of the help that a test has opened."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop.gui.help.window import HelpWindow
from support.prompt import wait_until


def shown_help() -> HelpWindow:
    """Return it, once it is there; there is one, and it is to be seen."""
    wait_until(lambda: any(found.isVisible() for found in _windows()))
    [found] = _windows()
    return found


def _windows() -> list[HelpWindow]:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, HelpWindow)]

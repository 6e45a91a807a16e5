"""The window of the help that a test has opened."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desktop.gui.help.window import HelpWindow


def shown_help() -> HelpWindow:
    """Return it; there is one, and it is to be seen."""
    [found] = [w for w in QApplication.topLevelWidgets() if isinstance(w, HelpWindow)]
    assert found.isVisible()
    return found

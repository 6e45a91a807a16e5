"""Where the keyboard focus is."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget


def holds_keyboard(widget: QWidget) -> bool:
    """Whether the widget, or a child of it, has the keyboard focus."""
    focused = QApplication.focusWidget()
    return focused is not None and (focused is widget or widget.isAncestorOf(focused))

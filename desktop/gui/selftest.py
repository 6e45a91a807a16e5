"""A check that a window can be painted on this machine."""

from __future__ import annotations

from PySide6 import __version__
from PySide6.QtWidgets import QApplication, QLabel

from desktop.gui.qt_libraries import start_qt


def paint_once() -> str:
    """Paint a window and describe the platform that did; raises RuntimeError when it failed."""
    application = QApplication.instance() or start_qt()
    label = QLabel("县域指挥台")
    try:
        if label.grab().isNull():
            raise RuntimeError("a window could not be painted")
    finally:
        label.deleteLater()
        del application
    return f"Qt {__version__} paints"

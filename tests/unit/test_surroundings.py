"""What holds for every file of this folder."""

from __future__ import annotations

import importlib

import pytest


@pytest.mark.parametrize("name", ["PySide6.QtCore", "pyqtgraph", "desktop.gui.app"])
def test_qt_is_missing_here(name):
    with pytest.raises(ModuleNotFoundError, match="is not installed here"):
        importlib.import_module(name)

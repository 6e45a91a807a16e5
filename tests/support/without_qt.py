"""Python as it is on a machine without Qt, for as long as it is wanted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

QT = ("PySide6", "shiboken6", "pyqtgraph")


class NoQt:
    """Finds Qt nowhere, though it is installed."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name.partition(".")[0] in QT:
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)


@pytest.fixture(scope="module")
def surroundings() -> Iterator[None]:
    """Take Qt away from before a file's first fixture until after its last."""
    with qt_missing():
        yield


@contextmanager
def qt_missing() -> Iterator[None]:
    """Hide Qt and the screens, loaded or not, and put back exactly what was there."""
    # pytest-qt asks for it between tests: a type first made while Qt is hidden ends the process.
    getattr(sys.modules.get("PySide6.QtWidgets"), "QApplication", None)
    hidden = {name: sys.modules.pop(name) for name in [*sys.modules] if _needs_qt(name)}
    block = NoQt()
    sys.meta_path.insert(0, block)
    try:
        yield
    finally:
        sys.meta_path.remove(block)
        for name in [*sys.modules]:
            if _needs_qt(name):
                del sys.modules[name]
        sys.modules.update(hidden)


def _needs_qt(name: str) -> bool:
    return name.partition(".")[0] in QT or f"{name}.".startswith("desktop.gui.")

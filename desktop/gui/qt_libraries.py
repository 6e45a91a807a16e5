"""Qt's libraries, loaded while Python is busy with what needs them."""

from __future__ import annotations

import ctypes
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

LIBRARIES = (
    "shiboken6/Shiboken.abi3.so",
    "PySide6/QtCore.abi3.so",
    "PySide6/Qt/lib/libQt6Gui.so.6",
    "PySide6/QtGui.abi3.so",
    "PySide6/Qt/lib/libQt6Widgets.so.6",
    "PySide6/QtWidgets.abi3.so",
)
"""In the order of their imports, a library of Qt's own before the module on it: the linker lets
other threads in only between two of them."""
FONTS = "libfontconfig.so.1"


def load_beside() -> None:
    """Begin to load them on a thread of its own, where the system's linker offers that.

    Linking takes 20 ms and needs no interpreter. An import finds its library loaded, or loads it
    itself, and says what is wrong with it.
    """
    spec = find_spec("PySide6") if sys.platform == "linux" else None
    if spec is not None and spec.origin is not None:
        folder = Path(spec.origin).parents[1]
        threading.Thread(target=_load, args=(folder,), name="libraries", daemon=True).start()


def _load(folder: Path) -> None:
    with suppress(OSError, AttributeError):
        link = ctypes.CDLL(None).dlopen
        for library in LIBRARIES:
            link(bytes(folder / library), sys.getdlopenflags())
        ctypes.CDLL(FONTS).FcInit()  # Reads what fonts there are, which Qt does otherwise.

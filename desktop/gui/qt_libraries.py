"""Qt's libraries, loaded while Python is busy with what needs them, and its input methods."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Mapping, MutableMapping
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
FCITX = frozenset({"fcitx", "fcitx5"})
XIM = "@im="
"""What stands in XMODIFIERS before the name of the input method."""


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


def offer_ibus(environment: MutableMapping[str, str]) -> None:
    """Name IBus as the next best to Fcitx in the environment; to be called before Qt's start.

    WORKAROUND: Qt's wheel has no plugin for Fcitx, and Qt asks none for what only XMODIFIERS
    names. Fcitx 5 speaks IBus's protocol as well, as a portal: the plugin of IBus takes no other
    way where IBus itself is not installed. Where Qt does have Fcitx's plugin that comes first,
    and where nothing answers Qt goes on as it would have.
    """
    names = _read_names(environment)
    if names and not FCITX.isdisjoint(names) and "ibus" not in names:
        names.append("ibus")
        environment.setdefault("IBUS_USE_PORTAL", "1")
    if names:
        environment["QT_IM_MODULES"] = ";".join(names)


def _read_names(environment: Mapping[str, str]) -> list[str]:
    """Return the input methods to be asked, the best first; none where Qt knows better."""
    named = environment.get("QT_IM_MODULES") or environment.get("QT_IM_MODULE")
    if named:
        return [name for name in named.split(";") if name]
    platform = environment.get("QT_QPA_PLATFORM") or (
        "wayland" if environment.get("WAYLAND_DISPLAY") else ""
    )
    modifiers = environment.get("XMODIFIERS", "")
    if platform.startswith("wayland") or not modifiers.startswith(XIM):
        return []  # Wayland has an input method of its own.
    name = modifiers.removeprefix(XIM)
    return [name] if name in FCITX | {"ibus"} else []

"""What comes before Qt: its libraries, its input methods, and words where it cannot start."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.paths import resources

if TYPE_CHECKING:
    from PySide6.QtCore import QMessageLogContext, QtMsgType
    from PySide6.QtWidgets import QApplication

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
UNUSABLE = 2
"""The exit status of a start that could not be one."""
NO_SCREEN = (
    "窗口打不开：连不上显示器，或缺少显示用的系统库（{why}）。没有给出新的指令，本机数据不受影响。在"
    "有显示器的会话里打开；county-desk doctor 逐项说明缺什么。\n"
    "No window can be opened: the display cannot be reached, or a system library that draws is "
    "missing ({why}). No command was given, and the data on this computer is as it was. Open it in "
    "a session with a display; county-desk doctor says what is missing."
)


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


def start_qt(argv: Sequence[str] = (), status: int = UNUSABLE) -> QApplication:
    """Return a new QApplication; where there can be none the program ends in words, with the
    exit status given."""
    from PySide6.QtCore import QtMsgType, qInstallMessageHandler
    from PySide6.QtWidgets import QApplication

    said: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        if kind is not QtMsgType.QtFatalMsg:
            said.append(message)
            return
        _complain(NO_SCREEN.format(why=said[0] if said else message))
        os._exit(status)  # Once Qt has this back it aborts, and leaves a core.

    before = qInstallMessageHandler(hear)
    try:
        application = QApplication(list(argv))
    finally:
        qInstallMessageHandler(before)
    for line in said:
        _complain(line)
    return application


def give_icon() -> None:
    """Give every window the program's icon; a desk's first paint need not wait for it."""
    from PySide6.QtGui import QIcon
    from PySide6.QtWidgets import QApplication

    QApplication.setWindowIcon(QIcon(str(resources() / "icons" / "county-desk.png")))


def _complain(line: str) -> None:
    if sys.stderr is not None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()

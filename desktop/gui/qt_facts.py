"""What Qt finds on this computer, told line by line by a process of its own.

A Qt that cannot load, or hangs at a printer's server, then ends that process and not the one that
asks.
"""

from __future__ import annotations

import faulthandler
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

SAMPLE = "县域指挥镇鎮々"
"""Characters that a font for Chinese has."""
SIZE_PX = 32
ENDS_WITHIN_S = 5.0
"""The process ends by itself then: whoever asked has long gone, perhaps without ending it."""
ALIASES = {"Monospace", "Sans Serif", "Serif"}
"""Names that are there without any font."""


def tell_facts(say: Callable[[str], None]) -> None:
    """Say one JSON object a line for each part of Qt that works."""
    from PySide6.QtWidgets import QApplication

    faulthandler.dump_traceback_later(ENDS_WITHIN_S, exit=True)
    application = QApplication.instance() or QApplication(sys.argv[:1])
    for name, look in FACTS.items():
        with suppress(Exception):  # What is missing then is told as not known.
            say(json.dumps({name: look()}))
    faulthandler.cancel_dump_traceback_later()
    del application


def _platform() -> dict[str, Any]:
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    screens = QGuiApplication.screens()
    sizes = [f"{each.size().width()}×{each.size().height()}" for each in screens]
    return {
        "name": QGuiApplication.platformName(),
        "version": qVersion(),
        "screens": len(screens),
        "size": ", ".join(sizes) or "-",
    }


def _input_method() -> dict[str, Any]:
    """Tell which input method's plugin Qt took, by what is loaded now."""
    try:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {"loaded": None}
    names = {Path(line).name for line in maps.split() if "platforminputcontexts" in line}
    return {"loaded": sorted(name.removeprefix("lib").partition("platform")[0] for name in names)}


def _fonts() -> dict[str, Any]:
    from PySide6.QtGui import QFont, QTextLayout

    from desktop.gui.theme import FAMILIES

    if not _has_fonts():  # Laying out a text would end the process.
        return {"missing": len(SAMPLE), "families": []}
    font = QFont()
    font.setFamilies(list(FAMILIES))
    layout = QTextLayout(SAMPLE, font)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    runs = layout.glyphRuns()
    missing = sum(glyph == 0 for run in runs for glyph in run.glyphIndexes())
    families = sorted({run.rawFont().familyName() for run in runs})
    return {"missing": missing if runs else len(SAMPLE), "families": families}


def _has_fonts() -> bool:
    from PySide6.QtGui import QFontDatabase

    return not set(QFontDatabase.families()) <= ALIASES


def _rendering() -> dict[str, Any]:
    """Paint a word and tell how long that took, and whether anything can be seen of it."""
    from PySide6.QtGui import QColor, QImage, QPainter

    began_s = time.perf_counter()
    image = QImage(SIZE_PX * len(SAMPLE), 2 * SIZE_PX, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    font = painter.font()
    font.setPixelSize(SIZE_PX)
    painter.setFont(font)
    if _has_fonts():
        painter.drawText(0, SIZE_PX, SAMPLE)
    else:
        painter.fillRect(0, 0, SIZE_PX, SIZE_PX, QColor("black"))
    painter.end()
    blank = QImage(image.size(), QImage.Format.Format_RGB32)
    blank.fill(QColor("white"))
    return {"ms": round((time.perf_counter() - began_s) * 1000), "seen": image != blank}


def _printers() -> dict[str, Any]:
    from PySide6.QtPrintSupport import QPrinterInfo

    names = QPrinterInfo.availablePrinterNames()
    return {"count": len(names), "default": QPrinterInfo.defaultPrinterName() in names}


FACTS: dict[str, Callable[[], dict[str, Any]]] = {
    "platform": _platform,
    "input_method": _input_method,
    "fonts": _fonts,
    "rendering": _rendering,
    "printers": _printers,
}
"""The parts in the order they are looked at; what may hang comes last."""

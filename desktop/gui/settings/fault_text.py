"""The faults of a profile in words, the first few of them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.application.i18n import Words
from desktop.application.settings.faults import Fault

translate = QCoreApplication.translate


def list_faults(faults: Sequence[Fault], words: Words, most: int) -> str:
    """Return a line for each fault with the line of the file, and how many more there are."""
    lines = [
        translate("Settings", "Line {n}: {reason}").format(
            n=fault.line, reason=words.reason(fault.reason)
        )
        for fault in faults[:most]
    ]
    more = len(faults) - len(lines)
    if more > 0:
        lines.append(translate("Settings", "and %n more", "", more))
    return "\n".join(lines)

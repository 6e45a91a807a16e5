"""How large a window draws, settled before Qt begins: it reads this once."""

from __future__ import annotations

import os

SCALE, SYSTEMS = "QT_SCALE_FACTOR", "COUNTY_DESK_SYSTEM_SCALE"
"""What Qt reads, and what that was before this program: a program begun anew inherits its own."""


def enlarge(text_size: str) -> None:
    """Have Qt draw everything by so many per cent larger than the system asks for."""
    before = os.environ.setdefault(SYSTEMS, os.environ.get(SCALE, "1"))
    try:
        factor = float(before) * int(text_size) / 100
    except ValueError:
        return  # Qt does not understand the system's either.
    if factor != 1 or SCALE in os.environ:
        os.environ[SCALE] = f"{factor:g}"

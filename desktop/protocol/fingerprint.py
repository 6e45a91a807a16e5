"""The fingerprint of a county's keys, as people write it down."""

from __future__ import annotations

import re

GROUPS = re.compile(r"[0-9a-f]{4}( [0-9a-f]{4}){4}")


def read_fingerprint(said: str) -> str:
    """Return a fingerprint as programs compare it, however its digits are spaced; else nothing."""
    digits = "".join(said.split()).lower()
    spaced = " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
    return spaced if GROUPS.fullmatch(spaced) else ""

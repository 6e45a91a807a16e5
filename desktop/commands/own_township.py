"""The township whose office a desk is: its profile's, else the one its clerk picked."""

from __future__ import annotations

import re
from pathlib import Path

from desktop.application.profile import Profile
from desktop.commands.opening import LAYOUT

MOST_BYTES = 1_000_000
CHOSEN = re.compile(r'^\[chosen\]\n(?:(?!\[).*\n)*?township="?([^"\\\n]+)"?$', re.MULTILINE)
"""Among the lines of one part of the file, which end at the next that begins with a bracket."""


def find_township(profile: Profile, folder: Path) -> str:
    """Return the id of a desk's township; empty where nobody said which.

    Read without Qt, which commands without a window do not have. An id with a backslash or a quote
    in it is not found: no county has any.
    """
    if profile.township:
        return profile.township
    try:
        with (folder / LAYOUT).open(encoding="utf-8") as file:
            found = CHOSEN.search(file.read(MOST_BYTES))
    except (OSError, ValueError):
        return ""
    return found[1] if found else ""

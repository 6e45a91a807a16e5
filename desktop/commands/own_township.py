"""The township whose office a desk is: its profile's, else the one its clerk picked."""

from __future__ import annotations

from pathlib import Path

from desktop.application.profile import Profile
from desktop.commands.opening import read_layout


def find_township(profile: Profile, folder: Path) -> str:
    """Return the id of a desk's township; empty where nobody said which.

    An id with a backslash or a quote in it is not found: no county has any.
    """
    return profile.township or read_layout(folder).get("township", "")

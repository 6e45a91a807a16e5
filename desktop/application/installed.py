"""The package that this program runs from, where another version can be installed beside it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

BUILDS, CURRENT = "run", "current"
"""The folder of all builds, and the link to the one that starts: see the postinst."""


class Installed(msgspec.Struct, frozen=True):
    """The build that runs, and the folder of all of them."""

    folder: Path
    build: str

    def read_other(self) -> str:
        """Return the version that was installed since this one started; empty for none.

        Another build of the same version is named whole.
        """
        with suppress(OSError):
            set_up = (self.folder / CURRENT).readlink().name
            if set_up != self.build:
                version = set_up.partition("+")[0]
                return set_up if version == self.build.partition("+")[0] else version
        return ""

    @property
    def starter(self) -> Path:
        """The program that starts the build that was set up last."""
        return self.folder / "bin" / "county-desk"


def find_installed(prefix: str) -> Installed | None:
    """Return what an interpreter of this prefix belongs to; None for one of no such package."""
    place = Path(prefix)
    folder = place.parent.parent
    if place.parent.name != BUILDS or not (folder / CURRENT).is_symlink():
        return None
    return Installed(folder, place.name)

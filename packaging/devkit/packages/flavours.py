"""The Debians that a package is made for, and what each brings along of what the program needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from devkit import debian
from devkit.packages import private_python

LETTERS = "fonts-noto-cjk | fonts-wqy-zenhei | fonts-wqy-microhei"
INPUT = "fcitx5-pinyin | ibus-libpinyin"
KEYRING = "gnome-keyring | kwalletmanager"


@dataclass(frozen=True)
class Flavour:
    """A package for one release of Debian."""

    suite: str
    mark: str
    """Ends the version, so that a newer Debian has the newer package."""
    python: str
    depends: tuple[str, ...]
    recommends: tuple[str, ...]
    fill: Callable[[Path, str, str, Path], None]
    """Makes a folder the environment that will lie at a place, for a Python, with this wheel."""
    compiles: bool = False
    """Whether the Python of the computer compiles the program, as the builder's is another."""


BOOKWORM = Flavour(
    suite="bookworm",
    mark="+deb12",
    python="3.11",
    depends=(
        "libc6 (>= 2.34)",
        *("python3.11", "tzdata", "libcups2", "libwayland-client0", "libwayland-cursor0"),
        *("libwayland-egl1", "libx11-xcb1", "libxkbcommon0"),
        *(name for name in debian.WINDOW if not name.startswith("fonts-")),
        LETTERS,
    ),
    recommends=(KEYRING, "xdg-desktop-portal", INPUT),
    fill=private_python.fill,
)
"""Qt and all libraries are in the package: Debian 12 has no PySide6."""

TRIXIE = Flavour(
    suite="trixie",
    mark="+deb13",
    python="3.13",
    depends=(
        *("libc6 (>= 2.34)", "python3 (>= 3.13)", "python3 (<< 3.14)", "tzdata"),
        *(f"python3-pyside6.qt{part}" for part in ("core", "gui", "widgets", "network")),
        *(f"python3-pyside6.qt{part}" for part in ("printsupport", "svg", "test")),
        *("python3-numpy", "python3-requests", "python3-keyring", "python3-jeepney"),
        *("python3-cryptography", "python3-segno"),
        *("python3-defusedxml", "python3-platformdirs", "python3-tomlkit"),
        *("python3-starlette", "python3-uvicorn", "python3-openpyxl"),
        LETTERS,
    ),
    recommends=(
        *(KEYRING, "xdg-desktop-portal", INPUT, "qt6-wayland", "qt6-svg-plugins"),
        *("qt6-translations-l10n", "fcitx5-frontend-qt6", "cups-client"),
    ),
    fill=private_python.fill_beside_debian,
    compiles=True,
)
"""Debian 13's own Qt and libraries. What it lacks is taken along: see `private_python.LACKING`."""

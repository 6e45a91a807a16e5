"""Where the product's own files and each desk's data lie."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from pathlib import Path


def resources() -> Path:
    """The folder of icons, texts and tables: inside the wheel, or beside an editable checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def county_table(name: str) -> str:
    """The text of a table that a county may edit."""
    return (resources() / "county" / name).read_text(encoding="utf-8")


def frame_dictionaries() -> dict[str, bytes]:
    """The dictionaries of small level 2 frames that come with the product, by their names."""
    folder = resources() / "county-api" / "dictionaries"
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.dict"))}


def desk_folder(
    profile: str, profile_dir: Path | None, account: str = "", *, make: bool = True
) -> Path:
    """The folder of one desk's cache, outbox, layout and logs; made private to the user.

    `profile` names it among all desks; in a folder of the caller's choice each account has
    its own.
    """
    if profile_dir is not None:
        folder = profile_dir / f"@{account}" if account else profile_dir
    else:
        from platformdirs import user_data_path

        folder = user_data_path("county-desk", appauthor=False) / profile
    if make:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


LONGEST_SOCKET_BYTES = 100
"""Longest path of a socket; the system takes 107, and Qt makes a longer one first."""


def front_places(folder: Path) -> list[str]:
    """Return the sockets that call the desk with this folder open to the front, the best first.

    In folders that belong to this user alone: the runtime folder of the login, else the desk's own.
    Where neither is, or a path is too long for a socket, there are fewer.
    """
    told = os.path.normcase(os.fspath(folder.resolve()))
    name = f"county-desk-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
    if sys.platform == "win32":
        return [name]
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    found = [Path(runtime) / f"{name}.sock"] if Path(runtime).is_absolute() else []
    found.append(folder.resolve() / "front.sock")
    return [
        os.fspath(path)
        for path in found
        if _is_this_users_alone(path.parent) and len(os.fsencode(path)) <= LONGEST_SOCKET_BYTES
    ]


def _is_this_users_alone(folder: Path) -> bool:
    try:
        told = folder.stat()
    except OSError:
        return False
    return stat.S_ISDIR(told.st_mode) and told.st_uid == os.geteuid() and not told.st_mode & 0o077


def own_profile() -> Path:
    """The profile a desk opens when none is named; it may not exist."""
    from platformdirs import user_config_path

    return user_config_path("county-desk", appauthor=False) / "profile.toml"


def is_there(file: Path) -> bool:
    """Whether a file exists, also one in a folder that this user may not look into: who then reads
    it learns why it cannot be read."""
    try:
        return file.exists()
    except OSError:
        return True


def last_good_profile(profile: Path) -> Path:
    """The copy of a profile with which a desk last opened; it may not exist."""
    from platformdirs import user_data_path

    told = os.path.normcase(os.fspath(profile.resolve()))
    name = f"{profile.stem}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.toml"
    return user_data_path("county-desk", appauthor=False) / "last-good" / name

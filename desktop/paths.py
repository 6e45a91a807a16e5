"""Where the product's own files and each desk's data lie."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def resources() -> Path:
    """The folder of icons, texts and tables: inside the wheel, or beside an editable checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


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


def front_name(folder: Path) -> str:
    """The name under which the desk that has this folder open can be called to the front."""
    told = os.path.normcase(os.fspath(folder.resolve()))
    return f"county-desk-{hashlib.sha256(told.encode()).hexdigest()[:16]}"


def own_profile() -> Path:
    """The profile a desk opens when none is named; it may not exist."""
    from platformdirs import user_config_path

    return user_config_path("county-desk", appauthor=False) / "profile.toml"

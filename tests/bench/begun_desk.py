"""The real desk of a bench, opened before Qt is loaded, as the program opens it."""

from __future__ import annotations

from pathlib import Path

from desktop import bootstrap
from desktop.storage.keys.encryption_key import KeyFile


def begun(profile_file: Path, folder: Path) -> bootstrap.Desk:
    """The desk of a profile on a store folder, which begins to connect to its county."""
    profile = bootstrap.load_profile(profile_file)
    words = bootstrap.words_in("zh_CN", profile)
    return bootstrap.Desk(profile, folder, KeyFile().key(folder), words, [], connects=True)

"""The real desk of a bench, opened before Qt is loaded, as the program opens it."""

from __future__ import annotations

from pathlib import Path

from desktop import bootstrap, source_logins
from desktop.storage.keys.encryption_key import KeyFile


def begun(
    profile_file: Path, folder: Path, given: source_logins.Secrets = source_logins.nothing
) -> bootstrap.Desk:
    """The desk of a profile on a store folder, which begins to connect to its county.

    `given` returns the login of a source.
    """
    profile = bootstrap.load_profile(profile_file)
    words = bootstrap.words_in("zh_CN")
    key = KeyFile().key(folder)
    return bootstrap.Desk(profile, folder, key, words, [], given=given, connects=True)

"""A profile's file at a start: the last good text of it, kept and found again."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from desktop import paths
from desktop.application.ports import StoreError
from desktop.application.profile import Profile, ProfileError
from desktop.application.profile_reader import parse_profile
from desktop.application.settings.faults import read_fault
from desktop.application.settings.profile_file import ProfileFile
from desktop.connectors.kinds import Manifests
from desktop.domain.source import Problem


def open_file(file: Path) -> ProfileFile:
    """Return the file of a profile, which knows where its last good text is kept."""
    return ProfileFile(file, paths.last_good_profile(file))


def read_last_good(file: Path, error: ProfileError) -> tuple[Profile, Problem] | None:
    """Return the profile that last opened from a file that has faults now, and what to say of it.

    None where no desk has opened with the file yet.
    """
    text = open_file(file).read_good()
    if text is None:
        return None
    try:
        profile = parse_profile(text, str(file), Manifests())
    except ProfileError:
        return None
    fault = read_fault(error.faults[0], str(file))
    told = {"file": str(file), "line": str(fault.line), "reason": fault.reason}
    return profile, Problem("profile_faulty", told)


def keep_last_good(file: Path) -> None:
    """Keep a profile's text for a start on which its file cannot be used, if it can be used now."""
    found = open_file(file)
    with suppress(StoreError, ProfileError):
        text = found.read()
        parse_profile(text, str(file), Manifests())
        found.keep_good(text)

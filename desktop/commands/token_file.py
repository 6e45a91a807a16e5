"""Login tokens from files, for walls and tests: only from files that nobody else can read."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from desktop.application.logins import LoginRule, is_sendable
from desktop.application.ports import StoreError
from desktop.application.profile import Profile
from desktop.domain.source import Problem

MOST_BYTES = 16_384
"""Longest token: signed ones have a few thousand, and no header line may be longer."""
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def token_files(profile: Profile, given: list[str]) -> Mapping[str, Path]:
    """Return the file of each login that has one; raises StoreError for one that cannot serve.

    Each is read once here, so that a wrong one is reported at the start.
    """
    rules = [rule for source in profile.sources for rule in LoginRule.all_of(source)]
    wanted = {rule.entry.replace(" ", "/"): rule.entry for rule in rules}
    known = {source.id: source.id for source in profile.sources} | wanted
    files: dict[str, Path] = {}
    for words in given:
        source, named, path = words.partition("=")
        if not named or source not in known:
            if len(wanted) != 1:
                details = {"file": words, "sources": ", ".join(wanted) or "-"}
                raise StoreError(Problem("token_file_of_whom", details))
            (source,), path = wanted, words
        files[known[source]] = Path(path)
        read_token(Path(path))
    return files


def read_token(file: Path) -> str:
    """Return the one line of a file; raises StoreError if it is open to others, or no token."""
    told = {"file": os.fspath(file)}
    try:
        # A pipe with that name must not keep the desk waiting.
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(handle, "rb") as opened:
            status = os.fstat(handle)
            # Windows keeps who may read apart from the mode.
            if os.name == "posix" and (
                status.st_mode & OTHERS or status.st_uid not in (0, os.geteuid())
            ):
                raise StoreError(Problem("token_file_open", told))
            content = opened.read(MOST_BYTES + 1) if stat.S_ISREG(status.st_mode) else b""
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(Problem("token_file_unreadable", told | {"reason": reason})) from None
    try:
        token = content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        token = ""
    if not token or len(content) > MOST_BYTES or not is_sendable(token):
        raise StoreError(Problem("token_file_wrong", told))
    return token

"""A profile's file on disk: read, written whole, and never over what somebody else wrote."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from itertools import count
from pathlib import Path

from desktop.application.ports import StoreError
from desktop.domain.source import Problem

MOST_BYTES = 1_000_000
"""A profile is a page of text."""
NEW, BEFORE = ".new", ".before"


class ProfileFile:
    """One profile's file, and the last text of it that a desk opened with."""

    def __init__(self, path: Path, last_good: Path) -> None:
        """Where `path` is a link, the file behind it is written, and the link stays."""
        self.path, self._last_good = path.resolve(), last_good
        self._seen: bytes | None = None

    def read(self) -> str:
        """Return the file's text, empty where there is none yet; raises StoreError."""
        try:
            self._seen = _read(self.path)
            return (self._seen or b"").decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise self._problem("settings_unreadable", f"UTF-8: {error.start}") from error
        except OSError as error:
            raise self._problem("settings_unreadable", error.strerror or "-") from error

    def is_changed(self) -> bool:
        """Whether the file is another one than was last read or written here."""
        try:
            return _read(self.path) != self._seen
        except OSError:
            return False

    def write(self, text: str, *, over: bool = False, keeps: bool = False) -> None:
        """Put this text in place, whole or not at all; raises StoreError.

        Not where the file was changed meanwhile, unless it is to be written `over`. It `keeps` the
        file as it was beside the new one.
        """
        if not over and self.is_changed():
            raise self._problem("settings_changed", "")
        content = text.encode()
        try:
            if keeps:
                self._keep_before()
            write_whole(self.path, content)
        except OSError as error:
            code = "disk_full" if error.errno == errno.ENOSPC else "settings_read_only"
            raise self._problem(code, error.strerror or "-") from error
        self._seen = content

    def why_unwritable(self) -> Problem | None:
        """Return the problem to show while the file cannot be written."""
        folder = next(each for each in self.path.parents if each.exists())
        if os.access(self.path if self.path.exists() else folder, os.W_OK):
            return None
        return Problem("settings_read_only", {"file": str(self.path), "reason": "-"})

    def keep_good(self, text: str) -> None:
        """Keep a text that a desk opens with, for a start on which the file cannot be used."""
        content = text.encode()
        with suppress(OSError):  # Where nothing can be kept, a faulty file finds none later.
            if _read(self._last_good) != content:
                write_whole(self._last_good, content)

    def read_good(self) -> str | None:
        """Return the text kept last, or None."""
        try:
            kept = _read(self._last_good)
            return None if kept is None else kept.decode()
        except (OSError, UnicodeDecodeError):
            return None

    def _keep_before(self) -> None:
        """Keep the file beside itself, under a name of its own: no text kept earlier is lost."""
        before = _read(self.path)
        for n in count(1):
            beside = self.path.with_name(self.path.name + BEFORE + (f"-{n}" if n > 1 else ""))
            kept = _read(beside)
            if kept is None and before:
                write_whole(beside, before)
            if kept in (None, before):
                return

    def _problem(self, code: str, reason: str) -> StoreError:
        return StoreError(Problem(code, {"file": str(self.path), "reason": reason}))


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def read_brought(file: Path) -> str:
    """Return the text of a profile that was brought along; raises StoreError."""
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        if len(content) <= MOST_BYTES:
            return content.decode("utf-8-sig")
        reason = "more than may be"
    except UnicodeDecodeError as error:
        reason = f"UTF-8: {error.start}"
    except OSError as error:
        reason = error.strerror or "-"
    raise StoreError(Problem("settings_unreadable", {"file": str(file), "reason": reason}))


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place, whole or not at all, with the permissions of the one it replaces.

    One that may not be written is not replaced either: raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = 0o600
    with suppress(FileNotFoundError):
        mode = path.stat().st_mode & 0o777
        path.open("r+b").close()
    draft = path.with_name(path.name + NEW)
    try:
        with draft.open("wb") as file:
            draft.chmod(mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise

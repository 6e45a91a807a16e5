"""What a backup of a desk holds, as told to the person who made it or is about to restore it."""

from __future__ import annotations

import msgspec

from desktop.domain.instant import Instant


class BackupContents(msgspec.Struct, frozen=True):
    """The contents of one backup."""

    made_at: Instant
    program: str
    """Version of the program that made it."""
    profile: str
    """Name of the desk it is of."""
    waiting: int
    """Commands without an answer when it was made."""
    drafts: int
    """Texts begun and not submitted."""
    uploads: int
    """Files not wholly sent."""
    size: int
    """Bytes of everything in it."""


class Restored(msgspec.Struct, frozen=True):
    """What was put in place of what was here before."""

    made_at: Instant
    held: int
    """Commands of the backup without an answer: each waits for the officer's decision."""
    aside: str
    """The folder with what was here before; empty if nothing was."""
    rescue: str = ""
    """The file with what could be read of an outbox here that was damaged; else empty."""

"""Notes begun but not sent: kept beside the layout, one small file per incident."""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path

import msgspec

from desktop.domain.command import Key


class Draft(msgspec.Struct, frozen=True):
    """A note's text so far, and the command key once it has been sent off."""

    text: str = ""
    command_key: str = ""


class Drafts:
    """Drafts by incident; file names tell nothing of what they are about."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, target: Key) -> Draft:
        """The draft on this incident; an empty one when there is none or it is unreadable."""
        try:
            return msgspec.json.decode(self._file(target).read_bytes(), type=Draft)
        except (OSError, msgspec.DecodeError):
            return Draft()

    def save(self, target: Key, draft: Draft) -> None:
        """Replace the draft whole, so that a crash leaves the old or the new one."""
        file = self._file(target)
        if not draft.text:
            with contextlib.suppress(OSError):
                file.unlink(missing_ok=True)
            return
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside = file.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(msgspec.json.encode(draft))
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)

    def _file(self, target: Key) -> Path:
        name = hashlib.sha256(f"{target.source}\0{target.id}".encode()).hexdigest()[:32]
        return self._folder / f"{name}.json"

"""What screens ask of the courier: pair with the county, write to a stick, read receipts."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import msgspec

from desktop.application.courier.export import Exported
from desktop.application.courier.receipts import Received
from desktop.domain.courier import BundleRefused


class Written(msgspec.Struct, frozen=True):
    """A bundle on a stick, read back."""

    file: Path
    size: int
    """Bytes of all its files."""
    done: Exported


class ReceiptRead(msgspec.Struct, frozen=True):
    """One receipt that was read from a stick."""

    file: Path
    done: Received


class FileRefused(msgspec.Struct, frozen=True):
    """A file of which nothing was taken, and why."""

    file: Path
    error: BundleRefused | OSError


class StickRead(msgspec.Struct, frozen=True):
    """What was found on a stick."""

    read: tuple[ReceiptRead, ...]
    refused: tuple[FileRefused, ...]
    others: tuple[Path, ...]
    """Receipts for other offices or counties, left alone."""


class Stick(Protocol):
    """The courier of one desk and its county; every call may block, and come from any thread."""

    def is_paired(self) -> bool:
        """Whether this desk has the county's keys."""

    def write_pairing(self, folder: Path, office: str) -> tuple[Path, str]:
        """Make keys and write our pairing file for the county; return it and our fingerprint.

        Raises BundleRefused before the county was ever reached, and OSError.
        """

    def read_pairing(self, file: Path) -> str:
        """Return the fingerprint of a county's pairing file, to be compared with its people's.

        Raises BundleRefused and OSError.
        """

    def end_pairing(self, file: Path) -> None:
        """Take the county's keys, whose fingerprint was compared and is the same."""

    def write(self, folder: Path) -> Written:
        """Write what waits here as a bundle into a folder, and read it back.

        Nothing counts as sent then. Raises BundleRefused and OSError.
        """

    def read(self, folder: Path) -> StickRead:
        """Read every receipt for this desk in a folder and those in it, the oldest first.

        With each its answers and its county data, as far as they fit. Raises OSError.
        """

"""What a desk hands on for offices without a network: their bundles in, their receipts out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from desktop.domain.localized_text import Text


class HandedOn(msgspec.Struct, frozen=True):
    """A bundle that the county took, with the receipt for its office."""

    office: str
    number: int
    name: str
    """The file name of the receipt."""
    receipt: bytes
    pictures: tuple[bytes, ...]
    """The receipt as QR codes, a PNG of each; none where it is too much for them."""


class RelayDone(msgspec.Struct, frozen=True):
    """What became of files and pictures that an office sent."""

    handed: tuple[HandedOn, ...] = ()
    remarks: tuple[Text, ...] = ()
    """What was refused and why, codes that are missing or blurred."""


class Relay(Protocol):
    """Hands bundles on to a desk's county; calls block, and may come from any thread."""

    def hand_on(self, files: Sequence[Path]) -> RelayDone:
        """Hand on the bundles in these files and on these pictures, the oldest first.

        One that is refused holds up no other; after one that the county does not answer, those
        that follow are left.
        """

    def write_receipts(self, folder: Path, handed: Sequence[HandedOn]) -> None:
        """Write the receipts into a folder and read them back; OSError where that fails."""

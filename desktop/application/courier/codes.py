"""What screens ask of bundles as QR codes: what waits as pictures, and receipts from photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from desktop.application.courier.office_frames import OfficeFrames
from desktop.application.courier.stick import FileRefused, ReceiptRead
from desktop.domain.localized_text import Text


class CodesMade(msgspec.Struct, frozen=True):
    """What waits, as QR codes."""

    number: int
    """Of the bundle in them."""
    commands: int
    left: int
    """Commands that stay: they wait for a decision or another login."""
    pictures: tuple[bytes, ...]
    """A PNG of each code, in their order."""


class PicturesRead(msgspec.Struct, frozen=True):
    """What pictures of codes came to."""

    read: tuple[ReceiptRead, ...] = ()
    refused: tuple[FileRefused, ...] = ()
    remarks: tuple[Text, ...] = ()
    """What is to be said of the pictures: codes that are missing or blurred, or no reader here."""


class Codes(Protocol):
    """The codes of one desk and its county; every call may block, and come from any thread."""

    def is_paired(self) -> bool:
        """Whether this desk has the county's keys."""

    def make_codes(self) -> CodesMade:
        """Return what waits as codes; from then on it may have left. BundleRefused if too much."""

    def read_pictures(self, files: Sequence[Path]) -> PicturesRead:
        """Take the receipts on these pictures, or in these files."""


class NoNetwork(msgspec.Struct, frozen=True):
    """The ways of one office to its county without a network or a stick."""

    frames: OfficeFrames
    codes: Codes

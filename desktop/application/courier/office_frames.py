"""What screens ask of an office's frames: reports read aloud, typed as texts, or sent by a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import msgspec

from desktop.application.courier.calls import Dictation, Ear
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.localized_text import Text


class CarriedReport(msgspec.Struct, frozen=True):
    """A command that waits, as it would be read aloud or sent."""

    record: CommandRecord
    spoken: Dictation | None = None
    """None for one that is too long, or has what cannot go so."""
    texts: tuple[str, ...] = ()
    """The same as messages to be typed into a telephone."""
    frames: int = 0
    """How many frames it is."""

    @property
    def is_known(self) -> bool:
        """Whether the county has said that it has it."""
        return self.record.state is CommandState.RECEIVED


class ReceiptTold(msgspec.Struct, frozen=True):
    """What receipts of the county came to."""

    records: tuple[CommandRecord, ...] = ()
    """The commands they settled, as they are now."""
    remarks: tuple[Text, ...] = ()
    """What is to be said besides: the county could not read one, or was put back."""
    problem: Text = Text()
    """Why nothing was sent or came back; empty where something did."""


class OfficeFrames(Protocol):
    """Reports of one office by voice and by frames; calls may block, and come from any thread.

    `number` is the office's number at its county. All but `is_paired` raise BundleRefused where it
    has not been paired, or has never reached its county.
    """

    ear: Ear
    number: int
    """That of the profile; 0 where it names none."""
    way: str
    """The serial line or the gateway of the profile; empty for none."""

    def is_paired(self) -> bool:
        """Whether this office has the county's keys."""

    def list_reports(self, number: int) -> list[CarriedReport]:
        """Return what waits, in the order in which it was given."""

    def note_leaving(self, number: int, records: Sequence[CommandRecord]) -> None:
        """Put on record that these may be known at the county from now on."""

    def take_receipt(self, number: int, groups: Sequence[str], check: str) -> ReceiptTold | None:
        """Apply a receipt that was read back; None where it does not fit."""

    def send(
        self, number: int, progress: Callable[[int, int], None], is_cut: Callable[[], bool]
    ) -> ReceiptTold:
        """Send what has no answer by the profile's way, and apply what comes back.

        `progress` is called with how many frames of how many have been sent.
        """

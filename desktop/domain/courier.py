"""What a courier bundle carries between a desk and its county, as the desk knows it."""

from __future__ import annotations

import msgspec

from desktop.domain.incident import FileRef
from desktop.domain.instant import Instant
from desktop.domain.localized_text import Text
from desktop.domain.source import Binding, CommandResult

Keys = tuple[str, ...]
"""Keys of the commands in one request."""


class FilePart(msgspec.Struct, frozen=True):
    """Some bytes of a file to send, from an offset on."""

    ref: FileRef
    offset: int
    data: bytes


class CarriedData(msgspec.Struct, frozen=True):
    """County data as it was when the county wrote a receipt, still in the wire's bytes."""

    made_at: Instant
    epoch: str
    account: str
    townships: tuple[str, ...]
    collections: tuple[str, ...]
    since: str
    """The token of the rows that were here when the bundle was written; empty for none."""
    pages: tuple[bytes, ...]
    snapshot: bytes
    offset_ms: int = 0
    """What was known of the county's clock before."""


class CarriedFile(msgspec.Struct, frozen=True):
    """How much of a file the county has, from its start."""

    digest: str
    size: int
    offset: int


class CarriedAnswers(msgspec.Struct, frozen=True):
    """What a receipt says, checked: the county's answers, and how much it has of each file."""

    number: int
    """Of the bundle that it is for."""
    made_at: Instant
    """By the county's clock."""
    epoch: str
    echo: str
    """What the bundle told of its desk's binding."""
    earlier: frozenset[str]
    """Epochs that ended before this one began, as far as the county knows."""
    keys_kept_s: int
    set_back_to: Instant | None
    """As in a `Binding`."""
    answers: tuple[CommandResult, ...]
    files: tuple[CarriedFile, ...]
    data: CarriedData | None = None

    def follows(self, binding: Binding) -> bool:
        """Whether it surely was written after the desk found the county as this binding says.

        No clock tells: either the bundle it answers was written after that, or the county knows the
        binding's epoch as one that is over.
        """
        is_known_past = bool(binding.epoch) and binding.epoch in self.earlier
        return is_known_past or self.echo == binding.echo


class BundleRefused(Exception):
    """A bundle, receipt or pairing file is refused; nothing of it was taken."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why

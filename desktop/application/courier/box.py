"""What the courier needs from outside: a box that seals bundles and opens receipts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from desktop.domain.command import CommandRecord, Key
from desktop.domain.courier import CarriedAnswers, FilePart, Keys
from desktop.domain.instant import Instant


class Box(Protocol):
    """One paired office's keys and names."""

    def encode(self, records: Sequence[CommandRecord], offset_ms: int) -> list[tuple[Keys, bytes]]:
        """Return the commands as the network's requests, each with the keys in it.

        One that the wire cannot carry is in none of them.
        """

    def seal(
        self,
        number: int,
        made_at: Instant,
        requests: Sequence[bytes],
        parts: Sequence[FilePart],
        token: str | None,
    ) -> bytes:
        """Return a bundle, signed and encrypted; with a token it asks for what is newer."""

    def open_receipt(self, data: bytes, target_of: Callable[[str], Key | None]) -> CarriedAnswers:
        """Return what a receipt says of our commands; BundleRefused for any other."""

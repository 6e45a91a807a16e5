"""The connection to a source: its cost, its quality, and what is fetched over it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from desktop.domain.incident import FileRef
from desktop.domain.instant import Instant


class TrafficClass(StrEnum):
    """What bytes were spent on, in the order of precedence."""

    COMMANDS = "commands"
    CHANGES = "changes"  # sessions, polls and patches
    SNAPSHOT = "snapshot"
    HINTS = "hints"
    FILES = "files"


class RequestStats(msgspec.Struct, frozen=True):
    """The bytes and times of one request, finished or broken off; heads included, before TLS."""

    kind: TrafficClass
    sent: int
    received: int
    delay_ms: float | None
    """From the last byte of the request to the first of the answer; None when nothing came."""
    body_ms: float
    """From the first byte of the answer to the last."""
    fresh: bool = False
    """Whether a new connection was made for it: its delay then includes the handshakes."""


class LinkTier(StrEnum):
    """What is fetched without being asked for: text always, then thumbnails, then originals."""

    TEXT = "text"
    THUMBNAILS = "thumbnails"
    ORIGINALS = "originals"


class LinkState(msgspec.Struct, frozen=True):
    """Quality of the connection to one source, as measured lately; None if not measured yet."""

    bits_per_s: float | None = None
    delay_ms: float | None = None
    tier: LinkTier = LinkTier.TEXT
    measured_at: Instant | None = None

    @property
    def weak(self) -> bool:
        """Whether the status strip shows 弱网: measured under 512 kbit/s, or over half a second
        slow."""
        slow = self.bits_per_s is not None and self.bits_per_s < WEAK_BITS_PER_S
        return slow or (self.delay_ms is not None and self.delay_ms > WEAK_DELAY_MS)


class PullPlan(msgspec.Struct, frozen=True):
    """How much to ask for at once, by what the line can carry."""

    page_bytes: int = 64 * 1024
    """Wanted size of one page of changes: about 2 s of the line, 4 to 64 KB."""
    piece_bytes: int = 1024 * 1024
    """Wanted size of one piece of a snapshot or file; commands go between two pieces."""
    lean: bool = False
    """Leave out what nobody reads on a weak line (trends)."""
    allow_snapshot: bool = True
    """False once the day's bytes are spent: changes only; then a pull that would need a
    snapshot goes no further than its first page of critical rows."""


WEAK_BITS_PER_S = 512_000
WEAK_DELAY_MS = 500.0


class ByteCount(msgspec.Struct, frozen=True, array_like=True):
    """Bytes of one class on one day."""

    sent: int = 0
    received: int = 0

    @property
    def total(self) -> int:
        """Bytes sent and received together."""
        return self.sent + self.received


class Upload(msgspec.Struct, frozen=True):
    """A file on its way to a source."""

    source: str
    ref: FileRef
    offset: int
    """Bytes that the server has confirmed."""
    is_thumbnail: bool

"""Photos shrunk for the line: small enough to be sent, large enough to be judged by."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from desktop.application.photos.exif import Exif, Facts, read_exif, write_exif
from desktop.domain.source import SourceStatus
from desktop.protocol.pictures import NoPicture, Picture, read_picture, strip

Encoder = Callable[[int], bytes | None]
"""Encodes one drawn picture as a JPEG of this quality, without metadata."""
Draw = Callable[[bytes, int], Encoder | None]
"""Draws a picture upright, its longer side at most so many pixels; None if that fails."""

QUALITIES = (82, 74, 66, 58, 50, 42)
SMALLER = (1.0, 0.75, 0.5)
"""Parts of the longest side that are tried while even the lowest quality is too large."""
JPEG = "image/jpeg"


class Bounds(msgspec.Struct, frozen=True):
    """How large a shrunk photo may be."""

    side_px: int
    size: int
    """In bytes."""


GOOD_LINE = Bounds(1_600, 250_000)
WEAK_LINE = Bounds(1_280, 120_000)


class Cancelled(Exception):
    """Nobody wants the photo any more."""


class Shrunk(msgspec.Struct, frozen=True):
    """A file as it is to be sent."""

    picture: bytes
    """The file without the facts."""
    media_type: str
    """Empty for a file that is sent as it is."""
    facts: Facts = Facts()
    orientation: int = 1

    @property
    def is_as_it_was(self) -> bool:
        """Whether the file could not be shrunk, and so goes as it is, with all that is in it."""
        return not self.media_type

    def body(self, *, with_place: bool = True) -> bytes:
        """Return the file to send, with or without the place where it was taken."""
        if self.media_type != JPEG:
            return self.picture
        facts = self.facts if with_place else Facts(self.facts.taken)
        return write_exif(self.picture, Exif(facts, self.orientation))


def bounds_for(status: SourceStatus | None) -> Bounds:
    """Return how large a photo may be on the line to this source as it is now."""
    if status is None or status.link.weak or status.failing_since is not None:
        return WEAK_LINE
    return GOOD_LINE


def shrink(
    body: bytes, bounds: Bounds, draw: Draw, is_cancelled: Callable[[], bool] = lambda: False
) -> Shrunk:
    """Shrink a photo and strip it of everything but when and where it was taken.

    What is not a picture, or is not to be drawn, goes as it is. Never larger than before. Raises
    Cancelled once nobody waits for it.
    """
    try:
        found = read_picture(body)
    except NoPicture:
        return Shrunk(body, "")
    exif = read_exif(body)
    if found.kind != "jpeg":  # Only cameras turn pictures by a word, and they write JPEGs.
        exif = Exif(exif.facts)
    if max(found.width, found.height) <= bounds.side_px and exif.orientation == 1:
        whole = _whole(body, found, exif)
        if len(whole.picture) <= bounds.size:
            return whole
    wanted = Bounds(bounds.side_px, min(bounds.size, len(body)))
    small = _draw_smaller(body, wanted, draw, is_cancelled)
    if small is None:
        return Shrunk(body, "")
    if len(small) >= len(body):
        return _whole(body, found, exif)
    return _with_facts(len(body), Shrunk(small, JPEG, exif.facts))


def _draw_smaller(
    body: bytes, bounds: Bounds, draw: Draw, is_cancelled: Callable[[], bool]
) -> bytes | None:
    """Return the first JPEG within the bounds, else the last that was tried; None if none is."""
    made: bytes | None = None
    for part in SMALLER:
        _go_on(is_cancelled)
        encoder = draw(body, max(1, int(bounds.side_px * part)))
        if encoder is None:
            return None
        for quality in QUALITIES:
            _go_on(is_cancelled)
            made = encoder(quality)
            if made is None or len(made) <= bounds.size:
                return made
    return made


def _go_on(is_cancelled: Callable[[], bool]) -> None:
    if is_cancelled():
        raise Cancelled


def _whole(body: bytes, found: Picture, exif: Exif) -> Shrunk:
    """Return the picture point for point, of its metadata only the facts."""
    bare = strip(body)
    if found.kind != "jpeg":
        return Shrunk(bare, f"image/{found.kind}")
    return _with_facts(len(body), Shrunk(bare, JPEG, exif.facts, exif.orientation))


def _with_facts(most: int, shrunk: Shrunk) -> Shrunk:
    """Leave the facts out where they would make the file larger than it was."""
    if len(shrunk.body()) <= most:
        return shrunk
    return Shrunk(shrunk.picture, shrunk.media_type)

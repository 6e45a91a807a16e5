"""A cursor over untrusted bytes: it never reads past their end nor makes more than the budget."""

from __future__ import annotations

from desktop.protocol.limits import (
    PAGE_VALUES,
    SECTION_BYTES,
    TEXT_FREE,
    TEXT_PER_BYTE,
    VALUES_FREE,
    VALUES_PER_BYTE,
)


class WireError(ValueError):
    """Bytes that are not level 2, or values that level 1 would refuse."""


class Budget:
    """A budget for decoding: how many more values, and bytes of repeated text, may be made."""

    __slots__ = ("left", "text_left")

    def __init__(self, left: int = PAGE_VALUES, text_left: int = SECTION_BYTES) -> None:
        self.left = left
        self.text_left = text_left

    @classmethod
    def of(cls, received: int) -> Budget:
        """Return the budget that this many received bytes allow."""
        return cls(VALUES_FREE + VALUES_PER_BYTE * received, TEXT_FREE + TEXT_PER_BYTE * received)

    def page(self) -> Budget:
        """Return the part of this budget that one page may claim."""
        return Budget(min(self.left, PAGE_VALUES), min(self.text_left, SECTION_BYTES))

    def grow(self, received: int) -> None:
        """Raise the budget for further bytes received."""
        self.left += VALUES_PER_BYTE * received
        self.text_left += TEXT_PER_BYTE * received

    def claim(self, count: int) -> None:
        """Count values that are about to be made."""
        self.left -= count
        if self.left < 0:
            raise WireError("too many values")

    def claim_text(self, size: int) -> None:
        """Charge bytes of text about to be repeated; WireError beyond the budget."""
        self.text_left -= size
        if self.text_left < 0:
            raise WireError("too much text")


class Cursor:
    """A read position in some bytes; every read checks that the bytes are there."""

    __slots__ = ("at", "budget", "data", "in_ms")

    def __init__(self, data: bytes, budget: Budget | None = None, *, in_ms: bool = False) -> None:
        """With `in_ms` moments are read as milliseconds, not as dates."""
        self.data = data
        self.at = 0
        self.in_ms = in_ms
        self.budget = budget or Budget()

    @property
    def left(self) -> int:
        """Bytes not yet read."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.at + count
        if end > len(self.data):
            raise WireError("cut short")
        found = self.data[self.at : end]
        self.at = end
        return found

    def byte(self) -> int:
        """The next byte."""
        if self.at >= len(self.data):
            raise WireError("cut short")
        self.at += 1
        return self.data[self.at - 1]

    def uint(self) -> int:
        """An unsigned number of 7-bit groups, the lowest first, below 2^64."""
        found = shift = 0
        while True:
            byte = self.byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 63:
                raise WireError("a number is too long")
        if found >= 1 << 64:
            raise WireError("a number is too large")
        return found

    def sint(self) -> int:
        """A signed number: 0, -1, 1, -2, … as 0, 1, 2, 3, …"""
        found = self.uint()
        return (found >> 1) ^ -(found & 1)

    def inside(self) -> Cursor:
        """Return a cursor over a length-prefixed part; it draws on the same budget."""
        return Cursor(self.take(self.uint()), self.budget, in_ms=self.in_ms)

    def count(self, most: int = PAGE_VALUES) -> int:
        """Read how many items follow; they are charged to the budget before any is made."""
        found = self.uint()
        if found > most:
            raise WireError("more than may be")
        self.claim(found)
        return found

    def claim(self, count: int) -> None:
        """Count values that are about to be made."""
        self.budget.claim(count)

    def text(self, most: int) -> str:
        """One text of at most so many bytes."""
        size = self.uint()
        if size > most:
            raise WireError("a text is too long")
        return decode_utf8(self.take(size))

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.left:
            raise WireError("bytes left over")


def decode_utf8(data: bytes) -> str:
    """UTF-8 as text."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise WireError("not UTF-8") from error


def put_uint(out: bytearray, number: int) -> None:
    """Write what `Cursor.uint` reads."""
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)


def put_sint(out: bytearray, number: int) -> None:
    """Write what `Cursor.sint` reads."""
    put_uint(out, number << 1 if number >= 0 else ((-number) << 1) - 1)


def put_text(out: bytearray, text: str) -> None:
    """Write what `Cursor.text` reads."""
    data = encode_utf8(text)
    put_uint(out, len(data))
    out += data


def put_inside(out: bytearray, part: bytes | bytearray) -> None:
    """Write what `Cursor.inside` reads."""
    put_uint(out, len(part))
    out += part


def encode_utf8(text: str) -> bytes:
    """Text as UTF-8; half a surrogate pair is not text."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise WireError("half a surrogate pair") from error

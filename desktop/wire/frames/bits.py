"""Bits in a row, the highest of each byte first, written and read number by number."""

from __future__ import annotations

from desktop.wire.level2.cursor import WireError

DIGIT_BITS = 4
LONGEST_NUMBER = 14
"""Digits of four bits in a number of any size: 56 bits hold what JSON holds exactly."""


class BitWriter:
    """Collects numbers of given widths."""

    def __init__(self) -> None:
        self._value = 0
        self._count = 0

    @property
    def count(self) -> int:
        """How many bits have been put."""
        return self._count

    def put(self, number: int, width: int) -> None:
        """Append a number of so many bits; WireError where it needs more."""
        if not 0 <= number < 1 << width:
            raise WireError("a number is too large")
        self._value = self._value << width | number
        self._count += width

    def put_uint(self, number: int) -> None:
        """Append a number of any size: each four bits, highest first, after a bit for "more"."""
        digits = max(1, -(-number.bit_length() // DIGIT_BITS))
        if number < 0 or digits > LONGEST_NUMBER:
            raise WireError("a number is too large")
        for place in reversed(range(digits)):
            digit = number >> DIGIT_BITS * place & (1 << DIGIT_BITS) - 1
            self.put(int(place > 0) << DIGIT_BITS | digit, DIGIT_BITS + 1)

    def put_sint(self, number: int) -> None:
        """Append a signed number: 0, -1, 1, -2, … as 0, 1, 2, 3, …"""
        self.put_uint(number << 1 if number >= 0 else (-number << 1) - 1)

    def put_bytes(self, data: bytes) -> None:
        """Append whole bytes."""
        self.put(int.from_bytes(data, "big"), 8 * len(data))

    def to_bytes(self) -> bytes:
        """Return the bits as bytes, the last one filled up with zeros."""
        size = -(-self._count // 8)
        return (self._value << 8 * size - self._count).to_bytes(size, "big")


class BitReader:
    """Reads what a `BitWriter` wrote; WireError where the bits end early."""

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    @property
    def left(self) -> int:
        """How many bits have not been taken."""
        return self._left

    def take(self, width: int) -> int:
        """The next number of so many bits."""
        if width > self._left:
            raise WireError("cut short")
        self._left -= width
        return self._value >> self._left & (1 << width) - 1

    def take_uint(self) -> int:
        """The next number of any size."""
        number = 0
        for _ in range(LONGEST_NUMBER):
            digit = self.take(DIGIT_BITS + 1)
            number = number << DIGIT_BITS | digit & (1 << DIGIT_BITS) - 1
            if not digit >> DIGIT_BITS:
                return number
        raise WireError("a number is too long")

    def take_sint(self) -> int:
        """The next signed number."""
        found = self.take_uint()
        return (found >> 1) ^ -(found & 1)

    def take_bytes(self, size: int) -> bytes:
        """The next whole bytes."""
        return self.take(8 * size).to_bytes(size, "big")

    def end(self) -> None:
        """Make sure that nothing follows but the zeros that fill the last byte."""
        if self._left >= 8 or self.take(self._left):
            raise WireError("bits left over")

"""Open vocabularies: words that a county or a newer server may add to."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

UNKNOWN = "unknown"


class OpenWord(StrEnum):
    """A word of an open vocabulary; each such enumeration has a member `UNKNOWN`.

    A word that is not a member is kept as it came and counts as `UNKNOWN` wherever it is
    compared or looked up: it is shown, stored and listed, and never taken for a member.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self:
        if not isinstance(value, str) or not value.strip():
            return cls(UNKNOWN)
        word = str.__new__(cls, value)
        word._name_, word._value_ = "UNKNOWN", value
        return word

    @property
    def is_strange(self) -> bool:
        """Whether the word is none of the members, one this program does not know."""
        return self._name_ == "UNKNOWN" and self._value_ != UNKNOWN

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if self._name_ != "UNKNOWN" or type(other) is not type(self):
            return str.__eq__(self, other)
        assert isinstance(other, OpenWord)
        words = (self._value_, other._value_)
        return other._name_ == "UNKNOWN" and (words[0] == words[1] or UNKNOWN in words)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(UNKNOWN) if self._name_ == "UNKNOWN" else str.__hash__(self)

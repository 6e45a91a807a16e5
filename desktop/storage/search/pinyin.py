"""The pinyin of Chinese names, read from a table of characters and phrases.

The table holds each character with its usual syllable, and each phrase; a phrase that is read
unlike its characters (重庆) with its syllables. Its lines are sorted by their words.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmap import mmap

TABLE = Path(__file__).with_name("pinyin.txt")


@lru_cache(maxsize=4_096)
def spell(name: str) -> tuple[str, ...]:
    """Return the syllables of a name without their tones; what is not Chinese has none.

    The longest phrase that begins at a character decides how it is read.
    """
    from mmap import ACCESS_READ, mmap  # Not for the first paint.

    with TABLE.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as table:
        found: list[str] = []
        start = 0
        while start < len(name):
            word, syllables = _longest(table, name[start:])
            if not syllables:
                syllables = [each for char in word for each in _longest(table, char)[1]]
            found += syllables
            start += len(word)
        return tuple(found)


def _longest(table: mmap, text: str) -> tuple[str, list[str]]:
    """The longest word of the table with which the text begins, else its first character; and the
    syllables that stand beside it."""
    longest, syllables = text[:1], list[str]()
    for end in range(1, len(text) + 1):
        word = text[:end].encode()
        line = _line_from(table, word)
        if not line.startswith(word):
            break
        if (found := line.split())[0] == word:
            longest, syllables = text[:end], [each.decode() for each in found[1:]]
    return longest, syllables


def _line_from(table: mmap, word: bytes) -> bytes:
    """The first line whose word is that one or comes after it; empty behind the last."""
    low, high = 0, len(table)
    while low < high:
        start = table.rfind(b"\n", 0, (low + high) // 2) + 1
        end = table.find(b"\n", start)
        if table[start:end].split()[0] < word:
            low = end + 1
        else:
            high = start
    return table[low : table.find(b"\n", low)] if low < len(table) else b""

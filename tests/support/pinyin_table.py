"""Makes the table of pinyin from pypinyin's dictionaries.

Run as `python -m support.pinyin_table`, in `tests`, when pypinyin has new ones. The desk reads the
table instead of the dictionaries: those are 22 MB in memory and hold the interpreter while they
load.
"""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT, RE_HANS

from support.checkout import ROOT

FILE = ROOT / "desktop" / "storage" / "search" / "pinyin.txt"


def make() -> str:
    """Return the whole table, sorted by code points as UTF-8 is.

    A line is a word, and its syllables where those of its characters are others.
    """
    chars = {chr(code) for code in PINYIN_DICT if RE_HANS.match(chr(code))}
    phrases = {p for p in PHRASES_DICT if len(p) > 1 and all(map(RE_HANS.match, p))}
    usual = {char: _read(char) for char in chars}
    lines = []
    for word in sorted(chars | phrases):
        syllables = _read(word)
        told = word in chars or syllables != [each for char in word for each in usual[char]]
        lines.append(" ".join([word, *(syllables if told else ())]))
    return "\n".join(lines) + "\n"


def _read(word: str) -> list[str]:
    return [each.lower() for each in lazy_pinyin(word, style=Style.NORMAL, errors="ignore")]


if __name__ == "__main__":
    FILE.write_text(make(), encoding="utf-8", newline="\n")

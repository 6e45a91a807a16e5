"""Text a backend gives in Chinese, English or both, and the safe display of foreign text."""

from __future__ import annotations

import re
import unicodedata

import msgspec


class Text(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One phrase in the languages its author wrote it in; plain text, never markup."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str) -> str:
        """Return the phrase in `zh_CN` or `en`, or in the other language if only that exists."""
        first, second = (self.en, self.zh) if language.startswith("en") else (self.zh, self.en)
        return first or second

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


FSI, PDI = "\u2068", "\u2069"
"""Isolates: text between these keeps its own direction and does not change its neighbours'."""

_FORMAT = (
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f]"
)
"""Format characters and fillers: they are invisible, and some reverse all text after them."""
_RIGHT_TO_LEFT = (
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_ISOLATE = f"{FSI}[^{FSI}{PDI}]*{PDI}"
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = f"({_MARKS}{{4}}){_MARKS}+"
"""More combining marks on one letter than any language has: they would cover the lines around."""
_JOINERS = "\u200c\u200d"
_ANY = re.compile(f"{_FORMAT[:-1]}{_RIGHT_TO_LEFT[1:-1]}{_MARKS[1:]}")
"""Finds any character that needs care in one search; most texts have none, and then the patterns
above are never compiled."""
QUIET = FSI + PDI + _JOINERS
"""Characters without width that a text made `visible` may still contain."""


def visible(text: str) -> str:
    """Return the text with its format characters shown as `[U+202E]`, so that none acts unseen.

    Closed isolates stay, for they affect nothing outside, and so do joiners within an emoji or a
    word of a script that uses them. A second call changes nothing.
    """
    if text.isascii() or _ANY.search(text) is None:
        return text
    text = re.sub(_STACKED, r"\1", text)
    if re.search(_FORMAT, text) is None:
        return text
    kept = _find_closed_isolates(text)

    def show(found: re.Match[str]) -> str:
        at = found.start()
        if at in kept or (found[0] in _JOINERS and _joins(text, at)):
            return found[0]
        return f"[U+{ord(found[0]):04X}]"

    return re.sub(_FORMAT, show, text)


def isolate(text: str) -> str:
    """Return the `visible` text, each line isolated so that it cannot reorder the text beside
    it."""
    if text.isascii() or _ANY.search(text) is None:
        return text
    text = visible(text)
    if not _turns(text):
        return text
    return "\n".join(f"{FSI}{line}{PDI}" if _turns(line) else line for line in text.split("\n"))


def _turns(text: str) -> bool:
    """Whether anything outside a closed isolate is written from right to left."""
    return re.search(_RIGHT_TO_LEFT, re.sub(_ISOLATE, "", text)) is not None


def _find_closed_isolates(text: str) -> set[int]:
    """Find the positions of the isolates that begin and end within one line."""
    kept: set[int] = set()
    for found in re.finditer(_ISOLATE, text):
        if "\n" not in found[0]:
            kept |= {found.start(), found.end() - 1}
    return kept


def _joins(text: str, at: int) -> bool:
    """Whether a joiner is at a place where a script needs one."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if not before or not after:
        return False
    if before == "\ufe0f" or unicodedata.category(before) in ("So", "Sk"):
        return unicodedata.category(after) == "So"
    scripts = ("\u0590", "\u1fff")
    return all(c.isalpha() and scripts[0] <= c <= scripts[1] for c in (before, after))

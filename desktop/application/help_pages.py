"""The pages of the help: what is in them, and what is found there by words or pinyin initials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

CONTENTS = "contents.json"
"""Beside the pages of a language: their titles, sections and texts, in the order of reading."""
BEFORE_CHARS, EXCERPT_CHARS = 12, 72
LEAST_SHARE = 0.3
"""How much of a phrase that stands nowhere as it is must be in a section to find it."""


class Section(msgspec.Struct, frozen=True):
    """One heading of a page with the text below it."""

    anchor: str
    title: str
    text: str


class Page(msgspec.Struct, frozen=True):
    """One page of the help."""

    name: str
    title: str
    sections: tuple[Section, ...]
    """The first is what stands before the first heading."""


class Hit(msgspec.Struct, frozen=True):
    """A section that was found, and a piece of its text to tell it by."""

    page: Page
    section: Section
    excerpt: str


def read_contents(folder: Path) -> tuple[Page, ...]:
    """Return the pages of a language; none where they are not installed."""
    try:
        return msgspec.json.decode((folder / CONTENTS).read_bytes(), type=tuple[Page, ...])
    except (OSError, msgspec.DecodeError):
        return ()


def list_titles(pages: Iterable[Page]) -> list[str]:
    """Return every title of a page or section, whose initials find it."""
    return [title for page in pages for title in (page.title, *(s.title for s in page.sections))]


def find_sections(
    pages: Sequence[Page], typed: str, initials: Mapping[str, str] | None = None
) -> list[Hit]:
    """Return the sections that have every word typed, those that have them in the title first,
    else in the order of reading.

    `initials` are those of the titles. A phrase that stands nowhere as it is finds the sections
    with most of its letters' pairs: nobody puts spaces between Chinese words.
    """
    words = typed.lower().split()
    if not words:
        return []
    every = [(page, section) for page in pages for section in page.sections]
    ranked = [(_rank(page, each, words, initials or {}), page, each) for page, each in every]
    if not any(rank for rank, _page, _each in ranked):
        words = [part for word in words for part in _cut(word)]
        ranked = [(_share(each, words), page, each) for page, each in every]
    found = [row for row in ranked if row[0]]
    found.sort(key=lambda row: -row[0])
    return [Hit(page, each, _excerpt(each, words)) for _how_well, page, each in found]


def _rank(page: Page, section: Section, words: Sequence[str], initials: Mapping[str, str]) -> float:
    """Return how well a section has all the words; 0 when it lacks one."""
    title, text = section.title.lower(), section.text.lower()
    first, of_page = initials.get(section.title, ""), page.title.lower()
    rank = 0.0
    for word in words:
        if word in title:
            rank += 8
        elif len(word) > 1 and word in first:
            rank += 6
        elif word in text:
            rank += 2
        elif word in of_page:
            rank += 1
        else:
            return 0.0
    return rank


def _cut(word: str) -> list[str]:
    """Cut a Chinese phrase into the pairs of its letters; other words stay whole."""
    if word.isascii() or len(word) < 3:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _share(section: Section, parts: Sequence[str]) -> float:
    title, text = section.title.lower(), section.text.lower()
    share = sum((part in title) * 2 or part in text for part in parts) / len(parts)
    return share if share >= LEAST_SHARE else 0.0


def _excerpt(section: Section, words: Sequence[str]) -> str:
    """Return a piece of the text around the first word in it."""
    lower = section.text.lower()
    at = min((lower.find(word) for word in words if word in lower), default=0)
    begin = max(0, at - BEFORE_CHARS)
    piece = section.text[begin : begin + EXCERPT_CHARS]
    before, after = begin > 0, begin + EXCERPT_CHARS < len(section.text)
    return f"{'…' if before else ''}{piece.strip()}{'…' if after else ''}"

"""Contacts and plans found by words, pinyin initials or the digits of a number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from desktop.domain.directory import Contact, Plan
from desktop.domain.localized_text import Text

Named = Callable[[str], Text]
"""Returns the name of a category by its code."""


def texts_of(entry: Contact | Plan, category: Named) -> tuple[Text, ...]:
    """Return the texts by which an entry is found."""
    if isinstance(entry, Contact):
        return (entry.unit, entry.post, entry.person)
    return (entry.title, *map(category, entry.categories))


def search_text(entry: Contact | Plan, category: Named, initials: Mapping[str, str]) -> str:
    """Return all that finds an entry in one text: words, initials, and numbers as digits alone."""
    texts = texts_of(entry, category)
    words = [word for text in texts for word in (text.zh, text.en)]
    words.append("".join(initials.get(text.zh, "") for text in texts))
    if isinstance(entry, Contact):
        words.append(entry.note.zh)
        words += ["".join(filter(str.isdigit, phone.number)) for phone in entry.phones]
        words += [phone.number for phone in entry.phones]
    return "\n".join(words).casefold()


def find_entries(
    entries: Sequence[Contact | Plan],
    terms: Iterable[str],
    category: Named,
    initials: Callable[[Sequence[str]], Mapping[str, str]],
) -> list[Contact | Plan]:
    """Return the entries that every folded word fits, in their sequence."""
    wanted = list(terms)
    if not wanted:
        return list(entries)
    known = initials([text.zh for entry in entries for text in texts_of(entry, category)])
    told = ((entry, search_text(entry, category, known)) for entry in entries)
    return [entry for entry, text in told if all(term in text for term in wanted)]

"""Names of townships and categories as a search may give them: Chinese, English or pinyin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import apsw
import msgspec

from desktop.domain.command import Collection
from desktop.domain.geo import Township
from desktop.domain.localized_text import Text
from desktop.storage.search.bigrams import fold
from desktop.storage.sqlite.string_ids import word_number

_township = msgspec.msgpack.Decoder(Township).decode

FEWEST_INITIALS = 2
"""One letter begins too many names to be meant as pinyin."""


def numbers_meant(
    db: apsw.Connection, term: str, category_names: Mapping[str, str]
) -> tuple[list[int], list[int]]:
    """Numbers of the township ids and of the categories a folded search word stands for."""
    townships: list[Any] = db.execute(
        "SELECT body FROM thing WHERE collection = ?", (Collection.TOWNSHIPS.value,)
    ).fetchall()
    ids = {t.id for t in (_township(body) for (body,) in townships) if means(db, term, t.name)}
    known: list[Any] = db.execute("SELECT number, text FROM word").fetchall()
    categories = [
        number
        for number, code in known
        if means(db, term, Text(category_names.get(code, code), code))
    ]
    return sorted(n for name in ids if (n := word_number(db, name)) >= 0), categories


def means(db: apsw.Connection, term: str, name: Text) -> bool:
    """Whether a folded search word is part of that name or of its pinyin."""
    if term in fold(name.zh) or term in fold(name.en):
        return True
    if not (term.isascii() and term.isalpha() and len(term) >= FEWEST_INITIALS):
        return False
    spoken = db.execute(
        "SELECT initials, syllables FROM spoken WHERE name = ?", (name.zh,)
    ).fetchone()
    if spoken is None:
        return False
    initials, syllables = spoken[0], spoken[1].split()
    return term in initials or any(
        "".join(syllables[start:]).startswith(term) for start in range(len(syllables))
    )


class PinyinIndex:
    """Keeps the pinyin of names, for the writer."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def learn(self, db: apsw.Connection, found: Iterable[str]) -> None:
        """Work out the pinyin of names not seen before."""
        from desktop.storage.search.pinyin import spell

        for name in set(found) - self._known:
            known = db.execute("SELECT 1 FROM spoken WHERE name = ?", (name,)).fetchone()
            if known is None and not name.isascii():
                syllables = spell(name)
                told = name, _initials(syllables), " ".join(syllables)
                db.execute("INSERT INTO spoken VALUES (?, ?, ?)", told)
            self._known.add(name)

    def forget(self) -> None:
        """Drop the names in memory: the transaction that stored them was undone."""
        self._known.clear()


def initials(db: apsw.Connection, names: Iterable[str]) -> dict[str, str]:
    """Return the pinyin initials of each name: as stored for the search, else worked out."""
    from desktop.storage.search.pinyin import spell

    found: dict[str, str] = {}
    for name in names:
        kept = db.execute("SELECT initials FROM spoken WHERE name = ?", (name,)).fetchone()
        found[name] = kept[0] if kept else _initials(spell(name))
    return found


def _initials(syllables: Iterable[str]) -> str:
    return "".join(each[:1] for each in syllables)

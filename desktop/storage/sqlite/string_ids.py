"""Small numbers for words that repeat: sources, township ids, channels, categories."""

from __future__ import annotations

import apsw


class StringIds:
    """Numbers of words as the writer hands them out; starts again after a rollback."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def number(self, db: apsw.Connection, text: str) -> int:
        """The word's number, given now when it has none."""
        if (known := self._known.get(text)) is not None:
            return known
        row = db.execute("SELECT number FROM word WHERE text = ?", (text,)).fetchone()
        if row is None:
            db.execute("INSERT INTO word(text) VALUES (?)", (text,))
            number = db.last_insert_rowid()
        else:
            number = row[0]
        self._known[text] = number
        return number

    def forget(self) -> None:
        """Drop the numbers in memory: a transaction that gave some out was undone."""
        self._known.clear()


def word_number(db: apsw.Connection, text: str) -> int:
    """The word's number, or -1 for one no row has ever used."""
    row = db.execute("SELECT number FROM word WHERE text = ?", (text,)).fetchone()
    return -1 if row is None else int(row[0])


def source_number(db: apsw.Connection, name: str) -> int | None:
    """The source's number, or None when nothing ever came from it."""
    row = db.execute("SELECT number FROM source WHERE name = ?", (name,)).fetchone()
    return None if row is None else int(row[0])


def find_or_add_source(db: apsw.Connection, name: str) -> int:
    """The source's number, given now when it has none."""
    known = source_number(db, name)
    if known is not None:
        return known
    db.execute("INSERT INTO source(name) VALUES (?)", (name,))
    return db.last_insert_rowid()

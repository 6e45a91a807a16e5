"""Finding incidents by filters and by words: every occurrence, most urgent first."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import NamedTuple

import apsw
import msgspec

from desktop.application.ports import IncidentFilter
from desktop.domain.incident import Incident
from desktop.storage.search import names
from desktop.storage.search.bigrams import expression, fold, make_bigrams, pick_words, split_fields
from desktop.storage.search.sort_key import (
    CALLING,
    CLOSED,
    RANK_BITS,
    UNACKNOWLEDGED_FLAG,
    due_before,
)
from desktop.storage.sqlite.string_ids import word_number

CLOSED_PLACE = 1 << 40
"""Added to the number of a closed incident in the index: a search for what is open, the usual
one, then passes over a county's whole history without reading it."""

_decode = msgspec.msgpack.Decoder(Incident).decode

FEW = 1_000
"""Up to here each hit is looked up by itself; beyond, the list is walked in its own order."""

_INSERT = "INSERT INTO search(rowid, grams, words) VALUES (?, ?, ?)"
_HITS = (
    f"SELECT rowid & {CLOSED_PLACE - 1} FROM search"  # noqa: S608
    " WHERE search MATCH ? AND rowid >= ? AND rowid < ?"
)


def text_of(incident: Incident) -> tuple[str, str]:
    """Return what the index stores of an incident: its bigrams and its words."""
    texts = (incident.title, incident.address, incident.summary, incident.lead_unit)
    as_grams, as_words = split_fields(texts)
    return make_bigrams([incident.number, *as_grams]), pick_words(as_words)


def _fields_to_search(incident: Incident) -> tuple[object, ...]:
    return (
        incident.stage.is_open,
        incident.number,
        incident.title,
        incident.address,
        incident.summary,
        incident.lead_unit,
    )


def _place(row: int, incident: Incident) -> int:
    return row if incident.stage.is_open else row | CLOSED_PLACE


def add(db: apsw.Connection, rows: Iterable[tuple[int, Incident]]) -> None:
    """Make new incidents findable."""
    placed = [(_place(row, incident), incident) for row, incident in rows]
    # In rising order, or the index would be written out in pieces.
    placed.sort(key=lambda one: one[0])
    db.executemany(_INSERT, ((place, *text_of(incident)) for place, incident in placed))


def replace(db: apsw.Connection, rows: Iterable[tuple[int, Incident, Incident]]) -> None:
    """Make incidents, given as (row, old, new), findable by their new text and place.

    Those whose text and place are the same are left alone. All go out before any comes
    in: the index writes a piece of itself whenever its row numbers turn back.
    """
    others = [one for one in rows if _fields_to_search(one[1]) != _fields_to_search(one[2])]
    drop(db, [(row, old) for row, old, _ in others])
    add(db, [(row, new) for row, _, new in others])


def drop(db: apsw.Connection, rows: Iterable[tuple[int, Incident]]) -> None:
    """Remove incidents, given as they were indexed, from the index."""
    places = sorted(_place(row, incident) for row, incident in rows)
    db.executemany("DELETE FROM search WHERE rowid = ?", [(place,) for place in places])


def write_anew(db: apsw.Connection) -> None:
    """Make the index from the stored incidents alone, so that nothing of others stays in it."""
    db.execute("INSERT INTO search(search) VALUES ('delete-all')")
    found = db.execute("SELECT row, body FROM incident ORDER BY row")
    while some := list(islice(found, FEW)):
        add(db, [(row, _decode(body)) for row, body in some])


class _Asked(NamedTuple):
    """A search in the database's terms."""

    conditions: list[str]
    values: list[object]
    terms: list[tuple[str, str]]
    """For each word: what to ask the index, and which rows match without it."""

    @property
    def match(self) -> str:
        """One question to the index for all words, or nothing when some row needs no word."""
        if any(without for _, without in self.terms):
            return ""
        return " AND ".join(question for question, _ in self.terms)


def incident_numbers(
    db: apsw.Connection,
    wanted: IncidentFilter,
    limit: int | None,
    category_names: Mapping[str, str],
) -> array[int]:
    """Row numbers of the matching incidents in list order."""
    conditions, values = _conditions(db, wanted)
    terms = [_term(db, term, category_names) for term in fold(wanted.text).split()]
    asked = _Asked(conditions, values, terms)
    most = -1 if limit is None else limit
    if not terms:
        span = (CALLING, CLOSED if wanted.open_only else 1 << 62)
        return _walk(db, asked, span, [], most)
    found = _in_band(db, asked, (CALLING, CLOSED), 0, most)
    if not wanted.open_only and len(found) != most:
        rest = most if most < 0 else most - len(found)
        found += _in_band(db, asked, (CLOSED, 1 << 62), CLOSED_PLACE, rest)
    return found


def _in_band(
    db: apsw.Connection, asked: _Asked, span: tuple[int, int], first: int, most: int
) -> array[int]:
    """Hits among the open or the closed incidents, in list order."""
    reach = (first, first + CLOSED_PLACE)
    if asked.match:
        hits = (asked.match, *reach)
        few = db.execute(f"SELECT count(*) FROM ({_HITS} LIMIT {FEW})", hits).get < FEW  # noqa: S608
        if few:
            where = [f"row IN ({_HITS})", *asked.conditions]
            return _numbers(db, "NOT INDEXED", where, [*hits, *asked.values], most)
        return _walk(db, asked, span, [(f"+row IN ({_HITS})", list(hits))], most)
    tests: list[tuple[str, list[object]]] = [
        # The cheap test first: the index is asked only when some row fails it.
        (f"({without}+row IN ({_HITS}))", [question, *reach])
        for question, without in asked.terms
    ]
    return _walk(db, asked, span, tests, most)


def _walk(
    db: apsw.Connection,
    asked: _Asked,
    span: tuple[int, int],
    tests: list[tuple[str, list[object]]],
    most: int,
) -> array[int]:
    """Go along the list's own order until enough rows have passed."""
    where = ["urgency >= ? AND urgency < ?", *asked.conditions, *(test for test, _ in tests)]
    values = [*span, *asked.values, *(value for _, more in tests for value in more)]
    return _numbers(db, "INDEXED BY incident_in_order", where, values, most)


def _numbers(
    db: apsw.Connection, plan: str, where: list[str], values: list[object], most: int
) -> array[int]:
    # Built from our own words alone; whatever was typed goes in as a value. All numbers come
    # out as one text, in a third of the time and without holding the interpreter meanwhile.
    question = (
        f"SELECT group_concat(row) FROM (SELECT row FROM incident {plan}"  # noqa: S608
        f" WHERE {' AND '.join(where)} ORDER BY urgency, newest, row LIMIT ?)"
    )
    found = db.execute(question, (*values, most)).get
    return array("q", map(int, found.split(","))) if found else array("q")


def _conditions(db: apsw.Connection, wanted: IncidentFilter) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    if wanted.overdue_at is not None:
        spans = due_before(wanted.overdue_at)
        conditions.append(f"({' OR '.join(['urgency >= ? AND urgency < ?'] * len(spans))})")
        values.extend(bound for span in spans for bound in span)
    if wanted.worst_rank is not None:
        conditions.append(f"urgency & {(1 << RANK_BITS) - 1} <= ?")
        values.append(wanted.worst_rank)
    if wanted.unacknowledged:
        conditions.append(f"flags & {UNACKNOWLEDGED_FLAG}")
    for column, word in (("township", wanted.township), ("channel", wanted.channel)):
        if word is not None:
            conditions.append(f"{column} = ?")
            values.append(word_number(db, word))
    return conditions, values


def _term(db: apsw.Connection, term: str, category_names: Mapping[str, str]) -> tuple[str, str]:
    without = ""
    townships, categories = names.numbers_meant(db, term, category_names)
    for column, numbers in (("township", townships), ("category", categories)):
        if numbers:
            without += f"{column} IN ({','.join(map(str, numbers))}) OR "
    return expression(term), without

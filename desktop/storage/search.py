"""Finding incidents by filters and by words: every occurrence, most urgent first."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

import apsw

from desktop.application.ports import IncidentFilter
from desktop.domain.incident import Incident
from desktop.storage import names
from desktop.storage.grams import expression, fold, grams, split_fields, words
from desktop.storage.urgency import CLOSED, RANK_BITS, UNACKNOWLEDGED_FLAG, due_before
from desktop.storage.words import word_number

_INSERT = "INSERT INTO search(rowid, grams, words) VALUES (?, ?, ?)"


def text_of(incident: Incident) -> tuple[str, str]:
    texts = (incident.title, incident.address, incident.summary, incident.lead_unit)
    as_grams, as_words = split_fields(texts)
    return grams([incident.number, *as_grams]), words(as_words)


def _searched(incident: Incident) -> tuple[object, ...]:
    return (
        incident.number,
        incident.title,
        incident.address,
        incident.summary,
        incident.lead_unit,
    )


def add(db: apsw.Connection, rows: Iterable[tuple[int, Incident]]) -> None:
    """Make new incidents findable; rows in rising order, or the index is written in pieces."""
    db.executemany(_INSERT, ((row, *text_of(incident)) for row, incident in rows))


def replace(db: apsw.Connection, row: int, old: Incident, new: Incident) -> None:
    """Make an incident findable by its new text, when that is another one."""
    if _searched(old) != _searched(new):
        drop(db, [(row,)])
        db.execute(_INSERT, (row, *text_of(new)))


def drop(db: apsw.Connection, rows: list[tuple[int]]) -> None:
    """Take incidents out of the index."""
    db.executemany("DELETE FROM search WHERE rowid = ?", rows)


def incident_numbers(
    db: apsw.Connection,
    wanted: IncidentFilter,
    limit: int | None,
    category_names: Mapping[str, str],
) -> array[int]:
    """Row numbers of the matching incidents in list order."""
    conditions, values = _conditions(db, wanted)
    for term in fold(wanted.text).split():
        condition, more = _term(db, term, category_names)
        conditions.append(condition)
        values.extend(more)
    where = " AND ".join(conditions) or "1"
    # One text of numbers comes out of the database in a third of the time of a million rows,
    # and without holding the interpreter meanwhile.
    # Built from our own words alone; whatever was typed goes in as a value.
    asked = (
        "SELECT group_concat(row) FROM (SELECT row FROM incident WHERE "  # noqa: S608
        + where
        + " ORDER BY urgency, newest, row LIMIT ?)"
    )
    found = db.execute(
        asked,
        (*values, -1 if limit is None else limit),
    ).get
    return array("q", map(int, found.split(","))) if found else array("q")


def _conditions(db: apsw.Connection, wanted: IncidentFilter) -> tuple[list[str], list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    if wanted.open_only:
        conditions.append("urgency < ?")
        values.append(CLOSED)
    if wanted.overdue_at is not None:
        spans = due_before(wanted.overdue_at)
        conditions.append("(urgency >= ? AND urgency < ? OR urgency >= ? AND urgency < ?)")
        values.extend([*spans[0], *spans[1]])
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


def _term(
    db: apsw.Connection, term: str, category_names: Mapping[str, str]
) -> tuple[str, list[object]]:
    condition = "row IN (SELECT rowid FROM search WHERE search MATCH ?)"
    values: list[object] = [expression(term)]
    townships, categories = names.numbers_meant(db, term, category_names)
    for column, numbers in (("township", townships), ("category", categories)):
        if numbers:
            condition += f" OR {column} IN ({','.join(map(str, numbers))})"
    return f"({condition})", values

"""Words of a county that this program does not know: kept, shown, and listed with their place."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from desktop.application.ports import Cache, IncidentFilter
from desktop.application.words import Words
from desktop.domain.asset import Asset
from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.source import ROW_TYPES, Row
from desktop.domain.strange import StrangeWord, strange_places
from desktop.domain.warning import Warning

COLLECTION_OF = {type_: collection for collection, type_ in ROW_TYPES.items()}
WARNING_STATUSES = frozenset({"actual", "exercise", "test", "system", "draft"})
"""Those of CAP 1.2."""


def strange_words(rows: Iterable[Row], words: Words) -> list[StrangeWord]:
    """Every word of these rows that neither this program nor the county's tables name."""
    return [
        StrangeWord(row.source, COLLECTION_OF[type(row)], row.id, path, word)
        for row in rows
        for path, word in (*strange_places(row), *_county_words(row, words))
    ]


def stored_strange_words(cache: Cache, source: str, words: Words) -> list[StrangeWord]:
    """Those of everything that is stored of one source."""
    rows: list[Row] = []
    for collection in Collection:
        if collection is Collection.INCIDENTS:
            numbers = cache.incident_numbers(IncidentFilter(open_only=False))
            keys = (line.key for line in cache.incident_rows(numbers))
            rows += [row for key in keys if key.source == source and (row := cache.incident(key))]
        elif collection is not Collection.TRENDS:
            rows += [row for row in cache.rows(collection) if row.source == source]
    return strange_words(rows, words)


def _county_words(row: Row, words: Words) -> Iterator[tuple[str, str]]:
    """Codes that the county's own tables do not name."""
    codes: tuple[tuple[str, Container[str]], ...]
    match row:
        case Incident():
            codes = (("category", words.categories), ("channel", words.channels))
        case Asset():
            codes = (("kind", words.asset_kinds),)
        case Warning():
            codes = (("status", WARNING_STATUSES),)
        case _:
            return
    for name, table in codes:
        code = getattr(row, name)
        if code and code not in table:
            yield f"$.{name}", code

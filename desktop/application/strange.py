"""Words of a county that this program does not know: kept, shown, and listed with their place."""

from __future__ import annotations

from collections.abc import Iterable

from desktop.application.i18n import Words
from desktop.application.ports import Cache, IncidentFilter
from desktop.domain import strange
from desktop.domain.command import Collection
from desktop.domain.source import ROW_TYPES, Row
from desktop.domain.strange import CodeTables, StrangeWord

COLLECTION_OF = {type_: collection for collection, type_ in ROW_TYPES.items()}


def strange_words(rows: Iterable[Row], words: Words) -> list[StrangeWord]:
    """Every word of these rows that neither this program nor the county's tables name."""
    return strange.strange_words(rows, COLLECTION_OF, tables_of(words))


def tables_of(words: Words) -> CodeTables:
    """The codes that the county's tables name."""
    return CodeTables(words.categories, words.channels, words.asset_kinds)


def list_strange_words(cache: Cache, source: str, words: Words) -> list[StrangeWord]:
    """Return the unknown words in all stored rows of one source."""
    rows: list[Row] = []
    for collection in Collection:
        if collection is Collection.INCIDENTS:
            numbers = cache.incident_numbers(IncidentFilter(open_only=False))
            keys = (line.key for line in cache.incident_rows(numbers))
            rows += [row for key in keys if key.source == source and (row := cache.incident(key))]
        elif collection is not Collection.TRENDS:
            rows += [row for row in cache.rows(collection) if row.source == source]
    return strange_words(rows, words)

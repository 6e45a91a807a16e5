"""Strange words: codes from a county that this program does not recognise, with their place."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

import msgspec

from desktop.domain.asset import Asset
from desktop.domain.command import Collection
from desktop.domain.incident import Incident
from desktop.domain.warning import Warning
from desktop.protocol.word import OpenWord

WARNING_STATUSES = frozenset({"actual", "exercise", "test", "system", "draft"})
"""The statuses of CAP 1.2."""


class CodeTables(msgspec.Struct, frozen=True):
    """The codes that the county's own tables name."""

    categories: Container[str]
    channels: Container[str]
    asset_kinds: Container[str]


class StrangeWord(msgspec.Struct, frozen=True):
    """A strange word with the row and field it is in."""

    source: str
    collection: Collection
    id: str
    path: str
    """Its place in the row, such as `$.stage` or `$.deadlines[0].kind`."""
    word: str


def strange_places(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Yield path and word of every strange word in a row."""
    for name in value.__struct_fields__:
        field = getattr(value, name)
        if isinstance(field, OpenWord):
            if field.is_strange:
                yield f"{path}.{name}", str(field)
        elif isinstance(field, tuple):
            for index, each in enumerate(field):
                if isinstance(each, msgspec.Struct):
                    yield from strange_places(each, f"{path}.{name}[{index}]")


def strange_words(
    rows: Iterable[Any], collection_of: Mapping[type[Any], Collection], tables: CodeTables | None
) -> list[StrangeWord]:
    """Find every word in these rows that neither this program nor the county's tables name.

    Without `tables`, codes that only the tables could name are not reported.
    """
    return [
        StrangeWord(row.source, collection_of[type(row)], row.id, path, word)
        for row in rows
        for path, word in (*strange_places(row), *_strange_codes(row, tables))
    ]


def _strange_codes(row: Any, tables: CodeTables | None) -> Iterator[tuple[str, str]]:
    codes: tuple[tuple[str, Container[str]], ...]
    match row:
        case Warning():
            codes = (("status", WARNING_STATUSES),)
        case Incident() if tables is not None:
            codes = (("category", tables.categories), ("channel", tables.channels))
        case Asset() if tables is not None:
            codes = (("kind", tables.asset_kinds),)
        case _:
            return
    for name, table in codes:
        code = getattr(row, name)
        if code and code not in table:
            yield f"$.{name}", code

"""Words of a county that this program does not know, with their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.domain.command import Collection
from desktop.protocol.word import OpenWord


class StrangeWord(msgspec.Struct, frozen=True):
    """One such word: what stands where."""

    source: str
    collection: Collection
    id: str
    path: str
    """Where in the row, such as `$.stage` or `$.deadlines[0].kind`."""
    word: str


def strange_places(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """Path and word of every strange word in a row."""
    for name in value.__struct_fields__:
        field = getattr(value, name)
        if isinstance(field, OpenWord):
            if field.is_strange:
                yield f"{path}.{name}", str(field)
        elif isinstance(field, tuple):
            for index, each in enumerate(field):
                if isinstance(each, msgspec.Struct):
                    yield from strange_places(each, f"{path}.{name}[{index}]")

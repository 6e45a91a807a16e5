"""What rows become on their way from the wire to the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import msgspec

from desktop.application.sync import exchange
from desktop.connectors.county import level2, mapping
from desktop.domain import source
from desktop.domain.command import Collection
from desktop.domain.incident import Stage
from desktop.domain.source import RowPatch
from desktop.storage.cache import patches
from desktop.wire import level1
from simulation.mutants.registry import counted, mutant, swapped, swapped_everywhere


@mutant("a patch loses a field", says=("C: ",))
def _lossy_patch() -> Iterator[None]:
    """One of several fields that changed is left out."""

    def lossy(before: Any, told: Any) -> Any:
        found = before(told)
        if isinstance(found, RowPatch) and len(found.changes) > 1:
            kept = dict(list(found.changes.items())[1:])
            return msgspec.structs.replace(found, changes=kept)
        return found

    with swapped(level2, "_row_patch", lossy):
        yield


@mutant("a list that grew is taken for the whole list", says=("C: ",))
def _only_tail() -> Iterator[None]:
    """Of a timeline that grew only what is new is kept."""

    def patched(before: Any, row: Any, patch: RowPatch) -> Any:
        changes = {
            name: value.items if isinstance(value, source.Tail) else value
            for name, value in patch.changes.items()
        }
        return before(row, msgspec.structs.replace(patch, changes=changes))

    with swapped(patches, "apply_patch", patched):
        yield


@mutant("every incident reads as filed", says=("C: ",))
def _all_filed() -> Iterator[None]:
    """The stage of a row is not looked at."""
    field = {"stage": lambda _word: Stage.FILED}
    with (
        swapped(mapping, "_stage", lambda *_: Stage.FILED),
        patch.dict(mapping.FIELDS[Collection.INCIDENTS], field),
    ):
        yield


@mutant("times read an hour off", says=("C: ",))
def _wrong_hour() -> Iterator[None]:
    """The moments of a row's timeline are wrong by an hour."""
    entries = mapping.FIELDS[Collection.INCIDENTS]["timeline"]

    def an_hour_on(read: Any) -> Any:
        return msgspec.structs.replace(read, happened_at=read.happened_at + 3_600_000)

    def late(before: Any, wire: level1.TimelineEntry) -> Any:
        return an_hour_on(before(wire))

    field = {"timeline": lambda values: tuple(map(an_hour_on, entries(values)))}
    with swapped(mapping, "_entry", late), patch.dict(mapping.FIELDS[Collection.INCIDENTS], field):
        yield


@mutant("one unreadable row spoils its page in silence", says=("C: ",))
def _silent_rows() -> Iterator[None]:
    """The last row of a page of several is passed over.

    Sums find rows that are missing: that belt is off.
    """

    def read(before: Any, told: Any, collection: Any, found: Any, *rest: Any) -> Any:
        page = before(told, collection, found, *rest)
        if len(page.rows) < 3:
            return page
        keys = page.keys[:-1]
        return msgspec.structs.replace(page, rows=page.rows[:-1], keys=keys)

    with (
        swapped_everywhere(level2, "read_keyed", read),
        swapped(exchange, "is_doubtful", lambda *_: False),
    ):
        yield


@mutant("what the county has emptied is filled here", says=("C: ",))
def _kept_words() -> Iterator[None]:
    """A row of no township is shown in the first one."""
    field = {"township": lambda value: value or "t1"}

    def incident(before: Any, source_id: str, wire: level1.Incident) -> Any:
        row = before(source_id, wire)
        return row if row.township else msgspec.structs.replace(row, township="t1")

    read = {Collection.INCIDENTS: counted(mapping.ROWS[Collection.INCIDENTS], incident)}
    with patch.dict(mapping.ROWS, read), patch.dict(mapping.FIELDS[Collection.INCIDENTS], field):
        yield

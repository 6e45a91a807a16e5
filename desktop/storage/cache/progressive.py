"""Rows shown page by page before the whole list that repeats them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import apsw

from desktop.domain.command import Collection
from desktop.domain.source import Batch, Row


class ProgressiveRows:
    """Memory of the rows of a whole list that are already written.

    The list gives the very same objects once more: those are in the file already, in the
    transactions of their pages, so only what is new of it is written beside its token. A write by
    another connection since then makes all of it be looked at again.
    """

    def __init__(self) -> None:
        self._source, self._version = "", -1
        self._rows: dict[Collection, dict[str, Row]] = {}

    def rest_of(
        self, db: apsw.Connection, batch: Batch, put: Mapping[Collection, dict[str, Any]]
    ) -> Mapping[Collection, dict[str, Any]]:
        """Return the rows of `put` not yet written; with readings all, as each adds its own."""
        repeats = batch.complete and batch.reading_at is None and batch.source == self._source
        if not repeats or self._version != int(db.pragma("data_version")):
            return put
        return {
            collection: {
                name: row
                for name, row in rows.items()
                if self._rows.get(collection, {}).get(name) is not row
            }
            for collection, rows in put.items()
        }

    def remember(
        self, db: apsw.Connection, batch: Batch, put: Mapping[Collection, dict[str, Any]]
    ) -> None:
        """Note the rows of a page; anything else ends the list under way."""
        others = batch.token, batch.complete, batch.deletes, batch.drops, batch.patches
        page = not any((*others, batch.buckets))
        version = int(db.pragma("data_version"))
        if not page or (batch.source, version) != (self._source, self._version):
            self.forget()
        if page and put:
            self._source, self._version = batch.source, version
            for collection, rows in put.items():
                self._rows.setdefault(collection, {}).update(rows)

    def forget(self) -> None:
        """Drop what was noted: a transaction was undone."""
        self._source, self._version, self._rows = "", -1, {}

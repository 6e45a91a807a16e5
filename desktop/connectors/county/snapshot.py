"""A county snapshot as it arrives line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from desktop.application.ports import SourceError
from desktop.connectors.answers import decode_json
from desktop.connectors.county.parse import Read, collection_named, read_page, row_key
from desktop.domain.command import Collection
from desktop.domain.source import BadItem, Problem, Row
from desktop.wire.level1 import MAGIC, SnapshotHead, SnapshotTrailer


class _Line(msgspec.Struct):
    """Just enough of a line to know what it is; the rest is skipped, not decoded."""

    collection: str | msgspec.UnsetType = msgspec.UNSET
    end: bool | msgspec.UnsetType = msgspec.UNSET
    rows: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Snapshot:
    """Reads the lines of one snapshot; `head` is known after the first, all after the last."""

    def __init__(self, source: str, address: str) -> None:
        self.head: SnapshotHead | None = None
        self.whole = False
        """Whether the trailer came and its count is right; else the token must not be used."""
        self.bad_items: list[BadItem] = []
        self._source = source
        self._address = address
        self._rows: dict[tuple[Collection, str, str], Row] = {}
        self._count = 0

    def pages(self, lines: Iterable[bytes]) -> Iterator[Read]:
        """The pages one by one; SourceError `cut_short` when the lines end before the trailer."""
        for line in lines:
            if not line.strip():
                continue
            if self.head is None:
                self.head = self._read_head(line)
                continue
            peeked = decode_json(line, _Line, self._address)
            if peeked.end is True:
                self._check_trailer(line)
                return
            if isinstance(peeked.collection, msgspec.UnsetType):
                details = {"address": self._address, "reason": "a line is neither page nor end"}
                raise SourceError(Problem("wrong_shape", {**details, "excerpt": ""}))
            page = self._read_page(collection_named(peeked.collection), line)
            if page is not None:
                yield page
        raise self._cut()

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row read so far, each id once, most critical first."""
        return tuple(self._rows.values())

    def complete(self, offered: Iterable[str]) -> frozenset[Collection]:
        """Collections of which `rows` is the whole list.

        One with an unreadable item is not: its row may be on screen from an earlier,
        readable answer, and must not go away because the newer one is broken.
        """
        known = {c for name in offered if (c := collection_named(name)) is not None}
        broken = {item.collection for item in self.bad_items if "twice" not in item.reason}
        return frozenset(known - broken)

    def _read_head(self, line: bytes) -> SnapshotHead:
        head = decode_json(line, SnapshotHead, self._address)
        if head.magic != MAGIC:
            details = {"address": self._address, "reason": "no magic", "excerpt": ""}
            raise SourceError(Problem("not_understood", details))
        return head

    def _read_page(self, collection: Collection | None, line: bytes) -> Read | None:
        if collection is None:
            self._count += len(decode_json(line, _Rows, self._address).rows)
            return None
        try:
            page = read_page(self._source, collection, line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            details = {"address": self._address, "reason": str(error), "excerpt": ""}
            raise SourceError(Problem("wrong_shape", details)) from None
        self._count += page.count
        self.bad_items.extend(page.bad_items)
        for row in page.rows:
            self._rows[collection, *row_key(row)] = row
        return page

    def _check_trailer(self, line: bytes) -> None:
        trailer = decode_json(line, SnapshotTrailer, self._address)
        if trailer.rows != self._count:
            raise self._cut()
        self.whole = True

    def _cut(self) -> SourceError:
        said = f"{self._count} rows came"
        return SourceError(Problem("cut_short", {"address": self._address, "reason": said}))


class _Rows(msgspec.Struct):
    rows: list[msgspec.Raw]

"""Read a county snapshot as its bytes arrive, at either level."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from desktop.application.ports import SourceError
from desktop.connectors.county.level1 import Read, collection_named, read_page
from desktop.connectors.county.level2 import read_page as read_compact_page
from desktop.connectors.county.mapping import COLLECTION_OF, row_key
from desktop.connectors.county.session import not_county_api, undecodable
from desktop.connectors.http.errors import excerpt
from desktop.connectors.http.lenient import readable
from desktop.connectors.http.response import Unzip, decode_json, too_large
from desktop.connectors.shared.aside import Aside
from desktop.domain.asset import Trend
from desktop.domain.command import Collection
from desktop.domain.source import Batch, Problem, Row, UnreadableItem
from desktop.protocol.checksum import MODULUS, weight
from desktop.protocol.limits import LINE_BYTES, SNAPSHOT_BYTES
from desktop.wire.level1 import MAGIC, Session, SnapshotHead, SnapshotTrailer
from desktop.wire.level2 import SnapshotDecoder, WireError

ZSTD, GZIP = b"\x28\xb5\x2f\xfd", b"\x1f\x8b"
"""First bytes of level 2 and of packed level 1; a plain level 1 snapshot begins with a brace."""
SHORTEST = 4


class _Line(msgspec.Struct):
    """The fields of a line that tell its type; the rest is skipped, not decoded."""

    collection: str | msgspec.UnsetType = msgspec.UNSET
    end: bool | msgspec.UnsetType = msgspec.UNSET


class _Rows(msgspec.Struct):
    rows: list[msgspec.Raw]


class _Lines:
    """A splitter of a body into lines, within a bound."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._held = bytearray()
        self._total = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Yield the lines completed by these bytes, empty ones left out."""
        self._total += len(data)
        begin = len(self._held)
        self._held += data
        end = self._held.rfind(b"\n", begin) + 1
        if self._total > SNAPSHOT_BYTES or (not end and len(self._held) > LINE_BYTES):
            raise too_large(self._address, SNAPSHOT_BYTES)
        lines = bytes(self._held[:end]).split(b"\n")
        del self._held[:end]
        return [line for line in lines if line.strip()]


class Snapshot:
    """A reader of one snapshot in pieces of any size; the first bytes show the level."""

    def __init__(self, source: str, address: str) -> None:
        self.head: SnapshotHead | None = None
        self._has_trailer = False
        self._unzip: Unzip | None = None
        self.sum: int | None = None
        self._source = source
        self._address = address
        self._rows: dict[Collection, dict[tuple[str, str], tuple[Row, int | None]]] = {}
        self._aside = Aside()
        self._counts: Counter[Collection] = Counter()
        self._count = 0
        self._begun = bytearray()
        self._lines = _Lines(address)
        self._decoder: SnapshotDecoder | None = None
        """Of level 2; at level 1 the bytes are lines."""
        self._is_known = False

    @property
    def whole(self) -> bool:
        """Whether the trailer came with the right count, and the compressed stream ended with a
        valid check sum; else the token must not be used."""
        return self._has_trailer and not (self._unzip and self._unzip.cut)

    def feed(self, data: bytes) -> Iterator[Read]:
        """Yield the pages completed by these bytes; SourceError when they are not a snapshot."""
        if not self._is_known:
            self._begun += data
            if len(self._begun) < SHORTEST:
                return
            data = bytes(self._begun)
            self._begin(data)
            self._begun.clear()
        if self._decoder is not None:
            yield from self._read_compact(self._decoder, data)
        else:
            yield from self._read_lines(data)

    def end(self) -> None:
        """Finish reading; SourceError `cut_short` when the snapshot is not whole by now."""
        for line in self._lines.feed(b"\n"):
            for _ in self._line(line):
                pass  # A page cannot be the last.
        if not self.whole:
            raise self._cut()

    @property
    def progress(self) -> tuple[int, int]:
        """How many rows were listed so far, and how many the head announced; 0 before it came."""
        of = 0 if self.head is None else sum(self.head.totals.values())
        return min(self._count, of), of

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every row read so far, each id once, most critical first."""
        return tuple(row for rows in self._rows.values() for row, _ in rows.values())

    @property
    def row_keys(self) -> tuple[int, ...]:
        """The server's numbers of `rows`; empty at level 1."""
        keys = [key for rows in self._rows.values() for _, key in rows.values()]
        return () if None in keys else tuple(key for key in keys if key is not None)

    @property
    def bad_items(self) -> tuple[UnreadableItem, ...]:
        """The unreadable items so far."""
        return self._aside.told[0]

    @property
    def more_bad(self) -> dict[Collection, int]:
        """Numbers of further unreadable items without an id."""
        return self._aside.told[1]

    @staticmethod
    def complete(offered: Iterable[str]) -> frozenset[Collection]:
        """Return the collections of which the snapshot is the whole list, readable or not."""
        return frozenset(c for name in offered if (c := collection_named(name)) is not None)

    def batch(self, offered: Iterable[str], account: str) -> Batch:
        """Return the whole state, once it has ended, as the batch that replaces all rows."""
        assert self.head is not None
        return Batch(
            source=self._source,
            puts=self.rows,
            row_keys=self.row_keys,
            complete=self.complete(offered),
            token=self.head.token,
            epoch=self.head.epoch,
            bad_items=self.bad_items,
            more_bad=self.more_bad,
            sum=self.sum,
            account=account,
        )

    def _begin(self, data: bytes) -> None:
        """Learn from the first bytes how the rest is read."""
        if data.startswith(ZSTD):
            self._decoder = SnapshotDecoder(SNAPSHOT_BYTES, in_ms=True)
        elif data.startswith(GZIP):
            self._unzip = Unzip(self._address, SNAPSHOT_BYTES)
        elif not data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"{"):
            details = {"address": self._address, "reason": "no snapshot", "excerpt": excerpt(data)}
            raise SourceError(Problem("not_understood", details))
        self._is_known = True

    def _read_compact(self, decoder: SnapshotDecoder, data: bytes) -> Iterator[Read]:
        try:
            for each in decoder.read(data):
                if isinstance(each, SnapshotHead):
                    self._take_head(each)
                elif isinstance(each, SnapshotTrailer):
                    self._take_trailer(each)
                else:
                    page = read_compact_page(self._source, each)
                    yield self._take(page, again=each.part == "rest")
        except WireError as error:
            raise undecodable(self._address, error) from None

    def _read_lines(self, data: bytes) -> Iterator[Read]:
        for piece in (data,) if self._unzip is None else self._unzip.pieces(data):
            for line in self._lines.feed(piece):
                try:
                    yield from self._line(line)
                except SourceError as error:
                    if error.problem.code != "cut_short":
                        raise
                    # The line is complete, so an incomplete value is spread over several lines.
                    details = {"address": self._address, "excerpt": excerpt(line)}
                    raise SourceError(Problem("not_lines", details)) from None

    def _line(self, line: bytes) -> Iterable[Read]:
        if self._has_trailer:
            return
        if self.head is None:
            self._take_head(decode_json(line, SnapshotHead, self._address))
            return
        try:
            peeked = msgspec.json.decode(line, type=_Line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            line = readable(line)  # Once, not for each decoding.
            peeked = decode_json(line, _Line, self._address)
        if peeked.end is True:
            self._take_trailer(decode_json(line, SnapshotTrailer, self._address))
            return
        if isinstance(peeked.collection, msgspec.UnsetType):
            raise self._misshapen("a line is neither page nor end")
        collection = collection_named(peeked.collection)
        if collection is None:
            self._count += len(decode_json(line, _Rows, self._address).rows)
            return
        try:
            page = read_page(self._source, collection, line, self._counts[collection])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._misshapen(str(error)) from None
        self._counts[collection] += page.count
        yield self._take(page)

    def _take(self, page: Read, *, again: bool = False) -> Read:
        """Keep a page's rows; with `again` they were already counted when they were listed."""
        self._count += 0 if again else page.count
        self._aside.take(page.bad_items, page.more_bad)
        keys = page.keys or (None,) * len(page.rows)
        if page.rows:
            known = self._rows.setdefault(COLLECTION_OF[type(page.rows[0])], {})
            known.update(
                zip(map(row_key, page.rows), zip(page.rows, keys, strict=True), strict=True)
            )
        return page

    def _take_head(self, head: SnapshotHead) -> None:
        if head.magic != MAGIC:
            raise not_county_api(self._address, head.magic)
        self.head = head

    def _take_trailer(self, trailer: SnapshotTrailer) -> None:
        if self.head is None or trailer.rows != self._count:
            details = {"said": str(trailer.rows), "came": str(self._count)}
            raise SourceError(Problem("count_differs", details | {"address": self._address}))
        self.sum = None if trailer.sum is None else int(trailer.sum, 16)
        self._has_trailer = True

    def _misshapen(self, reason: str) -> SourceError:
        details = {"address": self._address, "reason": reason, "excerpt": ""}
        return SourceError(Problem("wrong_shape", details))

    def _cut(self) -> SourceError:
        said = f"({self._count} rows, no trailer)" if self._count else ""
        return SourceError(Problem("cut_short", {"address": self._address, "reason": said}))


def find_faults(session: Session, snapshot: Snapshot) -> Iterator[Problem]:
    """Find faults of a whole snapshot that would harm a desk only later: its epoch and checksum."""
    if snapshot.head is not None and snapshot.head.epoch != session.epoch:
        yield Problem("epoch_differs", {"expected": session.epoch, "got": snapshot.head.epoch})
    if snapshot.sum is not None and not snapshot.bad_items:
        counted = (
            (COLLECTION_OF[type(row)], row.id, getattr(row, "version", 0))
            for row in snapshot.rows
            if not isinstance(row, Trend)
        )
        ours = sum(weight(*each) for each in counted) % MODULUS
        if ours != snapshot.sum:
            told = {"expected": f"{ours:016x}", "got": f"{snapshot.sum:016x}"}
            yield Problem("sum_differs", told)

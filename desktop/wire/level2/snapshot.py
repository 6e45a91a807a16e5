"""Snapshots: one long zstd stream of pages that can be shown as they arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import zstandard

from desktop.protocol.limits import SECTION_BYTES, most_unpacked
from desktop.wire.level1 import SnapshotHead, SnapshotTrailer
from desktop.wire.level2.cursor import Budget, Cursor, WireError, put_inside
from desktop.wire.level2.pages import (
    Keyed,
    Page,
    decode_columns,
    encode_page,
    join,
)
from desktop.wire.level2.schema import FULL, LIST, REST

HEAD, PAGE, TRAILER = 1, 2, 3
"""First byte of each section."""

WINDOW_LOG, LEAST_LOG = 23, 14
LEVEL = 19
SLICE = 256
"""Packed bytes given to zstd at once: no slice can unpack to more than about 8 MB."""


class SnapshotEncoder:
    """Writes one snapshot: a head, pages, a trailer, each readable when its last byte is there."""

    def __init__(self, level: int = LEVEL, most_bytes: int | None = None) -> None:
        """About `most_bytes` are expected; a stream that becomes longer is packed less well."""
        chosen = parameters(level, most_bytes)
        self._stream = zstandard.ZstdCompressor(compression_params=chosen).compressobj()

    def head(self, head: SnapshotHead) -> bytes:
        """The bytes of the head; it comes first."""
        return self._section(HEAD, msgspec.json.encode(head), last=False)

    def page(self, collection: str, rows: Sequence[Keyed], part: str = FULL) -> bytes:
        """Encode a page; a `rest` page has the other columns of rows of an earlier `list` page."""
        return self._section(PAGE, encode_page(collection, rows, part), last=False)

    def trailer(self, trailer: SnapshotTrailer) -> bytes:
        """The bytes of the trailer and the end of the stream."""
        return self._section(TRAILER, msgspec.json.encode(trailer), last=True)

    def _section(self, kind: int, body: bytes, *, last: bool) -> bytes:
        if len(body) > SECTION_BYTES:
            raise WireError("a page is too large")
        out = bytearray([kind])
        put_inside(out, body)
        packed = self._stream.compress(bytes(out))
        end = zstandard.COMPRESSOBJ_FLUSH_FINISH if last else zstandard.COMPRESSOBJ_FLUSH_BLOCK
        return packed + self._stream.flush(end)


def parameters(level: int, most_bytes: int | None) -> zstandard.ZstdCompressionParameters:
    """How a snapshot is packed: the reader's window, and tables as large as the content can use.

    Clearing the tables of a long stream takes far longer than packing a small county does.
    """
    usual = zstandard.ZstdCompressionParameters.from_level(level, window_log=WINDOW_LOG)
    if most_bytes is None:
        return usual
    places = most_bytes.bit_length() + 1
    return zstandard.ZstdCompressionParameters.from_level(
        level,
        window_log=WINDOW_LOG,
        hash_log=min(usual.hash_log, max(places, LEAST_LOG)),
        chain_log=min(usual.chain_log, max(places, LEAST_LOG)),
    )


class SnapshotDecoder:
    """Reads one snapshot in chunks of any size.

    It unpacks at most `max_bytes`, and never more bytes or values than the received bytes may
    stand for (`protocol.limits`).
    """

    def __init__(self, max_bytes: int, *, in_ms: bool = False) -> None:
        """With `in_ms` the moments of rows stay milliseconds: a bulk reader that stores those
        need not spend the time to make datetimes of them."""
        self._in_ms = in_ms
        decompressor = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG)
        self._stream = decompressor.decompressobj(write_size=1 << 15)
        self._most = max_bytes
        self._received = self._unpacked = 0
        self._values = Budget.of(0)
        self._waiting = bytearray()
        self._listed: dict[int, Any] = {}
        self._begun = False
        self.ended = False

    def feed(self, chunk: bytes) -> list[SnapshotHead | Page | SnapshotTrailer]:
        """Return the sections completed by these bytes; WireError when this can be no snapshot."""
        return list(self.read(chunk))

    def read(self, chunk: bytes) -> Iterator[SnapshotHead | Page | SnapshotTrailer]:
        """Yield the sections completed by these bytes one by one, so that only one is in memory.

        WireError when this can be no snapshot, after the sections before that place.
        """
        view = memoryview(chunk)
        self._values.grow(len(chunk))
        for start in range(0, len(chunk), SLICE):
            if self.ended:
                raise WireError("bytes after the trailer")
            try:
                fresh = self._stream.decompress(view[start : start + SLICE])
            except zstandard.ZstdError as error:
                raise WireError(f"not a snapshot: {error}") from error
            self._received += len(view[start : start + SLICE])
            self._unpacked += len(fresh)
            if self._unpacked > min(self._most, most_unpacked(self._received)):
                raise WireError("more than may be")
            if fresh:
                self._waiting += fresh
                yield from self._sections()

    def _sections(self) -> Iterator[SnapshotHead | Page | SnapshotTrailer]:
        while (section := self._next()) is not None:
            if self.ended:
                raise WireError("bytes after the trailer")
            yield self._read(*section)

    def _next(self) -> tuple[int, bytes] | None:
        """Take the next complete section from the buffer; None while there is none."""
        if len(self._waiting) < 2:
            return None
        cursor = Cursor(bytes(self._waiting[:11]))
        kind = cursor.byte()
        try:
            size = cursor.uint()
        except WireError:
            if len(self._waiting) >= 11:
                raise
            return None
        if size > SECTION_BYTES:
            raise WireError("a section is too large")
        end = cursor.at + size
        if len(self._waiting) < end:
            return None
        body = bytes(self._waiting[cursor.at : end])
        del self._waiting[:end]
        return kind, body

    def _read(self, kind: int, body: bytes) -> SnapshotHead | Page | SnapshotTrailer:
        if (kind == HEAD) == self._begun:
            raise WireError("a snapshot begins with its only head")
        self._begun = True
        if kind == TRAILER and self._listed:
            raise WireError(f"{len(self._listed)} rows listed and never told whole")
        try:
            if kind == HEAD:
                return msgspec.json.decode(body, type=SnapshotHead)
            if kind == TRAILER:
                trailer = msgspec.json.decode(body, type=SnapshotTrailer)
                self.ended = True
                return trailer
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise WireError(f"not a snapshot: {error}") from error
        if kind != PAGE:
            raise WireError("no such section")
        budget = self._values.page()
        before = budget.left, budget.text_left
        columns = decode_columns(body, budget, in_ms=self._in_ms)
        self._values.left -= before[0] - budget.left
        self._values.text_left -= before[1] - budget.text_left
        if columns.part == REST:
            return join(self._listed, columns)
        page = columns.page()
        if columns.part == LIST:
            self._listed.update((each.key, each.row) for each in page.rows)
        return page

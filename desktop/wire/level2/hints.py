"""A stream of hints as one compressed frame: each page is packed with those before it in mind."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import zstandard

from desktop.protocol.limits import HINT_BYTES, most_unpacked
from desktop.wire.level2.cursor import Cursor, WireError, put_uint
from desktop.wire.level2.frames import NAME_BYTES, PLAIN, SHARED, Frames, UnknownDictionary

WINDOW_LOG = 16
MOST_NUMBER = 10**12
HEAD = 20
"""Bytes of a record before its page."""
SLICE = 256
"""Bytes unpacked at once, so that none of them can stand for too many."""


class Hint(msgspec.Struct, frozen=True):
    """What one record of the stream tells."""

    number: int
    """The same again, without a page: a heartbeat, which tells only that the stream is alive."""
    page: bytes = b""
    """A patch frame; empty when there is none."""


class HintWriter:
    """Writes one stream; about 350 KB of memory while it is open. For one thread at a time."""

    def __init__(self, frames: Frames) -> None:
        dictionary = frames.dictionary(frames.use)
        named = bytes.fromhex(frames.use)
        self._head = bytes([PLAIN]) if dictionary is None else bytes([SHARED]) + named
        packer = zstandard.ZstdCompressor(compression_params=_parameters(), dict_data=dictionary)
        self._stream = packer.compressobj()
        self._number = 0

    def beat(self) -> bytes:
        """Return the bytes of a heartbeat."""
        return self.write(self._number)

    def write(self, number: int, page: bytes = b"") -> bytes:
        """Return the bytes of one record, all that its reader needs to read it."""
        self._number = number
        record = bytearray()
        put_uint(record, number)
        put_uint(record, len(page))
        packed = self._stream.compress(bytes(record + page))
        head, self._head = self._head, b""
        return head + packed + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)


class HintReader:
    """Reads one stream in chunks of any size, with whichever dictionary it names."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames
        self._stream: zstandard.ZstdDecompressionObj | None = None
        self._received = self._unpacked = 0
        self._waiting = bytearray()

    def read(self, chunk: bytes) -> Iterator[Hint]:
        """Yield the records completed by these bytes; WireError when this is no such stream."""
        for start in range(0, len(chunk), SLICE):
            self._waiting += self._unpack(chunk[start : start + SLICE])
            while (hint := self._next()) is not None:
                yield hint

    def _unpack(self, piece: bytes) -> bytes:
        if self._stream is None:
            self._waiting += piece
            piece = self._begin()
        if self._stream is None or not piece:
            return b""
        try:
            fresh: bytes = self._stream.decompress(piece)
        except zstandard.ZstdError as error:
            raise WireError(f"not a stream of hints: {error}") from error
        self._received += len(piece)
        self._unpacked += len(fresh)
        if self._unpacked > most_unpacked(self._received):
            raise WireError("more than may be")
        return fresh

    def _begin(self) -> bytes:
        """Take the form and the dictionary's name; return what came behind them."""
        form, size = self._waiting[0], 1
        dictionary = None
        if form == SHARED:
            size += NAME_BYTES
            if len(self._waiting) < size:
                return b""
            dictionary = self._frames.dictionary(self._waiting[1:size].hex())
            if dictionary is None:
                raise UnknownDictionary("a dictionary that is not here")
        elif form != PLAIN:
            raise WireError("no such stream")
        unpacker = zstandard.ZstdDecompressor(
            dict_data=dictionary,
            max_window_size=1 << WINDOW_LOG,
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        )
        self._stream = unpacker.decompressobj(write_size=1 << 15)
        rest = bytes(self._waiting[size:])
        self._waiting.clear()
        return rest

    def _next(self) -> Hint | None:
        """Take the next complete record; None while there is none."""
        if self._stream is None:
            return None
        cursor = Cursor(bytes(self._waiting))
        try:
            number, size = cursor.uint(), cursor.uint()
        except WireError:
            if len(self._waiting) >= HEAD:
                raise
            return None
        if number > MOST_NUMBER or size > HINT_BYTES:
            raise WireError("not a hint")
        if cursor.left < size:
            return None
        page = cursor.take(size)
        del self._waiting[: cursor.at]
        return Hint(number, page)


def _parameters() -> zstandard.ZstdCompressionParameters:
    """What 500 streams at once can afford: 4 % more bytes than level 19, which takes 80 MB."""
    return zstandard.ZstdCompressionParameters(
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        window_log=WINDOW_LOG,
        hash_log=14,
        chain_log=15,
        search_log=5,
        min_match=4,
        target_length=48,
        strategy=zstandard.STRATEGY_LAZY2,
        write_content_size=False,
        write_checksum=False,
        write_dict_id=False,
    )

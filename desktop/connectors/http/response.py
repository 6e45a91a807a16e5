"""Answers of a source: whole or still arriving, unpacked within bounds, decoded or refused."""

from __future__ import annotations

import codecs
import re
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

import msgspec

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.http.errors import excerpt, too_short
from desktop.connectors.http.lenient import read_json
from desktop.domain.source import Problem
from desktop.protocol.limits import KILOBYTE, MEGABYTE, most_unpacked

__all__ = ["KILOBYTE", "MEGABYTE"]

T = TypeVar("T")
CHUNK_BYTES = 64 * KILOBYTE
NULL_FOR = re.compile(r"Expected `(array|object)`, got `null` - at `\$\.(\w+)`")


class Reply(msgspec.Struct, frozen=True):
    """One whole answer."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def decode(self, wanted: type[T]) -> T:
        """Decode the body as JSON of that shape; raises SourceError when it is anything else."""
        return decode_json(self.body, wanted, self.url)


def decode_json(body: bytes, wanted: type[T], address: str) -> T:
    """Decode JSON of the wanted shape; SourceError `cut_short`, `not_understood` or
    `wrong_shape`."""
    try:
        return read_json(body, wanted)
    except msgspec.ValidationError as error:
        if b"null" in body and (bare := _without_nulls(body, str(error))) is not None:
            return decode_json(bare, wanted, address)
        code, said = "wrong_shape", str(error)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        code = "cut_short" if body and "truncated" in str(error) else "not_understood"
        said = str(error)
    # Only now: cleaning an excerpt costs more than decoding a small answer.
    details = {"address": address, "excerpt": excerpt(body), "reason": said}
    raise SourceError(Problem(code, details))


def _without_nulls(body: bytes, fault: str) -> bytes | None:
    """Return an object with an empty list or object for the null at fault, else without its null
    members, as null may stand for nothing; None when it has none."""
    try:
        members = read_json(body, dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    told = {name: value for name, value in members.items() if bytes(value) != b"null"}
    found = NULL_FOR.fullmatch(fault)
    if found is not None and found[2] in members:
        told = members | {found[2]: msgspec.Raw(b"[]" if found[1] == "array" else b"{}")}
    return msgspec.json.encode(told) if told != members else None


class Body:
    """The body of an answer as it comes out of a connection, bounded in size."""

    def __init__(
        self,
        head: tuple[str, int, Mapping[str, str]],
        read: Callable[[int], bytes],
        ended: threading.Event,
        max_bytes: int,
    ) -> None:
        """`head` is the answer's address, status and headers; `ended` is set when it is
        cancelled."""
        self._url, self._status, self._headers = head
        self._read = read
        self._ended = ended
        self._max_bytes = max_bytes

    def raw(self) -> Iterator[bytes]:
        """Yield the body as sent, each piece as soon as it arrives."""
        declared = self._headers.get("Content-Length", "")
        length = int(declared[:18]) if declared.isascii() and declared.isdigit() else 0
        if length > self._max_bytes:
            raise too_large(self._url, self._max_bytes)
        total = 0
        while chunk := self._read(CHUNK_BYTES):
            total += len(chunk)
            if total > self._max_bytes:
                raise too_large(self._url, self._max_bytes)
            yield chunk
        if self._ended.is_set():
            raise Cancelled
        if total < length and self._status not in (204, 304):
            said = too_short(total, length - total)
            raise SourceError(Problem("cut_short", {"address": self._url, "reason": said}))

    def unpack(self) -> Iterator[bytes]:
        """Yield the body decompressed, bounded before and after unpacking."""
        said = self._headers.get("Content-Encoding", "")
        packings = packings_of(said)
        if not packings:
            yield from self.raw()
        elif packings in (["gzip"], ["x-gzip"]):
            yield from gunzip(self.raw(), self._url, self._max_bytes)
        else:
            details = {"address": self._url, "reason": excerpt(said), "excerpt": ""}
            raise SourceError(Problem("not_understood", details))

    def beginning(self) -> bytes:
        """Return the first unpacked bytes of a refusal, to describe it."""
        try:
            return next(self.unpack(), b"")
        except SourceError:
            return b""


class Stream:
    """An answer whose body is still arriving."""

    def __init__(
        self, url: str, status: int, headers: Mapping[str, str], chunks: Iterator[bytes]
    ) -> None:
        self.url = url
        self.status = status
        self.headers = headers
        self._chunks = chunks

    def whole(self) -> Reply:
        """Read the rest and return the answer with its unpacked body."""
        return Reply(self.url, self.status, self.headers, b"".join(self._chunks))

    def chunks(self) -> Iterator[bytes]:
        """Yield the unpacked body piece by piece, each as soon as it arrives."""
        return self._chunks

    def lines(self, max_bytes: int) -> Iterator[bytes]:
        """Yield the body line by line without the line ends; the last may lack its end."""
        held = bytearray()
        for chunk in self._chunks:
            begin = len(held)
            held += chunk
            if b"\n" not in chunk:
                if len(held) > max_bytes:
                    raise too_large(self.url, max_bytes)
                continue
            end = held.rindex(b"\n", begin)
            yield from bytes(held[:end]).split(b"\n")
            del held[: end + 1]
        if held:
            yield bytes(held)


def packings_of(said: str) -> list[str]:
    """Return the compressions in `Content-Encoding`; a charset some servers write there is none."""
    names = (each.partition(";")[0].strip().lower() for each in said.split(",")[:9])
    return [name for name in names if name not in ("", "identity") and not _is_charset(name)]


def _is_charset(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding
    except (LookupError, ValueError):
        return False


def too_large(address: str, max_bytes: int) -> SourceError:
    """Return the error for a body beyond its bound."""
    return SourceError(Problem("too_large", {"address": address, "limit": f"{max_bytes:,}"}))


GZIP_MAGIC = b"\x1f\x8b"


class Unzip:
    """Decompressor of gzip with one or more members, within a bound that grows with the bytes
    received: a few bytes do not become many megabytes."""

    def __init__(self, address: str, max_bytes: int) -> None:
        self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self._address = address
        self._max_bytes = max_bytes
        self._packed = self._total = 0

    @property
    def cut(self) -> bool:
        """Whether bytes were received but the end was not."""
        return bool(self._total) and not self._unpacker.eof

    def pieces(self, packed: bytes) -> Iterator[bytes]:
        """Yield the unpacked bytes; SourceError when too large or no gzip at all."""
        self._packed += len(packed)
        rest = packed
        while rest:
            if self._unpacker.eof:
                if not rest.startswith(GZIP_MAGIC):
                    return  # Some pad the end.
                self._unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                piece = self._unpacker.decompress(rest, CHUNK_BYTES)
            except zlib.error as error:
                details = {"address": self._address, "reason": str(error), "excerpt": ""}
                raise SourceError(Problem("not_understood", details)) from None
            self._total += len(piece)
            if self._total > min(self._max_bytes, most_unpacked(self._packed)):
                raise too_large(self._address, min(self._max_bytes, most_unpacked(self._packed)))
            if piece:
                yield piece
            eof = self._unpacker.eof
            rest = self._unpacker.unused_data if eof else self._unpacker.unconsumed_tail


def gunzip(packed: Iterator[bytes], address: str, max_bytes: int) -> Iterator[bytes]:
    """Yield the unpacked pieces; SourceError when too large, cut short or no gzip at all."""
    unzip = Unzip(address, max_bytes)
    for chunk in packed:
        yield from unzip.pieces(chunk)
    if unzip.cut:
        raise SourceError(Problem("cut_short", {"address": address, "reason": ""}))

"""What stands inside a bundle: requests and answers as the network carries them, and files.

A body is a frame of level 2 of MessagePack: as it is, or packed by zstd.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

import msgspec
import zstandard
from msgspec import Meta

from desktop.protocol.limits import (
    COURIER_COMMANDS,
    COURIER_FILES,
    COURIER_PIECE_BYTES,
    COURIER_UNPACKED,
    ID_CHARS,
    PARTS,
    REQUEST_BYTES,
    most_unpacked,
)
from desktop.wire.courier.problems import BundleError, Fault
from desktop.wire.level1 import CommandResults, Commands, Digest, Id, Word
from desktop.wire.level2 import WireError
from desktop.wire.level2.frames import PLAIN, STORED, Frames
from desktop.wire.parts import Count

PACKED_LEVEL = 9
Size = Annotated[int, Meta(ge=0, le=2**40)]
Token = Annotated[str, Meta(max_length=ID_CHARS)]
Request = Annotated[bytes, Meta(max_length=REQUEST_BYTES)]
Message = Annotated[bytes, Meta(max_length=COURIER_UNPACKED)]


class Chunk(msgspec.Struct, frozen=True):
    """Some bytes of a file, from an offset on; pieces of one file come in their order."""

    digest: Digest
    size: Size
    media_type: Word
    offset: Size
    data: Annotated[bytes, Meta(min_length=1, max_length=COURIER_PIECE_BYTES)]


class CountyData(msgspec.Struct, frozen=True):
    """What an office's account may see that is newer than its token, at level 2."""

    made_at: int
    """Milliseconds since 1970, by the county's clock: the data is no fresher than that."""
    epoch: Word
    account: Word
    townships: Annotated[tuple[Id, ...], Meta(max_length=PARTS)]
    """Empty for the whole county."""
    collections: Annotated[tuple[Word, ...], Meta(max_length=PARTS)]
    since: Token = ""
    """The token that the bundle named: the data is newer than that, and `changes` follow it."""
    changes: Annotated[tuple[Message, ...], Meta(max_length=COURIER_FILES)] = ()
    """Answers of `GET /v1/changes`, each after the one before."""
    snapshot: Message = b""
    """The body of `GET /v1/snapshot/…`; empty with changes."""


class Delivery(msgspec.Struct, frozen=True):
    """An office's commands and files."""

    made_at: int
    """Milliseconds since 1970, by the office's corrected clock."""
    account: Word
    """The account under which the commands were given; empty where accounts have no names."""
    requests: Annotated[tuple[Request, ...], Meta(max_length=COURIER_COMMANDS)] = ()
    """Bodies of `POST /v1/commands`, in JSON, to be done in this order."""
    files: Annotated[tuple[Chunk, ...], Meta(max_length=COURIER_FILES)] = ()
    token: Token | None = None
    """Of the rows at the office: the receipt is to bring what is newer, all with an empty one."""
    echo: Word = ""
    """Any text, which the receipt repeats: by it an office knows what it knew when it asked."""
    tables: Count = 0
    """How many collections the office reads, as in `SessionRequest`."""

    def commands(self) -> tuple[Commands, ...]:
        """Return the requests decoded; BundleError for one that is none."""
        return tuple(_json(each, Commands) for each in self.requests)


class ArrivedFile(msgspec.Struct, frozen=True):
    """How much of a file the county has, from its start."""

    digest: Digest
    size: Size
    offset: Size


class DeliveryReceipt(msgspec.Struct, frozen=True):
    """What became of the bundle of an office."""

    made_at: int
    """Milliseconds since 1970, by the county's clock."""
    of: Digest
    """SHA-256 of the whole bundle that it is for."""
    epoch: Word
    """Epoch of the county's data by then: in another one nothing of it need be true."""
    answers: Annotated[tuple[Message, ...], Meta(max_length=COURIER_COMMANDS)] = ()
    """Answers to its requests as `POST /v1/commands` gives them, in JSON."""
    files: Annotated[tuple[ArrivedFile, ...], Meta(max_length=COURIER_FILES)] = ()
    data: CountyData | None = None
    echo: Word = ""
    """That of the bundle."""
    earlier: Annotated[tuple[Word, ...], Meta(max_length=PARTS)] = ()
    """Epochs that ended before this one began, the oldest first, as far as they are known."""
    keys_kept_s: Annotated[int, Meta(ge=0)] = 0
    set_back_to: int | None = None
    """As the session tells them; the time in milliseconds since 1970."""

    def results(self) -> tuple[CommandResults, ...]:
        """Return the answers decoded; BundleError for one that is none."""
        return tuple(_json(each, CommandResults) for each in self.answers)


Body = TypeVar("Body", Delivery, DeliveryReceipt)
Json = TypeVar("Json", Commands, CommandResults)


def encode_body(body: Delivery | DeliveryReceipt, *, pack: bool = True) -> bytes:
    """Return the frame of a body, the shorter of both forms; without `pack` as it is."""
    raw = msgspec.msgpack.encode(body)
    stored = bytes([STORED]) + raw
    if not pack:
        return stored
    parameters = zstandard.ZstdCompressionParameters.from_level(
        PACKED_LEVEL, source_size=len(raw), format=zstandard.FORMAT_ZSTD1_MAGICLESS
    )
    packer = zstandard.ZstdCompressor(compression_params=parameters)
    packed = bytes([PLAIN]) + packer.compress(raw)
    # What shrinks beyond the bound would be refused as a bomb, such as an empty picture.
    return stored if len(raw) > most_unpacked(len(packed)) else min(stored, packed, key=len)


def decode_delivery(data: bytes) -> Delivery:
    """Return what an office sends; BundleError when it is not of the form."""
    up = _decode(data, Delivery)
    asked = sum(len(each.commands) for each in up.commands())
    if asked > COURIER_COMMANDS:
        raise BundleError(Fault.UNREADABLE, "too many commands")
    _check_pieces(up.files)
    return up


def decode_receipt(data: bytes) -> DeliveryReceipt:
    """Return what a county answers; BundleError when it is not of the form."""
    receipt = _decode(data, DeliveryReceipt)
    receipt.results()
    return receipt


def _decode(data: bytes, type_: type[Body]) -> Body:
    try:
        raw = Frames().unpack(data, COURIER_UNPACKED)
        return msgspec.msgpack.decode(raw, type=type_)
    except (WireError, msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BundleError(Fault.UNREADABLE, str(error)) from None


def _json(data: bytes, type_: type[Json]) -> Json:
    try:
        return msgspec.json.decode(data, type=type_)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BundleError(Fault.UNREADABLE, str(error)) from None


def _check_pieces(pieces: Iterable[Chunk]) -> None:
    """Check that pieces fit one another, and that a file that is here whole is the one named."""
    begun: dict[str, tuple[int, int, bool]] = {}
    hashes: dict[str, Any] = {}
    for piece in pieces:
        size, at, whole = begun.get(piece.digest, (piece.size, piece.offset, piece.offset == 0))
        end = piece.offset + len(piece.data)
        if (size, at) != (piece.size, piece.offset) or end > size:
            raise BundleError(Fault.UNREADABLE, "pieces that do not fit")
        begun[piece.digest] = (size, end, whole)
        hashes.setdefault(piece.digest, hashlib.sha256()).update(piece.data)
    for digest, (size, end, whole) in begun.items():
        if whole and end == size and hashes[digest].hexdigest() != digest:
            raise BundleError(Fault.UNREADABLE, "a file that is another")

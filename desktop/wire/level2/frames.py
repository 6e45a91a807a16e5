"""Small answers and requests as one compressed frame each, with a shared dictionary or without."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache

import zstandard

from desktop.protocol import limits
from desktop.protocol.limits import SECTION_BYTES, most_unpacked
from desktop.wire.level2.cursor import WireError

STORED, PLAIN, SHARED = 0, 1, 2
"""First byte of a frame: as it is; zstd; zstd with the dictionary that the next 4 bytes name."""

LEVEL = 19
MOST_WINDOW = limits.WINDOW_BYTES
NAME_BYTES = 4


class UnknownDictionary(WireError):
    """The frame needs a dictionary that is not here; its sender must send it again without."""


def dictionary_name(dictionary: bytes) -> str:
    """Return a dictionary's name: the first 8 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(dictionary).hexdigest()[: 2 * NAME_BYTES]


class Frames:
    """Packs frames with the dictionary in use (or none) and unpacks them with any it has.

    May be shared by threads: each call has its own compressor.
    """

    def __init__(self, dictionaries: Mapping[str, bytes] | None = None, use: str = "") -> None:
        self._known = {
            bytes.fromhex(name): zstandard.ZstdCompressionDict(data)
            for name, data in (dictionaries or {}).items()
        }
        self._use = bytes.fromhex(use) if use and use in (dictionaries or {}) else b""
        if self._use:
            self._known[self._use].precompute_compress(compression_params=_parameters(0))

    @property
    def use(self) -> str:
        """Name of the dictionary that `pack` uses; empty for none."""
        return self._use.hex()

    def using(self, name: str) -> Frames:
        """Return a copy that packs with another dictionary, or with none if that is not here."""
        other = Frames()
        other._known = self._known
        wanted = bytes.fromhex(name) if _is_name(name) else b""
        other._use = wanted if wanted in self._known else b""
        return other

    def dictionary(self, name: str) -> zstandard.ZstdCompressionDict | None:
        """Return the dictionary of that name; None where there is none here."""
        return self._known.get(bytes.fromhex(name)) if _is_name(name) else None

    def pack(self, raw: bytes) -> bytes:
        """Pack these bytes into the shortest of the possible frames."""
        parameters = _parameters(len(raw))
        candidates = [store(raw)]
        plain = zstandard.ZstdCompressor(compression_params=parameters)
        candidates.append(bytes([PLAIN]) + plain.compress(raw))
        if self._use:
            shared = zstandard.ZstdCompressor(
                dict_data=self._known[self._use], compression_params=parameters
            )
            candidates.append(bytes([SHARED]) + self._use + shared.compress(raw))
        return min(candidates, key=len)

    def unpack(self, data: bytes, max_bytes: int = SECTION_BYTES) -> bytes:
        """Unpack a frame; WireError when it holds more than `max_bytes` or is not one."""
        if not data:
            raise WireError("an empty frame")
        form, body = data[0], data[1:]
        dictionary = None
        if form == STORED:
            if len(body) > max_bytes:
                raise WireError("more than may be")
            return body
        if form == SHARED:
            dictionary = self._known.get(body[:NAME_BYTES])
            body = body[NAME_BYTES:]
            if dictionary is None:
                raise UnknownDictionary("a dictionary that is not here")
        elif form != PLAIN:
            raise WireError("no such frame")
        return _inflate(body, dictionary, min(max_bytes, most_unpacked(len(data))))


def store(raw: bytes) -> bytes:
    """Return the frame of these bytes as they are, for a stream that packs it."""
    return bytes([STORED]) + raw


def _inflate(
    body: bytes, dictionary: zstandard.ZstdCompressionDict | None, max_bytes: int
) -> bytes:
    try:
        told = zstandard.get_frame_parameters(body, format=zstandard.FORMAT_ZSTD1_MAGICLESS)
        if told.content_size > max_bytes or told.window_size > MOST_WINDOW:
            raise WireError("more than may be, or of unknown size")
        decompressor = zstandard.ZstdDecompressor(
            dict_data=dictionary,
            max_window_size=MOST_WINDOW,
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        )
        return decompressor.decompress(body, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise WireError(f"not a frame: {error}") from error


def _is_name(name: str) -> bool:
    return len(name) == 2 * NAME_BYTES and set(name) <= set("0123456789abcdef")


@lru_cache(maxsize=1024)
def _parameters(size: int) -> zstandard.ZstdCompressionParameters:
    return zstandard.ZstdCompressionParameters.from_level(
        LEVEL,
        source_size=size,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=True,
        write_checksum=False,
        write_dict_id=False,
    )

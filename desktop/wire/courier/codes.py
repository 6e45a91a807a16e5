"""A small bundle as numbered QR codes: the text of each, and how they come together again."""

from __future__ import annotations

import hashlib
import struct
from enum import StrEnum

import msgspec

from desktop.protocol.limits import COURIER_CODES

MAGIC, VERSION = "CDQ", "1"
HEAD = struct.Struct(">8sBB")
SUM = 4
PART = 630
"""Bytes of a bundle in one code: its text then fills a QR code of version 20, level M."""
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
"""Base 45 (RFC 9285): 3% longer than bytes, and whole in whatever program reads it as text."""
VALUES = {letter: value for value, letter in enumerate(ALPHABET)}


class CodeFault(StrEnum):
    """Why a code is passed over."""

    FOREIGN = "foreign"
    NEWER = "newer"
    DAMAGED = "damaged"


class CodeError(ValueError):
    """A code is none of a bundle's, or not as it was written."""

    def __init__(self, fault: CodeFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


class Part(msgspec.Struct, frozen=True):
    """What one code holds."""

    mark: str
    """The first 8 bytes of the bundle's SHA-256, hexadecimal."""
    place: int
    """From 1."""
    count: int
    data: bytes


class PartialBundle:
    """The codes of one bundle as far as they were read."""

    def __init__(self, mark: str, count: int) -> None:
        self.mark, self.count = mark, count
        self._parts: dict[int, bytes] = {}

    def take(self, part: Part) -> None:
        """Keep a part of this bundle; one that was read before changes nothing."""
        self._parts.setdefault(part.place, part.data)

    @property
    def missing(self) -> list[int]:
        """The numbers of the codes that were not read."""
        return [place for place in range(1, self.count + 1) if place not in self._parts]

    def join(self) -> bytes:
        """Return the bundle; CodeError where its codes are not all of one bundle."""
        whole = b"".join(data for _, data in sorted(self._parts.items()))
        if self.missing or _mark(whole).hex() != self.mark:
            raise CodeError(CodeFault.DAMAGED)
        return whole


def cut_bundle(bundle: bytes) -> list[str]:
    """Return the texts of a bundle's codes; ValueError when it is too much for codes."""
    count = -(-len(bundle) // PART)
    if not 0 < count <= COURIER_CODES:
        raise ValueError(f"{len(bundle)} bytes are not for codes")
    size, mark = -(-len(bundle) // count), _mark(bundle)
    return [
        _write_code(HEAD.pack(mark, place + 1, count) + bundle[place * size :][:size])
        for place in range(count)
    ]


def read_code(text: str) -> Part:
    """Return what stands in one code; CodeError when it is passed over."""
    if not text.startswith(MAGIC):
        raise CodeError(CodeFault.FOREIGN)
    version, told = text[len(MAGIC) :][:1], text[len(MAGIC) + 1 :]
    if version != VERSION:
        raise CodeError(CodeFault.NEWER if version.isdigit() else CodeFault.FOREIGN)
    content = decode_base45(told)
    body, checked = content[:-SUM], content[-SUM:]
    if len(body) <= HEAD.size or hashlib.sha256(body).digest()[:SUM] != checked:
        raise CodeError(CodeFault.DAMAGED)
    mark, place, count = HEAD.unpack_from(body)
    if not 1 <= place <= count <= COURIER_CODES:
        raise CodeError(CodeFault.DAMAGED)
    return Part(mark.hex(), place, count, body[HEAD.size :])


def encode_base45(data: bytes) -> str:
    """Return bytes as text of a QR code's alphanumeric mode."""
    letters: list[str] = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        value = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            letters.append(ALPHABET[value % 45])
            value //= 45
    return "".join(letters)


def decode_base45(text: str) -> bytes:
    """Return the bytes of such a text; CodeError when it is none."""
    found = bytearray()
    try:
        for at in range(0, len(text), 3):
            letters = text[at : at + 3]
            value = sum(VALUES[letter] * 45**power for power, letter in enumerate(letters))
            found += value.to_bytes(len(letters) - 1, "big")
    except (KeyError, OverflowError):
        raise CodeError(CodeFault.DAMAGED) from None
    if len(text) % 3 == 1:
        raise CodeError(CodeFault.DAMAGED)
    return bytes(found)


def _write_code(body: bytes) -> str:
    return MAGIC + VERSION + encode_base45(body + hashlib.sha256(body).digest()[:SUM])


def _mark(bundle: bytes) -> bytes:
    return hashlib.sha256(bundle).digest()[:8]

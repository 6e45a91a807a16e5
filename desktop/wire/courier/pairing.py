"""The small files by which an office and its county make their public keys known to each other."""

from __future__ import annotations

import base64
import hashlib
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from desktop.protocol.limits import PAIRING_BYTES, WORD_CHARS
from desktop.wire.courier.keys import ID_SIZE, KEY_SIZE, PublicKeys
from desktop.wire.courier.problems import BundleError, Fault

PREFIX = "county-desk-pairing:1:"
"""One line of letters and digits after it, so that a QR code or a telephone can carry it too."""
CHECK = 4
Name = Annotated[str, Meta(min_length=1, max_length=WORD_CHARS)]
Half = Annotated[bytes, Meta(min_length=KEY_SIZE, max_length=KEY_SIZE)]


class Pairing(msgspec.Struct, frozen=True, array_like=True):
    """Public keys of one side, with the names of both."""

    side: Literal["office", "county"]
    county: Name
    office: Name
    signing: Half
    agreement: Half
    receiver: Annotated[bytes, Meta(max_length=ID_SIZE)] = b""
    """In a county's: id of the office's keys it was made for, so that an old one ends no newer
    pairing; empty in an office's."""

    @property
    def keys(self) -> PublicKeys:
        """The public keys."""
        return PublicKeys(self.signing, self.agreement)


def write_pairing(pairing: Pairing) -> str:
    """Return the one line of a pairing file."""
    data = msgspec.msgpack.encode(pairing)
    data += hashlib.sha256(data).digest()[:CHECK]
    return PREFIX + base64.b32encode(data).decode().rstrip("=")


def read_pairing(text: str) -> Pairing:
    """Return what a pairing file says; BundleError for anything else."""
    said = text.strip().removeprefix(PREFIX)
    if len(text) > PAIRING_BYTES or said == text.strip():
        raise BundleError(Fault.NO_PAIRING)
    try:
        data = base64.b32decode(said + "=" * (-len(said) % 8))
        if hashlib.sha256(data[:-CHECK]).digest()[:CHECK] != data[-CHECK:]:
            raise BundleError(Fault.NO_PAIRING)
        pairing = msgspec.msgpack.decode(data[:-CHECK], type=Pairing)
    except (ValueError, msgspec.DecodeError):
        raise BundleError(Fault.NO_PAIRING) from None
    if not pairing.keys.can_agree():
        raise BundleError(Fault.UNUSABLE_KEY)
    return pairing

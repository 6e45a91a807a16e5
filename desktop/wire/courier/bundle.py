"""The envelope of a bundle: a header in the clear, the sealed body, the sender's signature."""

from __future__ import annotations

import hashlib
import re
import struct
from enum import IntEnum

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from desktop.protocol.limits import COURIER_BYTES, WORD_CHARS
from desktop.wire.courier.keys import PrivateKeys, PublicKeys, derive_key
from desktop.wire.courier.problems import BundleError, Fault

MAGIC = b"\x89CDB\r\n\x1a\n"
"""As with PNG, a transfer that takes it for text spoils it visibly."""
VERSION = 1
FIXED = struct.Struct(">8sBBQQ32s8s8s")
RECEIPT_SUFFIX = ".receipt.cdb"
UNFIT_FOR_NAMES = re.compile(r"[^\w-]")
HEAD_BYTES = FIXED.size
SIGNATURE = 64
TAG = 16
SEAL = b"county-desk/courier/1 seal"
SIGNED = b"county-desk/courier/1 bundle"
NONCE = bytes(12)
"""Each bundle has a key of its own, so its only nonce may be the same."""


class Direction(IntEnum):
    """Where a bundle goes."""

    UP = 1
    RECEIPT = 2


class Header(msgspec.Struct, frozen=True):
    """What anybody may read of a bundle; nothing of it is proven before `unseal`."""

    direction: Direction
    county: str
    """Identity of the server, with `/drill` appended for a drill."""
    office: str
    number: int
    """Milliseconds since 1970 when an office made it; a receipt repeats that of its bundle."""
    sender: bytes
    receiver: bytes
    """Ids of the keys that signed it, and of those that can open it."""
    ephemeral: bytes = b""
    size: int = 0
    """Bytes of the header itself."""


def read_number(head: bytes) -> int:
    """Return the number that the first `HEAD_BYTES` of a bundle claim; 0 for what is none.

    For sorting alone: what is wrong with it `read_header` tells.
    """
    if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
        return 0
    return int(FIXED.unpack_from(head)[3])


def read_header(data: bytes) -> Header:
    """Return the header of a bundle that is of a known version and as long as it says."""
    if not data:
        raise BundleError(Fault.EMPTY)
    if len(data) > COURIER_BYTES:
        raise BundleError(Fault.TOO_LARGE)
    if not data.startswith(MAGIC[: len(data)]):
        raise BundleError(Fault.NOT_A_BUNDLE)
    if len(data) <= len(MAGIC):
        raise BundleError(Fault.CUT)
    if data[len(MAGIC)] != VERSION:
        newer = data[len(MAGIC)] > VERSION
        raise BundleError(Fault.NEWER_VERSION if newer else Fault.NOT_A_BUNDLE)
    if len(data) < FIXED.size:
        raise BundleError(Fault.CUT)
    _, _, way, number, length, ephemeral, sender, receiver = FIXED.unpack_from(data)
    county, at = _take_name(data, FIXED.size)
    office, at = _take_name(data, at)
    whole = at + length + SIGNATURE
    if len(data) < whole:
        raise BundleError(Fault.CUT)
    if len(data) > whole or length < TAG:
        raise BundleError(Fault.DAMAGED)
    if way not in set(Direction):
        raise BundleError(Fault.NEWER_VERSION)
    return Header(Direction(way), county, office, number, sender, receiver, ephemeral, at)


def name_receipt(header: Header) -> str:
    """Return the file name of a bundle's receipt: another for each office and bundle."""
    return name_bundle(header) + RECEIPT_SUFFIX


def name_bundle(header: Header) -> str:
    """Return a name for a bundle's files, without a suffix."""
    return f"{UNFIT_FOR_NAMES.sub('_', header.office)}-{header.number}"


def seal(
    direction: Direction,
    names: tuple[str, str, int],
    body: bytes,
    sender: PrivateKeys,
    receiver: PublicKeys,
    ephemeral: bytes | None = None,
) -> bytes:
    """Return the bundle of a body; `names` are county, office and number.

    ValueError when it would be larger than a bundle may be. `ephemeral` is for test vectors alone.
    """
    once = PrivateKeys(None if ephemeral is None else ephemeral * 2)
    county, office, number = names
    header = FIXED.pack(
        *(MAGIC, VERSION, direction, number, len(body) + TAG),
        *(once.public.agreement, sender.public.id, receiver.id),
    )
    header += _put_name(county) + _put_name(office)
    key = _body_key(once, once.public.agreement, receiver.agreement, receiver.agreement)
    told = header + ChaCha20Poly1305(key).encrypt(NONCE, body, header)
    if len(told) + SIGNATURE > COURIER_BYTES:
        raise ValueError("larger than a bundle may be")
    return told + sender.sign(_message(told))


def unseal(data: bytes, header: Header, sender: PublicKeys, receiver: PrivateKeys) -> bytes:
    """Return the body of a bundle signed by `sender`; BundleError when it is not, or not whole."""
    if header.sender != sender.id:
        raise BundleError(Fault.UNKNOWN_KEY)
    if not sender.is_signed(data[-SIGNATURE:], _message(data[:-SIGNATURE])):
        raise BundleError(Fault.DAMAGED)
    if header.receiver != receiver.public.id:
        raise BundleError(Fault.OTHER_RECEIVER)
    sealed = data[header.size : -SIGNATURE]
    try:
        own = receiver.public.agreement
        key = _body_key(receiver, header.ephemeral, own, header.ephemeral)
        return ChaCha20Poly1305(key).decrypt(NONCE, sealed, data[: header.size])
    except (InvalidTag, ValueError):
        raise BundleError(Fault.DAMAGED) from None


def _body_key(own: PrivateKeys, ephemeral: bytes, receiver: bytes, other: bytes) -> bytes:
    return derive_key(own.agree(other), ephemeral + receiver, SEAL)


def _message(told: bytes) -> bytes:
    return SIGNED + hashlib.sha256(told).digest()


def _put_name(name: str) -> bytes:
    data = name.encode()
    if not data or len(data) > 255 or len(name) > WORD_CHARS:
        raise ValueError("a name of 1 to 100 characters is needed")
    return bytes([len(data)]) + data


def _take_name(data: bytes, at: int) -> tuple[str, int]:
    if at >= len(data):
        raise BundleError(Fault.CUT)
    end = at + 1 + data[at]
    if end > len(data):
        raise BundleError(Fault.CUT)
    try:
        name = data[at + 1 : end].decode()
    except UnicodeDecodeError:
        raise BundleError(Fault.DAMAGED) from None
    if not name or len(name) > WORD_CHARS:
        raise BundleError(Fault.DAMAGED)
    return name, end

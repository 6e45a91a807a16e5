"""The keys of an office and of a county: one pair to sign with, one to agree on secrets with."""

from __future__ import annotations

import hashlib
import secrets

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_SIZE = 32
ID_SIZE = 8
OFFICE_SECRET = b"county-desk/courier/1 office secret"
KEYS = b"county-desk/courier/1 keys"
GROUP, GROUPS = 4, 5
"""A fingerprint is read aloud: five groups of four digits, 80 bits."""


class PublicKeys(msgspec.Struct, frozen=True):
    """The public halves, 32 bytes each."""

    signing: bytes
    agreement: bytes

    @property
    def id(self) -> bytes:
        """The 8 bytes by which a bundle names its keys."""
        return self._digest()[:ID_SIZE]

    @property
    def fingerprint(self) -> str:
        """Short text that two people compare by eye or on the telephone."""
        digits = self._digest().hex()
        return " ".join(digits[GROUP * each : GROUP * (each + 1)] for each in range(GROUPS))

    def can_agree(self) -> bool:
        """Whether a secret can be agreed with their owner: not by a point of low order."""
        try:
            PrivateKeys().agree(self.agreement)
        except ValueError:
            return False
        return True

    def is_signed(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature of the message is by these keys."""
        try:
            Ed25519PublicKey.from_public_bytes(self.signing).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True

    def _digest(self) -> bytes:
        return hashlib.sha256(KEYS + self.signing + self.agreement).digest()


class PrivateKeys:
    """Both private halves; 64 bytes to keep where login tokens are kept, never shown."""

    def __init__(self, seed: bytes | None = None) -> None:
        """Make new keys, or those that `seed` holds: 32 bytes to sign, 32 bytes to agree."""
        seed = secrets.token_bytes(2 * KEY_SIZE) if seed is None else seed
        if len(seed) != 2 * KEY_SIZE:
            raise ValueError("not a pair of keys")
        self.seed = seed
        self._signing = Ed25519PrivateKey.from_private_bytes(seed[:KEY_SIZE])
        self._agreement = X25519PrivateKey.from_private_bytes(seed[KEY_SIZE:])
        self.public = PublicKeys(
            self._signing.public_key().public_bytes_raw(),
            self._agreement.public_key().public_bytes_raw(),
        )

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        return self._signing.sign(message)

    def agree(self, agreement: bytes) -> bytes:
        """Return the secret shared with the owner of a public key; ValueError for a bad key."""
        return self._agreement.exchange(X25519PublicKey.from_public_bytes(agreement))


def derive_key(agreed: bytes, salt: bytes, purpose: bytes) -> bytes:
    """Return 32 bytes of key for one purpose from an agreed secret (HKDF-SHA256)."""
    return HKDF(SHA256(), KEY_SIZE, salt, purpose).derive(agreed)


def derive_office_secret(own: PrivateKeys, other: PublicKeys, county: str, office: str) -> bytes:
    """Return the 32-byte secret that a paired office and its county share, the same on both sides.

    It is for messages too short for a bundle, such as radio frames, and seals no bundle.
    """
    salt = hashlib.sha256(f"{county}\n{office}".encode()).digest()
    return derive_key(own.agree(other.agreement), salt, OFFICE_SECRET)

"""One encrypted file, written and read from beginning to end: nothing in it can be exchanged.

A head with the recipe of the key, then chunks, each with its length before it, its number and
whether it is the last in its nonce: a file that ends early or has lost a piece is refused.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from desktop.application.ports import StoreError
from desktop.domain.source import Problem
from desktop.storage.keys.passphrases import COST, FIRST_COST, SALT_BYTES, Recipe, WrongPassphrase

MAGIC = b"county-desk backup\n"
VERSION = 1
HEAD = struct.Struct(f"<{len(MAGIC)}sBB{SALT_BYTES}s16s")
LENGTH = struct.Struct("<I")
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16


class SealedWriter:
    """Writes encrypted to an open file; without `close()` the file is refused when read."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        """Takes 0.3 s for the key."""
        recipe = Recipe.new()
        key = recipe.key(passphrase)
        self._head = HEAD.pack(MAGIC, VERSION, recipe.cost, recipe.salt, _check(key))
        self._cipher, self._file = ChaCha20Poly1305(key), file
        self._number, self._ahead = 0, bytearray()
        file.write(self._head)

    def write(self, data: bytes) -> None:
        """Write these bytes."""
        self._ahead += data
        while len(self._ahead) > CHUNK_BYTES:
            self._seal(bytes(self._ahead[:CHUNK_BYTES]), is_last=False)
            del self._ahead[:CHUNK_BYTES]

    def close(self) -> None:
        """Write the last chunk; the file itself stays open."""
        self._seal(bytes(self._ahead), is_last=True)

    def _seal(self, data: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last=is_last), data, self._head)
        self._file.write(LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class SealedReader:
    """Reads what a `SealedWriter` wrote; raises StoreError for anything else."""

    def __init__(self, file: BinaryIO, passphrase: str) -> None:
        """Raises WrongPassphrase, or StoreError for no backup, or one of a newer version."""
        self._head = file.read(HEAD.size)
        if not self._head.startswith(MAGIC):
            raise StoreError(Problem("backup_not_one"))
        if self._head[len(MAGIC) : len(MAGIC) + 1] > bytes([VERSION]):
            raise StoreError(Problem("backup_newer"))
        if len(self._head) < HEAD.size:
            raise not_whole()
        _, version, cost, salt, check = HEAD.unpack(self._head)
        if version != VERSION or not FIRST_COST <= cost <= COST:
            raise not_whole()
        key = Recipe(salt, cost).key(passphrase)
        if not hmac.compare_digest(check, _check(key)):
            raise WrongPassphrase
        self._cipher, self._file = ChaCha20Poly1305(key), file
        self._number, self._ahead, self._is_over = 0, b"", False

    def read(self, size: int) -> bytes:
        """Return exactly that many bytes; raises StoreError where the file holds fewer."""
        found = bytearray()
        while len(found) < size:
            if not self._ahead:
                if self._is_over:
                    raise not_whole()
                self._ahead = self._next()
            taken = self._ahead[: size - len(found)]
            self._ahead = self._ahead[len(taken) :]
            found += taken
        return bytes(found)

    def end(self) -> None:
        """Raise StoreError unless all was read and the file ends here."""
        if self._ahead or (not self._is_over and self._next()) or not self._is_over:
            raise not_whole()
        if self._file.read(1):
            raise not_whole()

    def _next(self) -> bytes:
        told = self._file.read(LENGTH.size)
        if len(told) < LENGTH.size:
            raise not_whole()
        (length,) = LENGTH.unpack(told)
        if not TAG_BYTES <= length <= CHUNK_BYTES + TAG_BYTES:
            raise not_whole()
        sealed = self._file.read(length)
        for is_last in (False, True):
            try:
                data = self._cipher.decrypt(
                    _nonce(self._number, is_last=is_last), sealed, self._head
                )
            except InvalidTag:
                continue
            self._number, self._is_over = self._number + 1, is_last
            return data
        raise not_whole()


def not_whole() -> StoreError:
    """Return the error of a backup that is cut short or altered."""
    return StoreError(Problem("backup_damaged"))


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "little") + bytes([is_last])


def _check(key: bytes) -> bytes:
    return hashlib.blake2b(key, digest_size=16, person=b"county-backup").digest()

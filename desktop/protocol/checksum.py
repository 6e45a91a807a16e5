"""The specification's checksum, by which both ends find out whether they hold the same rows.

Each row counts with the first 8 bytes, big endian, of BLAKE2b-64 over collection, id and
version, joined by U+001F; the sum of a scope is their sum modulo 2^64. A row's bucket is
the first byte of BLAKE2b-64 over collection and id. Trends are not counted.
"""

from __future__ import annotations

import hashlib

BUCKETS = 256
MODULUS = 2**64
UNCOUNTED = frozenset({"trends"})
"""Collections that are not counted, because readers extend their rows by themselves."""


def weight(collection: str, id: str, version: int) -> int:
    """Return what one row adds to the sum."""
    return int.from_bytes(_digest_of(f"{collection}\x1f{id}\x1f{version}").digest(), "big")


def bucket(collection: str, id: str) -> int:
    """Return the number of a row's bucket, below 256."""
    return _digest_of(f"{collection}\x1f{id}").digest()[0]


def bucket_and_weight(collection: str, id: str, version: int) -> tuple[int, int]:
    """Return a row's bucket and weight, for little more than the cost of one.

    The bytes hashed for the bucket begin those hashed for the weight.
    """
    digest = _digest_of(f"{collection}\x1f{id}")
    number = digest.digest()[0]
    digest.update(f"\x1f{version}".encode())
    return number, int.from_bytes(digest.digest(), "big")


def _digest_of(name: str) -> hashlib.blake2b:
    return hashlib.blake2b(name.encode(), digest_size=8)

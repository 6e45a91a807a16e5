"""The key of an office's frames: made of its secret for one county, one account, drill or not."""

from __future__ import annotations

import hashlib
import hmac

KEY_SIZE = 32
PURPOSE = b"county frames 1: office key"


def derive_frame_key(secret: bytes, county: str, account: str) -> bytes:
    """Return 32 bytes of key: HKDF-SHA256 (RFC 5869) of what the office and its county share.

    `county` is the identity of the county's server, with `/drill` for a drill, and has no line
    feed. A frame made for another county, account or drill fails its check.
    """
    salt = hashlib.sha256(f"{county}\n{account}".encode()).digest()
    extracted = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(extracted, PURPOSE + b"\1", hashlib.sha256)

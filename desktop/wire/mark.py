"""The mark of answers without a body, by which they prove themselves on an unencrypted line.

A captive portal says "nothing new" as well as a county does; but it was not there when the
session told the server's name.
"""

from __future__ import annotations

import base64
import hashlib

HEADER = "M"
DATA_TIME = "Data-Time"
"""The header of a server whose rows are older than its answers, because they come from files: as
of when they are (RFC 3339). Without it they are as new as the answer."""


def mark(server: str, query: str) -> str:
    """Four letters for one query, which only those know who were told the server's name."""
    digest = hashlib.blake2b(query.encode(), digest_size=3, key=server.encode()[:64]).digest()
    return base64.urlsafe_b64encode(digest).decode()

"""The mark by which an answer without a body proves its origin on an unencrypted connection.

A captive portal can answer "nothing new" (204) as well as a county does; but it does not know
the server's name, which only the session's answer carries.
"""

from __future__ import annotations

import base64
import hashlib

HEADER = "M"
DATA_TIME = "Data-Time"
"""The header with the time (RFC 3339) as of which the rows are, of a server whose rows come from
files and are older than its answers. Without it the rows are as new as the answer."""


def mark(server: str, query: str) -> str:
    """Return the four letters that mark a query's answer: a hash keyed by the server's name."""
    digest = hashlib.blake2b(query.encode(), digest_size=3, key=server.encode()[:64]).digest()
    return base64.urlsafe_b64encode(digest).decode()

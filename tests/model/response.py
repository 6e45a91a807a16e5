"""An answer before it meets the network."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Said(msgspec.Struct, frozen=True):
    """Status, body and headers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = {}

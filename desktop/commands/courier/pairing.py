"""A source's pairing with its county, kept where logins are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from desktop import bootstrap
    from desktop.connectors.county.courier import OfficePairing

ENTRY = "courier\x1f"
"""Begins the name under which a source's pairing is kept; no id of a source holds the sign."""


def load_pairing(desk: bootstrap.Desk, source: str) -> OfficePairing | None:
    """Return the pairing of a source; None before the first."""
    return read_pairing(desk.read_secret, source)


def read_pairing(read: Callable[[str], str | None], source: str) -> OfficePairing | None:
    """Return the pairing of a source, by what reads logins; None before the first."""
    kept = read(ENTRY + source)
    if kept is None:
        return None
    from desktop.connectors.county.courier import OfficePairing

    return msgspec.json.decode(kept, type=OfficePairing)


def is_paired(desk: bootstrap.Desk, source: str) -> bool:
    """Whether a desk has the keys of a source's county, not only its own."""
    known = load_pairing(desk, source)
    return known is not None and bool(known.line)


def keep_pairing(desk: bootstrap.Desk, source: str, pairing: OfficePairing) -> None:
    """Keep the pairing of a source in place of the one before."""
    desk.keep_secret(ENTRY + source, msgspec.json.encode(pairing).decode())

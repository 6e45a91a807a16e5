"""The codes of a county that frames say by number, as its server last had them."""

from __future__ import annotations

from pathlib import Path

import msgspec

from desktop.county_server.db.database import Database
from desktop.wire.frames.tables import Tables, read_tables

FILES = ("categories.toml", "channels.toml", "townships.toml")
NAME = "frame_codes"


def read_codes(folder: Path) -> Tables:
    """Read a county's codes from its files; ValueError, KeyError or OSError where that fails."""
    return read_tables(*((folder / name).read_bytes() for name in FILES))


def keep_codes(database: Database, codes: Tables) -> None:
    """Keep the codes; nothing is written where they are the same as before."""
    told = msgspec.json.encode(codes).decode()
    if database.recall(NAME) != told:
        with database.transaction() as transaction:
            transaction.remember(NAME, told)


def load_codes(database: Database) -> Tables:
    """Return the codes that the county was last served with; none where it never was."""
    found = database.recall(NAME)
    return Tables() if found is None else msgspec.json.decode(found, type=Tables)

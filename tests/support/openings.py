"""A session at the reference server's database, as a client opens one that tells of no past."""

from __future__ import annotations

import secrets

from desktop.county_server.db.database import Database
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire.level1 import SessionRequest


def open_session(database: Database, client: str, account: Account = ANYBODY) -> int:
    """A new fencing token; the client's older ones stop working."""
    return database.open_for(SessionRequest(secrets.token_hex(8), client), account).fence

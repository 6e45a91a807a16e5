"""Sessions at the reference server's database, as a client opens them that tells of no past."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from desktop.county_server.db.database import Database
from desktop.county_server.db.witnesses import WITNESSES
from desktop.county_server.scope import ANYBODY, Account
from desktop.wire.level1 import SessionRequest


def open_session(database: Database, client: str, account: Account = ANYBODY) -> int:
    """A new fencing token; the client's older ones stop working."""
    return database.open_for(SessionRequest(secrets.token_hex(8), client), account).fence


def forget_as_time_passes(database: Database, wait_a_day: Callable[[], object]) -> None:
    """Tidy up after as many days with a session each as a county's clock is believed after."""
    for _ in range(WITNESSES):
        wait_a_day()
        open_session(database, "another")
    database.forget()

"""A county that takes courier bundles: its database, files and paired offices on the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from desktop.county_server.commands.create_incident import Rules
from desktop.county_server.commands.duties import owners_of
from desktop.county_server.courier.delivery import Deliveries
from desktop.county_server.courier.offices import Offices, identity_of
from desktop.county_server.db.database import Database
from desktop.county_server.files.attachments import Attachments
from desktop.county_server.quotas import Quotas
from desktop.county_server.scope import Accounts
from desktop.wire.level1 import Incident, Phrase
from support.county_rows import incident

LIMIT = 10_000_000
RULES = Rules(file_limit=LIMIT)


class Closed(Protocol):
    """Something that has to be closed."""

    def close(self) -> None:
        """Close it."""


T = TypeVar("T", bound=Closed)


@contextmanager
def close_all(build: Callable[..., T]) -> Iterator[Callable[..., T]]:
    """Yield the builder; whatever it built is closed at the end."""
    with ExitStack() as built:

        def build_one(*given: Any, **named: Any) -> T:
            return built.enter_context(closing(build(*given, **named)))

        yield build_one


class CourierCounty:
    """An open county with incident `i1`; `accounts` may be changed while it is open."""

    def __init__(
        self,
        path: Path,
        accounts: Accounts,
        quotas: Quotas | None = None,
        time_s: Callable[[], float] = time.time,
    ) -> None:
        self.accounts = dict(accounts)
        self.database = Database(path, time_s=time_s)
        self.database.put("incidents", [incident("i1")])
        self.attachments = Attachments(self.database, LIMIT, quotas or Quotas())
        rules = Rules(file_limit=LIMIT, owners=lambda: owners_of(self.accounts))
        self.deliveries = Deliveries(self.database, self.attachments, rules, lambda: self.accounts)
        self.offices = Offices(path)
        self.identity = identity_of(path)
        self.account = next((each.name for each in accounts.values()), "")
        """The account that its office is paired for."""

    def timeline(self) -> list[str]:
        """The Chinese texts on the incident, oldest first."""
        return read_timeline(self.database)

    def close(self) -> None:
        """Close files and database."""
        self.attachments.close()
        self.database.close()


def read_timeline(database: Database) -> list[str]:
    """The Chinese texts on incident `i1`, oldest first."""
    (row,) = database.rows("incidents", ["i1"])
    assert isinstance(row, Incident)
    return [each.text.zh for each in row.timeline if isinstance(each.text, Phrase)]

"""By which rules a county is served, kept in its file for what works on it between two servings."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from desktop.county_server.commands.create_incident import FILE_LIMIT, Rules
from desktop.county_server.db.database import Database
from desktop.county_server.quotas import Quotas
from desktop.wire.level1 import COLLECTIONS

NAME = "served_rules"


class ServedRules(msgspec.Struct, frozen=True):
    """The rules of a server's settings; of one that was never served those of the defaults."""

    categories: tuple[str, ...] = ()
    file_limit: int = FILE_LIMIT
    takes_commands: bool = True
    quotas: Quotas = Quotas()
    collections: tuple[str, ...] = tuple(COLLECTIONS)
    """Those that sessions list: any other is not empty, but not there."""

    def for_owners(self, owners: Callable[[], Mapping[str, frozenset[str]]]) -> Rules:
        """Return the rules of its commands, with the present owners of names."""
        return Rules(frozenset(self.categories), self.file_limit, self.takes_commands, owners)


def keep_rules(database: Database, rules: ServedRules) -> None:
    """Keep the rules; nothing is written where they are the same as before."""
    told = msgspec.json.encode(rules).decode()
    if database.recall(NAME) != told:
        with database.transaction() as transaction:
            transaction.remember(NAME, told)


def read_rules(database: Database) -> ServedRules:
    """Return the rules by which the county was served last."""
    told = database.recall(NAME)
    return ServedRules() if told is None else msgspec.json.decode(told, type=ServedRules)

"""What was read of one collection's file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.county_server.load.told import Told


@dataclass
class Read:
    """Rows with the place of each, and what is to be said of the file."""

    name: str
    rows: list[Any] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """Of each row, to be told with what is odd about it."""
    errors: list[Told] = field(default_factory=list)
    oddities: list[Told] = field(default_factory=list)
    is_table: bool = False
    """Whether people wrote it, cell by cell."""
    data_at: datetime | None = None
    """As of when the file says its data is; else it is as old as the file."""

    def place(self, row: str, field: str) -> str:
        """Where a field of a row is, for people."""
        return f"{row}: {field}" if self.is_table else f"{row}.{field}"

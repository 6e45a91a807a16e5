"""The result of reading one collection's file."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from desktop.county_server.load.told import Told


@dataclass
class Read:
    """The rows of a file with their places, its faults and its oddities."""

    name: str
    rows: list[Any] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    """The place of each row, for remarks on it."""
    errors: list[Told] = field(default_factory=list)
    oddities: list[Told] = field(default_factory=list)
    is_table: bool = False
    """Whether the file is a table, written by people cell by cell."""
    data_at: datetime | None = None
    """Time as of which the data is, if the file gives one; else the file's own time counts."""

    def place(self, row: str, field: str) -> str:
        """Return the place of a field of a row, for people."""
        return f"{row}: {field}" if self.is_table else f"{row}.{field}"

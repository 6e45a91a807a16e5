"""The one description of a list's rows, and what is written by it: CSV, JSON, aligned text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import methodcaller
from typing import Generic, TypeVar

from desktop.application.export.outgoing import csv_text, plain
from desktop.domain.localized_text import FSI, PDI, QUIET

Cell = str | int | float | bool | None
R = TypeVar("R")

CELL_CHARS = 60


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column of a list, declared once for files, paper and the terminal."""

    name: str
    """Its stable English name, for scripts and JSON."""
    cell: Callable[[R], Cell]
    """Returns its cell in a row; may run off the GUI thread."""
    title: Callable[[], str] | None = None
    """Returns its heading in the language in force; a column without one is headed by its name."""
    printed: bool = True
    """Whether it is on paper too."""


Columns = Sequence[Column[R]]


def by_name(*names: str) -> Columns[Mapping[str, Cell]]:
    """Return the columns of rows that have their cells by name; a missing cell is empty."""
    return [Column(name, methodcaller("get", name)) for name in names]


def heads(columns: Columns[R]) -> list[str]:
    """Return the columns' headings."""
    return [column.title() if column.title else column.name for column in columns]


def cells(columns: Columns[R], rows: Iterable[R]) -> Iterator[list[Cell]]:
    """Yield the cells of each row."""
    return ([column.cell(row) for column in columns] for row in rows)


def as_csv(columns: Columns[R], rows: Iterable[R], said: str = "") -> str:
    """Return the rows as CSV (see `csv_text`); `said`, the time of the data, is its first line."""
    head, lines = heads(columns), cells(columns, rows)
    return csv_text([said], chain([head], lines)) if said else csv_text(head, lines)


def as_rows(columns: Columns[R], rows: Iterable[R]) -> list[dict[str, Cell]]:
    """Return the rows for JSON: each row's cells by the columns' names."""
    names = [column.name for column in columns]
    return [dict(zip(names, line, strict=True)) for line in cells(columns, rows)]


def as_text(columns: Columns[R], rows: Iterable[R]) -> str:
    """Return the rows as aligned text that cannot drive a terminal."""
    lines = (
        [plain("" if cell is None else str(cell)) for cell in line] for line in cells(columns, rows)
    )
    return align([heads(columns), *lines])


def align(grid: Sequence[Sequence[str]]) -> str:
    """Lines of cells as columns of a terminal, each cell cut at 60 characters."""
    cut = [[_cut(cell) for cell in line] for line in grid]
    widths = [max(map(_width, column)) for column in zip(*cut, strict=True)]
    lines = []
    for line in cut:
        padded = (cell + " " * (widths[i] - _width(cell)) for i, cell in enumerate(line))
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def _cut(cell: str) -> str:
    cut = cell[:CELL_CHARS]
    return cut + PDI * (cut.count(FSI) - cut.count(PDI))


def _width(text: str) -> int:
    return sum(
        0 if c in QUIET else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )

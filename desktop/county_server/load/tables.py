"""Tables of cells with their places: from CSV here, from workbooks in `workbook`."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path

import msgspec

from desktop.county_server.load.texts import CHINESE, spreadsheet_text
from desktop.county_server.load.told import LoadError, Told

Cell = str | int | float | bool | datetime | date | time | None
Row = tuple[Cell, ...]

MOST_BYTES = 64_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 256
MOST_CELLS = 2_000_000
"""A county's largest register has some 20,000 rows of 30 columns, which take half a minute on an
old computer; no file can make that more than four times as long."""


class Table(msgspec.Struct, frozen=True):
    """Rows of cells, numbered from 1 as a spreadsheet program shows them."""

    name: str
    rows: tuple[tuple[int, Row], ...]
    place: Callable[[int, int], str]
    """Names the place of a row and a column (from 0) for people."""
    remarks: tuple[Told, ...] = ()


def read_csv(path: Path) -> Table:
    """Read the table in a CSV file, in UTF-8 or as Chinese Windows saves it; raises LoadError."""
    raw = read_bounded(path)
    try:
        text, coding = spreadsheet_text(raw)
    except UnicodeDecodeError as error:
        zh = f"既不是 UTF-8 也不是 GB18030：第 {error.start} 字节"
        raise fault(path.name, zh, f"neither UTF-8 nor GB18030: byte {error.start}") from None
    remarks: tuple[Told, ...] = ()
    if coding == CHINESE:
        remarks = (
            Told(path.name, "按 GB18030（GBK）编码读取", "read as GB18030 (GBK), not as UTF-8"),
        )
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=False)
    rows: list[tuple[int, Row]] = []
    try:
        for cells in lines:
            rows.append((lines.line_num, tuple(_cell(each) for each in cells[:MOST_COLUMNS])))
            check_size(path.name, len(rows), sum(1 for _ in cells))
    except csv.Error as error:
        zh = f"第 {lines.line_num} 行读不出来：{error}"
        raise fault(path.name, zh, f"line {lines.line_num} cannot be read: {error}") from None
    return Table(path.name, tuple(rows), _csv_place(path.name), remarks)


def read_bounded(path: Path) -> bytes:
    """Read a file's content; raises LoadError for one larger than any table of a county."""
    if path.stat().st_size > MOST_BYTES:
        limit = MOST_BYTES // 1_000_000
        raise fault(path.name, f"超过 {limit} MB，不读", f"more than {limit} MB: not read")
    return path.read_bytes()


def check_size(name: str, rows: int, columns: int) -> None:
    """Raise LoadError for more rows than any table of a county has."""
    if rows > MOST_ROWS or rows * min(columns, MOST_COLUMNS) > MOST_CELLS:
        raise fault(
            *(name, f"行数太多（最多 {MOST_ROWS} 行、{MOST_CELLS} 格）"),
            f"too many rows (at most {MOST_ROWS} rows, {MOST_CELLS} cells)",
        )


def fault(name: str, zh: str, en: str) -> LoadError:
    """Make the error for a file that cannot be used at all."""
    return LoadError([str(Told(name, zh, en))])


def _delimiter(text: str) -> str:
    head = next((line for line in text[:20_000].splitlines() if line.strip()), "")
    return max(",;\t", key=head.count)


def _cell(text: str) -> str:
    """Return a cell's text: `="007"`, by which a table keeps leading zeros, is 007."""
    said = text.strip()
    if len(said) > 3 and said.startswith('="') and said.endswith('"'):
        return said[2:-1]
    return said[1:] if said[:1] == "'" and said[1:2] in tuple("=+-@") else said


def _csv_place(name: str) -> Callable[[int, int], str]:
    return lambda row, column: f"{name}:{row}:{column + 1}"


def letters(column: int) -> str:
    """Return a spreadsheet's letters for a column, counted from 0: A … Z, AA …"""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def is_blank(row: Iterable[Cell]) -> bool:
    """Whether all cells of a row are empty."""
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)

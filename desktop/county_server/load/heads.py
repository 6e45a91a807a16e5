"""Finding the row of a table with its headings, and the field of each column."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from desktop.county_server.load.cells import write_out
from desktop.county_server.load.columns import FILE, TableMap
from desktop.county_server.load.headings import field_near, fields_of
from desktop.county_server.load.read import Read
from desktop.county_server.load.tables import Row, Table
from desktop.county_server.load.told import Told, show
from desktop.county_server.load.vocabulary import alike, near

LOOKED_AT = 20
"""Rows in which the headings are searched for: titles and notes may stand above them."""


class Head(msgspec.Struct, frozen=True):
    """The columns of a table."""

    row: int
    columns: dict[str, int]
    """By field, its column."""
    unread: tuple[str, ...]
    """Headings that stand for no field."""
    filled: tuple[int, ...] = ()
    """Columns in which an empty cell means the one above."""
    data_time: int | None = None


def find_head(table: Table, collection: str, wanted: TableMap, read: Read) -> Head | None:
    """Find the table's headings; None, with an error and a draft of a map, when none are known."""
    rows = table.rows[:LOOKED_AT]
    if wanted.heading_row:
        rows = tuple(each for each in table.rows if each[0] in _around(wanted.heading_row))
    best: tuple[int, int, list[tuple[str, ...]]] | None = None
    above: Row = ()
    for number, row in rows:
        names = _names(row, above)
        above = row
        if wanted.heading_row and number != wanted.heading_row:
            continue
        score = len({field for each in names for field in _fields(each, collection, wanted)})
        if score and (best is None or score > best[0]):
            best = (score, number, names)
    if best is None:
        _tell_unknown(table, collection, read)
        return None
    return _head(table, collection, wanted, read, best[1], best[2])


def _around(number: int) -> tuple[int, int]:
    return number - 1, number


def _names(row: Row, above: Row) -> list[tuple[str, ...]]:
    """Return the possible names of each column, also with the merged heading above it."""
    names: list[tuple[str, ...]] = []
    group = ""
    for column in range(max(len(row), len(above))):
        own = write_out(row[column]) if column < len(row) else ""
        upper = write_out(above[column]) if column < len(above) else ""
        group = upper or group
        if own:
            names.append((own, f"{group}/{own}") if group else (own,))
        else:
            names.append((upper,) if upper else ())
    return names


def _fields(names: tuple[str, ...], collection: str, wanted: TableMap) -> Iterator[str]:
    """Yield the fields of a column: those in the map, else those of its usual heading."""
    given = {alike(heading): told for heading, told in wanted.columns.items()}
    # The name with its group is more exact: 经度 under 起点 differs from 经度 under 终点.
    for name in reversed(names):
        if alike(name) in given:
            told = given[alike(name)]
            yield from [told] if isinstance(told, str) else told
            return
    taken = {
        field
        for told in wanted.columns.values()
        for field in ([told] if isinstance(told, str) else told)
    }
    if names:
        yield from (each for each in fields_of(collection, names[0]) if each not in taken)


def _head(
    table: Table,
    collection: str,
    wanted: TableMap,
    read: Read,
    number: int,
    names: list[tuple[str, ...]],
) -> Head:
    columns: dict[str, int] = {}
    unread: list[str] = []
    for column, each in enumerate(names):
        found = list(_fields(each, collection, wanted))
        for field in found:
            if field in columns:
                zh, en = f"又一列 {field}，不读", f"another column for {field}, not read"
                read.oddities.append(Told(table.place(number, column), zh, en))
            columns.setdefault(field, column)
        if each and not found and alike(each[0]) != alike(wanted.data_time):
            unread.append(each[0])
    _tell_unread(table, number, collection, unread, columns, read)
    places = {alike(name): column for column, each in enumerate(names) for name in each}
    for heading in (*wanted.columns, *wanted.fill_down, *filter(None, [wanted.data_time])):
        if alike(heading) not in places:
            _tell_missing(table, number, heading, [each[0] for each in names if each], read)
    return Head(
        number,
        columns,
        tuple(unread),
        tuple(places[alike(each)] for each in wanted.fill_down if alike(each) in places),
        places.get(alike(wanted.data_time)) if wanted.data_time else None,
    )


def _tell_missing(table: Table, number: int, heading: str, names: list[str], read: Read) -> None:
    meant = near(heading, names)
    zh, en = (f"；是否指 {show(meant)}", f"; did you mean {show(meant)}") if meant else ("", "")
    word = show(heading)
    read.errors.append(
        Told(
            table.place(number, 0),
            f"{FILE} 里的列“{word}”表中没有{zh}",
            f"the column “{word}” of {FILE} is not there{en}",
        )
    )


def _tell_unread(
    table: Table,
    number: int,
    collection: str,
    unread: list[str],
    columns: dict[str, int],
    read: Read,
) -> None:
    if unread:
        meant = ((each, field_near(collection, each, columns)) for each in unread)
        names = "、".join(f"{show(each)}{f'（{f}？）' if f else ''}" for each, f in meant)
        read.oddities.append(
            Told(
                table.place(number, 0),
                f"未用到的列：{names}（可在 {FILE} 里写明）",
                f"columns not used: {names} (name them in {FILE})",
            )
        )


def _tell_unknown(table: Table, collection: str, read: Read) -> None:
    """Report the table's unknown headings, with a draft of a column map for them."""
    names = max((_names(row, ()) for _, row in table.rows[:LOOKED_AT]), key=len, default=[])
    told = [each[0] for each in names if each]
    headings = "、".join(map(show, told)) or "-"
    name = f"[{collection}.columns]"
    meant = {each: field_near(collection, each, ()) or "…" for each in told[:LOOKED_AT]}
    draft = "".join(f'\n    "{show(each)}" = "{field}"' for each, field in meant.items())
    read.errors.append(
        Told(
            table.name,
            f"没有认得的列标题（{headings}）；请在 {FILE} 里写明",
            f"no heading is known ({headings}); name them in {FILE}:\n    {name}{draft}",
        )
    )

"""A table's rows as rows of a collection, each fault reported with its cell."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec

from desktop.county_server.load.cells import NotThis, is_nothing, value_of, write_out
from desktop.county_server.load.columns import ColumnMap, TableMap, fields
from desktop.county_server.load.heads import Head, find_head
from desktop.county_server.load.read import Read
from desktop.county_server.load.tables import Cell, Row, Table, is_blank
from desktop.county_server.load.told import Told, in_words, show
from desktop.county_server.load.vocabulary import OWN, WORDS, alike, code_of, near
from desktop.wire.level1 import COLLECTIONS

MESSAGE = re.compile(r"(.*?)(?: - at `\$\.?(.*)`)?", re.DOTALL)
TOTALS = frozenset(map(alike, ("合计", "总计", "小计", "total", "sum")))


def read_table(table: Table, collection: str, columns: ColumnMap) -> Read:
    """Read the rows of a table, with remarks on its faults and oddities."""
    return _Reader(table, collection, columns).read()


class _Reader:
    def __init__(self, table: Table, collection: str, columns: ColumnMap) -> None:
        self._table, self._collection = table, collection
        self._map: TableMap = columns.of(collection)
        self._zone = columns.zone
        self._fields = fields(collection)
        self._words = {
            field: {alike(word): value for word, value in given.items()}
            for field, given in self._map.values.items()
        }
        self._type = COLLECTIONS[collection]
        self._read = Read(table.name, oddities=list(table.remarks), is_table=True)
        self._first: dict[str, str] = {}

    def read(self) -> Read:
        head = find_head(self._table, self._collection, self._map, self._read)
        if head is None or not self._is_enough(head):
            return self._read
        above: dict[int, Cell] = {}
        totals = 0
        for number, row in self._table.rows:
            if number <= head.row or is_blank(row):
                continue
            first = next(cell for cell in row if not is_blank((cell,)))
            if isinstance(first, str) and alike(first) in TOTALS:
                totals += 1
                continue
            self._read_row(number, self._fill(row, head, above), head)
        if totals:
            zh, en = f"有 {totals} 行合计，不读", f"{totals} rows of totals are not read"
            self._read.oddities.append(Told(self._table.name, zh, en))
        return self._read

    def _is_enough(self, head: Head) -> bool:
        """Whether every required field has a column or a default; those without are reported."""
        given = {field.partition(".")[0] for field in (*head.columns, *self._map.defaults)}
        missing = [
            each.name
            for each in msgspec.structs.fields(self._type)
            if each.required and each.name not in given
        ]
        for field in missing:
            unread = "、".join(show(each) for each in head.unread) or "-"
            self._read.errors.append(
                Told(
                    self._table.place(head.row, 0),
                    f"没有一列是必填的 {field}；未用到的列：{unread}；请在 columns.toml 里写明",
                    f"no column is the required {field}; columns not used: {unread};"
                    " name it in columns.toml",
                )
            )
        return not missing

    def _fill(self, row: Row, head: Head, above: dict[int, Cell]) -> Row:
        """Return the row with the empty cells of merged columns filled from above."""
        cells = list(row)
        for column in head.filled:
            cells += [None] * (column + 1 - len(cells))
            if is_blank((cells[column],)):
                cells[column] = above.get(column)
            above[column] = cells[column]
        return tuple(cells)

    def _read_row(self, number: int, row: Row, head: Head) -> None:
        told: dict[str, Any] = dict(self._map.defaults)
        faults: list[Told] = []
        for field, column in head.columns.items():
            cell = row[column] if column < len(row) else None
            try:
                value = self._value(field, cell, number, column)
            except NotThis as error:
                faults.append(
                    self._tell(
                        number,
                        column,
                        field,
                        f"{error.zh}：{show(cell)}",
                        f"{error.en}: {show(cell)}",
                    )
                )
                continue
            if value is not None:
                told[field] = value
        if head.data_time is not None and head.data_time < len(row):
            self._note_time(row[head.data_time], number, head.data_time)
        if not faults:
            self._keep(number, told, head, faults)
        self._read.errors += faults

    def _value(self, field: str, cell: Cell, number: int, column: int) -> Any:
        """Return a cell's value for a field; None for an empty cell."""
        words = self._words.get(field)
        if words and not is_nothing(cell) and alike(write_out(cell)) in words:
            return words[alike(write_out(cell))]
        name = f"{self._collection}.{field}"
        if is_nothing(cell):
            return None
        if name in WORDS:
            return self._word(name, write_out(cell), self._tell(number, column, field, "", ""))
        return value_of(cell, self._fields[field], self._zone)

    def _word(self, name: str, word: str, told: Told) -> str:
        """Return the code of a word; an unknown word is served as it is, with a remark."""
        code = code_of(name, word)
        if code is None and name not in OWN:
            meant = near(word, (each for words in WORDS[name].values() for each in words))
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else ("", "")
            said = show(word)
            self._read.oddities.append(
                Told(
                    told.place,
                    f"不认识的词 {said}，指挥台显示为不明{zh}",
                    f"unknown word {said}, shown as unknown{en}",
                )
            )
        return code or word

    def _note_time(self, cell: Cell, number: int, column: int) -> None:
        if is_nothing(cell):
            return
        try:
            at = value_of(cell, "moment", self._zone)
        except NotThis as error:
            self._read.errors.append(self._tell(number, column, "data_time", error.zh, error.en))
            return
        if isinstance(at, datetime):
            self._read.data_at = max(at, self._read.data_at or at)

    def _keep(self, number: int, told: dict[str, Any], head: Head, faults: list[Told]) -> None:
        try:
            row = msgspec.convert(_nest(told), self._type)
        except msgspec.ValidationError as error:
            found = MESSAGE.fullmatch(str(error))
            says, path = (found[1], found[2] or "") if found else (str(error), "")
            missing = re.fullmatch(r"Object missing required field `([^`]+)`", says)
            field = missing[1] if missing and not path else path
            column = head.columns.get(field, 0)
            faults.append(self._tell(number, column, field, *in_words(says)))
            return
        place = self._table.place(number, head.columns.get("id", 0))
        row_id: str = row.id  # type: ignore[attr-defined]
        if row_id in self._first:
            name, first = show(row_id), self._first[row_id]
            faults.append(
                Told(f"{place}: id", f"{name} 已在 {first}", f"{name} is already at {first}")
            )
            return
        self._first[row_id] = place
        self._read.rows.append(row)
        self._read.places.append(place)

    def _tell(self, number: int, column: int, field: str, zh: str, en: str) -> Told:
        return Told(f"{self._table.place(number, column)}: {field}", zh, en)


def _nest(told: dict[str, Any]) -> dict[str, Any]:
    """Join the parts of fields: `place.lon` and `place.lat` become one place."""
    row = {field: value for field, value in told.items() if "." not in field}
    for field, value in told.items():
        whole, _, part = field.partition(".")
        if whole == "deadlines":
            row.setdefault("deadlines", []).append({"kind": part, "due_at": value})
        elif part:
            known = row.get(whole)
            parts = known if isinstance(known, dict) else {} if known is None else {"zh": known}
            row[whole] = parts | {part: value}
    for field in ("place", "seat"):
        if isinstance(row.get(field), dict) and len(row[field]) < 2:
            del row[field]  # Half a place is none.
    return row

"""The column map: the field of each of a county's own headings, read from `columns.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from desktop.county_server.load.told import LoadError, Told, in_words, show
from desktop.county_server.load.vocabulary import WORDS, near
from desktop.wire.level1 import COLLECTIONS, AnyPhrase, Point

FILE = "columns.toml"
TABLED = ("townships", "incidents", "assets", "queues", "warnings", "alarms")
"""Collections that can be given as tables; outlines and trends come as JSON."""
MOST_BYTES = 1_000_000
COUNTY_TIME = "Asia/Shanghai"
NOT_TABLED = frozenset({"outline", "deadlines", "timeline", "files", "rings"})

Value = str | int | float | bool


class TableMap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to read one collection's table."""

    file: str = ""
    sheet: str = ""
    heading_row: int = 0
    """Row with the headings, counted from 1; 0 looks for one with known headings."""
    data_time: str = ""
    """Heading of the column with the time as of which a row is; the newest row counts."""
    fill_down: tuple[str, ...] = ()
    """Headings of columns in which an empty cell means the one above: merged cells."""
    columns: dict[str, str | list[str]] = {}
    values: dict[str, dict[str, Value]] = {}
    defaults: dict[str, Value] = {}


class ColumnMap(msgspec.Struct, frozen=True):
    """The map of every table, and the time zone of times without one."""

    tables: dict[str, TableMap] = {}
    zone: ZoneInfo = ZoneInfo(COUNTY_TIME)

    def of(self, collection: str) -> TableMap:
        """Return the map of a collection's table; the default one where it has none."""
        return self.tables.get(collection, TableMap())


def fields(collection: str) -> dict[str, Any]:
    """Return the fields that a table of that collection can fill, with their types."""
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(COLLECTIONS[collection]):
        if field.name in NOT_TABLED:
            continue
        if field.type == Point | None:
            found |= {f"{field.name}.lon": float, f"{field.name}.lat": float}
        else:
            found[field.name] = field.type
            if field.type == AnyPhrase:
                found |= {f"{field.name}.zh": str, f"{field.name}.en": str}
    if collection == "incidents":
        found |= {f"deadlines.{kind}": "moment" for kind in WORDS["deadlines.kind"]}
    return found


def read_columns(folder: Path) -> ColumnMap:
    """Read the folder's column map, an empty one without the file; raises LoadError."""
    path = folder / FILE
    if not path.is_file():
        return ColumnMap()
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
        told = tomllib.loads(raw.decode("utf-8-sig"))
        if len(raw) > MOST_BYTES:
            raise ValueError("more than a megabyte")
    except (ValueError, RecursionError) as error:
        says = show(error)
        raise LoadError(
            [str(Told(FILE, f"不是可读的 TOML：{says}", f"not TOML: {says}"))]
        ) from None
    return _Reader(told).read()


class _Reader:
    """Checks a whole column map and reports all its faults at once."""

    def __init__(self, told: dict[str, Any]) -> None:
        self._told = told
        self._faults: list[Told] = []

    def read(self) -> ColumnMap:
        zone = self._zone(self._told.pop("timezone", COUNTY_TIME))
        tables = {
            name: table
            for name, given in self._told.items()
            if (table := self._table(name, given)) is not None
        }
        if self._faults:
            raise LoadError([str(each) for each in self._faults])
        return ColumnMap(tables, zone)

    def _fault(self, place: str, zh: str, en: str) -> None:
        self._faults.append(Told(f"{FILE}: {show(place)}", zh, en))

    def _zone(self, name: object) -> ZoneInfo:
        try:
            return ZoneInfo(str(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            word = show(name)
            self._fault("timezone", f"没有这个时区：{word}", f"no such time zone: {word}")
            return ZoneInfo(COUNTY_TIME)

    def _table(self, name: str, given: object) -> TableMap | None:
        if name not in TABLED:
            meant = near(name, TABLED)
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else ("", "")
            names = ", ".join(TABLED)
            self._fault(
                name, f"不是可用表格提供的数据（{names}）{zh}", f"no table of ours ({names}){en}"
            )
            return None
        try:
            table = msgspec.convert(given, TableMap)
        except msgspec.ValidationError as error:
            self._fault(name, *in_words(str(error).partition(" - at ")[0]))
            return None
        if table.file and (PurePath(table.file).name != table.file or "\\" in table.file):
            self._fault(f"{name}.file", "只写文件名，不带路径", "a file's name alone, no path")
        for where, field in _fields_with_place(table):
            self._check(f"{name}.{where}", name, field)
        return table

    def _check(self, place: str, collection: str, field: str) -> None:
        known = fields(collection)
        if field not in known:
            meant = near(field, known)
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else ("", "")
            word = show(field)
            self._fault(place, f"没有字段 {word}{zh}", f"there is no field {word}{en}")


def _fields_with_place(table: TableMap) -> Iterator[tuple[str, str]]:
    """Yield every field the map names, with the place where it does."""
    for heading, given in table.columns.items():
        for field in [given] if isinstance(given, str) else given:
            yield f'columns."{heading}"', field
    yield from ((f"values.{field}", field) for field in table.values)
    yield from ((f"defaults.{field}", field) for field in table.defaults)

"""A county's folder of files: which are read, their rows, and how old the data is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from desktop.county_server.db.database import Database
from desktop.county_server.load.columns import FILE, TABLED, ColumnMap, read_columns
from desktop.county_server.load.directory import (
    WrongDirectory,
    find_unknown_contacts,
    read_contacts,
    read_plans,
)
from desktop.county_server.load.forms import WrongForms, read_forms
from desktop.county_server.load.headings import NAMES
from desktop.county_server.load.json_file import read_json
from desktop.county_server.load.names import put_ids
from desktop.county_server.load.oddities import AHEAD, note_oddities
from desktop.county_server.load.read import Read
from desktop.county_server.load.table_rows import read_table
from desktop.county_server.load.tables import fault, read_csv
from desktop.county_server.load.told import LoadError, Told, show, some
from desktop.county_server.load.vocabulary import near
from desktop.county_server.load.workbook import read_workbook
from desktop.wire.level1 import COLLECTIONS

ENDINGS = (".json", ".csv", ".xlsx")
OLD = (".xls", ".et", ".xlsm", ".ods")
EDITED: Mapping[str, Callable[[str], tuple[Any, ...]]] = {
    "forms": read_forms,
    "contacts": read_contacts,
    "plans": read_plans,
}
"""Collections that people edit in a file of their own, `forms.toml` and so on, like those of
`resources/county/`, and what reads it."""
STEADY = frozenset({"townships", "lines", *EDITED})
"""Collections that are drawn once and do not age."""
LOADED = "loaded:"


class Loaded(msgspec.Struct, frozen=True):
    """The rows of each collection that has a file."""

    rows: dict[str, tuple[Any, ...]]
    oddities: tuple[str, ...] = ()
    """Remarks, as lines, on what is served although it is probably a mistake."""
    data_at: datetime | None = None
    """Time as of which all the data is: that of the oldest file that ages."""

    @property
    def summary(self) -> str:
        """Describe how many rows there are and how old they are, in both languages."""
        parts = [(name, f"{NAMES[name][0]} {len(rows)}") for name, rows in self.rows.items()]
        zh = "、".join(counted for _, counted in parts)
        en = ", ".join(f"{name} {len(self.rows[name])}" for name, _ in parts)
        at = "-" if self.data_at is None else f"{self.data_at.astimezone():%Y-%m-%d %H:%M%z}"
        return f"已读入：{zh}；数据截至 {at} / read: {en}; data as of {at}"

    def put_into(self, database: Database) -> None:
        """Make the database hold exactly these rows, in one transaction."""
        with database.transaction() as batch:
            for collection in COLLECTIONS:
                rows = self.rows.get(collection, ())
                batch.put(collection, rows)
                kept = {row.id for row in rows}
                known = batch.connection.execute(
                    "SELECT id FROM rows WHERE collection=? AND body IS NOT NULL", (collection,)
                ).fetchall()
                batch.delete(collection, [each for (each,) in known if each not in kept])

    def change(self, database: Database) -> None:
        """Apply the files' changes since the last time to a database that takes commands too.

        A field unchanged in the files keeps the value that commands gave it, and rows that commands
        created stay.
        """
        if not takes_commands(database):
            self.put_into(database)  # The rows there come from files whose contents are not stored.
        before = {name: _before(database, name) for name in COLLECTIONS}
        with database.transaction() as batch:
            for collection, kind in COLLECTIONS.items():
                earlier, rows = before[collection], self.rows.get(collection, ())
                for row in rows:
                    old = earlier.get(row.id)
                    stored = batch.get(collection, row.id)
                    if old is not None and stored is not None:
                        batch.put(collection, [_merge(kind, old, row, stored)])
                    elif old is None or old != row:
                        batch.put(collection, [row])
                gone = set(earlier) - {row.id for row in rows}
                batch.delete(collection, gone)
                batch.remember(LOADED + collection, msgspec.json.encode(rows).decode())


def takes_commands(database: Database) -> bool:
    """Whether the database was filled by `change`, which leaves room for commands."""
    return database.recall(LOADED + "incidents") is not None


def _before(database: Database, collection: str) -> dict[str, Any]:
    """Return the rows that the files had when `change` last ran."""
    told = database.recall(LOADED + collection) or "[]"
    kind: Any = COLLECTIONS[collection]
    return {row.id: row for row in msgspec.json.decode(told, type=tuple[kind, ...])}


def _merge(kind: type[msgspec.Struct], old: Any, new: Any, stored: Any) -> Any:
    """Return the stored row with the fields that have changed in the files."""
    names = [each.name for each in msgspec.structs.fields(kind) if each.name != "version"]
    changed = {
        name: getattr(new, name) for name in names if getattr(new, name) != getattr(old, name)
    }
    return msgspec.structs.replace(stored, **changed) if changed else stored


def load(folder: Path) -> Loaded:
    """Read the rows of the folder's files; LoadError lists every fault."""
    reading = _Reading(folder, read_columns(folder))
    for collection in COLLECTIONS:
        try:
            reading.take(collection)
        except LoadError as error:
            reading.errors += error.lines
            reading.passes |= error.passes
    return reading.load_all()


class _Reading:
    """Reads a folder, collection by collection."""

    def __init__(self, folder: Path, columns: ColumnMap) -> None:
        self._folder, self._columns = folder, columns
        self._reads: dict[str, Read] = {}
        self._times: dict[str, datetime] = {}
        self._used: set[str] = set()
        self.errors: list[str] = []
        self.passes = False

    def take(self, collection: str) -> None:
        """Read the file of a collection, when there is one; raises LoadError."""
        paths = list(_files(self._folder, collection, self._columns))
        self._used |= {path.name for path in paths}
        if len(paths) > 1:
            names = ", ".join(show(path.name) for path in paths)
            zh = f"{collection} 有几个文件，只留一个"
            raise fault(names, zh, f"several files for {collection}: keep one")
        wanted = self._columns.of(collection).file
        if not paths and wanted:
            place = f"{FILE}: {collection}.file: {show(wanted)}"
            raise fault(place, "没有这个文件", "there is no such file")
        for path in paths:
            try:
                written_s = path.stat().st_mtime
                read = _read(path, collection, self._columns)
            except OSError as error:
                says = error.strerror or type(error).__name__
                told = Told(show(path.name), f"读不出来：{says}", f"not read: {says}")
                raise LoadError([str(told)], passes=True) from None
            self._reads[collection] = read
            self._times[collection] = read.data_at or datetime.fromtimestamp(written_s, UTC)
            self.errors += some(read.errors, read.name)

    def load_all(self) -> Loaded:
        """Return all that was read; LoadError when anything is invalid."""
        if not self._used and not self.errors:
            self.errors += [str(_nothing_there(self._folder)), *_unread(self._folder, self._used)]
        if self.errors:
            raise LoadError(self.errors, passes=self.passes)
        put_ids(self._reads)
        note_oddities(self._reads, datetime.now(UTC))
        _note_unknown_contacts(self._reads)
        return Loaded(
            {name: tuple(read.rows) for name, read in self._reads.items()},
            tuple(_remarks(self._folder, self._reads, self._used)),
            _as_of(self._times),
        )


def _note_unknown_contacts(reads: Mapping[str, Read]) -> None:
    """Remark on contacts that a plan names and the directory lacks."""
    if "plans" in reads:
        contacts = reads["contacts"].rows if "contacts" in reads else ()
        plans, known = reads["plans"], {row.id for row in contacts}
        plans.oddities += [
            Told(f"{plans.name}: {each}", "通讯录里没有", "it is not among the contacts")
            for each in find_unknown_contacts(plans.rows, known)
        ]


State = dict[str, tuple[int, int]]


def state(folder: Path) -> State:
    """Return each file's time of writing and size, by which a change of any file is noticed."""
    found = {}
    with suppress(OSError):
        for path in folder.iterdir():
            if path.suffix.lower() in ENDINGS or path.name in (FILE, *map(_name_of, EDITED)):
                with suppress(OSError):
                    status = path.stat()
                    found[path.name] = (status.st_mtime_ns, status.st_size)
    return found


def _files(folder: Path, collection: str, columns: ColumnMap) -> Iterator[Path]:
    """Find the files of a collection: the one its map names, else those with one of its names."""
    wanted = columns.of(collection).file
    if wanted:
        names = [wanted]
    else:
        endings = ENDINGS if collection in TABLED else ENDINGS[:1]
        names = [name + ending for name in (collection, *NAMES[collection]) for ending in endings]
    if collection in EDITED:
        names.append(_name_of(collection))
    yield from (path for name in names if (path := folder / name).is_file())


def _read(path: Path, collection: str, columns: ColumnMap) -> Read:
    ending = path.suffix.lower()
    if path.name == _name_of(collection):
        return _read_edited(path, collection)
    if ending == ".json":
        return read_json(path, collection)
    if ending == ".csv":
        return read_table(read_csv(path), collection, columns)
    if ending == ".xlsx":
        return read_table(read_workbook(path, columns.of(collection).sheet), collection, columns)
    raise fault(show(path.name), "只读 .json、.csv 和 .xlsx", "only .json, .csv and .xlsx are read")


def _name_of(collection: str) -> str:
    return f"{collection}.toml"


def _read_edited(path: Path, collection: str) -> Read:
    try:
        rows = EDITED[collection](path.read_text(encoding="utf-8"))
    except WrongDirectory as error:
        raise fault(f"{show(path.name)}: {error.where}", error.zh, error.en) from None
    except (WrongForms, UnicodeDecodeError) as error:
        name = NAMES[collection][0]
        raise fault(
            show(path.name), f"{name}有误：{error}", f"wrong {collection}: {error}"
        ) from None
    return Read(path.name, list(rows), [row.id for row in rows], is_table=True)


def _remarks(folder: Path, reads: dict[str, Read], used: set[str]) -> Iterator[str]:
    for read in reads.values():
        yield from some(read.oddities, read.name)
        if read.data_at is not None and read.data_at > datetime.now(UTC) + AHEAD:
            at = f"{read.data_at:%Y-%m-%d %H:%M%z}"
            yield str(Told(read.name, f"数据时间还没有到：{at}", f"data of a time to come: {at}"))
        if not read.rows:
            yield str(Told(read.name, "一行也没有", "it has no row"))
    yield from _unread(folder, used)


def _unread(folder: Path, used: set[str]) -> Iterator[str]:
    """Yield remarks on files that look like a county's and are not read."""
    known = [name for each in COLLECTIONS for name in (each, *NAMES[each])]
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name
        is_ours = path.suffix.lower() in (*ENDINGS, *OLD) and name[0] not in ".~"
        if is_ours and name not in used and path.is_file():
            meant = near(path.stem, known)
            zh, en = (f"；是否指 {meant}", f"; did you mean {meant}") if meant else ("", "")
            if path.suffix.lower() in OLD:
                zh, en = f"{zh}；请另存为 .xlsx", f"{en}; save it as .xlsx"
            yield str(Told(show(name), f"不读这个文件{zh}", f"this file is not read{en}"))


def _nothing_there(folder: Path) -> Told:
    if not folder.is_dir():
        return Told(show(folder), "没有这个文件夹", "there is no such folder")
    names = ", ".join(f"{collection} ({'|'.join(NAMES[collection])})" for collection in COLLECTIONS)
    endings = " ".join(ENDINGS)
    return Told(
        show(folder),
        f"没有可读的文件：{names}，扩展名 {endings}",
        f"holds none of {names}, ending in {endings}",
    )


def _as_of(times: dict[str, datetime]) -> datetime | None:
    """Return the oldest time of collections that age; of the others where there are none."""
    ageing = [at for collection, at in times.items() if collection not in STEADY]
    return min(ageing or times.values(), default=None)

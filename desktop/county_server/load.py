"""An integrator's own level 1 JSON files, with every fault told by line and column."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from desktop.county_server.database import Database
from desktop.wire.level1 import COLLECTIONS

MOST_ERRORS = 20
"""Per file; one more line says how many were left out."""
SPACE = re.compile(r"[ \t\r\n]*")
PATH_STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")
MESSAGE = re.compile(r"(.*) - at `\$(.*)`", re.DOTALL)
SCAN = json.JSONDecoder()


class LoadError(Exception):
    """The files cannot be served; `lines` are `FILE:LINE:COLUMN: PATH: what is wrong`."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class Loaded(msgspec.Struct, frozen=True):
    """The rows of each collection that had a file."""

    rows: dict[str, tuple[msgspec.Struct, ...]]

    def put_into(self, database: Database) -> None:
        """Make the database hold exactly these rows, in one transaction."""
        with database.batch() as batch:
            for collection in COLLECTIONS:
                rows = self.rows.get(collection, ())
                batch.put(collection, rows)
                kept = {row.id for row in rows}  # type: ignore[attr-defined]
                known = batch.connection.execute(
                    "SELECT id FROM rows WHERE collection=? AND body IS NOT NULL", (collection,)
                ).fetchall()
                batch.delete(collection, [each for (each,) in known if each not in kept])


class _File:
    """One file's text and where things are in it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.errors: list[str] = []

    def line(self, offset: int) -> int:
        return self.text.count("\n", 0, offset) + 1

    def tell(self, offset: int, says: str) -> None:
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        self.errors.append(f"{self.name}:{self.line(offset)}:{column}: {says}")

    def skip(self, offset: int) -> int:
        match = SPACE.match(self.text, offset)
        return match.end() if match else offset

    def members(self, offset: int) -> Iterator[tuple[str | int, int, int]]:
        """Key or index, beginning and end of what is inside the object or array at `offset`."""
        is_object = self.text[offset] == "{"
        offset, index = self.skip(offset + 1), 0
        while self.text[offset] not in "]}":
            key: str | int = index
            if is_object:
                key, offset = SCAN.raw_decode(self.text, offset)
                offset = self.skip(self.skip(offset) + 1)
            start = offset
            _, offset = SCAN.raw_decode(self.text, offset)
            yield key, start, offset
            offset, index = self.skip(offset), index + 1
            if self.text[offset] == ",":
                offset = self.skip(offset + 1)

    def find(self, offset: int, path: str) -> int:
        """Where a path inside the value at `offset` begins, as deep as it can be followed."""
        for name, index in PATH_STEP.findall(path):
            if self.text[offset] not in "{[":
                break
            wanted: str | int = name or int(index)
            starts = [start for key, start, _ in self.members(offset) if key == wanted]
            if not starts:
                break
            offset = starts[-1]
        return offset


def load(folder: Path) -> Loaded:
    """The rows of the folder's files; LoadError with every line that is wrong."""
    rows: dict[str, tuple[msgspec.Struct, ...]] = {}
    errors: list[str] = []
    for collection in COLLECTIONS:
        path = folder / f"{collection}.json"
        if not path.is_file():
            continue
        file, found = _read(path, collection)
        rows[collection] = tuple(found)
        errors += file.errors[:MOST_ERRORS]
        if len(file.errors) > MOST_ERRORS:
            errors.append(f"{path.name}: and {len(file.errors) - MOST_ERRORS} more errors")
    if not rows:
        names = ", ".join(f"{collection}.json" for collection in COLLECTIONS)
        errors.append(f"{folder}: holds none of {names}")
    if errors:
        raise LoadError(errors)
    return Loaded(rows)


def _read(path: Path, collection: str) -> tuple[_File, list[msgspec.Struct]]:
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        file = _File(path.name, raw.decode())
    except UnicodeDecodeError as error:
        file = _File(path.name, raw[: error.start].decode())
        file.tell(len(file.text), f"not UTF-8: byte 0x{raw[error.start]:02x}")
        return file, []
    try:
        SCAN.decode(file.text)
        return file, _rows(file, collection)
    except json.JSONDecodeError as error:
        file.tell(error.pos, f"not JSON: {error.msg}")
    except RecursionError:
        file.tell(0, "not JSON we read: nested too deeply")
    return file, []


def _rows(file: _File, collection: str) -> list[msgspec.Struct]:
    start, prefix = file.skip(0), "$"
    if file.text[start] == "{":
        inside = {key: at for key, at, _ in file.members(start)}
        start, prefix = inside.get("rows", start), "$.rows"
    if file.text[start] != "[":
        file.tell(start, '$: expected an array of rows, or {"rows": [...]}')
        return []
    decoder = msgspec.json.Decoder(COLLECTIONS[collection])
    rows: list[msgspec.Struct] = []
    first: dict[str, int] = {}
    for index, begin, end in file.members(start):
        try:
            row = decoder.decode(file.text[begin:end].encode(errors="surrogatepass"))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            _tell_decode_error(file, begin, f"{prefix}[{index}]", str(error))
            continue
        row_id: str = row.id  # type: ignore[attr-defined]
        if row_id in first:
            at = file.find(begin, ".id")
            file.tell(at, f"{prefix}[{index}].id: {row_id!r} is already on line {first[row_id]}")
            continue
        first[row_id] = file.line(file.find(begin, ".id"))
        rows.append(row)
    return rows


def _tell_decode_error(file: _File, begin: int, prefix: str, message: str) -> None:
    match = MESSAGE.fullmatch(message)
    says, path = (match[1], match[2]) if match else (message, "")
    says = (says[:1].lower() + says[1:]).replace("`", "")
    file.tell(file.find(begin, path), f"{prefix}{path}: {says}")

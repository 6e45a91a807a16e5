"""A collection's rows from JSON, with every fault reported by line and column."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from desktop.county_server.load.advice import advice, unknown_fields, word_advice
from desktop.county_server.load.read import Read
from desktop.county_server.load.texts import decode_utf8, not_utf8
from desktop.county_server.load.told import Told, in_words, json_fault, show
from desktop.wire.level1 import COLLECTIONS

SPACE = re.compile(r"[ \t\r\n]*")
PATH_STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")
MESSAGE = re.compile(r"(.*) - at `\$(.*)`", re.DOTALL)
SCAN = json.JSONDecoder()


class _File:
    """One file's text with the positions of values in it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.errors: list[Told] = []
        self.oddities: list[Told] = []
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def line(self, offset: int) -> int:
        return bisect_left(self._ends, offset) + 1

    def place(self, offset: int, path: str = "") -> str:
        column = offset - (self.text.rfind("\n", 0, offset) + 1) + 1
        ending = f": {show(path)}" if path else ""
        return f"{self.name}:{self.line(offset)}:{column}{ending}"

    def tell(self, offset: int, path: str, zh: str, en: str) -> None:
        self.errors.append(Told(self.place(offset, path), zh, en))

    def note(self, offset: int, path: str, zh: str, en: str) -> None:
        self.oddities.append(Told(self.place(offset, path), zh, en))

    def skip(self, offset: int) -> int:
        match = SPACE.match(self.text, offset)
        return match.end() if match else offset

    def members(self, offset: int) -> Iterator[tuple[str | int, int, int]]:
        """Yield key or index, beginning and end of each value in the object or array there."""
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
        """Return where a path inside the value at `offset` begins, as deep as it exists."""
        for name, index in PATH_STEP.findall(path):
            if self.text[offset] not in "{[":
                break
            wanted: str | int = name or int(index)
            starts = [start for key, start, _ in self.members(offset) if key == wanted]
            if not starts:
                break
            offset = starts[-1]
        return offset


def read_json(path: Path, collection: str) -> Read:
    """Read the rows of a JSON file, with remarks on its faults and oddities."""
    raw = path.read_bytes()
    try:
        file = _File(path.name, decode_utf8(raw))
    except UnicodeDecodeError as error:
        file = _File(path.name, raw[: error.start].decode(errors="replace"))
        file.tell(len(file.text), "", *not_utf8(raw, error))
        return Read(path.name, errors=file.errors)
    read = Read(path.name, errors=file.errors, oddities=file.oddities)
    try:
        SCAN.decode(file.text)
        _read_rows(file, collection, read)
    except json.JSONDecodeError as error:
        file.tell(error.pos, "", *json_fault(file.text, error.pos, error.msg))
    except RecursionError:
        file.tell(0, "", "不是可读的 JSON：嵌套太深", "not JSON we read: nested too deeply")
    return read


def _read_rows(file: _File, collection: str, read: Read) -> None:
    start, prefix = file.skip(0), "$"
    if file.text[start] == "{":
        inside = {key: (at, end) for key, at, end in file.members(start)}
        if "data_time" in inside:
            _read_data_time(file, *inside["data_time"], read)
        start, prefix = inside.get("rows", (start, 0))[0], "$.rows"
    if file.text[start] != "[":
        zh = '应为行的列表，或 {"rows": [...]}'
        file.tell(start, "$", zh, 'expected an array of rows, or {"rows": [...]}')
        return
    decoder = msgspec.json.Decoder(COLLECTIONS[collection])
    first: dict[str, int] = {}
    for index, begin, end in file.members(start):
        path = f"{prefix}[{index}]"
        row = _read_row(file, collection, decoder, (begin, end), path)
        if row is None:
            continue
        row_id: str = row.id
        if row_id in first:
            at = file.find(begin, ".id")
            file.tell(
                *(at, f"{path}.id"),
                f"{show(repr(row_id))} 已在第 {first[row_id]} 行",
                f"{show(repr(row_id))} is already on line {first[row_id]}",
            )
            continue
        first[row_id] = file.line(file.find(begin, ".id"))
        read.rows.append(row)
        read.places.append(file.place(begin, path))


def _read_row(
    file: _File, collection: str, decoder: Any, span: tuple[int, int], path: str
) -> Any | None:
    """Read the row between two offsets; None, with the fault reported, when it is invalid."""
    begin, end = span
    text = file.text[begin:end]
    told = SCAN.decode(text)
    try:
        row = decoder.decode(text.encode(errors="surrogatepass"))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = str(error)
        try:
            # `null` in an optional field means the same as no field.
            row = decoder.decode(msgspec.json.encode(_without_null(told)))
        except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError, ValueError) as second:
            if isinstance(second, msgspec.ValidationError):
                message = str(second)
            _tell_decode_error(file, collection, begin, path, message)
            return None
    for field, zh, en in unknown_fields(collection, told):
        file.note(file.find(begin, f".{field}"), f"{path}.{field}", zh, en)
    for field, zh, en in word_advice(collection, told):
        file.note(file.find(begin, f".{field}"), f"{path}.{field}", zh, en)
    return row


def _without_null(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _without_null(each) for key, each in told.items() if each is not None}
    if isinstance(told, list):
        return [_without_null(each) if each is not None else None for each in told]
    return told


def _tell_decode_error(file: _File, collection: str, begin: int, prefix: str, message: str) -> None:
    match = MESSAGE.fullmatch(message)
    says, path = (match[1], match[2]) if match else (message, "")
    zh, en = in_words(says)
    at = file.find(begin, path)
    told, _ = SCAN.raw_decode(file.text, begin)
    more_zh, more_en = advice(collection, told, path, says)
    file.tell(at, f"{prefix}{path}", zh + more_zh, en + more_en)


def _read_data_time(file: _File, begin: int, end: int, read: Read) -> None:
    try:
        read.data_at = msgspec.json.decode(file.text[begin:end].encode(), type=datetime)
    except (msgspec.DecodeError, UnicodeEncodeError):
        read.data_at = None
    if read.data_at is None or read.data_at.tzinfo is None:
        read.data_at = None
        file.tell(begin, "$.data_time", *in_words("Invalid RFC3339 encoded datetime"))

"""A table from an Excel workbook, read without running, fetching or unpacking too much of it."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from desktop.county_server.load.tables import (
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    Row,
    Table,
    check_size,
    fault,
    is_blank,
    letters,
    read_bounded,
)
from desktop.county_server.load.told import LoadError, Told, show

MOST_PARTS = 2_000
MOST_SHEET_BYTES = 256_000_000
"""Bytes of one sheet's XML, which is read row by row: two million cells take some 100 MB."""
MOST_BOOK_BYTES = 512_000_000
"""Bytes of all parts together: in a crafted small file parts may overlap."""
MOST_PART_BYTES = 48_000_000
"""Bytes of the shared texts and of every other part: these are held in memory whole."""
READ_BYTES = 1 << 20
BLANK_ROWS = 1_000
"""A sheet ends after this many blank rows: formats alone can reach to row 1,048,576."""
OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
DECLARED = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
ZEROS = re.compile(r"0{2,}")
MOST_DIGITS = 15
"""Digits of a number that a workbook keeps."""


def read_workbook(path: Path, sheet: str) -> Table:
    """Read the table in a sheet, the first one unless named; raises LoadError."""
    raw = read_bounded(path)
    _check_package(path.name, raw)
    try:
        import openpyxl
    except ImportError:
        raise fault(
            *(path.name, "读 .xlsx 需要 openpyxl：pip install 'county-desk[excel]'，或另存为 CSV"),
            "reading .xlsx needs openpyxl: pip install 'county-desk[excel]', or save it as CSV",
        ) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # About styles and extensions, which are not read here.
            book = openpyxl.load_workbook(
                io.BytesIO(raw), read_only=True, data_only=True, keep_links=False
            )
            try:
                return _table(path.name, book, sheet)
            finally:
                book.close()
    except LoadError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged workbook fails in a way of its own
        raise _unreadable(path.name, error) from None


def _unreadable(name: str, error: BaseException) -> Exception:
    says = show(str(error) or type(error).__name__)
    return fault(name, f"工作簿读不出来：{says}", f"the workbook cannot be read: {says}")


def _check_package(name: str, raw: bytes) -> None:
    """Refuse, before reading, what is no workbook, unpacks to too much or declares entities."""
    if raw.startswith(OLD_OR_LOCKED):
        raise fault(
            *(name, "是旧格式 .xls 或加了密码的工作簿，请另存为不加密的 .xlsx"),
            "an old .xls or a workbook with a password: save it as .xlsx without one",
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS:
                raise fault(name, f"有 {len(parts)} 个部分，太多", f"{len(parts)} parts: too many")
            size = sum(part.file_size for part in parts) // 1_000_000
            if size > MOST_BOOK_BYTES // 1_000_000:
                zh = f"解开有 {size} MB，不读"
                raise fault(name, zh, f"it unpacks to {size} MB: not read")
            for part in parts:
                _check_part(name, package, part)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError) as error:
        raise _unreadable(name, error) from None


def _check_part(name: str, package: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    is_sheet = part.filename.startswith("xl/worksheets/")
    most = MOST_SHEET_BYTES if is_sheet else MOST_PART_BYTES
    inside = show(part.filename)
    if part.file_size > most:
        size, limit = part.file_size // 1_000_000, most // 1_000_000
        raise fault(
            name,
            f"{inside} 解开有 {size} MB（最多 {limit} MB），不读",
            f"{inside} unpacks to {size} MB (at most {limit} MB): not read",
        )
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise fault(name, f"{inside} 的压缩方式不认识", f"{inside} is packed in an unknown way")
    if not part.filename.endswith((".xml", ".rels", ".vml")):
        return
    # No more is unpacked than the size it declares: Python stops there.
    before = b""
    with package.open(part) as file:
        while piece := file.read(READ_BYTES):
            if not before and b"\0" in piece[:4]:
                raise fault(name, f"{inside} 不是 UTF-8", f"{inside} is not UTF-8")
            if DECLARED.search(before[-16:] + piece):
                zh = f"{inside} 含有 DOCTYPE 或实体声明，不读"
                raise fault(name, zh, f"{inside} declares a DOCTYPE or entities: not read")
            before = piece


def _table(name: str, book: Any, wanted: str) -> Table:
    names = [each for each in book.sheetnames if hasattr(book[each], "iter_rows")]
    if not names or (wanted and wanted not in names):
        known = show(", ".join(names) or "-")
        word = show(wanted or "-")
        raise fault(name, f"没有工作表“{word}”，有：{known}", f"no sheet “{word}”; it has: {known}")
    chosen = wanted or names[0]
    sheet = book[chosen]
    where = f"{name}!{show(chosen)}" if len(names) > 1 else name
    remarks: list[Told] = []
    if len(names) > 1 and not wanted:
        zh = f"只读第一个工作表“{show(chosen)}”"
        remarks.append(Told(name, zh, f"only its first sheet “{show(chosen)}” is read"))
    # The size a sheet declares may be wrong either way.
    sheet.reset_dimensions()
    place = _sheet_place(where)
    rows = tuple(_rows(sheet, where, place, remarks))
    return Table(where, rows, place, tuple(remarks))


def _rows(
    sheet: Any, where: str, place: Callable[[int, int], str], remarks: list[Told]
) -> Iterator[tuple[int, Row]]:
    blank, kept, widest = 0, 0, 1
    reach = {"max_row": MOST_ROWS + BLANK_ROWS, "max_col": MOST_COLUMNS}
    for number, cells in enumerate(sheet.iter_rows(**reach), start=1):
        last = max((i for i, cell in enumerate(cells) if cell.value is not None), default=-1)
        row = tuple(
            _value(cell, place(number, column), remarks)
            for column, cell in enumerate(cells[: last + 1])
        )
        blank = blank + 1 if is_blank(row) else 0
        if blank > BLANK_ROWS:
            return
        if not blank:
            kept, widest = kept + 1, max(widest, len(row))
            check_size(where, max(kept, number - BLANK_ROWS), widest)
            yield number, row


def _value(cell: Any, place: str, remarks: list[Told]) -> Cell:
    """Return a cell's value, or its text as shown where that differs: with leading zeros."""
    value: Cell | timedelta = cell.value
    if isinstance(value, str):
        if cell.data_type == "e":
            remarks.append(Told(place, f"公式出错 {show(value)}", f"an error {show(value)}"))
            return None
        return value.strip()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 10**MOST_DIGITS:
        value = int(value)
    if isinstance(value, int) and ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    if abs(value) >= 10**MOST_DIGITS:
        zh = "数字超过 15 位，末尾已丢失：请存为文本"
        remarks.append(Told(place, zh, "over 15 digits, the last are lost: keep it as text"))
        return f"{value:.0f}"
    return value


def _sheet_place(where: str) -> Callable[[int, int], str]:
    return lambda row, column: f"{where}:{letters(column)}{row}"

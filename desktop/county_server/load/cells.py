"""Cells as values of the county API: digits as people write them, times in the county's zone."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from desktop.county_server.load.tables import Cell
from desktop.wire.level1 import AnyPhrase

TIME = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时点](\d{1,2})[:分]?(?:(\d{1,2})(?:\.\d+)?秒?)?)?\s*"
    r"(Z|[+-]\d{2}:?\d{2})?"
)
PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?)?()")
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's days have no zone
SERIALS = (20_000, 80_000)
"""Numbers read as a workbook's day numbers where a time is wanted: from 1954 to 2119."""
APART = re.compile(r"[;；,，、\n]+")
SAYS_NOTHING = frozenset({"", "-", "—", "--", "——", "/", "\\", "N/A", "n/a", "NULL", "null"})
YES, NO = frozenset({"是", "true", "yes", "1", "y"}), frozenset({"否", "false", "no", "0", "n"})


class NotThis(Exception):
    """A cell does not hold a value of its field's type; `zh` and `en` describe that type."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def is_nothing(cell: Cell) -> bool:
    """Whether a cell is empty, or holds a word or sign for "nothing"."""
    return cell is None or (isinstance(cell, str) and cell.strip() in SAYS_NOTHING)


def value_of(cell: Cell, kind: Any, zone: ZoneInfo) -> Any:
    """Convert the cell to a value of a field of that type; raises NotThis."""
    said = str(kind)
    if kind == "moment" or "datetime" in said:
        return moment(cell, zone)
    if "tuple" in said:
        return tuple(each for part in APART.split(write_out(cell)) if (each := part.strip()))
    if kind == AnyPhrase or "str" in said:
        return write_out(cell)
    return number(cell, whole="int" in said)


def write_out(cell: Cell) -> str:
    """Convert the cell to text, as its table shows it."""
    if isinstance(cell, datetime):
        has_time = cell.time() != time(0)
        return f"{cell:%Y-%m-%d %H:%M:%S}" if has_time else f"{cell:%Y-%m-%d}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def number(cell: Cell, *, whole: bool) -> int | float:
    """Convert the cell to a number; raises NotThis."""
    value: float
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = cell
    else:
        digits = unicodedata.normalize("NFKC", write_out(cell)).replace(",", "").replace(" ", "")
        try:
            value = float(digits)
        except ValueError:
            raise NotThis("应为数字", "a number is wanted") from None
    if not math.isfinite(value):
        raise NotThis("应为数字", "a number is wanted")
    if not whole:
        return value
    if value != int(value):
        raise NotThis("应为整数", "a whole number is wanted")
    return int(value)


def moment(cell: Cell, zone: ZoneInfo) -> datetime:
    """Convert the cell to a moment, in the county's zone where it has none; raises NotThis."""
    if isinstance(cell, datetime):
        return cell if cell.tzinfo else cell.replace(tzinfo=zone)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day, tzinfo=zone)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if SERIALS[0] <= cell <= SERIALS[1]:
            # To the second: a day's fraction has no more digits.
            at = DAY_ZERO + timedelta(seconds=round(cell * 86_400))
            return at.replace(tzinfo=zone)
        cell = str(cell)
    text = unicodedata.normalize("NFKC", write_out(cell))
    found = TIME.fullmatch(text) or PACKED.fullmatch(text)
    if found is not None:
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
        try:
            at = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - follows
            return _with_zone(at, found[7] or "", zone)
        except ValueError:
            pass
    raise NotThis("应为时间，例如 2026-05-01 08:00", "a time is wanted, such as 2026-05-01 08:00")


def _with_zone(at: datetime, offset: str, zone: ZoneInfo) -> datetime:
    if not offset:
        return at.replace(tzinfo=zone)
    return datetime.fromisoformat(at.isoformat() + offset.replace("Z", "+00:00"))

"""Tables as a county keeps them, written for tests, and what is read of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop.county_server.load import LoadError, load

HEADINGS = ("事件编号", "事件标题", "事件级别", "所属乡镇", "上报时间", "经度", "纬度")
ROW = ("0012", "城北泵站停电", "较大", "t-1", "2026-05-01 08:30", 113.2, 27.8)


def naive(hour: int, minute: int = 0) -> datetime:
    """A moment as a workbook holds it, without a zone."""
    return datetime(2026, 5, 1, hour, minute, tzinfo=UTC).replace(tzinfo=None)


def workbook(path: Path, *rows: Sequence[Any], title: str = "Sheet") -> Any:
    """Write a workbook of one sheet; the sheet, for what else is to be done to it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return book, sheet


def only(folder: Path, collection: str = "incidents") -> Any:
    (row,) = load(folder).rows[collection]
    return row


def errors_of(folder: Path) -> list[str]:
    with pytest.raises(LoadError) as caught:
        load(folder)
    return caught.value.lines

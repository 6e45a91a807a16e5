"""Workbooks and CSV that are no such thing, or made to harm, are refused in words."""

from __future__ import annotations

import contextlib
import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.county_server.load import LoadError, load
from support.tables import HEADINGS, ROW, errors_of, workbook


def package(path: Path, parts: dict[str, bytes]) -> None:
    """A workbook with some parts of it replaced."""
    workbook(path, HEADINGS, ROW)
    with zipfile.ZipFile(path) as book:
        whole = {name: book.read(name) for name in book.namelist()}
    if "xl/sharedStrings.xml" in parts:
        types = whole["[Content_Types].xml"]
        whole["[Content_Types].xml"] = types.replace(b"</Types>", SHARED + b"</Types>")
    whole |= parts
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in whole.items():
            book.writestr(name, content)


SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)
BOMB = b"<sst>" + b" " * 60_000_000
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst>&a;</sst>'
)
LATE = b"<?xml version='1.0'?><!--" + b" " * 2_000_000 + b"--><!DOCTYPE x><sst/>"
SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b"%s</sheetData></worksheet>"
)
FAR = SHEET % b"".join(
    b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 9000)
)
GAP = SHEET % b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("xl/sharedStrings.xml", BOMB, "not read"),
        ("xl/sharedStrings.xml", ENTITIES, "DOCTYPE"),
        ("xl/sharedStrings.xml", LATE, "DOCTYPE"),
        ("xl/sharedStrings.xml", ENTITIES.decode().encode("utf-16"), "not UTF-8"),
        ("xl/sharedStrings.xml", b"<sst", "cannot be read"),
        ("xl/workbook.xml", b"<a/>", "no sheet"),
        ("xl/worksheets/sheet1.xml", b"<a", "cannot be read"),
        ("xl/worksheets/sheet1.xml", FAR, "no heading is known"),
        ("xl/worksheets/sheet1.xml", GAP, "no heading is known"),
        ("[Content_Types].xml", b"", "cannot be read"),
    ],
)
def test_a_workbook_made_to_harm_is_refused_in_words_and_little_room(
    tmp_path: Path, part: str, content: bytes, said: str
) -> None:
    package(tmp_path / "incidents.xlsx", {part: content})
    tracemalloc.start()
    began_s = time.process_time()
    lines = errors_of(tmp_path)
    spent_s, (_, peak) = time.process_time() - began_s, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said in lines[0]
    assert "\n" not in lines[0] or said == "no heading is known"
    assert peak < 64_000_000
    assert spent_s < 30


@pytest.mark.parametrize(
    "start", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"", b"<html>"]
)
def test_what_is_no_workbook_is_said(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "incidents.xlsx").write_bytes(start + b"x" * 100)
    (line,) = errors_of(tmp_path)
    assert "incidents.xlsx" in line
    assert ("password" in line) == start.startswith(b"\xd0")


def test_without_the_reader_of_workbooks_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook(tmp_path / "incidents.xlsx", HEADINGS, ROW)
    monkeypatch.setitem(__import__("sys").modules, "openpyxl", None)
    (line,) = errors_of(tmp_path)
    assert "pip install 'county-desk[excel]'" in line


def test_a_file_that_another_program_holds_may_be_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "incidents.csv").write_text("id,title,recorded_at\n", encoding="utf-8")

    def held(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", held)
    with pytest.raises(LoadError, match="读不出来") as caught:
        load(tmp_path)
    assert caught.value.passes


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    (tmp_path / "assets.csv").write_text("id,name,kind\n" + "a,b,c\n" * 100_001)
    assert "too many rows" in errors_of(tmp_path)[0]


SOUND = io.BytesIO()
_book = openpyxl.Workbook()
_book.active.append(list(HEADINGS))
_book.active.append(list(ROW))
_book.save(SOUND)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(SOUND.getvalue()) - 1), st.binary(min_size=1, max_size=8))
def test_no_damage_to_a_workbook_makes_it_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, at: int, harm: bytes
) -> None:
    folder = tmp_path_factory.mktemp("books")
    whole = SOUND.getvalue()
    (folder / "incidents.xlsx").write_bytes(whole[:at] + harm + whole[at + len(harm) :])
    with contextlib.suppress(LoadError):
        load(folder)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_of_a_csv_make_it_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    (folder / "assets.csv").write_bytes(b"id,name,kind,place.lon,place.lat,since_at\n" + raw)
    said: tuple[str, ...] | list[str] = ()
    try:
        said = load(folder).oddities
    except LoadError as error:
        said = error.lines
    assert all(line.isprintable() for line in said)

"""CSV that leaves the program: whole, dated, and inert in a spreadsheet."""

from __future__ import annotations

import csv
import io
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.application.export.columns import Column, as_csv
from desktop.application.export.outgoing import harmless
from desktop.gui.export import save


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd", "@x", "\tx", "  =1", "＝1", "\r=1"])
def test_text_that_looks_like_a_formula_is_disarmed(text: str) -> None:
    assert harmless(text).startswith("'")


def test_numbers_and_plain_words_stand_as_they_are() -> None:
    assert [harmless(cell) for cell in (-3, 2.5, "泵站 1", None)] == ["-3", "2.5", "泵站 1", ""]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_every_cell_comes_back_from_the_file(rows: list[list[str]]) -> None:
    columns = [Column("a", itemgetter(0)), Column("b", itemgetter(1))]
    text = as_csv(columns, rows, "data 14:03")
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read[0] == ["data 14:03"]
    assert read[2:] == [[harmless(cell) for cell in row] for row in rows]


def test_a_saved_file_is_utf_8_with_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "设施.csv"
    assert save(str(path), "泵站") is None
    assert path.read_bytes() == b"\xef\xbb\xbf" + "泵站".encode()


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    problem = save(str(tmp_path / "missing" / "x.csv"), "x")
    assert problem is not None
    assert problem.code == "export_failed"
    assert problem.details["reason"]

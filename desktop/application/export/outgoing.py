"""Text that leaves the program: nothing in it runs, loses its digits or drives a terminal."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

from desktop.domain.localized_text import QUIET, isolate

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A cell beginning so is taken for a formula by at least one spreadsheet."""
MARK = "\ufeff"
"""A byte order mark: at a file's beginning it shows a spreadsheet that the rest is UTF-8."""

UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of invisible characters that act: move a cursor, turn a line around or end it.

Characters Python does not know yet are not among them: rare ones occur in people's names.
"""
CHANGED = re.compile(
    r"0[0-9]+|[0-9]{12,}|[0-9]+[Ee][0-9]+|[0-9]{1,4}[-/][0-9]{1,4}([-/][0-9]{1,4})?"
)
"""Texts a spreadsheet would take for a number or a day: 007 becomes 7, 1-2 the 2nd of January
and an identity number 1.1E+17, its last digits lost."""


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV that no spreadsheet takes for a formula (OWASP, CSV injection).

    None is an empty cell. Numbers stand as they are; text that a spreadsheet would run as a
    formula is preceded by an apostrophe, and digits it would change are given as the only
    formula that keeps them, `="007"`.
    """
    import csv

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in head])
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def tables_csv(tables: Iterable[Sequence[Sequence[str]]]) -> str:
    """Tables as CSV one after another, an empty row between them; see `csv_text`."""
    return "\r\n".join(csv_text(head, rows) for head, *rows in tables)


def harmless(cell: object) -> str:
    """The cell as text that no spreadsheet takes for a formula or another number."""
    if cell is None:
        return ""
    if isinstance(cell, (int, float)):
        return str(cell)
    text = str(cell).replace("\x00", "")
    runs = text.lstrip(" ").startswith(DANGEROUS)
    shown = "\n".join(map(plain, text.replace("\r\n", "\n").split("\n")))
    if runs:
        return f"'{shown}"
    return f'="{shown}"' if CHANGED.fullmatch(shown) else shown


def plain(text: str) -> str:
    """Return the text with a space for each control character: it cannot drive a terminal.

    Format characters are made visible, and text from right to left cannot reverse its neighbours.
    """
    if text.isascii() and text.isprintable():
        return text
    shown = isolate(text)
    if shown.isprintable():
        return shown
    return "".join(c if c in QUIET or unicodedata.category(c) not in UNSAFE else " " for c in shown)


def json_text(told: object) -> str:
    """Return a value as JSON for people to read, with invisible characters escaped."""
    text = msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
    return "".join(
        c if c == "\n" or unicodedata.category(c) not in UNSAFE else _escape(c) for c in text
    )


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))

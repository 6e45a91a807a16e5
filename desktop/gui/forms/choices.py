"""What a form may choose from, read beside the GUI thread."""

from __future__ import annotations

from typing import NamedTuple

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter
from desktop.application.words import Words

LOOKED_AT = 600
"""Newest lines looked through for the names of units."""


class Choice(NamedTuple):
    """One thing to choose: its code, what people call it, and what else finds it."""

    code: str
    name: str
    found_by: str


class Choices(NamedTuple):
    """Everything the county has names for."""

    categories: tuple[Choice, ...] = ()
    channels: tuple[Choice, ...] = ()
    townships: tuple[Choice, ...] = ()
    units: tuple[Choice, ...] = ()


def read_choices(board: Board, words: Words) -> Choices:
    """The choices in the language now in force; costs two queries and the pinyin of the names."""
    rows = board.incident_rows(board.incident_numbers(IncidentFilter(open_only=False), LOOKED_AT))
    units = sorted({words.text(row.lead_unit) for row in rows} - {""})
    text = words.text
    return Choices(
        tuple(_choice(code, text(t), t.zh, t.en) for code, t in words.categories.items()),
        tuple(_choice(code, text(t), t.zh, t.en) for code, t in words.channels.items()),
        tuple(_choice(t.id, text(t.name), t.name.zh, t.name.en) for t in board.townships()),
        tuple(_choice(unit, unit, unit) for unit in units),
    )


def initials(name: str) -> str:
    """Pinyin initials of a Chinese name; loaded when first needed, off the GUI thread."""
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))


def matching(choices: tuple[Choice, ...], typed: str) -> list[Choice]:
    """Those that hold every word typed, names that begin with it first."""
    wanted = typed.lower().split()
    found = [c for c in choices if all(part in c.found_by for part in wanted)]
    start = wanted[0] if wanted else ""
    return sorted(found, key=lambda c: not any(w.startswith(start) for w in c.found_by.split()))


def _choice(code: str, name: str, *called: str) -> Choice:
    chinese = called[0]
    found_by = " ".join((initials(chinese), *called, code)).lower()
    return Choice(code, name, found_by)

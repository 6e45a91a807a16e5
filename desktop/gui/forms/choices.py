"""The choices a form offers, read off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from desktop.application.board import Board
from desktop.application.i18n import Words
from desktop.application.ports import IncidentFilter

LOOKED_AT = 600
"""How many of the newest incidents are searched for the names of units."""


class Choice(NamedTuple):
    """One choice: its code, its name, and other words that find it, its initials first."""

    code: str
    name: str
    found_by: str


class Choices(NamedTuple):
    """All choices of a form, by kind."""

    categories: tuple[Choice, ...] = ()
    channels: tuple[Choice, ...] = ()
    townships: tuple[Choice, ...] = ()
    units: tuple[Choice, ...] = ()


def read_choices(board: Board, words: Words) -> Choices:
    """Read the choices in the current language; costs two queries and the pinyin of the names."""
    rows = board.incident_rows(board.incident_numbers(IncidentFilter(open_only=False), LOOKED_AT))
    units = sorted({words.text(row.lead_unit) for row in rows} - {""})
    text = words.text
    return Choices(
        _choices(board, ((code, text(t), (t.zh, t.en)) for code, t in words.categories.items())),
        _choices(board, ((code, text(t), (t.zh, t.en)) for code, t in words.channels.items())),
        _choices(board, ((t.id, text(t.name), (t.name.zh, t.name.en)) for t in board.townships())),
        _choices(board, ((unit, unit, (unit,)) for unit in units)),
    )


def matching(choices: tuple[Choice, ...], typed: str) -> list[Choice]:
    """Return the choices that contain every word typed: first those whose name or initials begin
    with it, then those of which a word does."""
    wanted = typed.lower().split()
    found = [c for c in choices if all(part in c.found_by for part in wanted)]
    start = wanted[0] if wanted else ""

    def rank(choice: Choice) -> int:
        if choice.found_by.startswith(start) or choice.name.lower().startswith(start):
            return 0
        return 1 if any(w.startswith(start) for w in choice.found_by.split()) else 2

    return sorted(found, key=rank)


def _choices(board: Board, named: Iterable[tuple[str, str, tuple[str, ...]]]) -> tuple[Choice, ...]:
    """Build choices from each item's code, name on screen and other names, Chinese first."""
    found = tuple(named)
    initials = board.initials([called[0] for _code, _name, called in found])
    return tuple(
        Choice(code, name, " ".join((initials[called[0]], *called, code)).lower())
        for code, name, called in found
    )

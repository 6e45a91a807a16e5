"""What is known here of a township, found by words or pinyin initials, without the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.domain.asset import Asset
from desktop.domain.geo import Township
from desktop.domain.localized_text import Text
from desktop.domain.warning import Warning

MOST = 60
"""How many cases are listed, the open and urgent ones first: more are found with another word."""


class Hits(msgspec.Struct, frozen=True):
    """What was found, each kind the worst first."""

    cases: tuple[IncidentRow, ...] = ()
    assets: tuple[Asset, ...] = ()
    warnings: tuple[Warning, ...] = ()
    more: int = 0
    """Cases found besides."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.cases) + len(self.assets) + len(self.warnings)


def look_up(board: Board, township: Township, text: str, kind_name: Callable[[str], Text]) -> Hits:
    """Find a township's cases, ended ones too, its assets and the warnings that name it.

    Every word must fit. An asset is found by its name, its kind (`kind_name` returns that of a
    code), its id or the pinyin initials of either; without a word all of them are listed.
    """
    terms = text.casefold().split()
    wanted = IncidentFilter(open_only=False, township=township.id, text=text)
    numbers = board.incident_numbers(wanted)
    assets = [a for a in board.infrastructure().assets if a.township == township.id]
    names = [(asset.name, kind_name(asset.kind)) for asset in assets]
    initials = board.initials([text.zh for pair in names for text in pair])
    return Hits(
        cases=tuple(board.incident_rows(numbers[:MOST])),
        assets=tuple(
            asset
            for asset, pair in zip(assets, names, strict=True)
            if _fits(terms, (*pair, Text(asset.id)), initials)
        ),
        warnings=tuple(
            warning
            for warning in board.warnings()
            if township.id in warning.townships and _fits(terms, (warning.headline,), {})
        ),
        more=max(0, len(numbers) - MOST),
    )


def _fits(terms: Sequence[str], texts: Sequence[Text], initials: dict[str, str]) -> bool:
    said = [word.casefold() for text in texts for word in (text.zh, text.en)]
    said += [initials.get(text.zh, "").casefold() for text in texts]
    return all(any(term in word for word in said) for term in terms)

"""What is known here of a township, found by words or pinyin initials, without the network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import msgspec

from desktop.application.board import Board
from desktop.application.ports import IncidentFilter, IncidentRow
from desktop.application.reads.directory import find_entries
from desktop.domain.asset import Asset
from desktop.domain.directory import Contact, Plan, index_contacts
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
    contacts: tuple[Contact, ...] = ()
    """The township's own before those of the whole county."""
    plans: tuple[Plan, ...] = ()
    directory: dict[tuple[str, str], Contact] = {}
    """Every contact there is, by its source and id."""
    every_plan: int = 0
    """How many plans there are."""

    @property
    def count(self) -> int:
        """How many rows there are."""
        here = (self.cases, self.assets, self.warnings, self.contacts, self.plans)
        return sum(map(len, here))


def look_up(
    board: Board,
    township: Township,
    text: str,
    kind_name: Callable[[str], Text],
    category_name: Callable[[str], Text],
) -> Hits:
    """Find a township's cases, ended ones too, its assets, the warnings that name it, and the
    contacts and plans that are its own or the whole county's.

    Every word must fit. An asset is found by its name, its kind (`kind_name` returns that of a
    code), its id or the pinyin initials of either; a contact by unit, post, person or number, a
    plan by its title or the categories it is for. Without a word all of them are listed.
    """
    terms = text.casefold().split()
    wanted = IncidentFilter(open_only=False, township=township.id, text=text)
    numbers = board.incident_numbers(wanted)
    assets = [a for a in board.infrastructure().assets if a.township == township.id]
    names = [(asset.name, kind_name(asset.kind)) for asset in assets]
    initials = board.initials([text.zh for pair in names for text in pair])
    contacts = [c for c in board.contacts() if c.township in ("", township.id)]
    plans = [p for p in board.plans() if p.township in ("", township.id)]

    def find(entries: Sequence[Contact | Plan]) -> list[Contact | Plan]:
        found = find_entries(entries, terms, category_name, board.initials)
        return sorted(found, key=lambda entry: not entry.township)

    return Hits(
        contacts=tuple(cast(list[Contact], find(contacts))),
        plans=tuple(cast(list[Plan], find(plans))),
        directory=index_contacts(contacts),
        every_plan=len(plans),
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

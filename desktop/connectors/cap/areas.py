"""Find the townships that an area covers, by a county's own table of names and codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

import msgspec

from desktop.connectors.cap.tables import read_toml
from desktop.protocol import limits

MOST_NAMES = limits.NAMES_OF_AREA
CODE_LENGTHS = (2, 4, 6, 9, 12)
"""Digits of a province, city, county, township and village (GB/T 2260, GB/T 10114)."""
_PIECES = re.compile(r"[、，,;；/|\n\r\t。]+")
_JOINED = re.compile(r"和|及|与|&|\band\b|(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")


class _County(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    names: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    """Words for the whole county, used alone or after its name."""
    codes: tuple[str, ...] = ()


class _Township(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    county: _County = _County()
    township: tuple[_Township, ...] = ()


class AreaTable:
    """A county's townships by the names and codes that issuers use; empty without a file."""

    def __init__(self, file: _File = _File()) -> None:  # noqa: B008 - a constant
        self._all = tuple(dict.fromkeys(each.id for each in file.township))
        self._names = {
            name.casefold(): each.id for each in file.township for name in each.names if name
        }
        self._county = sorted(
            {name.casefold() for name in file.county.names if name}, key=len, reverse=True
        )
        self._whole = {name.casefold() for name in file.county.whole if name}
        self._codes: list[tuple[str, tuple[str, ...]]]
        self._codes = [(code, (each.id,)) for each in file.township for code in each.codes if code]
        self._codes += [(code, self._all) for code in file.county.codes if code]
        longest_first = sorted(self._names, key=len, reverse=True)
        chinese = [re.escape(name) for name in longest_first if not name.isascii()]
        # A name with a suffix is a place in that township; English names end at a word.
        self._begins = re.compile("|".join(chinese) if chinese else r"(?!)")

    def townships_of(self, names: Iterable[str], codes: Iterable[str]) -> tuple[str, ...]:
        """Return the ids of the townships meant, in the table's order; empty if none is
        recognised."""
        found: set[str] = set()
        for name in names:
            found |= self._by_name(name)
        for code in islice(codes, MOST_NAMES):
            found.update(self._by_code(code))
        return tuple(id for id in self._all if id in found)

    def _by_name(self, name: str) -> set[str]:
        found: set[str] = set()
        is_whole = False
        for piece in _PIECES.split(name, maxsplit=MOST_NAMES)[:MOST_NAMES]:
            said = " ".join(piece.split()).casefold()
            if not said:
                continue
            is_whole |= said in self._county
            parts = {said, *_JOINED.split(said, maxsplit=MOST_NAMES)[:MOST_NAMES]}
            found.update(id for part in parts for id in self._meant(part.strip()))
        # "Liulin Town, Yunlu County" means the township only.
        return set(self._all) if is_whole and not found else found

    def _meant(self, said: str) -> tuple[str, ...]:
        """Return the townships that one name means, with or without the county before it; empty for
        another county's."""
        for county in self._county:
            if county in said:
                said = said.partition(county)[2].strip(" ()（）")
                break
        if said in self._whole:
            return self._all
        own = self._names.get(said)
        if own is None and (begins := self._begins.match(said)):
            own = self._names[begins[0]]
        return () if own is None else (own,)

    def _by_code(self, said: str) -> Iterator[str]:
        stem = _stem(said.strip())
        for code, ids in self._codes:
            own = _stem(code)
            inner = own.startswith(stem) and stem.isdigit() and own.isdigit()
            # A village is in its township only, a township in every area around it.
            if stem == own or inner or (len(ids) == 1 and own.isdigit() and stem.startswith(own)):
                yield from ids


def _stem(code: str) -> str:
    """Return a division's code without the zeros that mean all of the division."""
    if not (code.isascii() and code.isdigit() and len(code) in CODE_LENGTHS):
        return code.casefold()
    end = len(code)
    for length in reversed(CODE_LENGTHS[: CODE_LENGTHS.index(end)]):
        if code[length:end].strip("0"):
            break
        end = length
    return code[:end]


def read_areas(said: str) -> AreaTable:
    """Read the table from TOML; the text of a ValueError says what is wrong in it."""
    file = msgspec.convert(read_toml(said), _File)
    met: dict[str, str] = {}
    for each in file.township:
        if not each.id:
            raise ValueError("a township without an id")
        for name in (*each.names, *each.codes):
            if met.setdefault(name.casefold(), each.id) != each.id:
                raise ValueError(f"{name!r} is both {met[name.casefold()]} and {each.id}")
    return AreaTable(file)

"""What is under way outside the network, and what befalls it there."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from simulation.carried.offices import Office

HOUR_S, DAY_S = 3600.0, 86_400.0
LOST, DOUBLED, SPOILT = 0.15, 0.25, 0.12
MOST_TRIES = 30


class Parcel(NamedTuple):
    """A bundle or a receipt on a stick, or the codes of one on paper."""

    kind: str
    """bundle | receipt."""
    office: Office
    """Whose it is."""
    to: str
    """Name of the server or the desk to which somebody carries it."""
    pieces: tuple[bytes, ...]
    """The whole, or the texts of its codes."""
    are_codes: bool = False
    tries: int = 0
    """How often nobody was there to take it."""


def befall(parcel: Parcel, dice: Random, slow: float = 1.0) -> list[tuple[float, Parcel]]:
    """What comes of a parcel: its copies, each as it arrives, and after how many seconds."""
    roll = dice.random()
    count = 0 if roll < LOST else 2 if roll < LOST + DOUBLED else 1
    return [(_late_s(dice) * slow, _worn(parcel, dice)) for _ in range(count)]


def _late_s(dice: Random) -> float:
    roll = dice.random()
    if roll < 0.5:
        return dice.random() * 40
    if roll < 0.8:
        return dice.random() * 600
    return DAY_S * (0.1 + dice.random() * 4)


def _worn(parcel: Parcel, dice: Random) -> Parcel:
    """The parcel as it arrives: codes out of order and some missing, a file perhaps spoilt."""
    pieces = list(parcel.pieces)
    if parcel.are_codes:
        dice.shuffle(pieces)
        pieces = [each for each in pieces if dice.random() > 0.1]
        pieces += [each for each in pieces if dice.random() < 0.1]
    if pieces and dice.random() < SPOILT:
        at = int(dice.random() * len(pieces))
        pieces[at] = spoil(pieces[at], dice)
    return parcel._replace(pieces=tuple(pieces))


def spoil(data: bytes, dice: Random) -> bytes:
    """Cut short, with a bit turned, or empty."""
    roll = dice.random()
    if roll < 0.4:
        return data[: int(dice.random() * len(data))]
    if roll < 0.9 and data:
        at, bit = int(dice.random() * len(data)), 1 << int(dice.random() * 8)
        return data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
    return b""

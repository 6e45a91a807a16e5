"""Frames as bad lines deliver them: corrupted, cut, glued, repeated, out of order, replayed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence


def damage(frame: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """Return the frame with one accident, which may leave it as it was."""
    match chance.randrange(7):
        case 0:
            return _flip(frame, chance, chance.choice([1, 1, 2, 3, 8, 40]))
        case 1:
            return frame[: chance.randrange(len(frame))]
        case 2:
            return frame[chance.randrange(1, len(frame)) :]
        case 3:
            place = chance.randrange(len(frame))
            other = chance.choice(others)
            return frame[:place] + other[place:]
        case 4:
            place, size = chance.randrange(len(frame)), chance.randrange(1, 6)
            return frame[:place] + chance.randbytes(size) + frame[place + size :]
        case 5:
            return frame + chance.randbytes(chance.randrange(1, 8))
        case _:
            # Everything but the tag as of another office, number or part.
            place = chance.randrange(7)
            return frame[:place] + bytes((chance.randrange(256),)) + frame[place + 1 :]


def _flip(frame: bytes, chance: random.Random, count: int) -> bytes:
    found = bytearray(frame)
    for _ in range(count):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def deliver(frames: Sequence[bytes], damaged: int, chance: random.Random) -> Iterator[bytes]:
    """Yield every frame whole, twice and in any order, among so many damaged ones."""
    whole = [*frames, *frames]
    stream: list[bytes] = whole + [
        damage(chance.choice(frames), frames, chance) for _ in range(damaged)
    ]
    chance.shuffle(stream)
    yield from stream

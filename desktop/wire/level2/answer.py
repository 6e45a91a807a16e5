"""Results of commands together with the changes since the client's token, as one frame."""

from __future__ import annotations

import msgspec

from desktop.protocol.limits import SECTION_BYTES
from desktop.wire.level1 import CommandResults
from desktop.wire.level2.column_types import check_values
from desktop.wire.level2.commands import MOST_NUMBER, RESULTS, put_results, take_results
from desktop.wire.level2.cursor import Budget, Cursor, WireError, put_inside, put_uint
from desktop.wire.level2.frames import Frames
from desktop.wire.level2.patch import Patch, put_patch, take_patch

ANSWER, STREAMED = 5, 6
"""First byte inside the frame: results with changes; results whose changes the stream brings."""


class ChangesSince(msgspec.Struct, frozen=True):
    """All that changed since the token that the request named, its commands' effects included."""

    hint: int
    """Hints with this number or a smaller one are of nothing newer."""
    patch: Patch | None
    """None when nothing changed; otherwise nothing follows it, and it names the token."""


class FullResults(msgspec.Struct, frozen=True):
    """What answers commands."""

    results: CommandResults
    changes: ChangesSince | None = None
    """None when they are to be asked for, or come on the stream."""
    streamed: int | None = None
    """The number of the hint with which the client's stream has brought all that the commands
    changed; None when nothing is said of the stream."""


def encode_answer(answer: FullResults, frames: Frames) -> bytes:
    """The answer as one frame; without changes that of the results alone."""
    return frames.pack(bytes(check_values(lambda: _put_answer(answer))))


def decode_answer(data: bytes, frames: Frames, max_bytes: int = SECTION_BYTES) -> FullResults:
    """Decode what `encode_answer` or `encode_results` wrote; WireError for anything else."""
    cursor = Cursor(frames.unpack(data, max_bytes), Budget.of(len(data)))
    first = cursor.byte()
    if first == RESULTS:
        return FullResults(take_results(cursor))
    if first not in (ANSWER, STREAMED):
        raise WireError("not an answer")
    inside = cursor.inside()
    if inside.byte() != RESULTS:
        raise WireError("not results")
    results, hint = take_results(inside), cursor.uint()
    if hint > MOST_NUMBER:
        raise WireError("no such number")
    if first == STREAMED:
        cursor.end()
        return FullResults(results, streamed=hint)
    told = cursor.inside()
    patch = take_patch(told) if told.left else None
    cursor.end()
    if patch is not None and (patch.more or patch.asked is None):
        raise WireError("changes that are not all, or since no token")
    return FullResults(results, ChangesSince(hint, patch))


def _put_answer(answer: FullResults) -> bytearray:
    results, changes = put_results(answer.results), answer.changes
    if changes is None and answer.streamed is None:
        return results
    out = bytearray([STREAMED if changes is None else ANSWER])
    put_inside(out, results)
    if changes is None:
        put_uint(out, answer.streamed or 0)
        return out
    put_uint(out, changes.hint)
    put_inside(out, b"" if changes.patch is None else put_patch(changes.patch))
    return out

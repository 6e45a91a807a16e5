"""The planner: it chooses an exchange's next step from its state, and touches nothing itself."""

from __future__ import annotations

from collections.abc import Collection as Many
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from desktop.domain.changes import Changes
from desktop.domain.command import CommandRecord, Key
from desktop.domain.source import Problem, SyncState

SEND_AT_MOST = 20
PIECES_AT_MOST = 4
"""Pieces of files in one exchange; then rows are asked for again."""


class Step(StrEnum):
    """One thing an exchange does before it looks again."""

    OFFER = "offer"  # a group of commands
    PULL = "pull"  # one batch of rows
    BREAK_OFF = "break_off"  # the pull, whose next piece the day's bytes do not allow
    REPAIR = "repair"  # rows that diverged from the server
    RETIRE = "retire"  # ask what the server keeps for good
    FREIGHT = "freight"  # one piece of a file
    END = "end"


class ExchangeState(msgspec.Struct, frozen=True):
    """The state of an exchange by which its next step is chosen."""

    offerable: bool
    """Whether a command waits that may be offered now."""
    pulled: bool
    """Whether the pull has come to its end."""
    bulky: bool
    """Whether the batch just taken was a piece of a snapshot."""
    over: bool
    """Whether the day's bytes are spent."""
    tight: bool
    """Whether the day has less left than one piece of this pull."""
    doubtful: bool
    """Whether the stored rows differ, or may differ, from the server's."""
    repaired: bool
    """Whether a repair was tried in this exchange."""
    retirable: bool
    """Whether it is time to ask what became of answered commands."""
    freight: bool
    """Whether a piece of a file waits that the line and the hour allow."""
    pieces: int
    """Pieces of files already moved in this exchange."""


class Exchange(msgspec.Struct, frozen=True):
    """What one exchange did."""

    changed: Changes
    rows: int
    bad_items: int
    answered: int
    unsent: Problem | None
    """Why commands could not be offered although the pull went well."""
    offer_after_s: float | None = None
    """How long the server asked us to keep commands back, when it did."""
    again: bool = False
    """Whether there is more to do at once: files to move, a snapshot to fetch."""
    quarantined_deletes: int = 0
    """Deletions held until they are confirmed."""


def next_step(moment: ExchangeState) -> Step:
    """The most urgent step: commands before rows, rows before repair, files last of all."""
    if moment.offerable:
        return Step.OFFER
    if not moment.pulled:
        return Step.BREAK_OFF if moment.bulky and moment.tight else Step.PULL
    if moment.doubtful and not moment.repaired and not moment.over:
        return Step.REPAIR
    if moment.retirable:
        return Step.RETIRE
    if moment.freight and not moment.over and moment.pieces < PIECES_AT_MOST:
        return Step.FREIGHT
    return Step.END


def next_group(
    queue: Sequence[CommandRecord],
    *,
    tried: Many[str] = (),
    silent: Many[Key] = (),
    suspects: Sequence[str] = (),
    most: int = SEND_AT_MOST,
) -> list[CommandRecord]:
    """The next commands to offer together, of a queue in its order.

    Each is offered once in an exchange. One without an answer keeps back the later ones on
    its own target and on no other. One that was the last offered when a send broke goes
    after all that were not, and so do those behind it on its target: nothing poisonous
    keeps the queue waiting, and no target's order is broken. The suspects, given in the order
    in which they broke, take turns: one of them may be innocent.
    """
    first: list[CommandRecord] = []
    last: list[CommandRecord] = []
    behind: set[Key] = set()
    for record in queue:
        target = record.command.target
        if record.command.key in suspects:
            behind.add(target)
        if record.command.key in tried or target in silent:
            continue
        (last if target in behind else first).append(record)
    if first or not last:
        return first[:most]
    # A suspect is offered alone: its company must not break with it again.
    heads: dict[Key, CommandRecord] = {}
    for record in last:
        heads.setdefault(record.command.target, record)
    turns = {key: turn for turn, key in enumerate(suspects)}
    return [min(heads.values(), key=lambda head: turns.get(head.command.key, -1))]


def is_doubtful(state: SyncState) -> bool:
    """Whether the stored rows differ, or may differ, from the server's."""
    return state.diverged or state.quarantined_deletes > 0

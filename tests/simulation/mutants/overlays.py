"""What commands lay over rows until the county tells their outcome."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from desktop.domain import overlay
from desktop.domain.command import CommandKind, CommandRecord, CommandState
from simulation.mutants.registry import mutant, swapped


@mutant("accepted lies over its row for ever", "burst", "glance")
def _never_told() -> Iterator[None]:
    """An accepted command is laid over whatever the county tells since."""

    def stands(before: Any, record: CommandRecord, untold: Any) -> bool:
        return record.state is CommandState.ACCEPTED or not record.state.is_final

    with swapped(overlay, "is_pending", stands):
        yield


@mutant("accepted lies over nothing until it is told", "burst", "glance")
def _gap() -> Iterator[None]:
    """Between its answer and the rows that tell it, a command is not to be seen."""

    def stands(before: Any, record: CommandRecord, untold: Any) -> bool:
        return not record.state.is_final

    with swapped(overlay, "is_pending", stands):
        yield


@mutant("nothing lies over rows", "queue_up", "glance")
def _no_overlay() -> Iterator[None]:
    """What was submitted shows when the county tells it."""
    with swapped(overlay, "is_pending", lambda *_: False):
        yield


@mutant("what was withdrawn still lies over its row", "withdraw_at_once", "glance")
def _withdrawn_stands() -> Iterator[None]:
    """Only the county's word takes a command off its row."""

    def stands(before: Any, record: CommandRecord, untold: Any) -> bool:
        return record.state is CommandState.CANCELLED or before(record, untold)

    with swapped(overlay, "is_pending", stands):
        yield


@mutant("a step lies over a stage that does not allow it", "foresee")
def _any_step() -> Iterator[None]:
    """A command is shown as done although the county will refuse it."""
    with swapped(overlay, "is_allowed", lambda *_: True):
        yield


@mutant("a verification that failed closes the case on screen", "foresee")
def _always_passed() -> Iterator[None]:
    """The body of a verification is not looked at."""

    def done(before: Any, incident: Any, command: Any) -> Any:
        if command.kind is CommandKind.VERIFY:
            body = {**command.body, "passed": True}
            command = msgspec.structs.replace(command, body=body)
        return before(incident, command)

    with swapped(overlay, "_apply", done):
        yield

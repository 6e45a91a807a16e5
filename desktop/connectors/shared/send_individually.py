"""Send commands one at a time, so that one a server cannot take blocks no other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from desktop.application.ports import ONE_COMMANDS_CODES, Cancelled, SourceError
from desktop.domain.command import CommandRecord, CommandState, Key
from desktop.domain.source import CommandResult, Problem


def send_individually(
    records: Sequence[CommandRecord], send: Callable[[CommandRecord], list[CommandResult]]
) -> list[CommandResult]:
    """Send the commands one at a time and return the answers in the order of the clicks.

    Those after a command without a final answer wait, if on its target: sent alone, a command
    cannot name its predecessor. Raises SourceError with the answers so far when the server goes
    away, or in the end when it refused some without a reason. Commands of which nothing has left
    are answered as stored.
    """
    answers: list[CommandResult] = []
    blocked: set[Key] = set()
    failure: SourceError | None = None
    refused: dict[str, Problem] = {}
    gone = False
    for record in sorted(records, key=lambda each: each.seq):
        here = CommandResult(record.command.key, CommandState.STORED)
        if gone or record.command.target in blocked:
            answers.append(here)
            continue
        given: list[CommandResult] = []
        try:
            given = send(record)
        except SourceError as error:
            if not error.may_have_left:
                given = [here]
            gone = error.problem.code not in ONE_COMMANDS_CODES
            failure = error if gone else (failure or error)
            if not gone:
                refused[record.command.key] = error.problem
        if not any(answer.state.is_final for answer in given):
            blocked.add(record.command.target)
        answers += given
    if failure is not None:
        failure.answers, failure.may_have_left = tuple(answers), True
        failure.refused = refused
        raise failure
    return answers


@contextmanager
def only_asking() -> Iterator[None]:
    """Mark errors within as raised before a command was sent: nothing of it has left."""
    try:
        yield
    except (SourceError, Cancelled) as error:
        error.may_have_left = False
        raise

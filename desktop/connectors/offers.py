"""Commands offered one at a time, so that one a server cannot take blocks no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop.application.ports import SourceError
from desktop.domain.command import CommandRecord, Key
from desktop.domain.source import Answer

ONE_COMMANDS_CODES = ("forbidden", "request_refused", "server_error")
"""Failures that may be about one command only: a firewall's, or a fault it meets over there."""


def each_by_itself(
    records: Sequence[CommandRecord], send: Callable[[CommandRecord], list[Answer]]
) -> list[Answer]:
    """The answers in the order of the clicks.

    Those after a command without a final answer wait, on its own target: sent alone, a
    command names nothing that goes before it. Raises SourceError with the
    answers so far when the server goes away, or in the end when it refused some without words.
    """
    answers: list[Answer] = []
    blocked: set[Key] = set()
    failure: SourceError | None = None
    for record in sorted(records, key=lambda each: each.seq):
        if record.command.target in blocked:
            continue
        given: list[Answer] = []
        try:
            given = send(record)
        except SourceError as error:
            goes_on = error.problem.code in ONE_COMMANDS_CODES
            failure = (failure or error) if goes_on else error
            if not goes_on:
                break
        if not any(answer.receipt.is_final for answer in given):
            blocked.add(record.command.target)
        answers += given
    if failure is not None:
        failure.answers = tuple(answers)
        raise failure
    return answers

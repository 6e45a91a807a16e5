"""Commands offered one at a time: one that is refused blocks no other, and order stands."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from desktop.application.ports import Cancelled, SourceError
from desktop.connectors.shared.send_individually import only_asking, send_individually
from desktop.domain.command import CommandRecord, CommandState
from desktop.domain.source import CommandResult, Problem
from support.sources import record


class Server:
    """Accepts everything but what a test has named."""

    def __init__(self, **failures: SourceError | None) -> None:
        self.failures = {int(seq.removeprefix("c")): error for seq, error in failures.items()}
        self.asked: list[int] = []

    def send(self, one: CommandRecord) -> list[CommandResult]:
        self.asked.append(one.seq)
        if one.seq in self.failures:
            error = self.failures[one.seq]
            if error is not None:
                raise error
            return []
        return [CommandResult(one.command.key, CommandState.ACCEPTED)]


def failed(code: str, *, held: bool = False, left: bool = True) -> SourceError:
    return SourceError(Problem(code), held=held, may_have_left=left)


def told(answers: Iterable[CommandResult], state: CommandState) -> list[int]:
    return [int(answer.key, 16) for answer in answers if answer.state is state]


def accepted(answers: Iterable[CommandResult]) -> list[int]:
    return told(answers, CommandState.ACCEPTED)


def stayed(answers: Iterable[CommandResult]) -> list[int]:
    return told(answers, CommandState.STORED)


@pytest.mark.parametrize("code", ["forbidden", "request_refused", "server_error"])
def test_a_refused_command_keeps_back_its_own_target_only(code: str):
    server = Server(c1=failed(code))
    with pytest.raises(SourceError) as caught:
        send_individually([record(1, "a"), record(2, "b"), record(3, "a")], server.send)
    assert server.asked == [1, 2]
    assert accepted(caught.value.answers) == [2]
    assert caught.value.problem.code == code
    assert stayed(caught.value.answers) == [3], "it was kept back and never left"


def test_silence_keeps_back_its_own_target_only():
    server = Server(c1=None)
    answers = send_individually([record(1, "a"), record(2, "a"), record(3, "b")], server.send)
    assert server.asked == [1, 3]
    assert (accepted(answers), stayed(answers)) == ([3], [2])


def test_an_expired_login_in_mid_queue_ends_it_and_carries_the_answers_before():
    server = Server(c1=failed("forbidden"), c3=failed("login_expired", held=True))
    with pytest.raises(SourceError) as caught:
        send_individually([record(n, f"{n}") for n in (1, 2, 3, 4)], server.send)
    assert server.asked == [1, 2, 3]
    assert caught.value.held
    assert (accepted(caught.value.answers), stayed(caught.value.answers)) == ([2], [4])


def test_what_reached_nobody_stays_and_what_may_have_left_is_not_said_to_stay():
    for left, here in ((True, [3]), (False, [2, 3])):
        server = Server(c2=failed("refused", left=left))
        with pytest.raises(SourceError) as caught:
            send_individually([record(n, f"{n}") for n in (1, 2, 3)], server.send)
        assert (accepted(caught.value.answers), stayed(caught.value.answers)) == ([1], here)
        assert caught.value.may_have_left, "of the others something has"


@pytest.mark.parametrize("error", [failed("timed_out"), Cancelled(may_have_left=True)])
def test_a_question_that_goes_before_a_command_is_no_part_of_it(error: SourceError | Cancelled):
    with pytest.raises(type(error)) as caught, only_asking():
        raise error
    assert not caught.value.may_have_left
